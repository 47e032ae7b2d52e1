/**
 * What on the page would be lost if it were loaded again.
 */

const unsaved = new Set();

/** Note whether something that belongs to this element is unsaved; the browser then asks before the page goes. */
export function setUnsaved(root, precious) {
  if (precious) unsaved.add(root);
  else unsaved.delete(root);
  // Registered only while it is needed: a page with such a listener is not kept in the browser's memory of pages.
  if (unsaved.size) addEventListener("beforeunload", ask);
  else removeEventListener("beforeunload", ask);
}

/** Whether anything is. */
export const isUnsaved = () => unsaved.size > 0;

/** The browser asks in its own words. */
function ask(event) {
  event.preventDefault();
}
