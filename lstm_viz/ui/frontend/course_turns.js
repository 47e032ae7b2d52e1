/** Presses of Next and Back, each with a number: two quick ones would else reach the server as one. */

/** The most presses that wait at a time. */
const MOST = 50;

const WAYS = { next: "n", back: "b" };

export class Turns {
  constructor() {
    this.count = 0;
    this.waiting = "";
  }

  /**
   * Add a press and return the message with all that wait: `turns` ends with press number `upto`.
   * @param {"next" | "back"} way
   */
  press(way) {
    this.count += 1;
    this.waiting = (this.waiting + WAYS[way]).slice(-MOST);
    return this.message();
  }

  /** Return the message with all presses that wait. The server follows each number once, however often it comes. */
  message() {
    return { turns: this.waiting, upto: this.count };
  }

  /** The server has followed the presses up to this number. */
  acknowledge(upto) {
    const open = Math.max(0, this.count - upto);
    this.waiting = open ? this.waiting.slice(-open) : "";
  }
}

/**
 * Take over the clicks on Next and Back until the returned function is called.
 * @param {(way: "next" | "back") => void} act is told of each press of a button that is not disabled
 */
export function takeClicks(act) {
  const onClick = (event) => {
    const button = event.target instanceof Element ? event.target.closest("[class*=st-key-lesson_] button") : null;
    const way = button?.closest(".st-key-lesson_next") ? "next" : button?.closest(".st-key-lesson_back") ? "back" : null;
    if (!way || button.disabled) return;
    // Before Streamlit sees it, which sends that there was a press, not how many.
    event.stopPropagation();
    act(way);
  };
  document.addEventListener("click", onClick, true);
  return () => document.removeEventListener("click", onClick, true);
}
