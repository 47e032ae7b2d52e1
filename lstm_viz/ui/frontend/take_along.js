/** Save the live view as a picture, and copy the link to what is shown. */

import { loadStyles } from "./load_styles.js";
import { PICTURE_WANTED } from "./snapshot.js";

/**
 * Show the buttons.
 * @param {object} component Streamlit's arguments: parentElement
 * @returns {() => void} cleanup, called by Streamlit
 */
export function show({ parentElement }) {
  const root = parentElement.querySelector(".take-along");
  const part = (name) => root.querySelector(`[data-part=${name}]`);
  loadStyles("components.css");
  for (const button of part("pictures").querySelectorAll("[data-format]")) {
    button.onclick = () => document.dispatchEvent(new CustomEvent(PICTURE_WANTED, { detail: button.dataset.format }));
  }
  part("copy").onclick = () => copyLink(location.href, part("address"), part("said"));
  return () => {};
}

/** Copy the link and say so; where the browser does not let a page copy, show it selected. */
export async function copyLink(link, field, said) {
  const without = new URL(link).searchParams.has("long") ? " The text is too long for a link and is not in it." : "";
  field.value = link;
  if (await copied(link, field)) {
    field.hidden = true;
    said.textContent = `Copied.${without}`;
    return;
  }
  field.hidden = false;
  field.focus();
  field.select();
  said.textContent = `The browser does not allow copying here. The link is selected below: copy it with Ctrl+C, or ⌘C.${without}`;
}

/** Copy a text; the clipboard is there on https and localhost only, the old command elsewhere, and perhaps neither. */
async function copied(text, field) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    field.hidden = false;
    field.focus();
    field.select();
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    }
  }
}
