/**
 * Painting the chart's rows on a canvas: letters, curves with their spread, heatmaps, gradients, the ruler.
 *
 * Everything is drawn anew at every change: a hundred columns take about a millisecond, and what is drawn whole in one
 * task can neither flicker nor fall out of step.
 */

import { columnWidth, decades, limits, place } from "./plan.js";
import { luminance } from "./theme.js";
import { number } from "./words.js";

const rgb = ([red, green, blue]) => `rgb(${red} ${green} ${blue})`;

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

const painters = { text: paintLetters, curve: paintCurve, heat: paintHeat, norms: paintNorms };

/** The first and last step that are at least partly in view. */
function visible({ range, frame }) {
  return [Math.max(0, Math.floor(range[0] + 0.5)), Math.min(frame.steps - 1, Math.ceil(range[1] - 0.5))];
}

function paintGround(brush, { plan, theme }, row) {
  if (row.kind === "text") return;
  brush.fillStyle = theme.surface;
  brush.fillRect(plan.left, row.top, plan.inner, row.height);
}

function paintLetters(brush, scene, row) {
  const { frame, plan, range, theme, step } = scene;
  const { tint } = frame;
  const width = columnWidth(plan, range);
  const scale = tint.signed ? theme.diverging : theme.sequential;
  const gap = width > 7 ? 1 : 0;
  const size = Math.min(18, width * 1.25);
  brush.font = `${size}px ${theme.code}`;
  brush.textAlign = "center";
  brush.textBaseline = "middle";
  const [first, last] = visible(scene);
  for (let t = first; t <= last; t++) {
    const value = frame.blocks.tint.values[t];
    const colour = scale.at((value - tint.low) / (tint.high - tint.low));
    const left = place(plan, range, t) - width / 2;
    const empty = Number.isNaN(value);
    brush.fillStyle = empty ? theme.surface : rgb(colour);
    brush.fillRect(left + gap / 2, row.top, width - gap, row.height);
    const ink = empty ? theme.text : luminance(colour) > 0.36 ? "#14181f" : "#ffffff";
    if (frame.unknown.includes(t)) paintHatching(brush, left, row, width, ink);
    // Below this size a letter is a smudge; the colours go on telling.
    if (size >= 6) {
      brush.fillStyle = ink;
      brush.fillText(frame.tokens[t], left + width / 2, row.top + row.height / 2 + 1);
    }
    if (t === step) {
      brush.strokeStyle = theme.text;
      brush.lineWidth = 2;
      brush.strokeRect(left + 0.5, row.top + 1, width - 1, row.height - 2);
    }
  }
}

/** Mark a symbol that the model never saw. */
function paintHatching(brush, left, row, width, ink) {
  brush.save();
  brush.beginPath();
  brush.rect(left + 1, row.top, width - 2, row.height);
  brush.clip();
  brush.strokeStyle = ink;
  brush.globalAlpha = 0.45;
  brush.lineWidth = 1;
  brush.beginPath();
  for (let x = left - row.height; x < left + width; x += 5) {
    brush.moveTo(x, row.top + row.height);
    brush.lineTo(x + row.height, row.top);
  }
  brush.stroke();
  brush.restore();
}

/** Pixels from the top of the chart to a value in a row. */
function heightOf(row, low, high) {
  return (value) => row.top + 2 + (1 - (value - low) / (high - low)) * (row.height - 4);
}

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

function paintCurve(brush, scene, row) {
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
    if (frame.gradients.length) paintUnitGradient(brush, scene, row);
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

/** What a curve row shows: the unit's values, or mean, 10th and 90th percentile over units. */
export function seriesOf(frame, zoom, index) {
  const { unit, mean, low, high } = frame.blocks;
  return zoom === "unit" ? [unit.row(index)] : [mean.row(index), low.row(index), high.row(index)];
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

function paintHeat(brush, scene, row) {
  const { plan, range, frame } = scene;
  const left = place(plan, range, -0.5);
  brush.imageSmoothingEnabled = false;
  brush.drawImage(scene.heat[row.index], left, row.top, columnWidth(plan, range) * frame.steps, row.height);
  const shown = frame.blocks.order.values.indexOf(frame.view.unit);
  const thickness = row.height / frame.model.units;
  brush.strokeStyle = scene.theme.text;
  brush.lineWidth = 1;
  brush.globalAlpha = 0.7;
  brush.strokeRect(plan.left + 0.5, row.top + shown * thickness, plan.inner - 1, Math.max(2, thickness));
  brush.globalAlpha = 1;
}

/** Turn one quantity of all units into a bitmap of units × steps pixels. */
export function heatBitmap(frame, theme, index) {
  const { units } = frame.blocks;
  const rows = units.shape[1];
  const bitmap = new OffscreenCanvas(frame.steps, rows);
  const image = new ImageData(frame.steps, rows);
  const { colours } = frame.quantities[index].signed ? theme.diverging : theme.sequential;
  const values = units.values.subarray(index * rows * frame.steps, (index + 1) * rows * frame.steps);
  for (let cell = 0; cell < values.length; cell++) {
    const colour = values[cell] * 3;
    image.data[cell * 4] = colours[colour];
    image.data[cell * 4 + 1] = colours[colour + 1];
    image.data[cell * 4 + 2] = colours[colour + 2];
    image.data[cell * 4 + 3] = 255;
  }
  bitmap.getContext("2d").putImageData(image, 0, 0);
  return bitmap;
}

function paintNorms(brush, scene, row) {
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

/** The colour of a gradient row: its quantity's own, so that a gate looks the same everywhere. */
export function gradientColour(frame, theme, symbol) {
  const quantity = frame.quantities.find((candidate) => candidate.symbol === symbol);
  return theme.roles[quantity ? quantity.role : "input"];
}

function paintRuler(brush, { frame, plan, range, step, theme }) {
  const x = place(plan, range, step);
  if (step >= frame.steps || x < plan.left || x > plan.left + plan.inner) return;
  const width = Math.max(2, columnWidth(plan, range));
  const top = plan.rows[0].top + plan.rows[0].height;
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
  const room = plan.inner / 55;
  const stride = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((size) => span / size <= room) ?? 2000;
  const y = plan.rows.at(-1).top + plan.rows.at(-1).height + 6;
  brush.font = `11px ${theme.font}`;
  brush.textAlign = "center";
  brush.textBaseline = "top";
  brush.fillStyle = theme.text;
  brush.globalAlpha = 0.65;
  for (let t = Math.ceil(range[0] / stride) * stride; t < Math.min(range[1], frame.steps); t += stride) {
    brush.fillText(t, place(plan, range, t), y);
  }
  brush.textAlign = "right";
  brush.fillText("step", plan.left - 8, y);
  brush.globalAlpha = 1;
}

/** The scale's ends at the left and the selected step's value at the right of a row. */
function paintReadout(brush, scene, row) {
  const { frame, plan, theme, zoom, step } = scene;
  if (row.kind === "text") return;
  brush.font = `10.5px ${theme.font}`;
  brush.fillStyle = theme.text;
  brush.textAlign = "right";
  brush.globalAlpha = 0.6;
  const span = row.kind === "norms" ? decades(frame.blocks.norms) : endsOf(frame, zoom, row);
  if (span) {
    const write = row.kind === "norms" ? (power) => number(10 ** power, 1) : (value) => number(value, value % 1 ? 1 : 0);
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

function endsOf(frame, zoom, row) {
  if (row.kind === "heat") return [row.quantity.low, row.quantity.high];
  return limits(row.quantity, ...seriesOf(frame, zoom, row.index));
}
