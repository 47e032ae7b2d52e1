/**
 * What the network expects next: the likeliest symbols as bars, the one that really came marked.
 */

import { percent, quoted, surpriseAt } from "./words.js";

export class Expectations {
  /** @param {(name: string) => HTMLElement} part finds the pieces of the page by name */
  constructor(part) {
    this.title = part("expect-title");
    this.list = part("expect");
    this.surprise = part("surprise");
  }

  show(frame, step) {
    const ids = frame.blocks.expect_id.row(step);
    const chances = frame.blocks.expect_p.row(step);
    const next = frame.tokens[step + 1];
    this.title.textContent = `After ${quoted(frame.tokens[step])} it expects`;
    this.surprise.textContent = surpriseAt(frame, step);
    while (this.list.children.length < ids.length) this.list.append(emptyRow());
    while (this.list.children.length > ids.length) this.list.lastChild.remove();
    [...this.list.children].forEach((row, rank) => {
      const symbol = frame.symbols[ids[rank]];
      const [name, track, digits] = row.children;
      name.textContent = symbol;
      track.firstChild.style.width = `${chances[rank] * 100}%`;
      digits.textContent = percent(chances[rank]);
      row.classList.toggle("live-came", symbol === next);
      row.title = symbol === next ? "This one came next" : "";
    });
  }
}

function emptyRow() {
  const row = document.createElement("li");
  const name = document.createElement("b");
  const track = document.createElement("span");
  track.append(document.createElement("i"));
  row.append(name, track, document.createElement("em"));
  return row;
}
