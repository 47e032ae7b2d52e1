/** One line that offers the course on a first visit; once dismissed or followed it does not come again. */

import { browserStorage } from "./browser_storage.js";
import { STORED } from "./course_progress.js";
import { make } from "./elements.js";

const SEEN = "lstm_viz course offered";

export class Offer {
  constructor(root) {
    this.root = root;
    const link = make("a", { href: "./learn", textContent: "Ten short lessons show how it works." });
    const title = "Do not show this again";
    const close = make("button", { type: "button", textContent: "✕", title, "aria-label": title });
    root.append("New here? ", link, close);
    for (const part of [link, close]) part.addEventListener("click", () => this.#seen());
  }

  receive() {
    this.root.hidden = Boolean(browserStorage.read(SEEN) || browserStorage.read(STORED));
  }

  close() {}

  #seen() {
    browserStorage.write(SEEN, "1");
    this.root.hidden = true;
  }
}
