/**
 * Generated texts side by side: Python generates ahead, the browser shows the tokens at reading pace.
 *
 * During generation the browser reports how many tokens of each text it has shown, and Python continues from there; a page that is not
 * watched costs nothing.
 */

import { closeOnceGone } from "./cleanup.js";
import { LatestMessageChannel } from "./message_channel.js";
import { unpack } from "./payload.js";
import { GeneratedText } from "./generated_text.js";
import { loadStyles } from "./load_styles.js";
import { fillScaleLegend } from "./scale_legend.js";
import { readTheme, watchTheme } from "./theme.js";

/** Milliseconds between two updates of the visible tokens. */
const TICK = 40;

const mounted = new WeakMap();

/** Show the component's newest frame; see `text_box.js`. */
export function show({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".generated-texts");
  if (!mounted.has(root)) mounted.set(root, new GeneratedTexts(root));
  const texts = mounted.get(root);
  texts.channel.send = (message) => setStateValue("view", message);
  if (data) texts.receive(data);
  return closeOnceGone(root, () => texts.close());
}

class GeneratedTexts {
  constructor(root) {
    this.root = root;
    this.part = (name) => root.querySelector(`[data-part=${name}]`);
    this.channel = new LatestMessageChannel(() => {});
    this.texts = [];
    this.styled = Promise.all([loadStyles("components.css"), loadStyles("generated_texts.css")]);
    watchTheme(root, () => this.frame && this.#draw());
  }

  /** Take a frame from Python. */
  async receive(bytes) {
    const frame = unpack(bytes);
    await this.styled;
    this.root.hidden = false;
    this.channel.continueFrom(frame.seq);
    // A new epoch is a new text: how much of the old one was shown does not matter.
    if (this.frame?.epoch !== frame.epoch) this.#begin(frame);
    else if (this.channel.isLast(frame.seq)) this.chosen = frame.chosen;
    this.frame = frame;
    this.#draw();
    this.channel.answered(frame.seq);
    this.#keepTime();
  }

  close() {
    clearTimeout(this.timer);
    this.channel.close();
    mounted.delete(this.root);
  }

  #begin(frame) {
    this.chosen = frame.chosen;
    this.reported = null;
    this.due = 0;
    this.last = performance.now();
    this.#fit(frame.texts.length);
    this.texts.forEach((text, s) => (text.shown = frame.texts[s].shown));
  }

  #fit(count) {
    while (this.texts.length > count) this.texts.pop().element.remove();
    while (this.texts.length < count) {
      const s = this.texts.length;
      const text = new GeneratedText((index) => this.#choose([s, index]));
      this.texts.push(text);
      this.part("row").append(text.element);
    }
  }

  #draw() {
    const { frame } = this;
    const theme = readTheme(this.root, frame.palette);
    this.texts.forEach((text, s) => {
      // After a stop every text is shown to its end.
      if (!frame.going) text.shown = frame.texts[s].tokens.length;
      text.take(frame.texts[s], frame.alone, frame.blocks[`values${s}`].values, frame.scale, theme);
    });
    this.part("label").textContent = frame.label;
    this.#fillScale(theme);
    this.#select();
  }

  #fillScale(theme) {
    const { scale } = this.frame;
    const [label, ...elements] = this.part("scale").children;
    label.textContent = scale.label;
    fillScaleLegend(elements, scale, theme, (end) => (end % 1 ? 1 : 0));
  }

  #select() {
    const [chosen, index] = this.chosen ?? [-1, 0];
    this.texts.forEach((text, s) => text.select(s === chosen ? index : null));
    this.part("moment").textContent = this.texts[chosen]?.describe(index) ?? "";
    const shown = this.texts.map((text) => text.shown);
    Object.assign(this.root.dataset, { shown: shown.join(), going: this.frame.going, epoch: this.frame.epoch });
  }

  #choose(chosen) {
    this.chosen = chosen;
    this.#select();
    this.#report();
  }

  #report() {
    this.reported = this.texts.map((text) => text.shown);
    this.channel.offer({ text: "", epoch: this.frame.epoch, shown: this.reported, chosen: this.chosen });
  }

  #keepTime() {
    clearTimeout(this.timer);
    if (this.frame.going) this.timer = setTimeout(() => this.#tick(), TICK);
    else this.last = performance.now();
  }

  /** Show the tokens that are due; request more before the last one is shown. */
  #tick() {
    const { frame, texts } = this;
    const now = performance.now();
    // With reduced motion the text appears at once.
    const pace = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : frame.pace;
    this.due += pace ? ((now - this.last) / 1000) * pace : Infinity;
    this.last = now;
    const whole = Math.floor(this.due);
    this.due = pace ? this.due - whole : 0;
    if (whole > 0) {
      for (const text of texts) text.reveal(whole);
      this.#select();
    }
    const ends = frame.texts.map(({ end }) => end);
    const short = texts.some(({ shown, written }, s) => written < ends[s] && written - shown < frame.lead / 2);
    const done = texts.every(({ shown }, s) => shown >= ends[s]);
    const changed = texts.some(({ shown }, s) => shown !== this.reported?.[s]);
    if (this.channel.inFlight === null && changed && (short || done)) this.#report();
    this.#keepTime();
  }
}
