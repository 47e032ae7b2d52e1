/**
 * The text box: a text area owned by the browser, and its text below as colored tokens.
 *
 * Streamlit calls `show` on every rerun of the fragment. A rerun never touches the text being typed, unless Python set another one.
 */

import { AddressBar } from "./address_bar.js";
import { closeOnceGone } from "./cleanup.js";
import { LatestMessageChannel } from "./message_channel.js";
import { unpack } from "./payload.js";
import { awaitedText, keepLong, lostText } from "./long_text.js";
import { invitation, warnings } from "./step_text.js";
import { checkSession, forgetText, isLost, keepText, refocus, setSession, takeSavedText } from "./reconnect.js";
import { whenFiguresDrawn } from "./render_barrier.js";
import { loadStyles } from "./load_styles.js";
import { readTheme, watchTheme } from "./theme.js";
import { TokenText } from "./token_text.js";
import { runsRightToLeft } from "./number_format.js";
import { fillScaleLegend } from "./scale_legend.js";
import { TextInput } from "./text_input.js";

const boxes = new WeakMap();

/**
 * Show the component's newest frame.
 * @param {object} component Streamlit's arguments: data, parentElement, setStateValue
 * @returns {() => void} cleanup, called by Streamlit
 */
export function show({ data, parentElement, setStateValue }, folder) {
  const root = parentElement.querySelector(".text-box");
  if (!boxes.has(root)) boxes.set(root, new Box(root, folder));
  const box = boxes.get(root);
  box.channel.send = (message) => setStateValue("view", message);
  if (data) box.receive(data);
  return closeOnceGone(root, () => box.close());
}

class Box {
  constructor(root, folder) {
    this.root = root;
    this.folder = folder;
    this.part = (name) => root.querySelector(`[data-part=${name}]`);
    this.channel = new LatestMessageChannel(() => {}, checkSession);
    this.addressBar = new AddressBar();
    this.input = new TextInput(this.part("text"), {
      typed: (text, step) => this.#choose(this.view?.step === null ? { text } : { text, step }),
      moved: (step) => this.#choose({ step }),
    });
    this.tokens = new TokenText(this.part("letters"), (step) => this.#choose({ step }));
    this.styled = loadStyles("components.css");
    watchTheme(root, () => this.frame && this.#draw());
  }

  /** Take a frame from Python. */
  async receive(bytes) {
    window.__liveTimes?.push({ what: "receive", bytes: bytes.length, at: performance.now() });
    const frame = unpack(bytes);
    setSession(frame.session, this.folder);
    await this.styled;
    this.root.hidden = false;
    const first = !this.view;
    this.channel.continueFrom(frame.seq);
    const replaced = !this.view || this.view.textRevision !== frame.textRevision;
    // Python's view counts if it set the text, and for the step if nothing newer is in flight.
    if (replaced) this.view = { text: frame.text, step: frame.step, textRevision: frame.textRevision };
    else if (this.channel.isLast(frame.seq)) this.view.step = frame.step;
    this.frame = frame;
    const awaited = awaitedText(frame);
    if (frame.awaitedLength && awaited === null) frame.warning = lostText(frame.awaitedLength);
    if (replaced) this.input.write(awaited ?? frame.text);
    this.#draw();
    keepLong(frame);
    if (frame.link && !frame.linkFrozen) this.addressBar.follow(frame.link);
    if (replaced && awaited !== null) this.#choose(frame.step === null ? { text: awaited } : { text: awaited, step: -1 });
    whenFiguresDrawn(frame.key, frame.run, () => this.#finish(frame));
    if (first || isLost(frame.key)) this.#restoreText();
  }

  /** Restore the text that was typed before the page had to reload, and save what is typed from now on. */
  #restoreText() {
    const { key } = this.frame;
    const [area, kept] = [this.part("text"), takeSavedText(key)];
    keepText(key, { area, link: () => this.#linked(), repeat: () => this.channel.repeat() });
    if (!kept) return;
    if (kept.text !== this.frame.text) {
      this.input.write(kept.text);
      this.#choose({ text: kept.text });
    }
    refocus(area, kept);
  }

  /** Return the view as link parameters; a text too long for a link is left out. */
  #linked() {
    const { link, linkLimit } = this.frame;
    const { text, step } = this.view;
    return link ? { ...link, text: text.length <= linkLimit ? text : null, step } : {};
  }

  close() {
    if (this.frame) forgetText(this.frame.key, { area: this.part("text") });
    this.channel.close();
    this.addressBar.close();
    this.input.close();
    boxes.delete(this.root);
  }

  #choose(change) {
    if (!this.frame) return;
    Object.assign(this.view, change);
    // A new text cannot be shown before Python has read it; a step can.
    if (!("text" in change)) this.#select();
    this.channel.offer({ ...this.view });
  }

  #draw() {
    const { frame, root } = this;
    const theme = readTheme(root, frame.palette);
    this.part("label").textContent = frame.label;
    this.part("invitation").textContent = invitation(frame);
    this.part("invitation").hidden = frame.steps > 0;
    this.part("legend").hidden = !frame.steps || (frame.step === null && !frame.scale);
    this.#fillNote();
    this.#fillScale(theme);
    this.tokens.show(frame, this.#shownStep(), theme);
    this.#select();
  }

  #select() {
    const step = this.#shownStep();
    if (step !== this.tokens.step) this.tokens.select(step);
    const chosen = step !== null && this.frame.steps > 0;
    this.part("moment").textContent = chosen ? this.tokens.describe(step) : "";
    this.part("moment").hidden = !chosen;
    this.input.note(this.frame, step);
  }

  /** Return the step clamped to this frame: the user may have typed further than Python has read. */
  #shownStep() {
    const { step } = this.view;
    if (step === null) return null;
    return step < 0 ? this.frame.steps - 1 : Math.min(step, this.frame.steps - 1);
  }

  #fillNote() {
    const lines = warnings(this.frame);
    if (runsRightToLeft(this.frame.text)) lines.push("Below, time runs from left to right, also where the script runs from right to left.");
    const note = this.part("note");
    note.textContent = lines.join(" ");
    note.hidden = !lines.length;
  }

  #fillScale(theme) {
    const { scale } = this.frame;
    const legend = this.part("scale");
    legend.hidden = !scale;
    if (!scale) return;
    const [label, ...elements] = legend.children;
    label.textContent = scale.label;
    fillScaleLegend(elements, scale, theme);
  }

  /** All figures show this frame's text: expose it to benchmarks and tests, and send the next message. */
  #finish({ key, seq, run, steps }) {
    this.root.dataset.boxSeq = seq;
    this.root.dataset.boxLength = steps;
    this.root.dataset.boxRun = run;
    window.__liveTimes?.push({ what: "painted", box: key, seq, run, length: steps, at: performance.now() });
    window.__livePainted?.(steps, seq, run, key);
    this.channel.answered(seq);
  }
}
