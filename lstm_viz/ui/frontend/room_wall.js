/** The wall: one card a pupil, in the teacher's order, and one line large. */

import { make } from "./elements.js";
import { put } from "./put.js";
import { roomButton } from "./room_button.js";
import { colourText } from "./room_text.js";

export class Wall {
  /**
   * @param {HTMLElement} element where the cards go
   * @param {{enlarge: (member: number) => void, show: (member: number, shown: boolean) => void}} act
   */
  constructor(element, act) {
    this.element = element;
    this.act = act;
    /** @type {Map<number, any>} */
    this.cards = new Map();
    /** @type {any} the scale and theme of the last message */
    this.look = null;
  }

  /** Take in the cards that have changed, and draw those and the order. */
  receive({ order, cards, scale }, theme, all) {
    this.look = { scale, theme };
    for (const card of cards) {
      const known = this.cards.get(card.number) ?? this.#build(card.number);
      known.card = card;
      this.cards.set(card.number, known);
    }
    for (const [number, { element }] of this.cards) {
      if (order.includes(number)) continue;
      element.remove();
      this.cards.delete(number);
    }
    const redrawn = all ? [...this.cards.keys()] : cards.map(({ number }) => number);
    for (const number of redrawn) if (this.cards.has(number)) this.#draw(this.cards.get(number));
    order.forEach((number, index) => {
      const { element } = this.cards.get(number);
      if (this.element.children[index] !== element) this.element.insertBefore(element, this.element.children[index] ?? null);
    });
  }

  get(number) {
    return this.cards.get(number)?.card;
  }

  #build(number) {
    const name = make("span.room-name", { dir: "auto" });
    const large = roomButton("⤢", () => this.act.enlarge(number), { className: "room-icon" });
    const hide = roomButton("", () => this.act.show(number, !this.cards.get(number).card.shown), { className: "room-icon" });
    const peek = roomButton("Read", () => {
      const known = this.cards.get(number);
      known.peeked = !known.peeked;
      this.#draw(known);
    }, { className: "room-icon" });
    const text = make("p.room-line", { dir: "auto" });
    const header = make("header", {}, name, make("span.room-acts", {}, peek, hide, large));
    const element = make("article.room-card", { "data-member": String(number) }, header, make("div.room-tail", {}, text));
    return { element, name, large, hide, peek, text, peeked: false, card: null };
  }

  #draw(known) {
    const { scale, theme } = this.look;
    const { card, element, name, large, hide, peek, text } = known;
    put(name, card.name);
    name.title = card.name;
    element.classList.toggle("room-away", !card.here);
    element.classList.toggle("room-hidden", !card.shown);
    put(hide, card.shown ? "Hide" : "Show");
    hide.setAttribute("aria-label", `${card.shown ? "Hide" : "Show"} ${card.name}'s line`);
    large.setAttribute("aria-label", `Show ${card.name}'s line large`);
    large.title = "Show this line large, on the phones too";
    large.hidden = !card.shown || !card.tokens.length;
    peek.hidden = card.shown || !card.tokens.length;
    peek.setAttribute("aria-label", `Read ${card.name}'s hidden line, in small type`);
    peek.setAttribute("aria-pressed", String(known.peeked));
    hide.hidden = !card.tokens.length;
    text.classList.toggle("room-peeked", !card.shown);
    if (card.shown) colourText(text, card, scale, theme);
    else text.replaceChildren(known.peeked ? card.tokens.join(card.words ? " " : "") : card.tokens.length ? "hidden" : "");
  }
}

/** Build the big picture of one card; its scale is the wall's. */
export function bigPicture(card, scale, theme, back) {
  const text = make("p.room-large-text", { dir: "auto" });
  colourText(text, card, scale, theme);
  const head = make("header", {}, make("h2", { dir: "auto", textContent: card.name }), roomButton("Back to the wall", back));
  return make("section.room-large", { "aria-label": "Shown large" }, head, text);
}
