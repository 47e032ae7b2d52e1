/** Show every character along a figure's axis; Plotly by itself leaves out some that would fit. */

/** Width of a character in a monospace font, relative to its font size. */
const CHARACTER_WIDTH = 0.61;
const SMALLEST = 8;
const LARGEST = 12;
/** The smallest size that is enlarged. */
const LEGIBLE = 10.5;

/**
 * Show all labels on each axis of characters, in a smaller font if needed; an axis without enough room stays as it is.
 * @param {object} layout a figure's own, changed in place
 * @param {number} width of the figure, in pixels
 * @param {number} scale by which type is enlarged; no label is then smaller than the usual ones enlarged
 */
export function showAllLabels(layout, width, scale = 1) {
  const { l = 0, r = 0 } = layout.margin ?? {};
  for (const [name, axis] of Object.entries(layout)) {
    if (!name.startsWith("xaxis") || axis.type !== "category" || !isText(axis)) continue;
    const [from, to] = axis.domain ?? [0, 1];
    const count = axis.categoryarray.length;
    const size = Math.floor(((width - l - r) * (to - from)) / count / CHARACTER_WIDTH);
    if (size < (scale === 1 ? SMALLEST : LEGIBLE * scale)) continue;
    axis.nticks = count;
    axis.tickfont = { ...axis.tickfont, size: Math.min(size, LARGEST * scale) };
  }
}

/** Return true if every label of the axis is one character, or two stacked ones. */
function isText({ categoryarray, labelalias }) {
  if (!categoryarray?.length || !labelalias) return false;
  return Object.values(labelalias).every((label) => label.split("<br>").every((line) => [...line].length <= 1));
}
