import { Critic } from "./agents/critic.js";
import { Editor } from "./agents/editor.js";
import { Reader } from "./agents/reader.js";

/** Where an agent lives: in this process, in a child process, or on an agent server. */
export type Place = "here" | "child" | { host: string; port: number };

/** A place that is still being made ready is awaited; the other agents do not wait for it. */
type FuturePlace = Place | Promise<Place>;

export interface Placement {
  readonly readers: readonly FuturePlace[];
  readonly critic: FuturePlace;
  readonly editor: FuturePlace;
  /** Of the critic and the editor; default: the only one there is. */
  readonly modelConfigName: string | undefined;
}

/** The agents of a research desk. Local ones and those elsewhere are used in the same way. */
export interface Desk {
  readonly readers: readonly Reader[];
  readonly critic: Critic;
  readonly editor: Editor;
}

export async function openDesk(placement: Placement): Promise<Desk> {
  const { modelConfigName } = placement;
  const [critic, editor, ...readers] = await Promise.all([
    makeAt(placement.critic, (toDist) => new Critic({ name: "critic", modelConfigName, toDist })),
    makeAt(placement.editor, (toDist) => new Editor({ name: "editor", modelConfigName, toDist })),
    ...placement.readers.map((place, index) =>
      makeAt(place, (toDist) => new Reader({ name: `reader ${index + 1}`, toDist })),
    ),
  ]);
  return { readers, critic, editor };
}

type ToDist = boolean | { host: string; port: number };

async function makeAt<Agent>(place: FuturePlace, make: (toDist: ToDist) => Agent): Promise<Agent> {
  const ready = await place;
  if (ready === "here") return make(false);
  return make(ready === "child" ? true : ready);
}
