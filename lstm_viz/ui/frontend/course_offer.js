/** One line that offers the course on a first visit; once dismissed or followed it does not come again. */

import { STORED, load, save } from "./course_progress.js";

const SEEN = "lstm_viz course offered";

export class Offer {
  constructor(root) {
    this.root = root;
    const link = Object.assign(document.createElement("a"), { href: "./learn", textContent: "Ten short lessons show how it works." });
    const close = Object.assign(document.createElement("button"), { type: "button", textContent: "✕", title: "Do not show this again" });
    close.setAttribute("aria-label", close.title);
    root.append("New here? ", link, close);
    for (const part of [link, close]) part.addEventListener("click", () => this.#seen());
  }

  receive() {
    this.root.hidden = Boolean(load(SEEN) || load(STORED));
  }

  close() {}

  #seen() {
    save(SEEN, "1");
    this.root.hidden = true;
  }
}
