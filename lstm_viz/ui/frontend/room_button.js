/** The buttons of a class's pages. */

import { button } from "./elements.js";

/** Build a button; see `button` of elements.js. A `className` takes the place of the usual one. */
export function roomButton(text, onclick, properties = {}) {
  return button(text, onclick, { className: "room-button", ...properties });
}
