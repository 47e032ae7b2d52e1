/** The pre-activation of a gate: W·x + U·h + b with its largest terms as bars. */

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
  const sum = line(`${symbol} = ${squash}(W·x + U·h + b) = ${squash}(${number(known?.pre)}) = ${number(moment[symbol])}`);
  sum.className = "live-sum";
  sum.title = [term(signed ? "hyperbolic tangent" : "sigmoid"), term("pre-activation")].filter(Boolean).join("\n");
  if (!known) {
    panel.replaceChildren(heading(name, moment[symbol]), sum);
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
  const table = document.createElement("div");
  table.className = "live-terms-table";
  for (const [label, value, kind] of rows) table.append(...bar(label, value / most, value, kind));
  panel.replaceChildren(heading(name, moment[symbol]), sum, table);
}

function heading(name, value) {
  const element = document.createElement("h4");
  element.textContent = `What makes the ${name} ${number(value)}`;
  return element;
}

function line(text) {
  const element = document.createElement("div");
  element.textContent = text;
  return element;
}

/** Label, bar to the left or right of a centre line, and number. */
function bar(label, fraction, value, kind) {
  const name = line(label);
  name.className = `live-term live-${kind}`;
  name.title = PARTS[Object.keys(PARTS).find((start) => label.startsWith(start))] ?? "";
  const track = document.createElement("div");
  track.className = "live-track";
  const fill = document.createElement("i");
  fill.style.width = `${Math.abs(fraction) * 50}%`;
  fill.style.left = fraction < 0 ? `${50 - Math.abs(fraction) * 50}%` : "50%";
  fill.className = kind === "part" ? "live-faint" : "";
  track.append(fill);
  const digits = line(number(value));
  digits.className = "live-digits";
  return [name, track, digits];
}
