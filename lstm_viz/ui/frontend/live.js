/**
 * The live view's entry point: one view (what the user selected), one frame (what Python sent), and the parts that show both.
 *
 * Streamlit calls `show` on every rerun of the page. The first call for an element mounts the view, later ones pass the next frame.
 * Changes that need no server, such as moving the step, are drawn at once and sent to Python afterwards.
 */

import { AddressBar } from "./address_bar.js";
import { Chart } from "./chart.js";
import { closeOnceGone } from "./cleanup.js";
import { Controls } from "./controls.js";
import { learn } from "./explain.js";
import { Diagram } from "./diagram.js";
import { LatestMessageChannel } from "./message_channel.js";
import { Predictions } from "./predictions.js";
import { unpack } from "./payload.js";
import { awaitedText, keepLong, lostText } from "./long_text.js";
import { invitation, spoken } from "./step_text.js";
import { put } from "./put.js";
import { checkSession, forgetText, isLost, keepText, refocus, setSession, takeSavedText } from "./reconnect.js";
import { LiveSocket } from "./live_socket.js";
import { loadStyles } from "./load_styles.js";
import { PageChoices } from "./page_choices.js";
import { PRESENT_CHANGED } from "./present.js";
import { applyTheme, readTheme, watchTheme } from "./theme.js";

const views = new WeakMap();

/** Events that precede a selection elsewhere on the page. */
const SELECTION_EVENTS = ["pointerdown", "focusout"];

/** Pause after which the visible part is sent to Python, in milliseconds; longer than between two keys. */
const REST = 600;

/**
 * Show the component's newest frame.
 * @param {object} component Streamlit's arguments: data, parentElement, setStateValue
 * @param {URL} folder of the static files
 * @returns {() => void} cleanup, called by Streamlit
 */
export function show({ data, parentElement, setStateValue }, folder) {
  const root = parentElement.querySelector(".live");
  if (!views.has(root)) views.set(root, new LiveView(root, folder));
  const view = views.get(root);
  view.sendToPage = (message) => setStateValue("view", message);
  if (data) view.receiveFromPage(data);
  return closeOnceGone(root, () => view.close());
}

class LiveView {
  constructor(root, folder) {
    this.root = root;
    this.part = (name) => root.querySelector(`[data-part=${name}]`);
    const choose = (change) => this.choose(change);
    this.channel = new LatestMessageChannel((message) => this.#send(message), checkSession);
    /** @type {(message: object) => void} */
    this.sendToPage = () => {};
    this.folder = folder;
    this.choices = new PageChoices();
    this.socket = new LiveSocket(folder, {
      onFrame: (frame) => this.#receiveFromSocket(frame),
      onClose: () => {
        this.channel.resend();
        checkSession();
      },
    });
    this.addressBar = new AddressBar();
    this.controls = new Controls(this.part, root, choose);
    this.chart = new Chart(this.part, folder, choose, (shown) => this.#noteShown(shown));
    this.diagram = new Diagram(this.part);
    this.predictions = new Predictions(this.part);
    // The system theme may change while nobody types.
    watchTheme(root, () => this.frame && this.draw());
    this.styled = Promise.all([loadStyles("live.css"), loadStyles("side.css"), loadStyles("explain.css")]);
    // Another control of the page needs the latest text; a click on it follows a moment later.
    this.onSelection = () => {
      if (this.resting) this.#sendShown();
      this.channel.flushNow();
    };
    for (const name of SELECTION_EVENTS) document.addEventListener(name, this.onSelection, true);
    // A lesson's answers may have been revealed.
    this.revealed = () => this.frame?.steps && this.#drawMoment();
    document.addEventListener(PRESENT_CHANGED, this.revealed);
  }

  /** Take a frame from a script run: it determines the network, the layer and the question, and whether there is a socket. */
  async receiveFromPage(bytes) {
    const frame = unpack(bytes);
    this.pageLink = frame.link;
    this.choices.follow(frame.link);
    this.socketToken = frame.socketToken;
    this.linkLimit = frame.linkLimit;
    setSession(frame.session, this.folder);
    if (this.socketToken) this.socket.open();
    await this.receive(frame);
    // A later letter was answered before the page's choices arrived.
    if (!this.choices.isShown()) this.channel.offer(this.view);
  }

  /** Take a frame from the socket, unless the page has replaced the text or chosen another network, layer or question since. */
  #receiveFromSocket(frame) {
    const isCurrent = this.choices.isCurrent(frame.seq);
    if (frame.textRevision === this.frame.textRevision && isCurrent) {
      this.receive(frame);
      return;
    }
    this.channel.answered(frame.seq);
    if (!isCurrent && this.channel.isLast(frame.seq)) this.channel.offer(this.view);
  }

  /** Draw a frame, unless a later one has already arrived on the other connection. */
  async receive(frame) {
    window.__liveTimes?.push({ what: "receive", bytes: frame.size, at: performance.now() });
    await this.styled;
    if (!isLost("live") && frame.textRevision === this.frame?.textRevision && frame.seq < this.frame.seq) return;
    this.root.hidden = false;
    this.channel.continueFrom(frame.seq);
    const replaced = !this.view || this.view.textRevision !== frame.textRevision;
    const first = !this.view && Boolean(this.socketToken);
    // Python's view counts only if Python set the text; otherwise the user may be a few characters ahead of this frame.
    if (replaced) this.#unmark();
    if (replaced) this.view = { ...frame.view, text: frame.text, textRevision: frame.textRevision };
    const awaited = awaitedText(frame);
    if (frame.awaitedLength && awaited === null) frame.warning = lostText(frame.awaitedLength);
    if (replaced && awaited !== null) Object.assign(this.view, { text: awaited, step: -1 });
    this.frame = frame;
    this.choices.markShown();
    // Only the explorer leads on to what a stretch has in common with others.
    this.chart.markable = Boolean(this.socketToken);
    // Read before anything is written; otherwise the browser would compute styles twice.
    const theme = readTheme(this.root, frame.palette);
    learn(frame.glossary);
    this.#clampView();
    this.draw(theme);
    this.controls.show(this.#shownView(), frame, { withText: replaced });
    if (frame.link && !frame.linkFrozen) this.addressBar.follow(frame.link);
    keepLong(frame);
    this.#markPainted();
    this.channel.answered(frame.seq);
    if (replaced && awaited !== null) this.channel.offer(this.view);
    if (first || isLost("live")) this.#restoreText();
  }

  /** Restore the text that was typed before the page had to reload, and save what is typed from now on. */
  #restoreText() {
    const [area, kept] = [this.part("text"), takeSavedText("live")];
    keepText("live", { area, link: () => this.#linked(), repeat: () => this.channel.repeat() });
    if (!kept) return;
    if (kept.text !== this.frame.text) {
      this.controls.input.write(kept.text);
      this.choose({ text: kept.text });
    }
    refocus(area, kept);
  }

  /** Return the view as link parameters; a text too long for a link is left out. */
  #linked() {
    const { text, unit, step, zoom, colour } = this.view;
    return { ...this.frame.link, text: text.length <= this.linkLimit ? text : null, unit, step, zoom, colour };
  }

  /** Apply the user's selection: show what can be shown at once, and send it to Python. */
  choose(change) {
    if (!this.frame) return;
    Object.assign(this.view, change);
    if ("text" in change) this.#unmark();
    // A new text cannot be shown before Python has read it, so a key press never waits for drawing.
    if (!("text" in change)) this.#showChange(change);
    this.channel.offer(this.view);
  }

  /** A marked stretch is of one text. */
  #unmark() {
    if (this.view) this.view.marked = null;
    this.chart.marked = null;
  }

  /** Request the newest view's frame: on the socket while it is open, else with a script run. */
  #send(message) {
    const { textRevision, seq, ...view } = message;
    this.choices.send(seq);
    const onSocket = this.socketToken && this.socket.send({ socketToken: this.socketToken, link: this.pageLink, view, seq, textRevision });
    if (!onSocket) this.sendToPage(message);
    return onSocket;
  }

  /** Remember what part of the chart is visible: the figure that is downloaded opens with it. */
  #noteShown({ range, gradients }) {
    const { view } = this;
    if (JSON.stringify([range, gradients]) === JSON.stringify([view.range ?? null, view.gradients ?? null])) return;
    Object.assign(view, { range, gradients });
    clearTimeout(this.resting);
    // Only the explorer has downloads; its messages go over the socket and run no script.
    if (this.socketToken) this.resting = setTimeout(() => this.#sendShown(), REST);
  }

  #sendShown() {
    clearTimeout(this.resting);
    this.resting = 0;
    this.channel.offer(this.view);
  }

  #showChange(change) {
    this.#clampView();
    this.controls.show(this.#shownView(), this.frame, { withText: false });
    if (!this.frame.steps) return;
    if (change.zoom) {
      this.draw();
      return;
    }
    if ("step" in change) this.chart.moveTo(this.#shownStep());
    this.#drawMoment();
  }

  /** Draw the frame. The canvas comes first: its fonts make the browser lay out the page if anything was written before. */
  draw(theme = readTheme(this.root, this.frame.palette)) {
    const { frame, root } = this;
    this.theme = theme;
    applyTheme(root, theme);
    this.part("stage").hidden = frame.steps === 0;
    if (frame.steps) this.chart.show(frame, this.#shownZoom(), this.#shownStep(), theme);
    this.controls.showScale(frame, theme);
    put(this.part("invitation"), invitation(frame));
    this.part("invitation").hidden = frame.steps > 0;
    if (frame.steps) this.#drawMoment();
  }

  close() {
    for (const name of SELECTION_EVENTS) document.removeEventListener(name, this.onSelection, true);
    document.removeEventListener(PRESENT_CHANGED, this.revealed);
    forgetText("live", { area: this.part("text") });
    this.socket.close();
    this.channel.close();
    this.addressBar.close();
    this.controls.close();
    this.chart.close();
    clearTimeout(this.speaking);
    clearTimeout(this.resting);
    views.delete(this.root);
  }

  /** Return the step clamped to this frame: the user may have typed further than Python has read. */
  #shownStep() {
    const { view, frame } = this;
    return view.step < 0 ? frame.steps - 1 : Math.min(view.step, frame.steps - 1);
  }

  #shownView() {
    return { ...this.view, step: this.#shownStep() };
  }

  /** The heat map is shown once Python has sent it; until then the current zoom stays. */
  #shownZoom() {
    const { zoom } = this.view;
    return zoom === "units" && !this.frame.blocks.units ? "overview" : zoom;
  }

  /** Clamp step and unit to what exists. */
  #clampView() {
    const { view, frame } = this;
    const read = view.text === frame.text;
    // A step below 0 is the last one, of a text that was typed at its end.
    if (read) view.step = Math.max(0, this.#shownStep());
    view.unit = Math.min(Math.max(0, Math.round(view.unit)), frame.model.units - 1);
  }

  #drawMoment() {
    const { frame } = this;
    const step = this.#shownStep();
    this.controls.showStep(step, frame);
    this.diagram.show(frame, step);
    this.predictions.show(frame, step, this.theme);
    // Announced after a pause, so that a screen reader is not flooded during typing.
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => (this.part("spoken").textContent = spoken(frame, step)), 900);
  }

  /** Expose the text on screen to benchmarks and tests. */
  #markPainted() {
    const { seq, steps } = this.frame;
    this.root.dataset.liveSeq = seq;
    this.root.dataset.liveLength = steps;
    window.__liveTimes?.push({ what: "painted", seq, length: steps, at: performance.now() });
    window.__livePainted?.(steps, seq);
  }
}
