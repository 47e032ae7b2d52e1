/** A text too long for the address is kept in the tab's session storage, so that a reload restores it. */

import { tabStorage } from "./browser_storage.js";

const KEY = "lstm_viz.text";

/**
 * Save the text of a frame if its link could not hold it. Without storage a reload loses it, as the note below the box says.
 * @param {{ link?: { long?: unknown }, text: string }} frame
 */
export function keepLong({ link, text }) {
  if (link?.long) tabStorage.write(KEY, text);
}

/**
 * Return the text that did not fit into this frame's address; null if this tab does not have it.
 * @param {{ awaitedLength?: number }} frame
 * @returns {string | null}
 */
export function awaitedText({ awaitedLength }) {
  if (!awaitedLength) return null;
  const text = tabStorage.read(KEY);
  return text !== null && [...text].length === awaitedLength ? text : null;
}

/**
 * The message if the text is not available.
 * @param {number} length in characters
 * @returns {string}
 */
export function lostText(length) {
  return `The text of this link, ${length.toLocaleString("en")} characters, was too long for a link. An example is shown instead.`;
}
