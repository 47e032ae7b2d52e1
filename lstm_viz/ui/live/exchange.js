/**
 * What goes to Python and when: one message in flight at a time, always the latest state, never a queue of old ones.
 */

/** After this long without an answer the next message may go, in milliseconds. */
const PATIENCE = 600;

export class Exchange {
  /** @param {(view: object) => void} send hands one message to Streamlit */
  constructor(send) {
    this.send = send;
    this.seq = 0;
    this.waiting = null;
    this.timer = 0;
  }

  /** Take over the numbering that Python knows, after a reload or a page switch. */
  continueFrom(seq) {
    this.seq = Math.max(this.seq, seq);
  }

  /** Offer the newest view: it leaves now or, while an answer is awaited, as soon as that has come. */
  offer(view) {
    this.latest = view;
    if (this.waiting === null) this.#depart();
  }

  /** Note that the answer to message `seq` has come. */
  answered(seq) {
    if (seq !== this.waiting) return;
    this.#free();
  }

  close() {
    clearTimeout(this.timer);
    this.send = () => {};
  }

  #depart() {
    this.seq += 1;
    this.waiting = this.seq;
    const view = { ...this.latest, seq: this.seq };
    this.latest = null;
    window.__liveTimes?.push({ what: "send", seq: this.seq, length: view.text.length, at: performance.now() });
    this.timer = setTimeout(() => this.#free(), PATIENCE);
    this.send(view);
  }

  #free() {
    clearTimeout(this.timer);
    this.waiting = null;
    if (this.latest) this.#depart();
  }
}

/** Keeps the address bar in step with the view, so that the link brings it back on another machine. */
export class Link {
  constructor() {
    this.timer = 0;
    this.written = [];
  }

  /** Write these keys into the query 300 ms after the last change; keys written before go, those of others stay. */
  follow(pairs) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const url = new URL(location.href);
      for (const key of this.written) if (!(key in pairs)) url.searchParams.delete(key);
      for (const [key, value] of Object.entries(pairs)) url.searchParams.set(key, value);
      this.written = Object.keys(pairs);
      // Replaced, never pushed: the back button leaves the page instead of undoing letters.
      if (url.href !== location.href) history.replaceState(history.state, "", url);
    }, 300);
  }

  close() {
    clearTimeout(this.timer);
  }
}
