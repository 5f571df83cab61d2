/** What each side of the debate knows. */
export interface Position {
  /** The debater's name. */
  name: string;
  /** What it argues with. */
  notes: string;
}

export const topic = "A team of ten has to travel 700 kilometres to a conference. By train, by plane or by bus?";

/** What the host asks each side in turn. */
export const rounds = [
  "how much carbon dioxide does the journey emit?",
  "how many hours is the journey?",
  "what does a ticket cost?",
] as const;

export const positions: readonly Position[] = [
  {
    name: "train",
    notes: `The train emits 35 grams of carbon dioxide per person and kilometre.
The train journey is seven hours, from centre to centre, and people work or sleep on the way.
A train ticket costs 90 euros when it is booked early.
Trains are late one time in four, mostly by less than half an hour.`,
  },
  {
    name: "plane",
    notes: `The plane emits 250 grams of carbon dioxide per person and kilometre.
The plane journey is four hours, with the way to the airport and all the queues.
A plane ticket costs 120 euros with luggage.
Planes stay on the ground when there is fog.`,
  },
  {
    name: "bus",
    notes: `The bus emits 30 grams of carbon dioxide per person and kilometre, the lowest figure of the three.
The bus journey is eleven hours, through the night.
A bus ticket costs 35 euros, also on the day before.
Buses are late when there are traffic jams.`,
  },
];
