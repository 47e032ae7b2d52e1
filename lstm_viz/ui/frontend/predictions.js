/**
 * The network's predictions: the likeliest tokens as bars with the actual one marked; a classifier's classes; or a forecaster's
 * next value.
 */

import { make } from "./elements.js";
import { term } from "./explain.js";
import { predictionHeading, forecastFacts, outcome } from "./step_text.js";
import { put } from "./put.js";
import { percent } from "./number_format.js";

export class Predictions {
  /** @param {(name: string) => HTMLElement} part finds the elements of the page by name */
  constructor(part) {
    this.title = part("expect-title");
    this.list = part("expect");
    this.surprise = part("surprise");
  }

  show(frame, step, theme) {
    put(this.title, predictionHeading(frame, step));
    this.title.title = frame.curve ? "" : term("softmax");
    this.surprise.title = frame.curve || !frame.predictsNextToken ? "" : [term("surprise"), term("nat")].join("\n");
    put(this.surprise, outcome(frame, step));
    this.list.classList.toggle("live-classes", !frame.predictsNextToken);
    this.list.classList.toggle("live-facts", Boolean(frame.curve));
    if (frame.curve) this.#fillFacts(forecastFacts(frame, step));
    else this.#fillChances(frame, step, theme);
  }

  #fillFacts(pairs) {
    this.#fit(pairs.length);
    pairs.forEach(([name, value], index) => fill(this.list.children[index], { name, value }));
  }

  #fillChances(frame, step, theme) {
    const ids = frame.blocks.expect_id.row(step);
    const chances = frame.blocks.expect_p.row(step);
    const next = frame.predictsNextToken ? answerFor(frame, step + 1) : undefined;
    const largest = frame.predictsNextToken ? -1 : chances.indexOf(Math.max(...chances));
    // The columns are as wide as a character, except for the label of the unknown token.
    this.list.classList.toggle("live-named", frame.predictsNextToken && [...ids].some((id) => frame.symbols[id].length > 4));
    this.#fit(ids.length);
    [...this.list.children].forEach((row, rank) => {
      const name = frame.symbols[ids[rank]];
      fill(row, {
        name,
        value: Number.isNaN(chances[rank]) ? "–" : percent(chances[rank]),
        share: chances[rank] || 0,
        came: name === next,
        chosen: rank === largest,
        colour: frame.predictsNextToken || frame.targetClass ? "" : colourOf(rank, ids.length, theme),
      });
    });
  }

  #fit(count) {
    while (this.list.children.length < count) this.list.append(emptyRow());
    while (this.list.children.length > count) this.list.lastChild.remove();
  }
}

/** Return the label under which a step's token was predicted; all tokens outside the vocabulary share one. */
function answerFor({ unknown, symbols, tokens }, step) {
  return unknown.includes(step) ? symbols[0] : tokens[step];
}

function fill(row, { name, value, share = 0, came = false, chosen = false, colour = "" }) {
  const [title, track, digits] = row.children;
  put(title, name);
  track.firstChild.style.transform = `scaleX(${share})`;
  track.firstChild.style.background = colour;
  put(digits, value);
  row.classList.toggle("live-came", came);
  row.classList.toggle("live-likeliest", chosen);
  row.title = came ? "This one came next" : "";
}

/** Classes are ordered from one end of the scale to the other; its empty middle is drawn in grey. */
function colourOf(rank, count, theme) {
  if (2 * rank === count - 1) return theme.roles.input;
  return `rgb(${[...theme.diverging.at(0.08 + (0.84 * rank) / (count - 1))].join()})`;
}

function emptyRow() {
  return make("li", {}, make("b"), make("span", {}, make("i")), make("em"));
}
