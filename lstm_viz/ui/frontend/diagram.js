/** The cell diagram of one unit at one step, with its numbers, and the pre-activation sum of a gate. */

import { CELLS, PACKED, SIZE } from "./cell_diagrams.js";
import { button, make } from "./elements.js";
import { quantityText, term } from "./explain.js";
import { formatStep } from "./step_text.js";
import { areAnswersHidden } from "./present.js";
import { put } from "./put.js";
import { shape } from "./svg_parts.js";
import { fillTerms } from "./terms.js";
import { factor, number } from "./number_format.js";

const EQUATIONS = {
  lstm: (m) => [
    `c = f·c + i·g = ${number(m.f)} · ${factor(m.c0)} + ${number(m.i)} · ${factor(m.g)} = ${number(m.c)}`,
    `h = o·tanh(c) = ${number(m.o)} · ${factor(Math.tanh(m.c))} = ${number(m.h)}`,
  ],
  gru: (m) => [`h = (1 − z)·n + z·h = ${number(1 - m.z)} · ${factor(m.n)} + ${number(m.z)} · ${factor(m.h0)} = ${number(m.h)}`],
  rnn: (m) => [`h = tanh(W·x + U·h + b) = tanh(${number(m.terms?.h.pre)}) = ${number(m.h)}`],
};

/** The meaning of each equation. */
const MEANINGS = {
  lstm: [
    "new cell state\nthe share f of the old cell state is kept, and the share i of the candidate g is added",
    "new hidden state\nthe cell state squeezed into −1 … 1, and multiplied by the output gate o",
  ],
  gru: ["new hidden state\nthe share z of the old state is kept, and the rest is the new state n"],
  rnn: ["new hidden state\ncomputed from the input (x) and the previous state (h)"],
};

/** Return the selected unit's numbers at one step, by symbol; `terms` only if Python has sent them for this step and unit. */
function momentOf(frame, step) {
  const { unit, before } = frame.blocks;
  const known = frame.terms && frame.terms.step === step && frame.terms.unit === frame.view.unit;
  const moment = { read: formatStep(frame, step), terms: known ? frame.terms.gates : null };
  frame.quantities.forEach(({ symbol }, index) => {
    moment[symbol] = unit.row(index)[step];
  });
  const states = before.shape[0];
  if (states === 2) moment.c0 = before.row(0)[step];
  moment.h0 = before.row(states - 1)[step];
  return moment;
}

export class Diagram {
  /** @param {(name: string) => HTMLElement} part finds the elements of the page by name */
  constructor(part) {
    this.svg = part("cell");
    this.title = part("cell-title");
    this.equations = part("equations");
    this.openers = part("openers");
    this.terms = part("terms");
    this.opened = null;
  }

  show(frame, step) {
    if (this.kind !== frame.model.kind) this.#draw(frame);
    const moment = momentOf(frame, step);
    this.last = { frame, moment };
    this.fill(moment);
    this.title.title = term("unit");
    put(this.title, `Inside unit ${frame.view.unit} as it reads ${moment.read}`);
    const lines = EQUATIONS[this.kind](moment);
    this.#writeEquations(lines);
    this.svg.setAttribute("aria-label", `${this.title.textContent}, step ${step}${areAnswersHidden() ? "" : `: ${lines.join("; ")}`}`);
    this.#showTerms();
  }

  /** Update the lines in place, so that an open explanation stays on its line. */
  #writeEquations(lines) {
    const { equations, kind } = this;
    if (equations.dataset.kind !== kind) {
      equations.dataset.kind = kind;
      equations.replaceChildren(...MEANINGS[kind].map((title) => make("div", { title })));
    }
    lines.forEach((text, index) => put(equations.children[index], text));
  }

  #draw(frame) {
    this.kind = frame.model.kind;
    const gates = frame.quantities.filter(({ symbol }) => PACKED[this.kind].includes(symbol));
    this.svg.replaceChildren();
    this.svg.setAttribute("viewBox", `0 0 ${SIZE.width} ${SIZE.height}`);
    this.fill = CELLS[this.kind](shape(this.svg, "g"), gates, (symbol) => this.#open(symbol));
    this.openers.replaceChildren(
      ...gates.map((quantity) => {
        const { symbol, name, role } = quantity;
        const opener = button(symbol, () => this.#open(symbol), {
          title: `${quantityText(quantity)}\nA click shows what it is the sum of.`,
          "aria-label": `Look inside the ${name} ${symbol}`,
          "data-gate": symbol,
        });
        opener.style.setProperty("--live-own", `var(--live-${role})`);
        return opener;
      }),
    );
    if (!PACKED[this.kind].includes(this.opened)) this.opened = null;
  }

  /** Toggle the pre-activation sum of a gate. */
  #open(symbol) {
    this.opened = this.opened === symbol ? null : symbol;
    this.#showTerms();
  }

  #showTerms() {
    for (const element of this.svg.querySelectorAll("[data-gate]")) element.classList.toggle("live-open", element.dataset.gate === this.opened);
    for (const opener of this.openers.children) opener.setAttribute("aria-expanded", String(opener.dataset.gate === this.opened));
    this.terms.hidden = this.opened === null;
    if (this.opened) fillTerms(this.terms, this.last, this.opened);
  }
}
