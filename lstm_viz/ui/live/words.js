/**
 * Numbers and moments in words: what is read aloud, hovered over and printed beside the drawings.
 */

/** A number with a true minus sign: two decimals, three where two would say nothing. */
export function number(value, digits = 2) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (value === 0) return "0";
  const text = value.toFixed(Math.abs(value) < 0.05 && digits === 2 ? 3 : digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/** A number as it stands in a product: a negative one in brackets. */
export function factor(value) {
  return value < 0 ? `(${number(value)})` : number(value);
}

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/** A magnitude of any size, as 3·10⁻⁴ where plain decimals would be mostly zeros. */
export function magnitude(value) {
  if (value === 0 || (value >= 0.01 && value < 1000)) return String(Number(value.toPrecision(2)));
  const [digits, power] = value.toExponential(0).split("e");
  return `${digits}·10${[...power.replace("+", "")].map((sign) => RAISED[sign]).join("")}`;
}

/** A probability as a percentage. */
export function percent(probability) {
  const value = probability * 100;
  if (value < 0.1) return "< 0.1 %";
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} %`;
}

/** The read symbol in quotation marks. */
export function quoted(token) {
  return `‘${token}’`;
}

/** How expected the symbol at a step was. */
export function surpriseAt(frame, step) {
  const nats = frame.blocks.surprise.values[step];
  const token = quoted(frame.tokens[step]);
  if (Number.isNaN(nats)) return `Read ${token}: the first symbol, nothing was expected yet.`;
  const doubt = frame.unknown.includes(step) ? " The model never saw it in training." : "";
  return `Read ${token}: expected with ${percent(Math.exp(-nats))}, ${number(nats)} nats of surprise.${doubt}`;
}

/** The sentence that a screen reader says when the step or unit changes. */
export function momentAt(frame, step) {
  const values = frame.quantities
    .map(({ name, symbol }, index) => `${name} ${symbol} ${number(frame.blocks.unit.row(index)[step])}`)
    .join(", ");
  return `Step ${step}. ${surpriseAt(frame, step)} Unit ${frame.view.unit}: ${values}.`;
}

/** The alternative text of the strips. */
export function chartLabel(frame, zoom, step) {
  const what = {
    overview: `mean and spread over ${frame.model.units} units`,
    units: `all ${frame.model.units} units`,
    unit: `unit ${frame.view.unit}`,
  }[zoom];
  const names = frame.quantities.map(({ name }) => name).join(", ");
  return (
    `${frame.steps} symbols read by ${frame.model.title}, layer ${frame.model.layer}: ${names} and gradient magnitudes ` +
    `at each step, ${what}. Selected: step ${step}, ${quoted(frame.tokens[step])}.`
  );
}

/** What has to be said of a text: that it is too long, or holds what the model does not know. */
export function remarks({ note, unknown }) {
  const lines = note ? [note] : [];
  if (unknown.length) lines.push("Hatched symbols are ones that the model never saw in training.");
  return lines;
}

/** True where a text holds letters that are written from right to left. */
export function runsRightToLeft(text) {
  return /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u.test(text);
}

/** What the gradients are of, and, where a single unit's are drawn, what its bars mean. */
export function objectiveLine({ objective }, zoom) {
  if (!objective) return "";
  const bars = zoom === "unit" ? " Bars in the strips: the slope of L by that very value, up where a higher value would raise L." : "";
  return `L is ${objective}.${bars}`;
}
