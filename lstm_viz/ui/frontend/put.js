/**
 * Text on the page, written only where it changes: the browser lays out anew what was written to, whether it changed or not.
 */

export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
