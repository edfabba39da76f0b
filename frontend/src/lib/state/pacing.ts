/** How soon messages may be sent, so that the server's own count of them is never reached. Pure; the caller tells the time. */

/** Of what the server allows; the rest is for all else that the page sends. */
const SHARE = 0.75;

/** The server's token bucket, a size smaller. */
export class Pacing {
  #tokens: number;
  #then: number;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    now: number,
  ) {
    this.#tokens = SHARE * burst;
    this.#then = now;
  }

  /** Takes room for so many messages, or says how many milliseconds (`now` is in them too) it takes until there is. */
  wait(messages: number, now: number): number {
    const most = SHARE * this.burst;
    this.#tokens = Math.min(most, this.#tokens + (Math.max(0, now - this.#then) * SHARE * this.perSecond) / 1_000);
    this.#then = now;
    // More at once than there is ever room for goes out when it is full.
    const needed = Math.min(messages, most);
    if (this.#tokens < needed) return Math.ceil((1_000 * (needed - this.#tokens)) / (SHARE * this.perSecond));
    this.#tokens -= messages;
    return 0;
  }
}
