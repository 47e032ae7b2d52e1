/** The captions beside the strips and the switches of the gradients, with their explanations. */

import { button, make } from "./elements.js";
import { quantityText, term } from "./explain.js";
import { gradientColour } from "./theme.js";

/** Place a caption beside every row, above it if the chart is narrow. */
export function captionsOf({ plan: { rows, narrow, scale } }) {
  return rows.map((row) => {
    const name = make("b", { textContent: row.symbol ? `${row.name} ${row.symbol}` : row.name });
    if (row.role) name.style.color = `var(--live-${row.role})`;
    const caption = make("button.live-caption", { type: "button" }, name, make("span", { textContent: row.plain }));
    caption.style.top = `${narrow ? row.top - 17 * scale : row.top}px`;
    caption.style.height = narrow ? `${17 * scale}px` : `${row.height}px`;
    return caption;
  });
}

/** Update the explanations; the one of the gradients names what is differentiated, which changes during typing. */
export function explainCaptions(captions, { plan: { rows }, frame }) {
  rows.forEach((row, index) => {
    captions[index].title = explained(row, frame);
    const name = nameOf(row, frame);
    captions[index].lastElementChild.textContent = name && !name.startsWith("tracks nothing") ? `tracks: ${name}` : row.plain;
  });
}

/** What the unit drawn tracks, of this quantity; undefined where all units are drawn or nothing is known. */
function nameOf(row, frame) {
  return row.quantity && frame.view.zoom === "unit" ? frame.unitNames?.[row.quantity.symbol] : undefined;
}

function explained(row, frame) {
  const name = nameOf(row, frame);
  if (row.quantity) {
    const tracked = name && `on unseen text unit ${frame.view.unit} tracks: ${name.replace(/^tracks /, "")}`;
    return [quantityText(row.quantity), tracked].filter(Boolean).join("\n");
  }
  if (row.kind === "norms") return gradientText(frame);
  if (row.kind === "text") return `text\nWhat the network reads, one step a column, coloured ${frame.tint.label}. A click chooses the step.`;
  return `${row.name}\n${row.plain}`;
}

function gradientText({ objective }) {
  const lines = [
    term("gradient") || "gradient",
    "Each curve is the length ‖∂L/∂…‖ of the gradient at each step, on a logarithmic scale.",
    objective && `L is ${objective}.`,
  ];
  return lines.filter(Boolean).join("\n");
}

/**
 * Create a switch for every gradient.
 * @param {Set<string>} hidden symbols; a click toggles one
 * @param {() => void} changed called on every click
 */
export function switchesOf(frame, theme, hidden, changed) {
  return frame.gradients.map(({ symbol, label }) => {
    const name = symbol === "x" ? "input" : frame.quantities.find((quantity) => quantity.symbol === symbol)?.name ?? symbol;
    const title =
      `gradient by ${name} ${symbol}\n${label}: how much L changes when ${symbol} at that step changes a little. ` +
      "A click shows or hides the curve.";
    const pressed = () => String(!hidden.has(symbol));
    const toggle = button(label, () => {
      if (!hidden.delete(symbol)) hidden.add(symbol);
      toggle.setAttribute("aria-pressed", pressed());
      changed();
    }, { title, "aria-label": `Gradient by ${name} ${symbol}`, "aria-pressed": pressed() });
    toggle.style.setProperty("--live-own", gradientColour(frame, theme, symbol));
    return toggle;
  });
}
