import { randomUUID } from "node:crypto";
import { StudioError } from "../errors.js";
import { subscribe, subscriptionEvent, type Topic, unsubscribe } from "../protocol/index.js";
import type { Guest } from "../wire/peer.js";
import { z } from "zod";
import { type Answer, answerTo } from "./request.js";
import { Subscription } from "./subscription.js";
import { topic } from "./topic.js";
import type { OpenView } from "./view.js";

const mostOfOneClient = 256;

/** The subscriptions of one client. */
export class Subscriptions implements Disposable {
  private readonly open = new Map<string, Subscription>();

  constructor(
    private readonly guest: Pick<Guest, "connection" | "intake">,
    private readonly viewOf: (topic: Topic) => OpenView,
  ) {}

  readonly answers: Answer[] = [
    answerTo(subscribe, topic, (wanted) => ({ subscriptionId: this.add(wanted) })),
    answerTo(unsubscribe, z.object({ subscriptionId: z.string() }), ({ subscriptionId }) => {
      this.open.get(subscriptionId)?.[Symbol.dispose]();
      this.open.delete(subscriptionId);
      return {};
    }),
  ];

  get size(): number {
    return this.open.size;
  }

  [Symbol.dispose](): void {
    for (const subscription of this.open.values()) subscription[Symbol.dispose]();
    this.open.clear();
  }

  private add(wanted: Topic): string {
    if (this.open.size >= mostOfOneClient) {
      throw StudioError.limit(`${mostOfOneClient} subscriptions are open, the most that one client can have: end some`);
    }
    const subscriptionId = randomUUID();
    const { connection, intake } = this.guest;
    const subscription = new Subscription(this.viewOf(wanted), {
      // Lost with the connection, which ends the subscription, too.
      send: (event) => void connection.sendNotification(subscriptionEvent, { subscriptionId, event }).catch(() => {}),
      untilRoom: () => intake.untilRoom(),
      over: () => this.open.delete(subscriptionId),
    });
    this.open.set(subscriptionId, subscription);
    return subscriptionId;
  }
}
