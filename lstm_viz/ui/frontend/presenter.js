/** The presenter view: one picture of the page fills the window, with a pointer, and the step keys work wherever the focus is. */

import { pressButton } from "./course_keys.js";
import { PRESENT_CHANGED, isPresenting, notifyPictures, setPresenting, smallestType } from "./present.js";
import { firstInView, presentable, stepper } from "./presented_pictures.js";
import { put } from "./put.js";

/** The root's font size for which the smallest text of the style sheets, 0.68rem, is as large as the smallest type of pictures. */
const REM = 0.68;

/** The keys that step, as they reach the picture. */
const STEPS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

const PARAMETER = "present";

/** How long the page may change before its pictures are looked for again, in milliseconds. */
const PAUSE = 60;

export class Presenter {
  /** @param {(name: string) => any} part finds the elements of the page's tools by name */
  constructor(part) {
    this.part = part;
    this.at = 0;
    this.pictures = [];
    this.notifying = false;
    /** @type {any} */
    this.looking = 0;
    part("previous").onclick = () => this.#turn(-1);
    part("next").onclick = () => this.#turn(1);
    part("leave").onclick = () => this.leave();
    this.resized = () => this.#fit();
    // Names of pictures may tell the answer.
    this.onPresentChanged = () => isPresenting() && this.#soon();
    document.addEventListener(PRESENT_CHANGED, this.onPresentChanged);
    /** @param {any} event */
    this.moved = (event) => this.#point(event);
    this.left = () => (part("dot").hidden = true);
    // Another page, or an element that came or went with a run of the script.
    this.watching = new MutationObserver(() => this.#soon());
    // Opened by a link: the page's first picture, which may come after others.
    this.first = new URL(location.href).searchParams.get(PARAMETER) === "1";
    if (this.first) this.enter();
    else if (isPresenting()) this.#stop();
  }

  toggle() {
    this.first = false;
    if (isPresenting()) this.leave();
    else this.enter();
  }

  /** Show the picture that is in view; where none is drawn yet, as soon as there is one. */
  enter() {
    write("1");
    setPresenting(true);
    /** @type {any} */
    this.returnTo = document.activeElement;
    this.returnTo?.blur();
    this.watching.observe(document.querySelector("[data-testid=stMain]") ?? document.body, { childList: true, subtree: true });
    window.addEventListener("resize", this.resized);
    document.addEventListener("pointermove", this.moved);
    document.documentElement.addEventListener("pointerleave", this.left);
    this.pictures = presentable(document);
    this.at = this.first ? 0 : firstInView(this.pictures, innerHeight);
    this.#show();
  }

  leave() {
    write(null);
    this.#stop();
    this.returnTo?.focus({ preventScroll: true });
  }

  /** Return what a key does while presenting; null if it is not one of the presenter's. */
  actOf(key) {
    if (key === "Escape") return () => this.leave();
    // A presenter's remote control sends these two; in a lesson they turn the steps.
    const turns = { PageDown: "next", PageUp: "back" }[key];
    if (turns && document.querySelector(`.st-key-lesson_${turns}`)) {
      return () => pressButton(() => document.querySelector(`.st-key-lesson_${turns} button`));
    }
    if (key === "n" || key === "PageDown") return () => this.#turn(1);
    if (key === "N" || key === "PageUp") return () => this.#turn(-1);
    if (key === " ") return document.querySelector(".live [data-part=play]") ? () => click(".live [data-part=play]") : null;
    // The card of a unit has keys of its own.
    if (!STEPS.includes(key) || document.querySelector(".st-key-units_next")) return null;
    const target = stepper(document);
    return target ? () => target.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true })) : null;
  }

  /** The component has left the page. */
  close() {
    document.removeEventListener(PRESENT_CHANGED, this.onPresentChanged);
    if (isPresenting()) this.#stop();
  }

  #turn(distance) {
    this.first = false;
    this.pictures = presentable(document);
    if (this.pictures.length) this.at = (this.at + distance + this.pictures.length) % this.pictures.length;
    this.#show();
  }

  /** Look again in a moment; figures that are drawn change the page many times. */
  #soon() {
    // Telling the pictures to draw themselves is no reason to look for them again.
    if (this.notifying) return;
    this.looking ||= setTimeout(() => {
      this.looking = 0;
      const before = this.pictures[this.at];
      this.pictures = presentable(document);
      const same = this.first ? 0 : this.pictures.findIndex(({ element, view }) => element === before?.element && view === before.view);
      const isSame = same >= 0 && same === this.at && before?.element === this.pictures[same]?.element;
      if (isSame && before?.element.classList.contains("presented")) return this.#label();
      this.at = same >= 0 ? same : Math.min(this.at, Math.max(0, this.pictures.length - 1));
      this.#show();
    }, PAUSE);
  }

  #show() {
    const page = document.documentElement;
    const picture = this.pictures[this.at];
    this.#unmark();
    // Nothing is hidden while there is nothing to show.
    page.classList.toggle("presenting", Boolean(picture));
    this.part("bar").hidden = !picture;
    if (picture) {
      picture.element.classList.add("presented");
      picture.element.dataset.view = picture.view;
    }
    this.#label();
    this.#fit();
  }

  #unmark() {
    for (const element of document.querySelectorAll(".presented")) {
      element.classList.remove("presented");
      element.removeAttribute("data-view");
    }
  }

  #label() {
    const picture = this.pictures[this.at];
    const { part } = this;
    put(part("place"), this.pictures.length > 1 ? `${this.at + 1}/${this.pictures.length}` : "");
    put(part("present-name"), picture?.name ?? "");
    part("previous").hidden = part("next").hidden = this.pictures.length < 2;
    const status = picture ? `Presenting: ${picture.name}` : "There is no picture on this page yet.";
    put(part("present-spoken"), status);
    part("present-spoken").classList.toggle("present-missing", isPresenting() && !picture);
    const moment = document.querySelector(".text-box [data-part=moment]:not([hidden])")?.textContent ?? "";
    put(part("present-moment"), picture?.element.matches(".live") ? "" : moment);
  }

  /** Fit the type to the window, then have all pictures draw themselves. */
  #fit() {
    document.documentElement.style.setProperty("--present-root", `${smallestType(innerWidth, innerHeight) / REM}px`);
    this.notifying = true;
    notifyPictures();
    this.notifying = false;
  }

  #stop() {
    setPresenting(false);
    this.watching.disconnect();
    clearTimeout(this.looking);
    this.looking = 0;
    window.removeEventListener("resize", this.resized);
    document.removeEventListener("pointermove", this.moved);
    document.documentElement.removeEventListener("pointerleave", this.left);
    this.left();
    this.#unmark();
    document.documentElement.classList.remove("presenting");
    this.part("bar").hidden = true;
    this.part("present-spoken").textContent = "";
    this.part("present-spoken").classList.remove("present-missing");
    notifyPictures();
  }

  /** The dot follows the mouse; a finger is its own pointer. */
  #point({ pointerType, clientX, clientY }) {
    const dot = this.part("dot");
    dot.hidden = pointerType !== "mouse" || !document.documentElement.classList.contains("presenting");
    dot.style.transform = `translate(${clientX}px, ${clientY}px) translate(-50%, -50%)`;
  }
}

function click(selector) {
  document.querySelector(selector)?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
}

/** Write the presenter view into the address; null removes it. */
function write(value) {
  const url = new URL(location.href);
  if (value === null) url.searchParams.delete(PARAMETER);
  else url.searchParams.set(PARAMETER, value);
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}
