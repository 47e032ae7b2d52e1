/**
 * What goes to Python and when: one message in flight at a time, always the latest state, never a queue of old ones.
 */

/**
 * How long an answer is awaited before the next message goes, in milliseconds, at first and at most.
 *
 * A message that arrives while Python works makes Streamlit start that work over. On a slow machine impatience would
 * therefore starve the page; so the patience grows whenever it was too short.
 */
const PATIENCE = { first: 600, most: 10_000 };

/** How often an unanswered message is repeated when nothing newer is there to send. */
const REPEATS = 3;

export class Exchange {
  /**
   * @param {(view: object) => any} send hands one message over; true where it needs no patience, as it is answered surely
   * @param {() => void} silent told when an answer stays away
   */
  constructor(send, silent = () => {}) {
    this.send = send;
    this.silent = silent;
    this.seq = 0;
    this.answeredTo = 0;
    this.waiting = null;
    this.latest = null;
    this.timer = 0;
    this.lapses = 0;
    this.patience = PATIENCE.first;
    this.sure = false;
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
    this.lapses = 0;
    if (this.waiting === null) this.#depart();
  }

  /** Note that the answer to message `seq` has come. */
  answered(seq) {
    this.answeredTo = Math.max(this.answeredTo, seq);
    if (seq !== this.waiting) return;
    this.patience = Math.max(PATIENCE.first, 2 * (performance.now() - this.departed));
    this.lapses = 0;
    this.#free();
  }

  /** Let the newest view go at once, if it may be sent before the answer to the one before it. */
  hurry() {
    if (this.latest && this.sure) this.#depart();
  }

  /** Send once more what was given up without an answer. */
  repeat() {
    if (this.waiting === null && this.sent && this.sent.seq > this.answeredTo) this.offer(this.sent);
  }

  /** Note that no answer will come any more: what was sent goes again, on whatever road there is now. */
  lost() {
    if (this.waiting === null) return;
    this.latest ??= this.sent;
    this.#free();
  }

  close() {
    clearTimeout(this.timer);
    this.send = this.silent = () => {};
  }

  #depart() {
    this.seq += 1;
    this.waiting = this.seq;
    this.departed = performance.now();
    this.sent = { ...this.latest, seq: this.seq };
    this.latest = null;
    window.__liveTimes?.push({ what: "send", seq: this.seq, length: this.sent.text.length, at: this.departed });
    this.sure = this.send(this.sent);
    if (!this.sure) this.timer = setTimeout(() => this.#lapse(), this.patience);
  }

  #lapse() {
    this.lapses += 1;
    this.patience = Math.min(2 * this.patience, PATIENCE.most);
    if (this.lapses <= REPEATS) this.latest ??= this.sent;
    this.#free();
    this.silent();
  }

  #free() {
    clearTimeout(this.timer);
    this.waiting = null;
    if (this.latest) this.#depart();
  }
}
