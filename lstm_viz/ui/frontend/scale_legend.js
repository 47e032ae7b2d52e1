/** The legend of a colour scale: its lower end, its colours and its upper end. */

import { number } from "./number_format.js";
import { put } from "./put.js";

/**
 * Fill a legend's elements.
 * @param {any[]} elements for the lower end, the bar and the upper end
 * @param {{low: number, high: number, signed: boolean}} scale may be reversed; its legend is always ascending
 * @param {any} theme from `readTheme`
 * @param {(end: number) => number} digits decimals of an end
 */
export function fillScaleLegend([lower, bar, upper], { low, high, signed }, theme, digits = (end) => (end % 1 ? 2 : 0)) {
  const ends = [low, high].sort((one, other) => one - other);
  put(lower, number(ends[0], digits(ends[0])));
  put(upper, number(ends[1], digits(ends[1])));
  bar.style.transform = low > high ? "scaleX(-1)" : "";
  bar.style.background = (signed ? theme.diverging : theme.sequential).gradient;
}
