/** An element that scrolls into view on request, for example when a click opened something further down. */

import { unpack } from "./payload.js";

const last = new WeakMap();
/** What a reader does to move on alone. */
const MOVES = ["wheel", "touchstart", "pointerdown", "keydown"];

/**
 * Scroll here once for each new number; 0 is none. See `text_box.js`.
 * @param {{ data: any, parentElement: Element }} component Streamlit's arguments
 */
export function show({ data, parentElement }) {
  const number = data ? unpack(data).scroll : 0;
  const here = parentElement.querySelector(".scroll-here");
  if (!number || last.get(here) === number) return;
  last.set(here, number);
  // Twice, because the layout above is settled only after its first frame.
  requestAnimationFrame(() => requestAnimationFrame(() => scrollTo(here)));
}

/** Scroll to an element, and again while what is below it is still being drawn: the page ends before it can stand at the top. */
function scrollTo(here) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const scroll = () => here.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  const stopping = new AbortController();
  const growing = new ResizeObserver(() => (here.isConnected ? scroll() : stopping.abort()));
  stopping.signal.addEventListener("abort", () => growing.disconnect());
  for (const move of MOVES) addEventListener(move, () => stopping.abort(), { capture: true, passive: true, signal: stopping.signal });
  scroll();
  const content = here.closest("[data-testid=stMainBlockContainer]");
  if (content) growing.observe(content);
}
