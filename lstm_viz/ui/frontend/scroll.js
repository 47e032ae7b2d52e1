/**
 * A place on the page that comes into view when it is told so: what a click has opened further down.
 */

import { unpack } from "./payload.js";

const last = new WeakMap();

/** Scroll here once for each number that comes; 0 is none. See `text_box.js`. */
export function show({ data, parentElement }) {
  const number = data ? unpack(data).scroll : 0;
  const here = parentElement.querySelector(".scroll-here");
  if (!number || last.get(here) === number) return;
  last.set(here, number);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  // Twice, as the height above is settled only once what is drawn there has been laid out.
  requestAnimationFrame(() => requestAnimationFrame(() => here.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" })));
}
