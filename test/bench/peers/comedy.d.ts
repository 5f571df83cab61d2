declare module "comedy" {
  interface Actor {
    createChild(behaviour: new () => object, options: { mode: "forked" }): Promise<Actor>;
    sendAndReceive(topic: string, message: object): Promise<unknown>;
  }
  export function createSystem(options: { log?: object }): { rootActor(): Promise<Actor> };
}
