/** The buttons beside every page's title: present, keys, start over; and what they open. */

import { tabStorage } from "./browser_storage.js";
import { closeOnceGone } from "./cleanup.js";
import { make } from "./elements.js";
import { loadStyles } from "./load_styles.js";
import { KEYS, keysFor, isTyping } from "./page_keys.js";
import { areAnswersHidden, hidesAnswers, isPresenting, notifyPictures, setAnswersShown } from "./present.js";
import { Presenter } from "./presenter.js";
import { dropTexts } from "./reconnect.js";
import { askForWork, forgetClaim, keepClaim } from "./tab_claim.js";
import { dropUnsentTexts, keepUnsentTexts } from "./unsent_text.js";

const decoder = new TextDecoder();
const mounted = new WeakMap();

/** The storage's key for the link that a lesson began with, by path. */
const START = "lstm_viz start ";

keepUnsentTexts();

/** Show the buttons; see `text_box.js`. */
export function show({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".page-tools");
  Promise.all(["page_tools.css", "present.css"].map(loadStyles)).then(() => {
    if (!root.hidden) return;
    root.hidden = false;
    // The presenter's line takes its room only now.
    if (isPresenting()) notifyPictures();
  });
  if (!mounted.has(root)) mounted.set(root, new PageTools(root));
  if (data) {
    keepClaim(JSON.parse(decoder.decode(data)));
    askForWork(root, (claims) => setStateValue("view", { claims, n: Date.now() }));
  }
  return closeOnceGone(root, () => mounted.get(root)?.close());
}

class PageTools {
  constructor(root) {
    this.root = root;
    const part = (name) => root.querySelector(`[data-part=${name}]`);
    this.part = part;
    this.presenter = new Presenter(part);
    rememberStart();
    dropPointer();
    part("present").onclick = () => this.presenter.toggle();
    part("keys").onclick = () => this.#help();
    part("again").onclick = startOver;
    part("close").onclick = () => part("help").close();
    part("help").addEventListener("click", (event) => event.target === part("help") && part("help").close());
    part("reveal").onclick = () => this.#reveal();
    this.pressed = (event) => this.#press(event);
    // Before Streamlit's own keys: r would run the page again.
    window.addEventListener("keydown", this.pressed, true);
    setAnswersShown(false);
    this.#showReveal();
  }

  close() {
    window.removeEventListener("keydown", this.pressed, true);
    this.presenter.close();
    mounted.delete(this.root);
  }

  #press(event) {
    // The presenter passes step keys on to the picture.
    if (!event.isTrusted || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const open = document.querySelector("dialog[open], [role=dialog]");
    if (open || (isTyping(event.target) && !(isPresenting() && event.key === "Escape"))) return;
    const act = this.#actOf(event.key);
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }

  #actOf(key) {
    if (key === KEYS.present) return () => this.presenter.toggle();
    if (key === KEYS.help) return () => this.#help();
    if (key === KEYS.reveal && hidesAnswers(location.href)) return () => this.#reveal();
    return isPresenting() ? this.presenter.actOf(key) : null;
  }

  #help() {
    const { list, help } = { list: this.part("keys-list"), help: this.part("help") };
    const rows = keysFor(document, { presenting: isPresenting(), hiding: hidesAnswers(location.href) });
    list.replaceChildren(...rows.flatMap(([keys, does]) => [entry("dt", keys), entry("dd", does)]));
    help.showModal();
  }

  #reveal() {
    setAnswersShown(areAnswersHidden());
    this.#showReveal();
  }

  #showReveal() {
    const button = this.part("reveal");
    button.hidden = !hidesAnswers(location.href);
    button.textContent = areAnswersHidden() ? "Reveal (r)" : "Hide the answer (r)";
  }
}

function entry(tag, text) {
  if (tag === "dd") return make("dd", { textContent: text });
  return make("dt", {}, ...text.split(" ").flatMap((key) => [make("kbd", { textContent: key }), " "]));
}

/** Remember the link of a lesson: it is where the page starts over. */
function rememberStart() {
  const [navigation] = performance.getEntriesByType("navigation");
  const opened = new URL(navigation?.name ?? location.href);
  if (/** @type {any} */ (navigation)?.type !== "navigate" || opened.pathname !== location.pathname) return;
  tabStorage.write(START + location.pathname, opened.searchParams.has("hide") ? opened.href : null);
}

/** Remove what a lesson's link pointed at from the address: it is outlined by now, and a shared link should not have it. */
function dropPointer() {
  const url = new URL(location.href);
  if (!url.searchParams.has("point")) return;
  url.searchParams.delete("point");
  history.replaceState(history.state, "", url);
}

/** Open the page as it was first opened: by a lesson's link, else by its bare address, without what was done since. */
function startOver() {
  forgetClaim();
  dropTexts();
  dropUnsentTexts();
  const start = tabStorage.read(START + location.pathname) ?? new URL(location.pathname, location.href).href;
  if (start === location.href) location.reload();
  else location.assign(start);
}
