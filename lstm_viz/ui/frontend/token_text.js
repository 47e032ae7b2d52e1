/** The text as colored tokens that wrap like text, the selected step outlined. */

import { areAnswersHidden } from "./present.js";
import { noun } from "./step_text.js";
import { inkOn } from "./theme.js";
import { number, quoted } from "./number_format.js";


const PLAIN = "";

export class TokenText {
  /**
   * @param {HTMLElement} element to fill
   * @param {(step: number) => void} choose receives the step that the user selected
   */
  constructor(element, choose) {
    this.element = element;
    this.spans = [];
    element.addEventListener("click", (event) => {
      const step = this.spans.indexOf(event.target);
      if (step >= 0 && this.choosing) choose(step);
    });
    element.addEventListener("pointerover", (event) => {
      const step = this.spans.indexOf(event.target);
      if (step >= 0) event.target.title = this.describe(step);
    });
    element.addEventListener("keydown", (event) => this.#onKey(event, choose));
  }

  /** Show a frame's tokens; `step` is null if none is selected. */
  show(frame, step, theme) {
    this.frame = frame;
    this.choosing = step !== null;
    this.#fit(frame.steps);
    const unknown = new Set(frame.unknown);
    frame.tokens.forEach((token, t) => this.#style(this.spans[t], token, this.#colour(t, theme), unknown.has(t)));
    this.element.hidden = !frame.steps;
    this.#name();
    this.select(step);
  }

  /** Outline a step. */
  select(step) {
    this.step = step;
    this.spans.forEach((span, t) => span.classList.toggle("token-chosen", t === step));
    if (step === null || !this.frame.steps) return;
    const { element } = this;
    // In the next frame, when the layout is computed anyway.
    requestAnimationFrame(() => this.spans[step] && this.#reveal(this.spans[step]));
    element.setAttribute("aria-valuemax", this.frame.steps - 1);
    element.setAttribute("aria-valuenow", step);
    element.setAttribute("aria-valuetext", this.describe(step));
  }

  /** Describe a step, with its number if tokens have one; a passage may start at a later step of its text. */
  describe(step) {
    const { tokens, blocks } = this.frame;
    const value = areAnswersHidden() ? undefined : blocks.values?.values[step];
    const shown = value === undefined || Number.isNaN(value) ? "" : `: ${number(value, 3)}`;
    return `${quoted(tokens[step])} step ${step + (this.frame.first ?? 0)}${shown}`;
  }

  /** Scroll the tokens, never the page, until a token is visible. */
  #reveal({ offsetTop, offsetHeight }) {
    const { element } = this;
    if (offsetTop < element.scrollTop) element.scrollTop = offsetTop;
    else if (offsetTop + offsetHeight > element.scrollTop + element.clientHeight) element.scrollTop = offsetTop + offsetHeight - element.clientHeight;
  }

  #name() {
    const { element, choosing } = this;
    element.classList.toggle("token-words", this.frame.stepUnit === "words");
    element.tabIndex = choosing ? 0 : -1;
    element.setAttribute("role", choosing ? "slider" : "group");
    if (choosing) element.setAttribute("aria-valuemin", 0);
    // Some labels begin with "by", because they are also used beside a scale.
    const colour = this.frame.scale ? `, coloured by ${this.frame.scale.label.replace(/^by /, "")}` : "";
    const keys = choosing ? " Arrow keys choose the step." : "";
    element.setAttribute("aria-label", `The text, ${noun(this.frame)} by ${noun(this.frame)}${colour}.${keys}`);
  }

  #fit(steps) {
    while (this.spans.length > steps) this.spans.pop().remove();
    const fresh = [];
    while (this.spans.length < steps) {
      const span = document.createElement("span");
      this.spans.push(span);
      fresh.push(span);
    }
    this.element.append(...fresh);
  }

  /** Set only what has changed: a thousand tokens must not slow a keystroke. */
  #style(span, token, { background, ink }, unknown) {
    const key = `${token}|${background}|${unknown}`;
    if (span.styledAs === key) return;
    span.styledAs = key;
    span.textContent = token;
    span.style.backgroundColor = background;
    span.style.color = ink;
    span.className = `${unknown ? "token-unknown " : ""}${token === "␣" ? "token-space" : token === "⏎" ? "token-break" : ""}`;
  }

  #colour(t, theme) {
    const { scale, blocks } = this.frame;
    const value = blocks.values?.values[t];
    if (!scale || value === undefined || Number.isNaN(value)) return { background: PLAIN, ink: PLAIN };
    const stops = scale.signed ? theme.diverging : theme.sequential;
    const colour = stops.at((value - scale.low) / (scale.high - scale.low));
    return { background: `rgb(${[...colour].join()})`, ink: inkOn(colour) };
  }

  #onKey(event, choose) {
    const { step, frame, choosing } = this;
    if (!choosing || !frame.steps || event.altKey || event.ctrlKey || event.metaKey) return;
    const last = frame.steps - 1;
    const target = { ArrowLeft: step - 1, ArrowRight: step + 1, Home: 0, End: last }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    choose(Math.min(last, Math.max(0, target)));
  }
}
