/** A button that prints the page. */

import { button } from "./elements.js";

export class Print {
  constructor(root) {
    this.button = button("", () => window.print(), { className: "course-resume" });
    root.append(this.button);
  }

  receive({ title }) {
    this.button.textContent = title;
  }

  close() {}
}
