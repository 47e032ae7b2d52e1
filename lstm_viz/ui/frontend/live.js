/**
 * The live view's entry: one view (what the person chose), one frame (what Python knows), and the parts that show both.
 *
 * Streamlit calls `show` at every rerun of the page. The first call for an element mounts the view, later ones hand it the
 * next frame. What needs no server, such as moving the step, is drawn at once; Python hears of it all the same.
 */

import { AddressBar } from "./address_bar.js";
import { Chart } from "./chart.js";
import { Controls } from "./controls.js";
import { Diagram } from "./diagram.js";
import { LatestMessageChannel } from "./message_channel.js";
import { Predictions } from "./predictions.js";
import { unpack } from "./payload.js";
import { awaitedText, keepLong, lostText } from "./long_text.js";
import { invitation, spoken } from "./step_text.js";
import { put } from "./put.js";
import { forgetText, keepText, setSession, refocus, checkSession, takeBack } from "./reconnect.js";
import { LiveSocket } from "./live_socket.js";
import { loadStyles } from "./load_styles.js";
import { applyTheme, readTheme, watchTheme } from "./theme.js";

const views = new WeakMap();

/** What begins before a page can be told that something on it was chosen. */
const TURNS = ["pointerdown", "focusout"];

/**
 * Show the component's newest frame.
 * @param {object} component what Streamlit hands over: data, parentElement, setStateValue
 * @param {URL} folder that static files are served from
 * @returns {() => void} Streamlit calls it when the component goes
 */
export function show({ data, parentElement, setStateValue }, folder) {
  const root = parentElement.querySelector(".live");
  if (!views.has(root)) views.set(root, new LiveView(root, folder));
  const view = views.get(root);
  view.tellPage = (message) => setStateValue("view", message);
  if (data) view.receiveFromPage(data);
  // Streamlit also calls this for a rerun that was overtaken; the element is gone only when it has left the page.
  return () => setTimeout(() => root.isConnected || view.close());
}

class LiveView {
  constructor(root, folder) {
    this.root = root;
    this.part = (name) => root.querySelector(`[data-part=${name}]`);
    const choose = (change) => this.choose(change);
    this.channel = new LatestMessageChannel((message) => this.#send(message), checkSession);
    /** @type {(message: object) => void} */
    this.tellPage = () => {};
    this.folder = folder;
    this.socket = new LiveSocket(folder, {
      onFrame: (frame) => this.#receiveFromSocket(frame),
      onClose: () => {
        this.channel.resend();
        checkSession();
      },
    });
    this.addressBar = new AddressBar();
    this.controls = new Controls(this.part, root, choose);
    this.chart = new Chart(this.part, folder, choose);
    this.diagram = new Diagram(this.part);
    this.predictions = new Predictions(this.part);
    // A system that turns dark in the evening does so while nobody types.
    watchTheme(root, () => this.frame && this.draw());
    this.styled = Promise.all([loadStyles("live.css"), loadStyles("side.css"), loadStyles("explain.css")]);
    // Who turns to another part of the page wants it to know every letter; a click on it comes a moment after this.
    this.turned = () => this.channel.flushNow();
    for (const turn of TURNS) document.addEventListener(turn, this.turned, true);
  }

  /** Take a frame from the page: it says which network, layer and question are meant, and whether there is a socket. */
  async receiveFromPage(bytes) {
    const frame = unpack(bytes);
    this.asked = frame.link;
    this.socketToken = frame.socketToken;
    this.linkLimit = frame.link_limit;
    setSession(frame.session, this.folder);
    if (this.socketToken) this.socket.open();
    await this.receive(frame);
  }

  /** Take a frame from the socket, unless it is of a text that the page has replaced since. */
  #receiveFromSocket(frame) {
    if (frame.textRevision === this.frame.textRevision) this.receive(frame);
    else this.channel.answered(frame.seq);
  }

  /** Draw a frame, unless the other connection was faster with a later one. */
  async receive(frame) {
    window.__liveTimes?.push({ what: "receive", bytes: frame.size, at: performance.now() });
    await this.styled;
    if (frame.textRevision === this.frame?.textRevision && frame.seq < this.frame.seq) return;
    this.root.hidden = false;
    this.channel.continueFrom(frame.seq);
    const pushed = !this.view || this.view.textRevision !== frame.textRevision;
    const first = !this.view && Boolean(this.socketToken);
    // Python's word counts only where Python set the text; else the person may be a few letters ahead of this frame.
    if (pushed) this.view = { ...frame.view, text: frame.text, textRevision: frame.textRevision };
    const awaited = awaitedText(frame);
    if (frame.awaited && awaited === null) frame.warning = lostText(frame.awaited);
    if (pushed && awaited !== null) Object.assign(this.view, { text: awaited, step: -1 });
    this.frame = frame;
    // Read before anything is written: the browser would have to style the page in between.
    const theme = readTheme(this.root, frame.palette);
    this.#settle();
    this.controls.show(this.#shownView(), frame, { withText: pushed });
    this.draw(theme);
    if (frame.link && !frame.silent) this.addressBar.follow(frame.link);
    keepLong(frame);
    this.#markPainted();
    this.channel.answered(frame.seq);
    if (pushed && awaited !== null) this.channel.offer(this.view);
    if (first) this.#takeBack();
  }

  /** Go on with what was typed before the page had to be loaded again, and keep what will be. */
  #takeBack() {
    const [area, kept] = [this.part("text"), takeBack("live")];
    keepText("live", { area, link: () => this.#linked(), repeat: () => this.channel.repeat() });
    if (!kept) return;
    if (kept.text !== this.view.text) {
      this.controls.input.write(kept.text);
      this.choose({ text: kept.text });
    }
    refocus(area, kept);
  }

  /** The view as the address has it; a text that is too long for a link is left out. */
  #linked() {
    const { text, unit, step, zoom, colour } = this.view;
    return { ...this.frame.link, text: text.length <= this.linkLimit ? text : null, unit, step, zoom, colour };
  }

  /** The person chose something: show what can be shown at once, and tell Python. */
  choose(change) {
    if (!this.frame) return;
    Object.assign(this.view, change);
    // A new text cannot be shown before Python has read it: nothing to draw, so that keys never wait for drawing.
    if (!("text" in change)) this.#showChange(change);
    this.channel.offer(this.view);
  }

  /** Ask for the newest view's frame: on the socket while it is open, else of the page. */
  #send(message) {
    const { textRevision, seq, ...view } = message;
    const onSocket = this.socketToken && this.socket.send({ socketToken: this.socketToken, link: this.asked, view, seq, textRevision });
    if (!onSocket) this.tellPage(message);
    return onSocket;
  }

  #showChange(change) {
    this.#settle();
    this.controls.show(this.#shownView(), this.frame, { withText: false });
    if (!this.frame.steps) return;
    if (change.zoom) {
      this.draw();
      return;
    }
    if ("step" in change) this.chart.moveTo(this.#shownStep());
    this.#drawMoment();
  }

  draw(theme = readTheme(this.root, this.frame.palette)) {
    const { frame, root } = this;
    this.theme = theme;
    applyTheme(root, theme);
    this.controls.showScale(frame, theme);
    put(this.part("invitation"), invitation(frame));
    this.part("invitation").hidden = frame.steps > 0;
    this.part("stage").hidden = frame.steps === 0;
    if (!frame.steps) return;
    this.chart.show(frame, this.#shownZoom(), this.#shownStep(), theme);
    this.#drawMoment();
  }

  close() {
    for (const turn of TURNS) document.removeEventListener(turn, this.turned, true);
    forgetText("live", { area: this.part("text") });
    this.socket.close();
    this.channel.close();
    this.addressBar.close();
    this.controls.close();
    this.chart.close();
    clearTimeout(this.speaking);
    views.delete(this.root);
  }

  /** The step as this frame can show it: the person may have typed further than Python has read. */
  #shownStep() {
    const { view, frame } = this;
    return view.step < 0 ? frame.steps - 1 : Math.min(view.step, frame.steps - 1);
  }

  #shownView() {
    return { ...this.view, step: this.#shownStep() };
  }

  /** All units are drawn once Python has sent them; until then what was drawn stays. */
  #shownZoom() {
    const { zoom } = this.view;
    return zoom === "units" && !this.frame.blocks.units ? "overview" : zoom;
  }

  /** Keep step and unit inside what there is. */
  #settle() {
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
    // Spoken once things rest, so that a screen reader is not flooded while someone types.
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => (this.part("spoken").textContent = spoken(frame, step)), 900);
  }

  /** Say, for measurements and tests, which text is on the screen now. */
  #markPainted() {
    const { seq, steps } = this.frame;
    this.root.dataset.liveSeq = seq;
    this.root.dataset.liveLength = steps;
    window.__liveTimes?.push({ what: "painted", seq, length: steps, at: performance.now() });
    window.__livePainted?.(steps, seq);
  }
}
