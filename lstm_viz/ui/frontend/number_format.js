/** Format numbers for screen readers, tooltips and labels. */

/**
 * Format a number with a true minus sign: two decimals, three for small values.
 * @param {number | null | undefined} value
 * @param {number} digits after the point
 * @returns {string} a dash where there is no number
 */
export function number(value, digits = 2) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (value === 0) return "0";
  const text = value.toFixed(Math.abs(value) < 0.05 && digits === 2 ? 3 : digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/**
 * Format a factor of a product: a negative one in brackets.
 * @param {number} value
 * @returns {string}
 */
export function factor(value) {
  return value < 0 ? `(${number(value)})` : number(value);
}

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/**
 * Format a magnitude of any size; 3·10⁻⁴ where plain decimals would be mostly zeros.
 * @param {number} value 0 or more
 * @returns {string}
 */
export function magnitude(value) {
  if (value === 0 || (value >= 0.01 && value < 1000)) return String(Number(value.toPrecision(2)));
  return withPower(value, 0);
}

/** Write a number with a power of ten. */
function withPower(value, decimals) {
  const [digits, power] = value.toExponential(decimals).split("e");
  return `${digits.replace("-", "−")}·10${[...power.replace("+", "")].map((sign) => RAISED[sign]).join("")}`;
}

/**
 * Format a probability as a percentage; 100% is certainty.
 * @param {number} probability 0 to 1
 * @returns {string}
 */
export function percent(probability) {
  const value = probability * 100;
  if (value < 0.1) return "<0.1%";
  if (value >= 99.95 && value < 100) return ">99.9%";
  return `${value < 9.95 || (value >= 99.5 && value < 100) ? value.toFixed(1) : value.toFixed(0)}%`;
}

/**
 * Return the token in quotation marks.
 * @param {string} token
 * @returns {string}
 */
export function quoted(token) {
  return `‘${token}’`;
}

/**
 * Shorten a text to a number of characters, with an ellipsis.
 * @param {string} text
 * @param {number} most characters, with the ellipsis
 * @returns {string}
 */
export function shortened(text, most) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/**
 * Format a number with its sign.
 * @param {number | null | undefined} value
 * @returns {string}
 */
export function signed(value) {
  return `${value > 0 ? "+" : ""}${number(value)}`;
}

/**
 * Format a value with as many decimals as its range needs.
 * @param {number} value
 * @param {number} range by which the values around it differ
 * @returns {string}
 */
export function quantity(value, range) {
  const size = Math.max(Math.abs(value), range);
  if (size && (size >= 1e7 || size < 1e-3)) return withPower(value, 2);
  const decimals = Math.min(6, Math.max(0, Math.ceil(3 - Math.log10(range || 1))));
  const text = value.toLocaleString("en", { minimumFractionDigits: 0, maximumFractionDigits: decimals, useGrouping: size >= 10_000 });
  return text.replace("-", "−");
}

/**
 * Return true if a text contains right-to-left characters.
 * @param {string} text
 * @returns {boolean}
 */
export function runsRightToLeft(text) {
  return /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u.test(text);
}

/**
 * Describe what the strips show, and the objective of the gradients.
 * @param {{ objective: string, bars: string, model: { units: number } }} frame
 * @param {"overview" | "units" | "unit"} zoom
 * @returns {string}
 */
export function objectiveLine({ objective, bars, model }, zoom) {
  const drawn = {
    overview: `Lines: the mean of all ${model.units} units; band: 80% of them.`,
    units: `One row of pixels for each of ${model.units} units, those that behave alike side by side.`,
    unit: bars,
  }[zoom];
  return zoom === "unit" || !objective ? drawn : `${drawn} Gradients: how much each step changes L, ${objective}.`;
}
