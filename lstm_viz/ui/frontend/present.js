/**
 * The state of the presenter view for all pictures: whether it is on, how large their type is, and whether answers are hidden.
 *
 * Pictures scale their own fonts, so that the pointer's coordinates stay those of the screen. Whoever draws listens to
 * PRESENT_CHANGED on the document.
 */

export const PRESENT_CHANGED = "lstm-viz-present";

/** The screen for which the type is meant, and the smallest type on it, in pixels. */
const SCREEN = { width: 1920, height: 1080, type: 24 };

/** The smallest type on smaller screens, and that of the pictures outside the presenter view, in pixels. */
const [LEAST, USUAL] = [14, 10.5];

/** Up to this width, in pixels, a slide's words stand below its picture, which has this share of the window's height. */
const [NARROW, SHARE] = [640, 0.4];

const state = { presenting: false, answersShown: false };

/**
 * The smallest type of the presenter view in a window of this size, in pixels: it grows and shrinks with the window.
 * @param {number} width
 * @param {number} height
 * @returns {number}
 */
export function smallestType(width, height) {
  return Math.max(LEAST, SCREEN.type * Math.min(width / SCREEN.width, height / SCREEN.height));
}

/** Return whether the presenter view is on. */
export const isPresenting = () => state.presenting;

/**
 * Return by how much pictures enlarge their type and lines; 1 outside the presenter view.
 * @returns {number}
 */
export function typeScale() {
  return state.presenting ? smallestType(innerWidth, innerHeight) / USUAL : 1;
}

/**
 * Return whether this element, or one around it, is the picture that is presented.
 * @param {Element} element
 * @returns {boolean}
 */
export function isPresented(element) {
  return state.presenting && Boolean(element.closest(".presented"));
}

/**
 * Height of the window that a presented picture may take from its top edge on, in pixels: the bar below it stays free. Of a slide
 * on a narrow screen it is a part, as the words stand below the picture.
 * @param {Element} element
 * @returns {number}
 */
export function presentedHeight(element) {
  const bar = document.querySelector(".present-bar");
  const slide = element.closest(".presented");
  const top = element.getBoundingClientRect().top + (slide?.scrollTop ?? 0);
  const rest = innerHeight - top - (bar ? bar.getBoundingClientRect().height : 0);
  return isAboveWords(element) ? Math.min(rest, SHARE * innerHeight) : rest;
}

/**
 * Return whether a presented picture has the words of its slide below it, and not beside it.
 * @param {Element} element
 * @returns {boolean}
 */
export function isAboveWords(element) {
  return innerWidth <= NARROW && Boolean(element.closest(".presented")?.querySelector(".st-key-lesson_words"));
}

/**
 * Switch the presenter view on or off; the caller calls `notifyPictures` once the picture is marked.
 * @param {boolean} on
 */
export function setPresenting(on) {
  state.presenting = on;
}

/**
 * Return whether a link hides the answers, and nobody has revealed them yet.
 * @returns {boolean}
 */
export function areAnswersHidden() {
  return hidesAnswers(location.href) && !state.answersShown;
}

/**
 * Return whether an address hides the answers.
 * @param {string} href
 * @returns {boolean}
 */
export function hidesAnswers(href) {
  return (new URL(href).searchParams.get("hide") ?? "").split(",").includes("answers");
}

/**
 * Show or hide the answers.
 * @param {boolean} shown
 */
export function setAnswersShown(shown) {
  state.answersShown = shown;
  document.documentElement.classList.toggle("answers-shown", shown);
  notifyPictures();
}

/** Have all pictures draw themselves again. */
export function notifyPictures() {
  document.dispatchEvent(new CustomEvent(PRESENT_CHANGED));
}
