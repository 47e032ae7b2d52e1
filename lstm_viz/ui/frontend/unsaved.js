/** What on the page would be lost by a reload. */

const unsaved = new Set();

/**
 * Record whether something of this element is unsaved; the browser then asks before the page is left.
 * @param {Element} root
 * @param {boolean} precious
 */
export function setUnsaved(root, precious) {
  if (precious) unsaved.add(root);
  else unsaved.delete(root);
  // Registered only while needed: a page with such a listener is excluded from the back/forward cache.
  if (unsaved.size) addEventListener("beforeunload", ask);
  else removeEventListener("beforeunload", ask);
}

/** Return true if anything is unsaved. */
export const isUnsaved = () => unsaved.size > 0;

/** The browser asks with its own text. */
function ask(event) {
  event.preventDefault();
}
