/** Passages of a long text as colored tokens, one below the other; a click opens the passage at that token. */

import { closeOnceGone } from "./cleanup.js";
import { make } from "./elements.js";
import { unpack } from "./payload.js";
import { loadStyles } from "./load_styles.js";
import { fillScaleLegend } from "./scale_legend.js";
import { readTheme, watchTheme } from "./theme.js";
import { TokenText } from "./token_text.js";

const lists = new WeakMap();

/** Show the component's newest frame; see `text_box.js`. */
export function show({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".passages");
  if (!lists.has(root)) lists.set(root, new Passages(root));
  const list = lists.get(root);
  list.send = (chosen) => setStateValue("view", { ...chosen, n: Date.now() });
  if (data) list.receive(data);
  return closeOnceGone(root, () => lists.delete(root));
}

class Passages {
  constructor(root) {
    this.root = root;
    this.list = root.querySelector("[data-part=list]");
    this.scale = root.querySelector("[data-part=scale]");
    this.passages = [];
    /** @type {(chosen: object) => void} */
    this.send = () => {};
    this.styled = loadStyles("components.css");
    watchTheme(root, () => this.frame && this.#draw());
  }

  async receive(bytes) {
    this.frame = unpack(bytes);
    await this.styled;
    this.root.hidden = false;
    this.#draw();
  }

  #draw() {
    const { frame, passages, root } = this;
    const theme = readTheme(root, frame.palette);
    this.#fit(frame.passages.length);
    frame.passages.forEach(({ title, first, tokens, unknown, chosen }, p) => {
      const { element, head, letters } = passages[p];
      head.textContent = title;
      element.classList.toggle("passage-open", frame.open === p);
      const values = { values: frame.blocks[`values${p}`].values };
      letters.show({ tokens, unknown, first, steps: tokens.length, stepUnit: "letters", scale: frame.scale, blocks: { values } }, chosen, theme);
    });
    const [label, ...elements] = this.scale.children;
    label.textContent = frame.scale.label;
    fillScaleLegend(elements, frame.scale, theme, () => 2);
    root.dataset.passages = passages.length;
  }

  #fit(count) {
    const { passages } = this;
    while (passages.length > count) passages.pop().element.remove();
    while (passages.length < count) {
      const p = passages.length;
      const head = make("p.text-box-note");
      const page = make("div.token-text");
      const element = make("section", {}, head, page);
      this.list.append(element);
      passages.push({ element, head, letters: new TokenText(page, (step) => this.#choose(p, step)) });
    }
  }

  /** Show at once that something is loading; the next frame says what is open. */
  #choose(p, step) {
    const { head } = this.passages[p];
    const { first, title } = this.frame.passages[p];
    head.textContent = `${title} · opening …`;
    head.setAttribute("role", "status");
    this.send({ passage: p, step, start: first });
  }
}
