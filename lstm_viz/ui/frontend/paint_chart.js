/**
 * Painting the whole chart on a canvas: the ground, every row, the ruler, the axis and the numbers beside the rows.
 *
 * Everything is drawn anew at every change: a hundred columns take about a millisecond, and what is drawn whole in one
 * task can neither flicker nor fall out of step.
 */

import { paintCurve, paintNorms } from "./paint_curves.js";
import { paintHeat } from "./paint_heatmap.js";
import { paintLetters } from "./paint_tokens.js";
import { written } from "./step_text.js";
import { columnWidth, decades, limits, place, seriesOf } from "./chart_layout.js";
import { curvePart, paintSeries } from "./paint_series.js";
import { magnitude, number } from "./number_format.js";

/**
 * Paint the whole chart.
 * @param {CanvasRenderingContext2D} brush in CSS pixels
 * @param {object} scene {frame, plan, range, step, theme, zoom, hidden: Set of gradient symbols, heat: bitmaps by row}
 */
export function paint(brush, scene) {
  const { plan } = scene;
  brush.clearRect(0, 0, plan.width, plan.height);
  for (const row of plan.rows) {
    paintGround(brush, scene, row);
    brush.save();
    brush.beginPath();
    brush.rect(plan.left, row.top - 1, plan.inner, row.height + 2);
    brush.clip();
    painters[row.kind](brush, scene, row);
    brush.restore();
  }
  paintRuler(brush, scene);
  paintAxis(brush, scene);
  for (const row of plan.rows) paintReadout(brush, scene, row);
}

const painters = { text: paintLetters, series: paintSeries, curve: paintCurve, heat: paintHeat, norms: paintNorms };

function paintGround(brush, { plan, theme }, row) {
  if (row.kind === "text" || row.kind === "series") return;
  brush.fillStyle = theme.surface;
  brush.fillRect(plan.left, row.top, plan.inner, row.height);
}

function paintRuler(brush, { frame, plan, range, step, theme }) {
  const x = place(plan, range, step);
  if (step >= frame.steps || x < plan.left || x > plan.left + plan.inner) return;
  const width = Math.max(2, columnWidth(plan, range));
  const top = plan.rows[0].top + (frame.curve ? 0 : plan.rows[0].height);
  const bottom = plan.rows.at(-1).top + plan.rows.at(-1).height;
  brush.fillStyle = theme.text;
  brush.globalAlpha = 0.09;
  brush.fillRect(x - width / 2, top, width, bottom - top);
  brush.globalAlpha = 0.55;
  brush.fillRect(Math.round(x) - 0.5, top, 1, bottom - top);
  brush.globalAlpha = 1;
}

function paintAxis(brush, { frame, plan, range, theme }) {
  const span = range[1] - range[0];
  const labels = frame.curve?.labels;
  brush.font = `11px ${theme.font}`;
  const room = plan.inner / (labels ? brush.measureText(labels.at(-1)).width + 26 : 55);
  const stride = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((size) => span / size <= room) ?? 2000;
  const y = plan.rows.at(-1).top + plan.rows.at(-1).height + 6;
  brush.textAlign = "center";
  brush.textBaseline = "top";
  brush.fillStyle = theme.text;
  brush.globalAlpha = 0.65;
  for (let t = Math.ceil(range[0] / stride) * stride; t < Math.min(range[1], frame.steps); t += stride) {
    brush.fillText(labels ? labels[t] : t, place(plan, range, t), y);
  }
  brush.textAlign = "right";
  if (!labels) brush.fillText("step", plan.left - 8, y);
  brush.globalAlpha = 1;
}

/** The scale's ends at the left and the selected step's value at the right of a row. */
function paintReadout(brush, scene, row) {
  const { frame, plan, theme, zoom, step } = scene;
  if (row.kind === "text") return;
  if (row.kind === "series") {
    paintValue(brush, scene, curvePart(row));
    return;
  }
  brush.font = `10.5px ${theme.font}`;
  brush.fillStyle = theme.text;
  brush.textAlign = "right";
  brush.globalAlpha = 0.6;
  const span = row.kind === "norms" ? decades(frame.blocks.norms) : endsOf(frame, zoom, row);
  if (span) {
    const write = row.kind === "norms" ? (power) => magnitude(10 ** power) : (value) => number(value, value % 1 ? 1 : 0);
    brush.textBaseline = "top";
    brush.fillText(write(span[1]), plan.left - 6, row.top);
    brush.textBaseline = "bottom";
    brush.fillText(write(span[0]), plan.left - 6, row.top + row.height + 1);
  }
  brush.globalAlpha = 1;
  if (row.kind === "norms" || step >= frame.steps) return;
  const block = zoom === "overview" ? frame.blocks.mean : frame.blocks.unit;
  brush.font = `600 13px ${theme.font}`;
  brush.textAlign = "left";
  brush.textBaseline = "middle";
  brush.fillStyle = theme.roles[row.quantity.role];
  brush.fillText(number(block.row(row.index)[step]), plan.left + plan.inner + 8, row.top + row.height / 2);
}

/** The series' scale and the value that the selected step read. */
function paintValue(brush, { frame, plan, theme, step }, { top, height }) {
  brush.font = `10.5px ${theme.font}`;
  brush.fillStyle = theme.text;
  brush.textAlign = "right";
  brush.globalAlpha = 0.6;
  brush.textBaseline = "top";
  brush.fillText(written(frame, frame.curve.high), plan.left - 6, top);
  brush.textBaseline = "bottom";
  brush.fillText(written(frame, frame.curve.low), plan.left - 6, top + height + 1);
  brush.globalAlpha = 1;
  if (step >= frame.steps) return;
  brush.font = `600 13px ${theme.font}`;
  brush.textAlign = "left";
  brush.textBaseline = "middle";
  brush.fillText(written(frame, frame.blocks.curve.values[step]), plan.left + plan.inner + 8, top + height / 2);
}

function endsOf(frame, zoom, row) {
  if (row.kind === "heat") return [row.quantity.low, row.quantity.high];
  return limits(row.quantity, ...seriesOf(frame, zoom, row.index));
}
