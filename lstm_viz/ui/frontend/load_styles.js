/** Stylesheets beside the modules, each loaded once per page. */

/**
 * Load a stylesheet; the component stays hidden until it is there.
 * @param {string} name of the file beside this module
 * @returns {Promise<unknown>} settled once the stylesheet is there or cannot come
 */
export function loadStyles(name) {
  const href = new URL(name, import.meta.url).href;
  const present = document.querySelector(`link[href="${href}"]`);
  if (present) return present.loaded;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  link.loaded = new Promise((resolve) => {
    link.onload = resolve;
    // An unstyled component is better than a hidden one.
    link.onerror = resolve;
  });
  document.head.append(link);
  return link.loaded;
}
