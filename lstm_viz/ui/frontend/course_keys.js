/** The keys of a lesson: left, right and space press Back and Next, digits choose an answer. */

import { isRunning } from "./script_state.js";

/** How often a button is looked for again, and the pause before, in milliseconds: a first drawing takes seconds on a busy server. */
const [TRIES, PAUSE] = [200, 50];

/** Where the arrows belong to the element itself. */
const ARROWS = "input, textarea, select, [contenteditable], [role=slider], [role=radio], [role=tab], [role=menuitem], [role=dialog]";

/** Where space does: it presses a button, and scrolls from a link. */
const SPACE = `${ARROWS}, button, a`;

/** Where a digit is typed. */
const TYPED = "input:not([type=range]), textarea, select, [contenteditable], [role=dialog]";

/**
 * Return which button a key presses, "back" or "next"; null for none.
 * @param {{key: string, altKey?: boolean, ctrlKey?: boolean, metaKey?: boolean, shiftKey?: boolean, defaultPrevented?: boolean}} event
 * @param {boolean} typing whether the focus is on an element that has its own use for the key
 */
export function buttonForKey(event, typing) {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || typing) return null;
  if (event.key === "ArrowLeft") return "back";
  return event.key === "ArrowRight" || event.key === " " ? "next" : null;
}

/**
 * Return the index of the answer that a key chooses; -1 for none.
 * @param {{key: string, altKey?: boolean, ctrlKey?: boolean, metaKey?: boolean, defaultPrevented?: boolean}} event
 * @param {boolean} typing as for `buttonForKey`
 */
export function optionForKey(event, typing) {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || typing) return -1;
  return /^[1-9]$/.test(event.key) ? Number(event.key) - 1 : -1;
}

/**
 * Press the button that is found; one that is not there or not enabled is looked for again while the step is being drawn.
 * @param {() => Element | null | undefined} find
 * @returns {boolean} whether it was pressed at once
 */
export function pressButton(find, tries = TRIES) {
  const button = find();
  const ready = button instanceof HTMLButtonElement && !button.disabled;
  if (ready) button.click();
  else if (tries > 0 && isRunning()) setTimeout(() => pressButton(find, tries - 1), PAUSE);
  return ready;
}

/** Listen until the returned function is called. */
export function listen() {
  const onKey = (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const way = buttonForKey(event, Boolean(target?.closest(event.key === " " ? SPACE : ARROWS)));
    const option = optionForKey(event, Boolean(target?.closest(TYPED)));
    if (!way && option < 0) return;
    const find = () => way
      ? document.querySelector(`.st-key-lesson_${way} button`)
      : document.querySelectorAll(".st-key-lesson_options button")[option];
    if (pressButton(find)) event.preventDefault();
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}
