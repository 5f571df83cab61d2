/** Letters as customers write them. */
export const letters: readonly string[] = [
  `Dear team,
we order 40 desk lamps for our new office. Please deliver the desk lamps by 2026-03-12. The delivery is not urgent.
We pay by invoice, as always. You reach me at mira.holm@example.com.
Best regards, Mira Holm`,
  `Hello! Our espresso machine broke this morning. I order 1 espresso machine of the same kind, to be delivered until
2026-02-03. This is urgent! I pay by card. Write to tom@example.org if anything is unclear. Tom`,
  `Good day, for the spring fair we order 250 paper bags with our logo. The paper bags are to be delivered on 2026-04-20,
which is not urgent. We pay by transfer when they are here. Questions go to fair@example.net.
Thank you, A. Lindqvist`,
];
