/**
 * A part that shows nothing: it keeps the page's settings in the address, and has the browser ask before unsaved work is lost.
 */

import { AddressBar } from "./address_bar.js";

const decoder = new TextDecoder();
const parts = new WeakMap();
/** The parts on the page that stand for something unsaved. */
const unsaved = new Set();

/** Follow what Python says; see `box.js`. */
export function show({ data, parentElement }) {
  const root = parentElement.querySelector(".board-address");
  if (!parts.has(root)) parts.set(root, new AddressBar());
  const bar = parts.get(root);
  if (data) {
    const said = JSON.parse(decoder.decode(data));
    bar.follow(said.link);
    keep(root, said.unsaved);
  }
  return () => setTimeout(() => root.isConnected || close(root));
}

function close(root) {
  parts.get(root)?.close();
  parts.delete(root);
  keep(root, false);
}

function keep(root, precious) {
  if (precious) unsaved.add(root);
  else unsaved.delete(root);
  // Registered only while it is needed: a page with such a listener is not kept in the browser's memory of pages.
  if (unsaved.size) addEventListener("beforeunload", ask);
  else removeEventListener("beforeunload", ask);
}

/** The browser asks in its own words. */
function ask(event) {
  event.preventDefault();
}
