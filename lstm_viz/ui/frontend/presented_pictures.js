/** The pictures of a page that can fill the screen, in the order in which they are presented. */

import { areAnswersHidden } from "./present.js";

/** Pictures, and texts: a page's figures come first. */
const FIGURES =
  ".live, .plotly-figure, .generated-texts, [data-picture], .course-guess, " +
  ":is([data-testid=stMarkdownContainer], [data-testid=stHtml]) svg[role=img]";
const TEXTS = ".text-box:not(.passages) > .token-text, .passages";

/** A step of a lesson: its picture together with the question; it comes before its picture alone. */
const SLIDES = ".st-key-lesson_slide";

/** The views of the live view, one a screen. */
const LIVE_VIEWS = [
  ["strips", "Strips"],
  ["cell", "Inside the unit, and what it expects"],
];

/** A picture's step keys go to the first of these that the page has. */
const STEPPERS = ".live [data-part=chart], .token-text[role=slider]:not([hidden]), .generated-page[role=slider]";

/**
 * Return what can be presented: {element, view, name}.
 * @param {ParentNode} page
 */
export function presentable(page) {
  const found = [];
  for (const element of page.querySelectorAll(SLIDES)) found.push({ element, view: "", name: slideName(page) });
  for (const selector of [FIGURES, TEXTS]) {
    for (const element of page.querySelectorAll(selector)) {
      if (!isShown(element) || element.parentElement.closest(".live, .plotly-figure, .generated-texts, [data-picture]")) continue;
      if (element.matches(".live")) found.push(...LIVE_VIEWS.map(([view, name]) => ({ element, view, name })));
      else found.push({ element, view: "", name: nameOf(element) });
    }
  }
  return found;
}

/** The picture to begin with: the first that is in the window, else the first of all. */
export function firstInView(pictures, height) {
  const inView = pictures.findIndex(({ element }) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < height;
  });
  return Math.max(0, inView);
}

/** The element that understands the step keys. */
export function stepper(page) {
  return [...page.querySelectorAll(STEPPERS)].find((element) => !element.closest("[hidden]")) ?? null;
}

/** The lesson and the step. */
function slideName(page) {
  const [title, step] = ["h1", ".course-count"].map((selector) => page.querySelector(selector)?.textContent ?? "");
  return [title, step].filter(Boolean).join(" · ");
}

function isShown(element) {
  return !element.hidden && element.getClientRects().length > 0;
}

function nameOf(element) {
  // A figure's description tells what is to be predicted.
  if (areAnswersHidden()) return "Predict first";
  if (element.matches(TEXTS)) return "The text";
  if (element.matches(".course-guess")) return "Your guess";
  if (element.dataset.picture) return element.dataset.picture;
  const labelled = (element.querySelector("[data-part=plot]") ?? element).getAttribute("aria-label");
  if (labelled) return labelled;
  return element.matches(".generated-texts") ? "What the networks write" : "The text";
}
