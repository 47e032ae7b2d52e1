/** Keep the address bar in sync with the page, so that a link, a reload and the back button restore the view. */

/**
 * The longest that a change waits, in milliseconds, so that typing does not write an address for every character: Safari refuses
 * more than 100 in 30 seconds.
 */
const DELAY = 350;

export class AddressBar {
  constructor() {
    this.timer = 0;
    this.pairs = {};
    this.written = [];
  }

  /**
   * Write these parameters into the query after a delay. null removes one; parameters written earlier are removed, others stay.
   * @param {Record<string, string | null>} pairs
   */
  follow(pairs) {
    this.pairs = pairs;
    // One that waits already is not put off: a page that is reloaded soon comes back as it was.
    this.timer ||= setTimeout(() => this.#write(), DELAY);
  }

  #write() {
    this.timer = 0;
    const url = new URL(location.href);
    for (const key of this.written) if (!(key in this.pairs)) url.searchParams.delete(key);
    for (const [key, value] of Object.entries(this.pairs)) {
      if (value === null) url.searchParams.delete(key);
      else url.searchParams.set(key, value);
    }
    this.written = Object.keys(this.pairs);
    // Replaced, not pushed: the back button leaves the page instead of undoing characters.
    if (url.href !== location.href) history.replaceState(history.state, "", url);
  }

  close() {
    clearTimeout(this.timer);
    this.timer = 0;
  }
}
