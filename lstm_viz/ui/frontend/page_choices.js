/**
 * What the page's own controls choose: network, layer and question. The live view chooses the rest.
 *
 * A letter and a click on such a control are sent on two connections. The answer to the letter may have been computed with the
 * former choices and arrive last.
 */

const CHOICES = ["model", "layer", "aim", "symbol"];

const describe = (link) => JSON.stringify(CHOICES.map((name) => link?.[name] ?? null));

export class PageChoices {
  constructor() {
    this.now = this.shown = describe(null);
    /** The choices that messages were sent with, by their numbers. */
    this.sent = new Map();
  }

  /** Take the choices from the link that a script run has drawn. */
  follow(link) {
    this.now = describe(link);
  }

  /** Record that message `seq` is sent with the present choices. */
  send(seq) {
    this.sent.set(seq, this.now);
  }

  /** Return whether the answer to message `seq` was computed with the present choices. */
  isCurrent(seq) {
    const choices = this.sent.get(seq);
    for (const earlier of this.sent.keys()) if (earlier < seq) this.sent.delete(earlier);
    return choices === this.now;
  }

  /** Record that a frame with the present choices is drawn. */
  markShown() {
    this.shown = this.now;
  }

  /** Return whether what is drawn has the present choices. */
  isShown() {
    return this.shown === this.now;
  }
}
