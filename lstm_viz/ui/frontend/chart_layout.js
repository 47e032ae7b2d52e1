/** The chart's layout: its rows, their positions, and the visible steps. Nothing is drawn here. */

import { formatValue } from "./step_text.js";

const HEIGHTS = { text: 32, series: 128, curve: 42, heat: 66, norms: 84 };
const AXIS = 22;

/** Rows that grow with the available height, up to a limit. */
const STRETCHED = ["curve", "heat", "norms"];
const MOST_STRETCH = 4;

/** Minimum width of a word, in pixels; longer texts scroll. */
const WORD = 50;

/** Below this width captions are above their rows instead of beside them, in pixels. */
const NARROW = 620;

/** Enlarged type has fixed sizes: rows may be this much lower than their usual height, to be all in view. */
const LEAST_STRETCH = 0.6;

/** Width of a letter's column in which it is as large as the smallest type, in pixels before they are enlarged. */
const LEGIBLE = 8.6;

/**
 * Compute the layout of the rows.
 * @param {object} frame
 * @param {string} zoom "overview", "units" or "unit"
 * @param {number} width of the whole chart in pixels
 * @param {number} least height in pixels; if there are few rows, they are drawn taller
 * @param {number} scale by which type and gaps are enlarged; with more than 1 the rows are as high together as `least`
 */
export function layRows(frame, zoom, width, least = 0, scale = 1) {
  if (scale === 1) return layUsual(frame, zoom, width, least, 1);
  return enlarged(layUsual(frame, zoom, width / scale, least / scale, LEAST_STRETCH), scale);
}

function enlarged(plan, scale) {
  const lengths = Object.fromEntries(["width", "left", "right", "inner", "height", "bottom"].map((name) => [name, plan[name] * scale]));
  const rows = plan.rows.map((row) => ({ ...row, top: Math.round(row.top * scale), height: Math.round(row.height * scale) }));
  return { ...plan, ...lengths, scale, rows };
}

function layUsual(frame, zoom, width, least, leastStretch) {
  const narrow = width < NARROW;
  const caption = narrow ? 17 : 0;
  const gap = narrow ? 5 : 9;
  const kind = zoom === "units" ? "heat" : "curve";
  const shownRows = [
    topmost(frame, narrow),
    ...frame.quantities.map((quantity, index) => ({ ...quantity, id: quantity.symbol, kind, quantity, index })),
  ];
  if (frame.gradients.length) shownRows.push({ id: "norms", kind: "norms", name: "gradients", plain: "norm per step, log scale" });
  const fixed = 4 + AXIS + shownRows.reduce((sum, { kind }) => sum + caption + gap + (STRETCHED.includes(kind) ? 0 : HEIGHTS[kind]), 0);
  const stretched = shownRows.reduce((sum, { kind }) => sum + (STRETCHED.includes(kind) ? HEIGHTS[kind] : 0), 0);
  const stretch = Math.max(leastStretch, Math.min(MOST_STRETCH, (least - fixed) / stretched));
  let top = 4;
  const rows = shownRows.map((row) => {
    const height = Math.round(HEIGHTS[row.kind] * (STRETCHED.includes(row.kind) ? stretch : 1));
    const placed = { ...row, top: top + caption, height };
    top = placed.top + placed.height + gap;
    return placed;
  });
  const longest = frame.curve ? Math.max(...[frame.curve.low, frame.curve.high].map((end) => formatValue(frame, end).length)) : 0;
  const left = (narrow ? 36 : 172) + Math.max(0, longest - (narrow ? 4 : 6)) * 6;
  const right = Math.max(narrow ? 44 : 78, longest * 8 + 8);
  return { rows, narrow, width, left, right, inner: Math.max(40, width - left - right), height: top + AXIS, bottom: AXIS + gap, scale: 1 };
}

/** The top row: the text, or the series. */
function topmost({ curve, tint }, narrow) {
  if (!curve) return { id: "text", kind: "text", name: "text", plain: tint.label };
  const plain = curve.forecasts === false ? curve.unit : `${curve.unit} · dashes: forecast`;
  return { id: "series", kind: "series", name: curve.name, plain: narrow ? plain : `${plain} · cells ${tint.label}` };
}

/**
 * The visible steps before any zoom: all, or the last ones of a long text; for words as many as are readable.
 *
 * The number of columns grows in increments, so that existing characters stay in place during typing.
 */
export function defaultRange({ steps, stepUnit }, inner, scale = 1) {
  if (stepUnit === "series") return [-0.5, steps - 0.5];
  const room = Math.floor(inner / (WORD * scale));
  const [stride, least] = stepUnit === "words" ? [2, Math.min(6, room)] : [4, 8];
  const [narrowest, fewest] = scale === 1 ? [7, 40] : [LEGIBLE * scale, 16];
  const letters = Math.max(fewest, Math.min(104, Math.floor(inner / narrowest)));
  const most = stepUnit === "words" ? Math.max(4, room) : letters;
  const end = Math.max(least, Math.ceil(steps / stride) * stride);
  if (steps <= most) return [-0.5, Math.min(end, most) - 0.5];
  const last = stepUnit === "words" ? steps : end;
  return [last - most - 0.5, last - 0.5];
}

/** Shift a range without changing its width so that it contains a step. */
export function including(range, step) {
  const [from, to] = range;
  if (step - 0.5 < from) return [step - 0.5, step - 0.5 + (to - from)];
  if (step + 0.5 > to) return [step + 0.5 - (to - from), step + 0.5];
  return range;
}

/** Scale the visible range around a step; never fewer than four steps, nor more than there are. */
export function magnified(range, factor, step, steps) {
  const width = Math.max(4, Math.min((range[1] - range[0]) * factor, Math.max(16, steps)));
  const from = Math.max(-0.5, Math.min(step - width / 2, Math.max(16, steps) - 0.5 - width));
  return [from, from + width];
}

/** Pixels from the chart's left edge to the centre of a step. */
export function stepX(plan, range, step) {
  return plan.left + ((step - range[0]) / (range[1] - range[0])) * plan.inner;
}

/** Width of one step's column in pixels. */
export function columnWidth(plan, range) {
  return plan.inner / (range[1] - range[0]);
}

/** Return the unit at a relative height of a row that shows all units. */
export function unitAt({ blocks, model }, fraction) {
  return blocks.order.values[Math.min(model.units - 1, Math.max(0, Math.floor(fraction * model.units)))];
}

/** Return the step and row at a point of the chart; both null outside. */
export function locate(plan, range, x, y, steps) {
  const step = Math.round(range[0] + ((x - plan.left) / plan.inner) * (range[1] - range[0]));
  const inside = x >= plan.left && x <= plan.left + plan.inner && step >= 0 && step < steps;
  const row = plan.rows.find(({ top, height }) => y >= top && y < top + height) ?? null;
  return { step: inside ? step : null, row, fraction: row ? (y - row.top) / row.height : 0 };
}

/** Return the ends of a quantity's scale, extended if values exceed it. */
export function limits(quantity, ...series) {
  let most = 0;
  for (const values of series) for (const value of values) most = Math.max(most, Math.abs(value) || 0);
  const { low, high } = quantity;
  if (most <= Math.max(Math.abs(low), Math.abs(high))) return [low, high];
  const end = Math.ceil(most * 2) / 2;
  return [low < 0 ? -end : low, end];
}

/** Return the decades shown for gradient norms: the largest rounded up, and three below; null if all are zero. */
export function decades(norms) {
  let most = 0;
  for (const value of norms.values) if (value > most) most = value;
  if (!most) return null;
  const top = Math.ceil(Math.log10(most) * 2) / 2;
  return [top - 3, top];
}

/** Return the first and last step that are at least partly visible. */
export function visible({ range, frame }) {
  return [Math.max(0, Math.floor(range[0] + 0.5)), Math.min(frame.steps - 1, Math.ceil(range[1] - 0.5))];
}

/** Pixels from the top of the chart to a value of a row whose scale runs from low to high. */
export function heightOf(row, low, high) {
  return (value) => row.top + 2 + (1 - (value - low) / (high - low)) * (row.height - 4);
}

/** Return a curve row's series: the unit's values, or mean, 10th and 90th percentile over units. */
export function seriesOf(frame, zoom, index) {
  const { unit, mean, low, high } = frame.blocks;
  return zoom === "unit" ? [unit.row(index)] : [mean.row(index), low.row(index), high.row(index)];
}
