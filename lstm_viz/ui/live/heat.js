/**
 * Painting all units of a quantity: units × steps, one pixel each, stretched to the row.
 */

import { columnWidth, place } from "./plan.js";

export function paintHeat(brush, scene, row) {
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
