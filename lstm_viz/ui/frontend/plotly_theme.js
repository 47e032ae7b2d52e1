/** A Plotly template with the theme's colours and fonts, overridden by a figure's own settings. */

import { faded } from "./theme.js";

/**
 * Return the template for a page as `readPage` found it.
 * @param {{ text: string, background: string, border: string, font: string }} page
 * @returns {object}
 */
export function plotlyTemplate({ text, background, border, font }) {
  const axis = {
    gridcolor: faded(text, 0.12),
    zerolinecolor: faded(text, 0.3),
    linecolor: faded(text, 0.3),
    tickcolor: faded(text, 0.3),
    tickfont: { size: 12 },
    title: { font: { size: 13 }, standoff: 8 },
  };
  const bar = { outlinewidth: 0, thickness: 10, tickfont: { size: 11 }, ticks: "" };
  return {
    layout: {
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: font, color: text, size: 13 },
      xaxis: axis,
      // Away from the axis: a zero at its foot would touch the zero below.
      yaxis: { ...axis, ticklabelstandoff: 4 },
      legend: { bgcolor: "rgba(0,0,0,0)" },
      hoverlabel: { bgcolor: background, bordercolor: border, font: { family: font, color: text, size: 12 } },
      coloraxis: { colorbar: bar },
      colorway: ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9"],
      margin: { l: 60, r: 12, t: 12, b: 40 },
    },
    data: { heatmap: [{ colorbar: bar }] },
  };
}
