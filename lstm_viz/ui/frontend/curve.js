/** A curve drawn by hand: the values between drawn places, and the height of a value; pure. */

/**
 * Set the values between two points of a stroke, as a pointer skips places when it is fast.
 * @param {(number | null)[]} values changed in place
 */
export function stroke(values, from, to) {
  const steps = Math.max(1, Math.abs(to.place - from.place));
  for (let step = 0; step <= steps; step++) {
    const place = Math.round(from.place + ((to.place - from.place) * step) / steps);
    if (place >= 0 && place < values.length) values[place] = from.value + ((to.value - from.value) * step) / steps;
  }
}

/**
 * Fill the places that were not drawn: on a line between their neighbours, at the ends as the nearest.
 * @param {(number | null)[]} values
 * @returns {number[]}
 */
export function fill(values) {
  const known = values.flatMap((value, place) => (value === null ? [] : [place]));
  if (!known.length) return [];
  return values.map((value, place) => {
    if (value !== null) return value;
    const after = known.find((other) => other > place);
    const before = known.findLast((other) => other < place);
    if (after === undefined) return values[before];
    if (before === undefined) return values[after];
    return values[before] + ((values[after] - values[before]) * (place - before)) / (after - before);
  });
}

/** The height of a value, 0 at the low end of the axis and 1 at the high one. */
export function heightOf(value, { low, high, log }) {
  const scaled = log ? Math.log(Math.max(value, low) / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.min(1, Math.max(0, scaled));
}

/** The value at a height. */
export function valueAt(height, { low, high, log }) {
  const inside = Math.min(1, Math.max(0, height));
  return log ? low * (high / low) ** inside : low + (high - low) * inside;
}

/** Where two curves are farthest apart on this axis; -1 for none. */
export function farthest(first, second, axis) {
  let most = -1;
  let best = -1;
  first.forEach((value, place) => {
    const distance = Math.abs(heightOf(value, axis) - heightOf(second[place], axis));
    if (distance > best) [most, best] = [place, distance];
  });
  return most;
}

/** Format a value: a share as a percentage with as many digits as it needs. */
export function formatGuessValue(value, { share, high = 1 }) {
  if (!share) return value.toFixed(high >= 10 ? 0 : 2).replace("-", "−");
  const percent = 100 * value;
  if (percent >= 10 || percent === 0) return `${Math.round(percent)}%`;
  const digits = Math.min(10, Math.max(1, -Math.floor(Math.log10(percent))));
  return `${percent.toFixed(digits)}%`;
}
