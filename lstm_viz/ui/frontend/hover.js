/**
 * The readout of the pointer: its step, its unit and the exact values, in the column beside the rows, so that no curve is covered.
 * It names what a click would select.
 */

import { hoverText, formatStep } from "./step_text.js";
import { make } from "./elements.js";
import { decades, locate, stepX, seriesOf, unitAt } from "./chart_layout.js";
import { gradientColour } from "./theme.js";
import { magnitude, number } from "./number_format.js";

export class Hover {
  /** @param {HTMLElement} box of the chart */
  constructor(box) {
    this.box = box;
    this.layer = make("div.live-hovered", { "aria-hidden": "true", hidden: true });
    box.append(this.layer);
    box.addEventListener("pointermove", (event) => event.pointerType !== "touch" && this.#point(event));
    box.addEventListener("pointerleave", () => this.clear());
  }

  /** Store the scene, and update the readout of a resting pointer. */
  follow(scene) {
    this.scene = scene;
    this.at = null;
    if (this.resting) this.#say(this.resting);
  }

  /** Clear the readout until the pointer moves. */
  clear() {
    this.layer.hidden = true;
    this.at = null;
    this.resting = null;
  }

  #point(event) {
    if (event.buttons || event.target.closest("button")) return this.clear();
    this.resting = { clientX: event.clientX, clientY: event.clientY };
    this.#say(this.resting);
  }

  #say({ clientX, clientY }) {
    const { scene } = this;
    if (!scene?.plan) return;
    const corner = this.box.getBoundingClientRect();
    const { step, row, fraction } = locate(scene.plan, scene.range, clientX - corner.left, clientY - corner.top, scene.frame.steps);
    if (step === null) return this.clear();
    const unit = row?.kind === "heat" ? unitAt(scene.frame, fraction) : scene.frame.view.unit;
    const at = `${step} ${unit} ${row?.kind}`;
    if (at === this.at) return;
    this.at = at;
    this.#write(step, unit, row?.kind === "heat");
  }

  #write(step, unit, isHeat) {
    const { plan, range, frame } = this.scene;
    const line = make("i.live-hovered-step");
    const { top } = plan.rows[0];
    Object.assign(line.style, { left: `${stepX(plan, range, step)}px`, top: `${top}px`, height: `${bottomOf(plan) - top}px` });
    const heading = make("div.live-hovered-said", { textContent: `${isHeat ? `unit ${unit} · ` : ""}${hoverText(frame, step)}` });
    this.layer.replaceChildren(line, heading, ...plan.rows.map((row) => this.#beside(row, step, unit, isHeat)));
    this.layer.hidden = false;
    heading.style.left = `${Math.max(0, Math.min(stepX(plan, range, step) - heading.offsetWidth / 2, plan.width - heading.offsetWidth))}px`;
  }

  /** The values of one row, over the selected step's number at its right. */
  #beside(row, step, unit, isHeat) {
    const { plan } = this.scene;
    const cell = make("div.live-hovered-values");
    const { top, height } = row;
    Object.assign(cell.style, {
      left: `${plan.left + plan.inner + 1}px`, width: `${plan.right - 1}px`, top: `${top}px`, height: `${height}px`,
    });
    for (const [text, colour, isMain] of this.#values(row, step, unit, isHeat)) {
      const value = make(isMain ? "b" : "span", { textContent: text });
      if (colour) value.style.color = colour;
      cell.append(value);
    }
    return cell;
  }

  #values(row, step, unit, isHeat) {
    const { frame, zoom, theme, hidden } = this.scene;
    if (row.kind === "text") return [[`step ${step}`, "", false]];
    if (row.kind === "series") return [[formatStep(frame, step), "", false]];
    if (row.kind === "norms") {
      const shown = decades(frame.blocks.norms) ? frame.gradients.map((each, index) => [each.symbol, index]) : [];
      return shown
        .filter(([symbol]) => !hidden.has(symbol))
        .map(([symbol, index]) => [`∂${symbol} ${magnitude(frame.blocks.norms.row(index)[step])}`, gradientColour(frame, theme, symbol), false]);
    }
    const colour = theme.roles[row.quantity.role];
    if (row.kind === "heat") {
      const value = isHeat ? valueOf(frame, row, step, unit) : frame.blocks.unit.row(row.index)[step];
      return [[number(value), colour, true], [`unit ${unit}`, "", false]];
    }
    const [values, low, high] = seriesOf(frame, zoom, row.index);
    const gradient = zoom === "unit" ? frame.blocks.unit_grads?.row(row.index) : null;
    let rest = "";
    if (low) rest = `${number(low[step])} … ${number(high[step])}`;
    else if (gradient) rest = `∂ ${gradient[step] < 0 ? "−" : ""}${magnitude(Math.abs(gradient[step]))}`;
    return [[number(values[step], low ? 2 : 3), colour, true], ...(rest ? [[rest, "", false]] : [])];
  }
}

/** Return one value of the heat map, as exact as the byte it was sent as. */
function valueOf(frame, { index, quantity: { low, high } }, step, unit) {
  const { units, order } = frame.blocks;
  if (unit === frame.view.unit) return frame.blocks.unit.row(index)[step];
  return low + (units.row(step, index)[order.values.indexOf(unit)] / 255) * (high - low);
}

function bottomOf({ rows }) {
  return rows.at(-1).top + rows.at(-1).height;
}
