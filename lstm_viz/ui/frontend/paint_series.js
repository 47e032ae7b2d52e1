/** Paint a series instead of text: the values, their forecasts, and the colored cells below. */

import { columnWidth, heightOf, stepX, visible } from "./chart_layout.js";

/** Height of the colored cells under the curve and of the gap above them, in pixels. */
const [CELLS, GAP] = [12, 4];

/** Return the part of the row that holds the curve. */
export function curvePart(row, scale) {
  return { top: row.top, height: row.height - (CELLS + GAP) * scale };
}

export function paintSeries(context, scene, row) {
  const { frame, plan, theme } = scene;
  const { border, low, high } = frame.curve;
  const part = curvePart(row, plan.scale);
  context.fillStyle = theme.surface;
  context.fillRect(plan.left, part.top, plan.inner, part.height);
  const y = heightOf(part, low, high);
  const { curve, curve_expected: expected, curve_low: lower, curve_high: upper } = frame.blocks;
  if (lower && upper) paintBand(context, scene, lower.values, upper.values, y);
  if (border !== null) paintBorder(context, scene, part, border);
  const known = border ?? frame.steps;
  const dashes = [4 * plan.scale, 3 * plan.scale];
  line(context, scene, expected.values, y, 0, frame.steps, { colour: theme.gradient, width: 1.4 * plan.scale, dashes });
  line(context, scene, curve.values, y, 0, known, { colour: theme.text, width: 1.8 * plan.scale, dashes: [] });
  paintCells(context, scene, row.top + row.height - CELLS * plan.scale, CELLS * plan.scale);
}

function line(context, scene, values, y, from, to, { colour, width, dashes }) {
  const [first, last] = visible(scene);
  context.beginPath();
  let drawing = false;
  for (let t = Math.max(from, first - 1); t < Math.min(to, last + 2); t++) {
    const height = y(values[t]);
    const x = stepX(scene.plan, scene.range, t);
    const finite = Number.isFinite(height);
    if (finite && drawing) context.lineTo(x, height);
    else if (finite) context.moveTo(x, height);
    drawing = finite;
  }
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineJoin = "round";
  context.setLineDash(dashes);
  context.stroke();
  context.setLineDash([]);
}

/** Paint the forecast band, one piece per step with both ends. */
function paintBand(context, scene, lower, upper, y) {
  const [first, last] = visible(scene);
  context.fillStyle = scene.theme.gradient;
  context.globalAlpha = 0.18;
  const at = (t) => stepX(scene.plan, scene.range, t);
  for (let t = Math.max(0, first - 1); t < Math.min(scene.frame.steps - 1, last + 1); t++) {
    const corners = [[t, upper[t]], [t + 1, upper[t + 1]], [t + 1, lower[t + 1]], [t, lower[t]]];
    if (corners.some(([, value]) => !Number.isFinite(value))) continue;
    context.beginPath();
    for (const [step, value] of corners) context.lineTo(at(step), y(value));
    context.fill();
  }
  context.globalAlpha = 1;
}

/** Paint the border between the series and its forecast. */
function paintBorder(context, { plan, range, theme }, { top, height }, border) {
  const x = Math.round(stepX(plan, range, border - 0.5)) - 0.5;
  context.strokeStyle = theme.text;
  context.globalAlpha = 0.5;
  context.lineWidth = 1;
  context.setLineDash([2, 2]);
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x, top + height);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** Paint one cell per step, colored by the selected quantity. */
function paintCells(context, scene, top, cells) {
  const { frame, plan, range, theme, step } = scene;
  const { tint } = frame;
  const scale = tint.signed ? theme.diverging : theme.sequential;
  const width = columnWidth(plan, range);
  const [first, last] = visible(scene);
  for (let t = first; t <= last; t++) {
    const value = frame.blocks.tint.values[t];
    context.fillStyle = Number.isNaN(value) ? theme.surface : `rgb(${[...scale.at((value - tint.low) / (tint.high - tint.low))].join()})`;
    // Slightly wider, so that no background shows between narrow cells.
    context.fillRect(stepX(plan, range, t) - width / 2, top, width > 7 ? width - 1 : width + 0.5, cells);
  }
  if (step < first || step > last) return;
  context.strokeStyle = theme.text;
  context.lineWidth = 2;
  context.strokeRect(stepX(plan, range, step) - width / 2, top + 1, Math.max(3, width - 1), cells - 2);
}
