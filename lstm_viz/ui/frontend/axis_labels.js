/**
 * A text along a figure's axis, spelled in full: Plotly by itself leaves out letters that would well have room.
 */

/** A sign of a monospace font is so many times as wide as the font is high. */
const CHARACTER_WIDTH = 0.61;
const SMALLEST = 8;
const LARGEST = 12;

/**
 * Have each axis of letters show all of them, in smaller print where that helps; one without room for that stays as it is.
 * @param {object} layout a figure's own, changed in place
 * @param {number} width of the figure, in pixels
 */
export function showAllLabels(layout, width) {
  const { l = 0, r = 0 } = layout.margin ?? {};
  for (const [name, axis] of Object.entries(layout)) {
    if (!name.startsWith("xaxis") || axis.type !== "category" || !isText(axis)) continue;
    const [from, to] = axis.domain ?? [0, 1];
    const count = axis.categoryarray.length;
    const size = Math.floor(((width - l - r) * (to - from)) / count / CHARACTER_WIDTH);
    if (size < SMALLEST) continue;
    axis.nticks = count;
    axis.tickfont = { ...axis.tickfont, size: Math.min(size, LARGEST) };
  }
}

/** True where every place on the axis bears one letter, or one above another. */
function isText({ categoryarray, labelalias }) {
  if (!categoryarray?.length || !labelalias) return false;
  return Object.values(labelalias).every((label) => label.split("<br>").every((line) => [...line].length <= 1));
}
