/**
 * The address bar follows the page, so that a link, a reload and the way back show the same view again.
 */

/** Milliseconds after the last change, so that typing does not write an address for every letter. */
const REST = 300;

export class AddressBar {
  constructor() {
    this.timer = 0;
    this.written = [];
  }

  /** Write these keys into the query once things rest; null takes a key out, keys written before go, those of others stay. */
  follow(pairs) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const url = new URL(location.href);
      for (const key of this.written) if (!(key in pairs)) url.searchParams.delete(key);
      for (const [key, value] of Object.entries(pairs)) {
        if (value === null) url.searchParams.delete(key);
        else url.searchParams.set(key, value);
      }
      this.written = Object.keys(pairs);
      // Replaced, never pushed: the back button leaves the page instead of undoing letters.
      if (url.href !== location.href) history.replaceState(history.state, "", url);
    }, REST);
  }

  close() {
    clearTimeout(this.timer);
  }
}
