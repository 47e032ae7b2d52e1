/** Parts of the cell diagram: gates, operations, edges and numbers as SVG. */

import { put } from "./put.js";

const SPACE = "http://www.w3.org/2000/svg";

/** Create an SVG element with attributes, inside its parent. */
export function shape(parent, name, attributes = {}, text = null) {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== null) put(element, text);
  parent.append(element);
  return element;
}

/** Draw an edge along a path; its thickness is set by its value. */
export function edge(parent, path, role) {
  const element = shape(parent, "path", { d: path, class: "live-edge", style: `stroke: var(--live-${role})` });
  return (value) => element.setAttribute("stroke-width", (1.2 + Math.min(1, Math.abs(value) || 0) * 5).toFixed(2));
}

/** Draw a round operation: ×, + or tanh. */
export function operation(outer, x, y, sign, explained) {
  const parent = shape(outer, "g", { "data-explains": explained });
  const wide = sign.length > 1;
  const body = wide
    ? { x: x - 21, y: y - 12, width: 42, height: 24, rx: 12 }
    : { cx: x, cy: y, r: 13 };
  shape(parent, wide ? "rect" : "circle", { ...body, class: "live-operation" });
  shape(parent, "text", { x, y: y + (wide ? 4 : 5.5), class: wide ? "live-function" : "live-sign" }, sign);
}

/** Draw a number with its name above; return a function that sets the number. */
export function reading(outer, x, y, name, role, anchor, explained) {
  const parent = shape(outer, "g", { "data-explains": explained });
  const colour = `fill: var(--live-${role})`;
  shape(parent, "text", { x, y: y - 16, class: "live-name", "text-anchor": anchor, style: colour }, name);
  const value = shape(parent, "text", { x, y, class: "live-value", "text-anchor": anchor });
  return (text) => {
    put(value, text);
  };
}

/** Draw an annotation in small type; return a function that sets it. */
export function annotation(parent, x, y, anchor = "start") {
  const element = shape(parent, "text", { x, y, class: "live-annotation", "text-anchor": anchor });
  return (text) => {
    put(element, text);
  };
}

const GATE = { width: 82, height: 62 };

/**
 * Draw a gate as a box filled to its value; a signed value fills up or down from the middle.
 * @returns {(value: number, text: string) => void} sets the value
 */
export function gateBox(parent, { x, y, symbol, name, role, squash, signed, explained }, open) {
  const { width, height } = GATE;
  const group = shape(parent, "g", { class: "live-gate", "data-gate": symbol, "data-explains": explained, style: `--live-own: var(--live-${role})` });
  group.addEventListener("click", () => open(symbol));
  const [left, top] = [x - width / 2, y - height / 2];
  shape(group, "rect", { x: left, y: top, width, height, rx: 8, class: "live-gate-box" });
  const fill = shape(group, "rect", { x: left, width, rx: 8, class: "live-fill" });
  shape(group, "rect", { x: left, y: top, width, height, rx: 8, class: "live-rim" });
  shape(group, "text", { x: left + 8, y: top + 15, class: "live-symbol" }, symbol);
  shape(group, "text", { x: left + width - 8, y: top + 15, class: "live-squash" }, squash);
  const value = shape(group, "text", { x, y: y + 13, class: "live-opening" });
  shape(group, "text", { x, y: top + height + 15, class: "live-caption-text" }, name);
  return (number, text) => {
    const part = Math.min(1, Math.abs(number) || 0) * (signed ? height / 2 : height);
    const start = signed ? (number < 0 ? y : y - part) : top + height - part;
    fill.setAttribute("y", start.toFixed(1));
    fill.setAttribute("height", part.toFixed(1));
    put(value, text);
  };
}
