/** A text too long for the address is kept in the tab's session storage, so that a reload restores it. */

const KEY = "lstm_viz.text";

/** Save the text of a frame if its link could not hold it. */
export function keepLong({ link, text }) {
  if (!link?.long) return;
  try {
    sessionStorage.setItem(KEY, text);
  } catch {
    // If storage is forbidden or full, a reload loses the text, as the note below the box says.
  }
}

/** Return the text that did not fit into this frame's address; null if this tab does not have it. */
export function awaitedText({ awaited }) {
  if (!awaited) return null;
  try {
    const text = sessionStorage.getItem(KEY);
    return text !== null && [...text].length === awaited ? text : null;
  } catch {
    return null;
  }
}

/** The message if the text is not available. */
export function lostText(length) {
  return `The text of this link, ${length.toLocaleString("en")} characters, was too long for a link. An example is shown instead.`;
}
