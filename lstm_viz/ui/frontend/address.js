/** An invisible component: keeps the page's settings in the address, and asks before unsaved work is lost. */

import { AddressBar } from "./address_bar.js";
import { closeOnceGone } from "./cleanup.js";
import { setSession } from "./reconnect.js";
import { keepClaim } from "./tab_claim.js";
import { setUnsaved } from "./unsaved.js";

const decoder = new TextDecoder();
const parts = new WeakMap();

/**
 * Apply a frame from Python; see `text_box.js`.
 * @param {{ data: any, parentElement: Element }} component Streamlit's arguments
 * @param {string | URL} folder of the static files
 * @returns {() => void} cleanup, called by Streamlit
 */
export function show({ data, parentElement }, folder) {
  const root = parentElement.querySelector(".address-bar");
  if (!parts.has(root)) parts.set(root, new AddressBar());
  const bar = parts.get(root);
  if (data) {
    const header = JSON.parse(decoder.decode(data));
    bar.follow(header.link);
    setUnsaved(root, header.unsaved);
    setSession(header.session, folder);
    keepClaim(header.work);
  }
  return closeOnceGone(root, () => close(root));
}

function close(root) {
  parts.get(root)?.close();
  parts.delete(root);
  setUnsaved(root, false);
}
