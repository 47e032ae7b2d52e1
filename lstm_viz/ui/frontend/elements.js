/** Build elements; every text is set as text, never as HTML. */

/**
 * Build an element.
 * @param {string} tag its name, with a class after a dot: "p.room-note"
 * @param {object} properties of the element; those with a hyphen, `role` and `for` are attributes
 * @param {...(Node | string)} children elements and texts
 * @returns {any}
 */
export function make(tag, properties = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  element.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-") || key === "role" || key === "for") element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children);
  return element;
}

/** Build a button with a text and what a click does; `properties` as for `make`. */
export function button(text, onclick, properties = {}) {
  return make("button", { type: "button", textContent: text, onclick, ...properties });
}
