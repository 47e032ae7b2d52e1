/** A text as coloured tokens in one paragraph, as the wall, the big picture and votes show it. */

import { make } from "./elements.js";
import { number } from "./number_format.js";

/**
 * Fill an element with coloured tokens.
 * @param {HTMLElement} element
 * @param {{tokens: string[], values: (number | null)[], unknown?: number[], words?: boolean}} text
 * @param {{low: number, high: number, signed: boolean}} scale
 * @param {any} theme from `readTheme`
 * @param {(step: number) => object} more returns further properties of a token's element
 */
export function colourText(element, { tokens, values, unknown = [], words = false }, scale, theme, more = () => ({})) {
  const colours = scale.signed ? theme.diverging : theme.sequential;
  const hatched = new Set(unknown);
  element.classList.toggle("room-words", words);
  element.replaceChildren(
    ...tokens.map((token, step) => {
      const value = values[step] ?? null;
      const span = make("span", { textContent: token, title: value === null ? "" : number(value), ...more(step) });
      if (value !== null) {
        const index = colours.index((value - scale.low) / (scale.high - scale.low));
        span.style.background = colours.css[index];
        span.style.color = colours.inks[index];
      }
      if (hatched.has(step)) span.classList.add("room-unknown");
      return span;
    }),
  );
}

/** Build the legend of a scale. */
export function legend(scale, theme) {
  const bar = make("span.room-scale-bar", { "aria-hidden": "true" });
  bar.style.background = (scale.signed ? theme.diverging : theme.sequential).gradient;
  const [left, right] = scale.low < scale.high ? [scale.low, scale.high] : [scale.high, scale.low];
  if (scale.low > scale.high) bar.style.transform = "scaleX(-1)";
  return make("p.room-scale", {}, make("span", { textContent: scale.label }), make("span.room-ends", {}, `${number(left)} `, bar, ` ${number(right)}`));
}
