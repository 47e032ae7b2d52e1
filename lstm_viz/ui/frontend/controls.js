/** The text area and the toolbar: native controls, each reporting one change of the view. */

import { Explanations, term } from "./explain.js";
import { isMostlyUnknown, formatPosition, prompt, warnings } from "./step_text.js";
import { put } from "./put.js";
import { runsRightToLeft } from "./number_format.js";
import { fillScaleLegend } from "./scale_legend.js";
import { TextInput } from "./text_input.js";

/** Playback interval per step, in milliseconds; slower with the system's reduced-motion setting. */
const PACE = { usual: 260, reduced: 900 };

export class Controls {
  /**
   * @param {(name: string) => any} part finds the elements of the page by name
   * @param {HTMLElement} root of the component
   * @param {(change: object) => void} choose receives every change of text, step, unit, zoom or colour
   */
  constructor(part, root, choose) {
    this.part = part;
    this.choose = choose;
    this.zooms = [...root.querySelectorAll("input[name=live-zoom]")];
    this.input = new TextInput(part("text"), {
      typed: (text, step) => {
        this.#stop();
        choose({ text, step });
      },
      moved: (step) => choose({ step }),
    });
    this.explanations = new Explanations(root);
    this.#listenToTools();
  }

  /** Show the view in the controls; the text only if Python set it. */
  show(view, frame, { withText }) {
    const names = Object.entries(frame.unitNames ?? {}).map(([symbol, name]) => `${symbol}: ${name.replace(/^tracks /, "")}`);
    this.part("unit-label").title = [term("unit"), names.length && `Unit ${view.unit} tracks, on unseen text`, ...names].filter(Boolean).join("\n");
    if (withText) this.input.write(view.text);
    for (const radio of this.zooms) radio.checked = radio.value === view.zoom;
    const unit = this.part("unit");
    unit.max = frame.model.units - 1;
    this.unit = view.unit;
    if (document.activeElement !== unit) unit.value = view.unit;
    this.#fillColours(frame, view.colour);
    this.showStep(view.step, frame);
    put(this.part("hint"), frame.hint);
    this.part("write").hidden = Boolean(frame.curve);
    put(this.part("prompt"), prompt(frame));
    put(this.part("coloured"), "Colour by");
    this.#fillNote(frame);
  }

  showStep(step, frame) {
    const slider = this.part("step");
    slider.max = Math.max(0, frame.steps - 1);
    slider.value = step;
    const position = frame.steps ? formatPosition(frame, step) : "";
    put(this.part("moment"), position);
    slider.setAttribute("aria-valuetext", position);
    this.last = { step, steps: frame.steps };
    this.input.note(frame, step);
  }

  /** Show the scale of the token coloring. */
  showScale({ tint }, theme) {
    const [low, bar, high] = this.part("scale").children;
    fillScaleLegend([low, bar, high], tint, theme);
    const meaning = tint.signed ? "without colour at 0" : "the stronger the colour, the higher";
    this.part("scale").title = `colour of the text\n${tint.label}, from ${low.textContent} to ${high.textContent}; ${meaning}`;
  }

  close() {
    this.#stop();
    this.explanations.close();
    this.input.close();
  }

  #listenToTools() {
    for (const radio of this.zooms) radio.addEventListener("change", () => this.choose({ zoom: radio.value }));
    const unit = this.part("unit");
    unit.addEventListener("input", () => unit.value !== "" && this.choose({ unit: Number(unit.value) }));
    // The box is left alone during typing; on blur it shows the unit drawn, even if the typed number was invalid.
    unit.addEventListener("blur", () => (unit.value = this.unit));
    unit.addEventListener("change", () => (unit.value = this.unit));
    this.part("colour").addEventListener("change", (event) => this.choose({ colour: event.target.value }));
    this.part("step").addEventListener("input", (event) => {
      this.#stop();
      this.choose({ step: Number(event.target.value) });
    });
    this.part("play").addEventListener("click", () => (this.playing ? this.#stop() : this.#play()));
  }

  #play() {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (this.last.step >= this.last.steps - 1) this.choose({ step: 0 });
    this.playing = setInterval(() => {
      if (this.last.step >= this.last.steps - 1) this.#stop();
      else this.choose({ step: this.last.step + 1 });
    }, calm ? PACE.reduced : PACE.usual);
    this.#face("❚❚", "Pause");
  }

  #stop() {
    clearInterval(this.playing);
    this.playing = null;
    this.#face("▶", "Play");
  }

  #face(sign, label) {
    const button = this.part("play");
    put(button, sign);
    button.setAttribute("aria-label", label);
  }

  #fillColours({ colours }, chosen) {
    const select = this.part("colour");
    const key = JSON.stringify(colours);
    if (key !== this.coloured) {
      this.coloured = key;
      select.replaceChildren(...colours.map(({ id, label }) => new Option(label, id)));
    }
    if (select.value !== chosen) select.value = chosen;
  }

  #fillNote(frame) {
    const lines = warnings(frame);
    if (runsRightToLeft(frame.text)) lines.push("Time runs from left to right in the strips, also where the script runs from right to left.");
    const note = this.part("note");
    put(note, lines.join(" "));
    note.classList.toggle("live-alert", isMostlyUnknown(frame));
  }
}
