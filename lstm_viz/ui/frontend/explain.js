/**
 * Tooltips: every element with a `title` (in an SVG `data-explains`) shows it in a box beside it, on hover and on tap. The first
 * line is the name.
 */

import { make } from "./elements.js";

/** Hover time before a tooltip opens, in milliseconds. */
const REST = 300;

const EXPLAINED = "[title], [data-explains]";

let glossary = {};

/** Store the glossary; the page sends it once, frames on the WebSocket do not contain it. */
export function learn(terms) {
  if (terms) glossary = terms;
}

/** Return a glossary term as a tooltip text; empty if there is none. */
export function term(name) {
  const entry = glossary[name];
  return entry ? [entry.name, entry.plain, entry.formula].filter(Boolean).join("\n") : "";
}

/** Return a quantity of the cell as a tooltip text. */
export function quantityText({ symbol, name, plain, formula, range }) {
  return [`${name} ${symbol}`, plain, formula, `range: ${range}`].join("\n");
}

export class Explanations {
  /** @param {HTMLElement} root of the component; it contains the box, so that it is visible in full screen too */
  constructor(root) {
    this.root = root;
    this.box = make("div.live-explanation", { role: "tooltip", hidden: true });
    root.append(this.box);
    root.addEventListener("pointerover", (event) => event.pointerType !== "touch" && this.#enter(event.target.closest(EXPLAINED)));
    root.addEventListener("pointerleave", () => this.#enter(null));
    root.addEventListener("click", (event) => this.#tap(event));
    this.dismiss = (event) => (event.type === "keydown" ? event.key === "Escape" : !event.target.closest?.(EXPLAINED)) && this.#hide();
    document.addEventListener("keydown", this.dismiss);
    document.addEventListener("pointerdown", this.dismiss);
  }

  close() {
    clearTimeout(this.timer);
    document.removeEventListener("keydown", this.dismiss);
    document.removeEventListener("pointerdown", this.dismiss);
  }

  #enter(element) {
    if (element === this.entered) return;
    this.#hide();
    this.entered = element;
    if (!element) return;
    // Removed, so that the browser's own tooltip does not cover this one.
    if (element.title) {
      element.dataset.explains = element.title;
      element.removeAttribute("title");
      this.untitled = element;
    }
    this.timer = setTimeout(() => this.#show(element), REST);
  }

  #tap(event) {
    const element = event.target.closest(EXPLAINED);
    if (!element) return;
    if (event.pointerType === "touch" || element.classList.contains("live-caption")) this.#show(element);
    else this.#hide();
  }

  #show(element) {
    const text = element.title || element.dataset.explains;
    if (!text || !element.isConnected) return;
    const [name, ...lines] = text.split("\n");
    this.box.replaceChildren(make("b", { textContent: name }), ...lines.map((textContent) => make("span", { textContent })));
    this.box.hidden = false;
    this.#place(element.getBoundingClientRect());
  }

  /** Place the box under the element, or above it if there is no room; never outside the component. */
  #place(target) {
    const [page, own] = [this.root.getBoundingClientRect(), this.box.getBoundingClientRect()];
    const below = target.bottom + 6 + own.height < innerHeight;
    const top = below ? target.bottom + 6 : target.top - own.height - 6;
    const left = Math.max(page.left, Math.min(target.left, page.right - own.width));
    this.box.style.left = `${left - page.left + this.root.scrollLeft}px`;
    this.box.style.top = `${top - page.top + this.root.scrollTop}px`;
  }

  #hide() {
    clearTimeout(this.timer);
    this.box.hidden = true;
    if (this.untitled && !this.untitled.title) this.untitled.title = this.untitled.dataset.explains;
    this.untitled = null;
    this.entered = null;
  }
}
