/** Set an element's text only if it changes: the browser recomputes the layout on every write. */

export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
