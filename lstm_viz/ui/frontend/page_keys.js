/** The keys of a page: which there are, and when a key belongs to what is being typed. */

export const KEYS = { present: "p", help: "?", reveal: "r" };

/** The keys of what a page has: [selector, keys, what they do]. */
const OF_PARTS = [
  [".live [data-part=chart]", "← →", "one step back or forward (in the strips or the letters)"],
  [".live [data-part=chart]", "↑ ↓", "the unit before or after (in the strips)"],
  [".live [data-part=chart]", "Home End", "the first or last step"],
  [".st-key-explore_unit_match", "Shift ← →", "mark a stretch in the strips, like dragging with Shift held (Esc: clear)"],
  [".st-key-units_next", "← →", "the unit before or after"],
  [".token-text[role=slider]", "← →", "one step back or forward (in the letters)"],
  [".token-text[role=slider]", "Home End", "the first or last step"],
  [".generated-page[role=slider]", "← →", "the letter before or after (in a generated text)"],
];

/** The keys of a lesson, in the presenter view too. */
const OF_LESSON = [
  [".st-key-lesson_next", "← → Space", "the lesson's step before or after"],
  [".st-key-lesson_options", "1 2 3", "choose an answer"],
];

const PRESENTING = [
  ["n PageDown", "the next picture"],
  ["N PageUp", "the picture before"],
  ["← → Home End", "the step, wherever the focus is"],
  ["Space", "play through the text, where there is a play button"],
  ["Esc", "leave the presenter view"],
];

/**
 * Return the keys that work now, as [keys, what they do].
 * @param {ParentNode} page
 * @param {{presenting: boolean, hiding: boolean}} now whether a picture fills the screen, and whether the link hides the answers
 */
export function keysFor(page, { presenting, hiding }) {
  const has = ([selector]) => page.querySelector(selector);
  const rows = (all) => all.filter(has).map(([, keys, does]) => [keys, does]);
  return [
    [KEYS.help, "these keys"],
    [KEYS.present, presenting ? "leave the presenter view" : "present: one picture on the whole screen"],
    ...(hiding ? [[KEYS.reveal, "reveal or hide the answer"]] : []),
    ...rows(OF_LESSON),
    ...(presenting ? PRESENTING : rows(OF_PARTS)),
    ["Tab", "the next control"],
  ];
}

const TYPED_INTO =
  "textarea, select, [contenteditable]:not([contenteditable=false]), " +
  "input:not([type=radio], [type=checkbox], [type=button], [type=range])";

/** Return whether keys pressed here are typed into something. */
export function isTyping(target) {
  return Boolean(target?.closest?.(TYPED_INTO));
}
