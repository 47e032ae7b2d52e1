/** Messages to Python: one in flight at a time, always the latest state, never a queue. */

/**
 * How long to wait for a response before the next message is sent, in milliseconds: initial and maximum.
 *
 * A message that arrives during a script run makes Streamlit restart it. On a slow machine a short timeout would starve the page, so it
 * grows whenever it was too short.
 */
const TIMEOUT = { first: 600, most: 10_000 };

/** How often an unanswered message is repeated if there is no newer one. */
const REPEATS = 3;

export class LatestMessageChannel {
  /**
   * @param {(view: object) => any} send sends one message; returns true if it needs no timeout because a response is certain
   * @param {() => void} silent called when a response is missing
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

  /** Continue with Python's sequence number, after a reload or a page switch. */
  continueFrom(seq) {
    this.seq = Math.max(this.seq, seq);
  }

  /** Return true if message `seq` is the last one and nothing newer waits: Python's state is then complete. */
  isLast(seq) {
    return seq === this.seq && !this.latest;
  }

  /** Offer the newest view: it is sent now, or as soon as the pending response arrives. */
  offer(view) {
    this.latest = view;
    this.timeouts = 0;
    if (this.inFlight === null) this.#flush();
  }

  /** Record the response to message `seq`. */
  answered(seq) {
    this.answeredTo = Math.max(this.answeredTo, seq);
    if (seq !== this.inFlight) return;
    this.timeout = Math.max(TIMEOUT.first, 2 * (performance.now() - this.sentAt));
    this.timeouts = 0;
    this.#free();
  }

  /** Send the newest view at once, even if a response is pending. */
  flushNow() {
    if (this.latest && this.reliable) this.#flush();
  }

  /** Repeat a message that timed out. */
  repeat() {
    if (this.inFlight === null && this.sent && this.sent.seq > this.answeredTo) this.offer(this.sent);
  }

  /** No response will arrive any more: send again, on the connection that is open now. */
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
