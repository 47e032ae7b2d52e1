/** One generated text: a heading, the prompt dimmed, then the generated tokens, each colored by its value. */

import { button, make } from "./elements.js";
import { inkOn } from "./theme.js";
import { number, percent, quoted } from "./number_format.js";

export class GeneratedText {
  /** @param {(index: number) => void} choose receives the index of the token that the user selected */
  constructor(choose) {
    this.title = make("b");
    this.note = make("span");
    this.copy = button("Copy", () => this.#copy(), { className: "generated-copy" });
    this.given = make("div.generated-prompt");
    this.letters = make("div.generated-letters");
    // A value before a token is selected: screen readers ignore a slider without one.
    const nothingChosen = { "aria-valuemin": 0, "aria-valuemax": 0, "aria-valuenow": 0, "aria-valuetext": "no letter chosen" };
    this.page = make("div.token-text.generated-page", { tabIndex: 0, role: "slider", ...nothingChosen }, this.given, this.letters);
    this.element = make("section.generated-text", {}, make("p.generated-head", {}, this.title, this.note, this.copy), this.page);
    this.spans = [];
    this.shown = 0;
    this.written = 0;
    this.selected = null;
    this.prompt = null;
    this.letters.addEventListener("click", ({ target }) => this.spans.includes(target) && choose(this.spans.indexOf(target)));
    this.letters.addEventListener("pointerover", ({ target }) => {
      if (this.spans.includes(target)) target.title = this.describe(this.spans.indexOf(target));
    });
    this.page.addEventListener("keydown", (event) => this.#onKey(event, choose));
  }

  /** Store the text generated so far; only its first `shown` tokens are visible. `alone`: it is the only text. */
  take(generated, alone, values, scale, theme) {
    this.generated = generated;
    this.alone = alone;
    this.values = values;
    this.scale = scale;
    this.theme = theme;
    this.written = generated.tokens.length;
    this.shown = Math.min(this.shown, this.written);
    this.title.textContent = generated.title;
    this.copy.setAttribute("aria-label", `Copy what ${generated.title} wrote`);
    this.note.textContent = generated.note;
    this.page.setAttribute("aria-label", `What ${generated.title} wrote, letter by letter, coloured by ${scale.label}. Arrow keys choose a letter.`);
    this.#give();
    while (this.spans.length > this.shown) this.spans.pop().remove();
    this.spans.forEach((span, index) => this.#style(span, index));
    this.#append();
  }

  /** Show that many more tokens, as far as they are generated. */
  reveal(count) {
    this.shown = Math.min(this.shown + count, this.written);
    this.#append();
  }

  /** Outline a generated token; null for none. */
  select(index) {
    if (this.selected !== null) this.spans[this.selected]?.classList.remove("token-chosen");
    this.selected = index;
    if (index === null) return;
    this.spans[index]?.classList.add("token-chosen");
    this.page.setAttribute("aria-valuemax", Math.max(this.shown - 1, 0));
    this.page.setAttribute("aria-valuenow", index);
    this.page.setAttribute("aria-valuetext", this.describe(index));
  }

  /** Describe a generated token. */
  describe(index) {
    if (index >= this.shown) return "";
    const whose = this.alone ? "" : ` of ${this.generated.title}`;
    return `${quoted(this.generated.tokens[index])} letter ${index + 1}${whose}: ${describeValue(this.values[index], this.scale.of)}`;
  }

  #give() {
    const { prompt, unknown } = this.generated;
    const key = JSON.stringify([prompt, unknown]);
    if (key === this.prompt) return;
    this.prompt = key;
    const strange = new Set(unknown);
    this.given.replaceChildren(
      ...prompt.map((token, index) => {
        const className = `${strange.has(index) ? "token-unknown " : ""}${kind(token)}`;
        return make("span", { textContent: displayed(token), className });
      }),
    );
    this.page.scrollTop = 0;
  }

  #append() {
    const { spans, shown } = this;
    if (spans.length >= shown) return;
    const fresh = [];
    while (spans.length < shown) {
      const span = document.createElement("span");
      this.#style(span, spans.length);
      spans.push(span);
      fresh.push(span);
    }
    this.letters.append(...fresh);
  }

  /** Copy prompt and text to the clipboard; if the browser denies it, select them for copying by hand. */
  async #copy() {
    try {
      await navigator.clipboard.writeText(this.generated.text);
      this.copy.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(this.page);
      this.copy.textContent = "Selected: copy it now";
    }
    setTimeout(() => (this.copy.textContent = "Copy"), 2000);
  }

  /** Set only what has changed. */
  #style(span, index) {
    const { tokens } = this.generated;
    const { low, high } = this.scale;
    const colour = this.theme.sequential.at((this.values[index] - low) / (high - low));
    const background = `rgb(${[...colour].join()})`;
    const key = `${tokens[index]}|${background}`;
    if (span.styledAs === key) return;
    span.styledAs = key;
    span.textContent = displayed(tokens[index]);
    span.style.backgroundColor = background;
    span.style.color = inkOn(colour);
    span.className = kind(tokens[index]);
  }

  #onKey(event, choose) {
    if (!this.shown || event.altKey || event.ctrlKey || event.metaKey) return;
    const last = this.shown - 1;
    const here = this.selected ?? -1;
    const target = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: last }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    choose(Math.min(last, Math.max(0, target)));
    this.spans[this.selected]?.scrollIntoView({ block: "nearest" });
  }
}

/** Describe a token's value; a surprise is shown as its probability. */
function describeValue(nats, of) {
  return of === "surprise" ? `${percent(Math.exp(-nats))} likely` : `${number(nats)} nats of uncertainty`;
}

/** Return the visible form of a token; blanks are not marked, because whole sentences are read here. */
function displayed(token) {
  return token === "␣" ? " " : token;
}

/** The CSS class of a token that ends a line. */
function kind(token) {
  return token === "⏎" ? "token-break" : "";
}
