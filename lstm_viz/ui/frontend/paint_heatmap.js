/** Paint all units of a quantity: units × steps, one pixel each, stretched to the row. */

import { columnWidth, stepX } from "./chart_layout.js";

export function paintHeatmap(context, scene, row) {
  const { plan, range, frame } = scene;
  const left = stepX(plan, range, -0.5);
  context.imageSmoothingEnabled = false;
  const bitmap = scene.heat[row.index];
  context.drawImage(bitmap, 0, 0, frame.steps, bitmap.height, left, row.top, columnWidth(plan, range) * frame.steps, row.height);
  const shown = frame.blocks.order.values.indexOf(frame.view.unit);
  const thickness = row.height / frame.model.units;
  context.strokeStyle = scene.theme.text;
  context.lineWidth = 1;
  context.globalAlpha = 0.7;
  context.strokeRect(plan.left + 0.5, row.top + shown * thickness, plan.inner - 1, Math.max(2, thickness));
  context.globalAlpha = 1;
}

/**
 * Bitmaps of all units, a row of pixels per unit and a column per step; painted columns are reused.
 *
 * They hold for consecutive frames with the same units, order, scales and colours.
 */
export class HeatmapBitmaps {
  /** Return the bitmaps of a frame, one per quantity, at least as wide as it has steps. */
  of(frame, theme) {
    const { units, order } = frame.blocks;
    const ends = frame.quantities.map(({ symbol, low, high }) => [symbol, low, high]);
    const key = JSON.stringify([theme.dark, frame.textRevision, frame.model.name, frame.model.layer, ends, order.values.join()]);
    // A frame may have been skipped, for example one of an older text: only what was painted here is reused.
    const first = key === this.key && this.painted === units.before ? units.from : 0;
    if (key !== this.key || frame.steps > this.room) this.#makeRoom(frame, first);
    this.key = key;
    this.painted = units.name;
    if (first < frame.steps) this.bitmaps.forEach((bitmap, index) => paintColumns(bitmap, frame, theme, index, first));
    return this.bitmaps;
  }

  #makeRoom(frame, first) {
    const before = first ? this.bitmaps : [];
    this.room = frame.steps + Math.max(64, frame.steps >> 2);
    this.bitmaps = frame.quantities.map((_, index) => {
      const bitmap = new OffscreenCanvas(this.room, frame.model.units);
      if (before[index]) bitmap.getContext("2d").drawImage(before[index], 0, 0);
      return bitmap;
    });
  }
}

/** Paint one quantity's steps from `first` on. */
function paintColumns(bitmap, frame, theme, index, first) {
  const { units } = frame.blocks;
  const [rows, width] = [units.shape[2], frame.steps - first];
  const { pixels } = frame.quantities[index].signed ? theme.diverging : theme.sequential;
  const image = new ImageData(width, rows);
  const painted = new Uint32Array(image.data.buffer);
  for (let t = 0; t < width; t++) {
    const values = units.row(first + t, index);
    for (let row = 0; row < rows; row++) painted[row * width + t] = pixels[values[row]];
  }
  bitmap.getContext("2d").putImageData(image, first, 0);
}
