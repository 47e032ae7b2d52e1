/** Plotly from the installed package, served by this server. */

let library;

/**
 * Load Plotly once per page; `folder` is that of the static files.
 * @param {string | URL} folder
 * @returns {Promise<any>} Plotly
 */
export function loadPlotly(folder) {
  library ??= new Promise((resolve, reject) => {
    if (window.Plotly) return resolve(window.Plotly);
    const script = document.createElement("script");
    script.src = new URL("plotly.min.js", folder).href;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => reject(new Error(`Plotly did not load from ${script.src}; reload the page.`));
    document.head.append(script);
  });
  return library;
}
