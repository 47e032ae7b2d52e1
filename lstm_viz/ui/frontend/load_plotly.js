/**
 * Plotly, as the installed package brings it and this server hands it out.
 */

let library;

/** Load Plotly once a page; `folder` is where static files are served from. */
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
