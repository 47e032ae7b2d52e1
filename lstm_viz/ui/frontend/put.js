/**
 * Set an element's text only if it changes: the browser recomputes the layout on every write.
 * @param {Element} element
 * @param {string} text
 */
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
