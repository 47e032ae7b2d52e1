/** The keys of a lesson: left, right and space press Back and Next, digits choose an answer. */

/** Where a key belongs to the element itself. */
const OWN = "input, textarea, select, button, a, [contenteditable], [role=slider], [role=radio], [role=tab], [role=menuitem], [role=dialog]";

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

/** Listen until the returned function is called. */
export function listen() {
  const onKey = (event) => {
    const target = event.target instanceof Element ? event.target : null;
    // After a click on Back or Next the focus rests there; the arrows go on turning the pages.
    const turning = event.key !== " " && target?.closest(".st-key-lesson_go, .course-dots");
    const way = buttonForKey(event, Boolean(!turning && target?.closest(OWN)));
    const option = optionForKey(event, Boolean(target?.closest(TYPED)));
    const button = way
      ? document.querySelector(`.st-key-lesson_${way} button`)
      : option < 0 ? null : document.querySelectorAll(".st-key-lesson_options button")[option];
    if (!(button instanceof HTMLButtonElement) || button.disabled) return;
    event.preventDefault();
    button.click();
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}
