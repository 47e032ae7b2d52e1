/** The pre-activation of a gate: W·x + U·h + b with its largest terms as bars. */

import { make } from "./elements.js";
import { term } from "./explain.js";
import { number } from "./number_format.js";

/** The parts of the sum. */
const PARTS = {
  "W·x": "W·x\nthe weights of this gate times what is read at this step",
  "U·h": "U·h\nthe weights of this gate times the hidden states of all units one step earlier",
  "b,": "b, the bias\na learned constant, the same at every step",
  from: "from another unit\nthe largest parts of U·h: the weight between the two units times that unit's hidden state",
};

/**
 * Fill the panel under the diagram.
 * @param {HTMLElement} panel
 * @param {{frame: object, moment: object}} last what the diagram shows
 * @param {string} symbol of the gate
 */
export function fillTerms(panel, { frame, moment }, symbol) {
  const { name, role, signed } = frame.quantities.find((quantity) => quantity.symbol === symbol);
  panel.style.setProperty("--live-own", `var(--live-${role})`);
  // While the step moves, its terms have not arrived yet; the bars wait instead of showing another step's.
  const known = moment.terms?.[symbol];
  panel.classList.toggle("live-stale", !known);
  const squash = signed ? "tanh" : "σ";
  const heading = make("h4", { textContent: `What makes the ${name} ${number(moment[symbol])}` });
  const sum = make("div.live-sum", {
    textContent: `${symbol} = ${squash}(W·x + U·h + b) = ${squash}(${number(known?.pre)}) = ${number(moment[symbol])}`,
    title: [term(signed ? "hyperbolic tangent" : "sigmoid"), term("pre-activation")].filter(Boolean).join("\n"),
  });
  if (!known) {
    panel.replaceChildren(heading, sum);
    return;
  }
  const rows = [
    ["W·x, what is read", known.input, "whole"],
    ...known.inputs.map(([label, value]) => [label, value, "part"]),
    ["U·h, what is remembered", known.recurrent, "whole"],
    ...known.units.map(([unit, value]) => [`from unit ${unit}`, value, "part"]),
    ["b, the bias", known.bias, "whole"],
  ];
  const most = Math.max(...rows.map(([, value]) => Math.abs(value)), 1e-9);
  const bars = rows.flatMap(([label, value, kind]) => bar(label, value / most, value, kind));
  panel.replaceChildren(heading, sum, make("div.live-terms-table", {}, ...bars));
}

/** Label, bar to the left or right of a centre line, and number. */
function bar(label, fraction, value, kind) {
  const title = PARTS[Object.keys(PARTS).find((start) => label.startsWith(start))] ?? "";
  const fill = make("i", { className: kind === "part" ? "live-faint" : "" });
  fill.style.width = `${Math.abs(fraction) * 50}%`;
  fill.style.left = fraction < 0 ? `${50 - Math.abs(fraction) * 50}%` : "50%";
  return [
    make(`div.live-term.live-${kind}`, { textContent: label, title }),
    make("div.live-track", {}, fill),
    make("div.live-digits", { textContent: number(value) }),
  ];
}
