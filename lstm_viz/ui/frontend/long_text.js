/**
 * A text that is too long for the address is kept by the tab, so that a reload finds it again.
 */

const KEY = "lstm_viz.text";

/** Keep the text of a frame, where its link could not hold it. */
export function keepLong({ link, text }) {
  if (!link?.long) return;
  try {
    sessionStorage.setItem(KEY, text);
  } catch {
    // A browser may forbid it, or have no room: then a reload loses the text, as the note below the box says of a copied link.
  }
}

/** The text that this frame waits for, as its address could not hold it; null where this tab does not have it. */
export function awaitedText({ awaited }) {
  if (!awaited) return null;
  try {
    const text = sessionStorage.getItem(KEY);
    return text !== null && [...text].length === awaited ? text : null;
  } catch {
    return null;
  }
}

/** What is said where nobody has it. */
export function lostText(length) {
  return `The text of this link, ${length.toLocaleString("en")} characters, was too long for a link. What stands here is an example.`;
}
