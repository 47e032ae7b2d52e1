/** Keep the address bar in sync with the page, so that a link, a reload and the back button restore the view. */

/** Milliseconds after the last change, so that typing does not write an address for every character. */
const REST = 300;

export class AddressBar {
  constructor() {
    this.timer = 0;
    this.written = [];
  }

  /** Write these parameters into the query after a pause. null removes one; parameters written earlier are removed, others stay. */
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
      // Replaced, not pushed: the back button leaves the page instead of undoing characters.
      if (url.href !== location.href) history.replaceState(history.state, "", url);
    }, REST);
  }

  close() {
    clearTimeout(this.timer);
  }
}
