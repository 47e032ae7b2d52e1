/**
 * What goes to Python and when: one message in flight at a time, always the latest state, never a queue of old ones.
 */

/**
 * How long an answer is awaited before the next message goes, in milliseconds, at first and at most.
 *
 * A message that arrives while Python works makes Streamlit start that work over. On a slow machine a short timeout would
 * therefore starve the page; so the timeout grows whenever it was too short.
 */
const TIMEOUT = { first: 600, most: 10_000 };

/** How often an unanswered message is repeated when nothing newer is there to send. */
const REPEATS = 3;

export class LatestMessageChannel {
  /**
   * @param {(view: object) => any} send hands one message over; true where it needs no timeout, as it is answered surely
   * @param {() => void} silent told when an answer stays away
   */
  constructor(send, silent = () => {}) {
    this.send = send;
    this.silent = silent;
    this.seq = 0;
    this.answeredTo = 0;
    this.inFlight = null;
    this.latest = null;
    this.timer = 0;
    this.timeouts = 0;
    this.timeout = TIMEOUT.first;
    this.reliable = false;
  }

  /** Take over the numbering that Python knows, after a reload or a page switch. */
  continueFrom(seq) {
    this.seq = Math.max(this.seq, seq);
  }

  /** True where message `seq` is the last one and nothing newer waits: what Python says then is the whole truth. */
  isLast(seq) {
    return seq === this.seq && !this.latest;
  }

  /** Offer the newest view: it leaves now or, while an answer is awaited, as soon as that has come. */
  offer(view) {
    this.latest = view;
    this.timeouts = 0;
    if (this.inFlight === null) this.#flush();
  }

  /** Note that the answer to message `seq` has come. */
  answered(seq) {
    this.answeredTo = Math.max(this.answeredTo, seq);
    if (seq !== this.inFlight) return;
    this.timeout = Math.max(TIMEOUT.first, 2 * (performance.now() - this.sentAt));
    this.timeouts = 0;
    this.#free();
  }

  /** Let the newest view go at once, if it may be sent before the answer to the one before it. */
  flushNow() {
    if (this.latest && this.reliable) this.#flush();
  }

  /** Send once more what was given up without an answer. */
  repeat() {
    if (this.inFlight === null && this.sent && this.sent.seq > this.answeredTo) this.offer(this.sent);
  }

  /** Note that no answer will come any more: what was sent goes again, on whatever connection there is now. */
  resend() {
    if (this.inFlight === null) return;
    this.latest ??= this.sent;
    this.#free();
  }

  close() {
    clearTimeout(this.timer);
    this.send = this.silent = () => {};
  }

  #flush() {
    this.seq += 1;
    this.inFlight = this.seq;
    this.sentAt = performance.now();
    this.sent = { ...this.latest, seq: this.seq };
    this.latest = null;
    window.__liveTimes?.push({ what: "send", seq: this.seq, length: this.sent.text.length, at: this.sentAt });
    this.reliable = this.send(this.sent);
    if (!this.reliable) this.timer = setTimeout(() => this.#onTimeout(), this.timeout);
  }

  #onTimeout() {
    this.timeouts += 1;
    this.timeout = Math.min(2 * this.timeout, TIMEOUT.most);
    if (this.timeouts <= REPEATS) this.latest ??= this.sent;
    this.#free();
    this.silent();
  }

  #free() {
    clearTimeout(this.timer);
    this.inFlight = null;
    if (this.latest) this.#flush();
  }
}
