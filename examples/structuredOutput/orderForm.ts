import { z } from "zod";

/** What a letter is turned into. The descriptions are for the model. */
export const orderForm = z.object({
  productName: z.string().max(30).describe("what is ordered"),
  quantity: z.int().min(1).describe("how many pieces are ordered"),
  delivery: z.iso.date().describe("the day on which it is to be delivered"),
  email: z.email().describe("where to write to"),
  payment: z.enum(["invoice", "card", "transfer"]).describe("how it is paid"),
  urgent: z.boolean().describe("whether the delivery is urgent"),
});
