/** Paint curves: the mean over units with its percentile band, one unit with its gradient, gradient norms. */

import { columnWidth, decades, heightOf, limits, stepX, seriesOf, visible } from "./chart_layout.js";
import { gradientColour } from "./theme.js";

function trace(context, scene, values, y) {
  const [first, last] = visible(scene);
  // One step beyond each edge, so that lines continue out of view.
  for (let t = Math.max(0, first - 1); t <= Math.min(scene.frame.steps - 1, last + 1); t++) {
    if (Number.isFinite(y(values[t]))) context.lineTo(stepX(scene.plan, scene.range, t), y(values[t]));
  }
}

function line(context, scene, values, y, colour, width) {
  context.beginPath();
  trace(context, scene, values, y);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineJoin = "round";
  context.stroke();
  // A line of one point is invisible; wide columns show a dot per value.
  if (columnWidth(scene.plan, scene.range) > 14 || scene.frame.steps === 1) dots(context, scene, values, y, colour, width + 0.6);
}

function dots(context, scene, values, y, colour, radius) {
  const [first, last] = visible(scene);
  context.fillStyle = colour;
  for (let t = first; t <= last; t++) {
    context.beginPath();
    context.arc(stepX(scene.plan, scene.range, t), y(values[t]), radius, 0, 2 * Math.PI);
    context.fill();
  }
}

export function paintCurve(context, scene, row) {
  const { frame, theme, zoom, plan } = scene;
  const series = seriesOf(frame, zoom, row.index);
  const [low, high] = limits(row.quantity, ...series);
  const y = heightOf(row, low, high);
  const colour = theme.roles[row.quantity.role];
  if (row.quantity.signed) {
    context.fillStyle = theme.border;
    context.fillRect(plan.left, y(0), plan.inner, 1);
  }
  if (zoom === "unit") {
    if (frame.blocks.unit_grads) paintUnitGradient(context, scene, row);
    line(context, scene, series[0], y, colour, 2 * plan.scale);
    return;
  }
  const [mean, lower, upper] = series;
  context.beginPath();
  trace(context, scene, upper, y);
  traceBack(context, scene, lower, y);
  context.fillStyle = colour;
  context.globalAlpha = 0.22;
  context.fill();
  context.globalAlpha = 1;
  line(context, scene, mean, y, colour, 2 * plan.scale);
}

function traceBack(context, scene, values, y) {
  const [first, last] = visible(scene);
  for (let t = Math.min(scene.frame.steps - 1, last + 1); t >= Math.max(0, first - 1); t--) {
    context.lineTo(stepX(scene.plan, scene.range, t), y(values[t]));
  }
}

/** Paint the unit's gradient: thin bars from the middle of the row, scaled to the largest in the row. */
function paintUnitGradient(context, scene, row) {
  const { frame, theme, plan, range } = scene;
  const values = frame.blocks.unit_grads.row(row.index);
  const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  if (!most) return;
  const middle = row.top + row.height / 2;
  const width = Math.max(1, Math.min(7 * plan.scale, columnWidth(plan, range) * 0.45));
  const [first, last] = visible(scene);
  context.fillStyle = theme.gradient;
  context.globalAlpha = 0.45;
  for (let t = first; t <= last; t++) {
    const length = (values[t] / most) * (row.height / 2 - 2);
    context.fillRect(stepX(plan, range, t) - width / 2, Math.min(middle, middle - length), width, Math.abs(length));
  }
  context.globalAlpha = 1;
}

/** Paint norms on a logarithmic scale; zero is at the bottom. */
export function paintNorms(context, scene, row) {
  const { frame, theme, hidden, plan } = scene;
  const span = decades(frame.blocks.norms);
  if (!span) return;
  const y = heightOf(row, ...span);
  frame.gradients.forEach(({ symbol }, index) => {
    if (hidden.has(symbol)) return;
    const logs = frame.blocks.norms.row(index).map((value) => Math.max(span[0], Math.log10(value)));
    line(context, scene, logs, y, gradientColour(frame, theme, symbol), 1.6 * plan.scale);
  });
}
