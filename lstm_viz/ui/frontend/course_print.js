/** A button that prints the page. */

export class Print {
  constructor(root) {
    this.button = Object.assign(document.createElement("button"), { type: "button", className: "course-resume" });
    this.button.onclick = () => window.print();
    root.append(this.button);
  }

  receive({ title }) {
    this.button.textContent = title;
  }

  close() {}
}
