/**
 * Paint the whole chart on a canvas: background, rows, cursor, axis and the numbers beside the rows.
 *
 * Everything is repainted on every change: a hundred columns take about a millisecond, and painting in one task cannot flicker.
 */

import { paintCurve, paintNorms } from "./paint_curves.js";
import { paintHeatmap } from "./paint_heatmap.js";
import { paintTokens } from "./paint_tokens.js";
import { formatValue } from "./step_text.js";
import { columnWidth, decades, limits, stepX, seriesOf } from "./chart_layout.js";
import { curvePart, paintSeries } from "./paint_series.js";
import { paintMarked } from "./marking.js";
import { magnitude, number } from "./number_format.js";

/**
 * Paint the whole chart.
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {object} scene {frame, plan, range, step, theme, zoom, hidden: Set of gradient symbols, heat: bitmaps by row; masked: whether
 *   the values stay hidden, so that the text is drawn without colours and the rows are empty; marked: first and last step of a marked
 *   stretch, or null}
 */
export function paint(context, scene) {
  const { plan } = scene;
  context.clearRect(0, 0, plan.width, plan.height);
  for (const row of plan.rows) {
    paintBackground(context, scene, row);
    context.save();
    context.beginPath();
    context.rect(plan.left, row.top - 1, plan.inner, row.height + 2);
    context.clip();
    if (!scene.masked || row.kind === "text") painters[row.kind](context, scene, row);
    context.restore();
  }
  paintCursor(context, scene);
  paintMarked(context, scene);
  paintAxis(context, scene);
  if (!scene.masked) for (const row of plan.rows) paintReadout(context, scene, row);
}

const painters = { text: paintTokens, series: paintSeries, curve: paintCurve, heat: paintHeatmap, norms: paintNorms };

function paintBackground(context, { plan, theme }, row) {
  if (row.kind === "text" || row.kind === "series") return;
  context.fillStyle = theme.surface;
  context.fillRect(plan.left, row.top, plan.inner, row.height);
}

function paintCursor(context, { frame, plan, range, step, theme }) {
  const x = stepX(plan, range, step);
  if (step >= frame.steps || x < plan.left || x > plan.left + plan.inner) return;
  const width = Math.max(2, columnWidth(plan, range));
  const top = plan.rows[0].top + (frame.curve ? 0 : plan.rows[0].height);
  const bottom = plan.rows.at(-1).top + plan.rows.at(-1).height;
  context.fillStyle = theme.text;
  context.globalAlpha = 0.09;
  context.fillRect(x - width / 2, top, width, bottom - top);
  context.globalAlpha = 0.55;
  context.fillRect(Math.round(x) - 0.5, top, 1, bottom - top);
  context.globalAlpha = 1;
}

function paintAxis(context, { frame, plan, range, theme }) {
  const span = range[1] - range[0];
  const labels = frame.curve?.labels;
  context.font = `${11 * plan.scale}px ${theme.font}`;
  const room = plan.inner / (labels ? context.measureText(labels.at(-1)).width + 26 * plan.scale : 55 * plan.scale);
  const stride = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((size) => span / size <= room) ?? 2000;
  const y = plan.rows.at(-1).top + plan.rows.at(-1).height + 6 * plan.scale;
  context.textAlign = "center";
  context.textBaseline = "top";
  context.fillStyle = theme.text;
  context.globalAlpha = 0.65;
  for (let t = Math.ceil(range[0] / stride) * stride; t < Math.min(range[1], frame.steps); t += stride) {
    context.fillText(labels ? labels[t] : t, stepX(plan, range, t), y);
  }
  context.textAlign = "right";
  if (!labels) context.fillText("step", plan.left - 8 * plan.scale, y);
  context.globalAlpha = 1;
}

/** Paint the scale's ends at the left and the selected step's value at the right of a row. */
function paintReadout(context, scene, row) {
  const { frame, plan, theme, zoom, step } = scene;
  if (row.kind === "text") return;
  if (row.kind === "series") {
    paintValue(context, scene, curvePart(row, plan.scale));
    return;
  }
  context.font = `${10.5 * plan.scale}px ${theme.font}`;
  context.fillStyle = theme.text;
  context.textAlign = "right";
  context.globalAlpha = 0.6;
  const span = row.kind === "norms" ? decades(frame.blocks.norms) : endsOf(frame, zoom, row);
  if (span) {
    const write = row.kind === "norms" ? (power) => magnitude(10 ** power) : (value) => number(value, value % 1 ? 1 : 0);
    context.textBaseline = "top";
    context.fillText(write(span[1]), plan.left - 6 * plan.scale, row.top);
    context.textBaseline = "bottom";
    context.fillText(write(span[0]), plan.left - 6 * plan.scale, row.top + row.height + 1);
  }
  context.globalAlpha = 1;
  if (row.kind === "norms" || step >= frame.steps) return;
  const block = zoom === "overview" ? frame.blocks.mean : frame.blocks.unit;
  context.font = `600 ${13 * plan.scale}px ${theme.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillStyle = theme.roles[row.quantity.role];
  context.fillText(number(block.row(row.index)[step]), plan.left + plan.inner + 8 * plan.scale, row.top + row.height / 2);
}

/** Paint the series' scale and the value at the selected step. */
function paintValue(context, { frame, plan, theme, step }, { top, height }) {
  context.font = `${10.5 * plan.scale}px ${theme.font}`;
  context.fillStyle = theme.text;
  context.textAlign = "right";
  context.globalAlpha = 0.6;
  context.textBaseline = "top";
  context.fillText(formatValue(frame, frame.curve.high), plan.left - 6 * plan.scale, top);
  context.textBaseline = "bottom";
  context.fillText(formatValue(frame, frame.curve.low), plan.left - 6 * plan.scale, top + height + 1);
  context.globalAlpha = 1;
  if (step >= frame.steps) return;
  context.font = `600 ${13 * plan.scale}px ${theme.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(formatValue(frame, frame.blocks.curve.values[step]), plan.left + plan.inner + 8 * plan.scale, top + height / 2);
}

function endsOf(frame, zoom, row) {
  if (row.kind === "heat") return [row.quantity.low, row.quantity.high];
  return limits(row.quantity, ...seriesOf(frame, zoom, row.index));
}
