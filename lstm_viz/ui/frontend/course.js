/** The parts of the course that live in the browser: dots and keys, guesses, the six questions, the offer of a first visit. */

import { closeOnceGone } from "./cleanup.js";
import { Anchor } from "./course_anchor.js";
import { Bar } from "./course_bar.js";
import { Guess } from "./course_guess.js";
import { Offer } from "./course_offer.js";
import { Print } from "./course_print.js";
import { Questions } from "./course_questions.js";
import { loadStyles } from "./load_styles.js";

const KINDS = { bar: Bar, guess: Guess, anchor: Anchor, questions: Questions, offer: Offer, print: Print };
const decoder = new TextDecoder();
const parts = new WeakMap();

/** Apply a frame from Python; see `text_box.js`. Its `kind` says which part it is for. */
export function show({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".course");
  if (data) {
    const header = JSON.parse(decoder.decode(data));
    root.classList.add(`course-${header.kind}`);
    if (!parts.has(root)) parts.set(root, new KINDS[header.kind](root));
    const part = parts.get(root);
    const send = (message) => setStateValue("view", { ...message, n: Date.now() });
    loadStyles("course.css").then(() => {
      root.hidden = header.kind === "anchor";
      part.receive(header, send);
    });
  }
  return closeOnceGone(root, () => close(root));
}

function close(root) {
  parts.get(root)?.close();
  parts.delete(root);
}
