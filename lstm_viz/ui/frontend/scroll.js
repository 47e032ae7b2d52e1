/** An element that scrolls into view on request, for example when a click opened something further down. */

import { unpack } from "./payload.js";

const last = new WeakMap();

/** Scroll here once for each new number; 0 is none. See `text_box.js`. */
export function show({ data, parentElement }) {
  const number = data ? unpack(data).scroll : 0;
  const here = parentElement.querySelector(".scroll-here");
  if (!number || last.get(here) === number) return;
  last.set(here, number);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  // Twice, because the layout above is settled only after its first frame.
  requestAnimationFrame(() => requestAnimationFrame(() => here.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" })));
}
