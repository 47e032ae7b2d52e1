/**
 * Painting curves: the mean over units with its spread, one unit with its gradient, gradient magnitudes.
 */

import { columnWidth, decades, heightOf, limits, place, seriesOf, visible } from "./chart_layout.js";
import { gradientColour } from "./theme.js";

function trace(brush, scene, values, y) {
  const [first, last] = visible(scene);
  // One step beyond each edge, so that lines run on out of the picture.
  for (let t = Math.max(0, first - 1); t <= Math.min(scene.frame.steps - 1, last + 1); t++) {
    if (Number.isFinite(y(values[t]))) brush.lineTo(place(scene.plan, scene.range, t), y(values[t]));
  }
}

function line(brush, scene, values, y, colour, width) {
  brush.beginPath();
  trace(brush, scene, values, y);
  brush.strokeStyle = colour;
  brush.lineWidth = width;
  brush.lineJoin = "round";
  brush.stroke();
  // A line of one point has no length, and columns with room show where the values are.
  if (columnWidth(scene.plan, scene.range) > 14 || scene.frame.steps === 1) dots(brush, scene, values, y, colour, width + 0.6);
}

function dots(brush, scene, values, y, colour, radius) {
  const [first, last] = visible(scene);
  brush.fillStyle = colour;
  for (let t = first; t <= last; t++) {
    brush.beginPath();
    brush.arc(place(scene.plan, scene.range, t), y(values[t]), radius, 0, 2 * Math.PI);
    brush.fill();
  }
}

export function paintCurve(brush, scene, row) {
  const { frame, theme, zoom, plan } = scene;
  const series = seriesOf(frame, zoom, row.index);
  const [low, high] = limits(row.quantity, ...series);
  const y = heightOf(row, low, high);
  const colour = theme.roles[row.quantity.role];
  if (row.quantity.signed) {
    brush.fillStyle = theme.border;
    brush.fillRect(plan.left, y(0), plan.inner, 1);
  }
  if (zoom === "unit") {
    if (frame.blocks.unit_grads) paintUnitGradient(brush, scene, row);
    line(brush, scene, series[0], y, colour, 2);
    return;
  }
  const [mean, lower, upper] = series;
  brush.beginPath();
  trace(brush, scene, upper, y);
  traceBack(brush, scene, lower, y);
  brush.fillStyle = colour;
  brush.globalAlpha = 0.22;
  brush.fill();
  brush.globalAlpha = 1;
  line(brush, scene, mean, y, colour, 2);
}

function traceBack(brush, scene, values, y) {
  const [first, last] = visible(scene);
  for (let t = Math.min(scene.frame.steps - 1, last + 1); t >= Math.max(0, first - 1); t--) {
    brush.lineTo(place(scene.plan, scene.range, t), y(values[t]));
  }
}

/** The unit's gradient: thin bars from the middle of the row, scaled to the largest in the row. */
function paintUnitGradient(brush, scene, row) {
  const { frame, theme, plan, range } = scene;
  const values = frame.blocks.unit_grads.row(row.index);
  const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  if (!most) return;
  const middle = row.top + row.height / 2;
  const width = Math.max(1, Math.min(7, columnWidth(plan, range) * 0.45));
  const [first, last] = visible(scene);
  brush.fillStyle = theme.gradient;
  brush.globalAlpha = 0.45;
  for (let t = first; t <= last; t++) {
    const length = (values[t] / most) * (row.height / 2 - 2);
    brush.fillRect(place(plan, range, t) - width / 2, Math.min(middle, middle - length), width, Math.abs(length));
  }
  brush.globalAlpha = 1;
}

/** Magnitudes on a logarithmic scale; a gradient of zero lies on the bottom. */
export function paintNorms(brush, scene, row) {
  const { frame, theme, hidden } = scene;
  const span = decades(frame.blocks.norms);
  if (!span) return;
  const y = heightOf(row, ...span);
  frame.gradients.forEach(({ symbol }, index) => {
    if (hidden.has(symbol)) return;
    const logs = frame.blocks.norms.row(index).map((value) => Math.max(span[0], Math.log10(value)));
    line(brush, scene, logs, y, gradientColour(frame, theme, symbol), 1.6);
  });
}
