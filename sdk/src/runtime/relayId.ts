/** Begins the id of an agent that only passes calls on (relay.ts); the id of the one that it stands for follows. */
export const relayPrefix = "relay/";

/** The id of the agent that is meant: of one that passes calls on that of the one that it stands for. */
export function idOfMeant(id: string): string {
  return id.startsWith(relayPrefix) ? id.slice(relayPrefix.length) : id;
}
