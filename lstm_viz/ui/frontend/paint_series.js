/**
 * Painting a series in the place of the letters: what was read, the forecasts for it, and below it the chosen colours.
 */

import { columnWidth, heightOf, place, visible } from "./chart_layout.js";

/** Height of the coloured cells under the curve and of the gap above them, in pixels. */
const [CELLS, GAP] = [12, 4];

/** The part of the row in which the curve lies. */
export function curvePart(row) {
  return { top: row.top, height: row.height - CELLS - GAP };
}

export function paintSeries(brush, scene, row) {
  const { frame, plan, theme } = scene;
  const { border, low, high } = frame.curve;
  const part = curvePart(row);
  brush.fillStyle = theme.surface;
  brush.fillRect(plan.left, part.top, plan.inner, part.height);
  const y = heightOf(part, low, high);
  const { curve, curve_expected: expected, curve_low: lower, curve_high: upper } = frame.blocks;
  if (lower && upper) paintBand(brush, scene, lower.values, upper.values, y);
  if (border !== null) paintBorder(brush, scene, part, border);
  const known = border ?? frame.steps;
  line(brush, scene, expected.values, y, 0, frame.steps, { colour: theme.gradient, width: 1.4, dashes: [4, 3] });
  line(brush, scene, curve.values, y, 0, known, { colour: theme.text, width: 1.8, dashes: [] });
  paintCells(brush, scene, row.top + row.height - CELLS);
}

function line(brush, scene, values, y, from, to, { colour, width, dashes }) {
  const [first, last] = visible(scene);
  brush.beginPath();
  let drawing = false;
  for (let t = Math.max(from, first - 1); t < Math.min(to, last + 2); t++) {
    const height = y(values[t]);
    const x = place(scene.plan, scene.range, t);
    const given = Number.isFinite(height);
    if (given && drawing) brush.lineTo(x, height);
    else if (given) brush.moveTo(x, height);
    drawing = given;
  }
  brush.strokeStyle = colour;
  brush.lineWidth = width;
  brush.lineJoin = "round";
  brush.setLineDash(dashes);
  brush.stroke();
  brush.setLineDash([]);
}

/** The spread around a forecast, one piece for each step whose ends are both there. */
function paintBand(brush, scene, lower, upper, y) {
  const [first, last] = visible(scene);
  brush.fillStyle = scene.theme.gradient;
  brush.globalAlpha = 0.18;
  const at = (t) => place(scene.plan, scene.range, t);
  for (let t = Math.max(0, first - 1); t < Math.min(scene.frame.steps - 1, last + 1); t++) {
    const corners = [[t, upper[t]], [t + 1, upper[t + 1]], [t + 1, lower[t + 1]], [t, lower[t]]];
    if (corners.some(([, value]) => !Number.isFinite(value))) continue;
    brush.beginPath();
    for (const [step, value] of corners) brush.lineTo(at(step), y(value));
    brush.fill();
  }
  brush.globalAlpha = 1;
}

/** Where the series ends and its forecast begins. */
function paintBorder(brush, { plan, range, theme }, { top, height }, border) {
  const x = Math.round(place(plan, range, border - 0.5)) - 0.5;
  brush.strokeStyle = theme.text;
  brush.globalAlpha = 0.5;
  brush.lineWidth = 1;
  brush.setLineDash([2, 2]);
  brush.beginPath();
  brush.moveTo(x, top);
  brush.lineTo(x, top + height);
  brush.stroke();
  brush.setLineDash([]);
  brush.globalAlpha = 1;
}

/** One cell for each step on the colour of the chosen quantity. */
function paintCells(brush, scene, top) {
  const { frame, plan, range, theme, step } = scene;
  const { tint } = frame;
  const scale = tint.signed ? theme.diverging : theme.sequential;
  const width = columnWidth(plan, range);
  const [first, last] = visible(scene);
  for (let t = first; t <= last; t++) {
    const value = frame.blocks.tint.values[t];
    brush.fillStyle = Number.isNaN(value) ? theme.surface : `rgb(${[...scale.at((value - tint.low) / (tint.high - tint.low))].join()})`;
    // Wider by a hair, so that no ground shows between narrow cells.
    brush.fillRect(place(plan, range, t) - width / 2, top, width > 7 ? width - 1 : width + 0.5, CELLS);
  }
  if (step < first || step > last) return;
  brush.strokeStyle = theme.text;
  brush.lineWidth = 2;
  brush.strokeRect(place(plan, range, step) - width / 2, top + 1, Math.max(3, width - 1), CELLS - 2);
}
