/** Texts in the browser's storage. Where it is forbidden or full, nothing is stored, and nothing is found later. */

class SafeStorage {
  /** @param {() => Storage} open returns the storage; where it is forbidden, this already throws */
  constructor(open) {
    this.open = open;
  }

  /** Return the text stored under a key; null if there is none. */
  read(key) {
    try {
      return this.open().getItem(key);
    } catch {
      return null;
    }
  }

  /** Store a text under a key; null removes it. */
  write(key, text) {
    try {
      if (text === null) this.open().removeItem(key);
      else this.open().setItem(key, text);
    } catch {
      // Forbidden or full: the page works without.
    }
  }
}

/** Of this tab: it outlives a reload and ends with the tab. */
export const tabStorage = new SafeStorage(() => sessionStorage);

/** Of this browser: shared by all tabs, and kept when they are closed. */
export const browserStorage = new SafeStorage(() => localStorage);
