/** Send a pupil's line: only the latest, a few times a second at most, and again after the connection was lost. */

/** Milliseconds between two messages. */
const EVERY = 350;

export class LatestLine {
  /**
   * @param {(line: string, clears: number) => boolean} send returns whether the line could be sent
   * @param {{now: () => number, later: (act: () => void, ms: number) => any}} clock
   */
  constructor(send, clock = { now: () => performance.now(), later: (act, ms) => setTimeout(act, ms) }) {
    this.send = send;
    this.clock = clock;
    this.line = null;
    this.clears = 0;
    this.sentAt = -EVERY;
    this.waiting = false;
  }

  /** Offer the box's present text. */
  offer(line, clears) {
    this.line = line;
    this.clears = clears;
    this.#flush();
  }

  /** The connection is there again: the line may not have arrived. */
  repeat() {
    this.#flush();
  }

  /** Forget the line: it has been cleared. */
  forget() {
    this.line = null;
  }

  #flush() {
    if (this.line === null || this.waiting) return;
    const wait = this.sentAt + EVERY - this.clock.now();
    if (wait > 0) {
      this.waiting = true;
      this.clock.later(() => {
        this.waiting = false;
        this.#flush();
      }, wait);
      return;
    }
    if (this.send(this.line, this.clears)) this.sentAt = this.clock.now();
  }
}
