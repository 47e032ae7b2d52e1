/**
 * Text about one step: what was read, what was predicted for it, and what is predicted next.
 *
 * A step reads a character, a word, or a value of a series; a network predicts the next token, a class, or the next value. The frame
 * says which (`stepUnit`, `predictsNextToken`, `curve`); the other modules do not depend on it.
 */

import { number, percent, quantity, quoted, shortened, signed } from "./number_format.js";

const NOUNS = { letters: "letter", words: "word", series: "value" };

/** The noun for what one step reads. */
export function noun({ stepUnit }) {
  return NOUNS[stepUnit] ?? NOUNS.letters;
}

/** The label of the text box. */
export function prompt(frame) {
  return `Type here. The network reads along, ${noun(frame)} by ${noun(frame)}.`;
}

/** The placeholder of the strips for an empty text. */
export function invitation(frame) {
  if (frame.curve) return "There is no value to read yet.";
  return `Nothing to read yet. Type ${frame.stepUnit === "words" ? "a sentence" : "a word"}: each ${noun(frame)} becomes one step of the network.`;
}

/** Format a step for a sentence: the token in quotation marks; for a series its date and value. */
export function formatStep(frame, step) {
  const token = quoted(shortened(frame.tokens[step], 32));
  return frame.curve ? `${frame.curve.labels[step]}: ${valueAt(frame, step)}` : token;
}

/** The position beside the slider. */
export function formatPosition(frame, step) {
  return frame.curve ? formatStep(frame, step) : `${formatStep(frame, step)} step ${step}`;
}

/** The line under the pointer, over the top row. */
export function hoverText(frame, step) {
  if (frame.curve) {
    const { curve_expected: expected } = frame.blocks;
    const forecast = frame.curve.forecasts ? ` · forecast ${formatValue(frame, expected.values[step])}` : "";
    return `${formatStep(frame, step)}${forecast}`;
  }
  return `${step} ${quoted(frame.tokens[step])} · ${shortOutcome(frame, step)}`;
}

/** The surprise of a token, or the verdict after it, without a sentence around it. */
function shortOutcome({ predictsNextToken, targetClass, blocks: { surprise, score } }, step) {
  if (predictsNextToken) return `surprise ${number(surprise.values[step])} nats`;
  if (targetClass) return `${shortened(targetClass, 24)} ${probabilityText(score.values[step])}`;
  return `verdict ${signed(score.values[step])}`;
}

/** What was predicted for a step, and what was read. */
export function outcome(frame, step) {
  if (frame.curve) return error(frame, step);
  return frame.predictsNextToken ? surprise(frame, step) : verdict(frame, step);
}

function surprise(frame, step) {
  const nats = frame.blocks.surprise.values[step];
  if (Number.isNaN(nats)) return `Read ${formatStep(frame, step)}: the first token has no prediction.`;
  const chance = Math.exp(-nats);
  const probability = `${percent(chance)} (${number(nats)} nats of surprise)`;
  const judgement = chance >= 0.5 ? "expected" : chance < 0.05 ? "a surprise" : "one of several";
  const only = chance >= 0.001 && chance < 0.05 ? "only " : "";
  return `${formatStep(frame, step)} was ${judgement}: the network gave it ${only}${probability}.${doubt(frame, step)}`;
}

function verdict(frame, step) {
  const scores = frame.blocks.score.values;
  if (frame.targetClass) return probability(frame, scores, step);
  const [first, last] = [frame.symbols[0], frame.symbols.at(-1)];
  const after = signed(scores[step]);
  const moves = step ? `moves the verdict from ${signed(scores[step - 1])} to ${after}` : `makes the verdict ${after}`;
  return `Reading ${formatStep(frame, step)} ${moves}, between −2 (${first}) and +2 (${last}).${doubt(frame, step)}`;
}

function probability(frame, scores, step) {
  const name = quoted(shortened(frame.targetClass, 32));
  if (Number.isNaN(scores[step])) {
    const missing = `The verdict after ${formatStep(frame, step)} alone is not computed yet`;
    return `${missing}: the network reads each beginning separately.${doubt(frame, step)}`;
  }
  const [before, after] = [step ? scores[step - 1] : NaN, percent(scores[step])];
  const moves = Number.isNaN(before)
    ? `makes the probability of ${name} ${after}`
    : `moves the probability of ${name} from ${percent(before)} to ${after}`;
  return `Reading ${formatStep(frame, step)} ${moves}.${doubt(frame, step)}`;
}

/** A probability, or a dash where it was not computed. */
function probabilityText(value) {
  return Number.isNaN(value) ? "–" : percent(value);
}

function error(frame, step) {
  const { curve, curve_expected: expected } = frame.blocks;
  const sentence = `Read ${formatStep(frame, step)} (${frame.curve.unit})`;
  if (!frame.curve.forecasts) return `Read ${formatStep(frame, step)}.`;
  if (isForecast(frame, step)) return `${sentence}: the forecast, fed back as input.`;
  if (Number.isNaN(expected.values[step])) return `${sentence}: there was no forecast.`;
  const off = Math.abs(curve.values[step] - expected.values[step]);
  return `${sentence}; the forecast had been ${formatValue(frame, expected.values[step])}, off by ${formatValue(frame, off)}.`;
}

function doubt({ unknown }, step) {
  return unknown.includes(step) ? " It is not in the vocabulary." : "";
}

/** The heading over the predictions. */
export function predictionHeading(frame, step) {
  if (frame.curve) return frame.curve.forecasts ? `After ${frame.curve.labels[step]} it expects` : `At ${frame.curve.labels[step]}`;
  return frame.predictsNextToken ? `After ${formatStep(frame, step)} it expects` : `The verdict after ${formatStep(frame, step)}`;
}

/** The forecast after a step and the observed value, as pairs of label and number. */
export function forecastFacts(frame, step) {
  const { border, nextForecast, labels } = frame.curve;
  const { curve_expected: expected } = frame.blocks;
  const next = step + 1;
  const inside = next < frame.steps;
  if (!frame.curve.forecasts) return [["read", valueAt(frame, step)]];
  const forecast = inside ? expected.values[next] : nextForecast;
  const parts = [
    [isForecast(frame, step) ? "fed back" : "read", valueAt(frame, step)],
    [`forecast for ${inside ? labels[next] : "the next step"}`, formatValue(frame, forecast)],
  ];
  if (inside && (border === null || next < border)) {
    parts.push(["observed", valueAt(frame, next)]);
    parts.push(["off by", formatValue(frame, Math.abs(frame.blocks.curve.values[next] - forecast))]);
  }
  return parts;
}

/** Return true if the step is part of the forecast, fed back as input. */
export function isForecast({ curve: { border } }, step) {
  return border !== null && step >= border;
}

/** Format a value of the series, as precise as its range needs. */
export function formatValue({ curve: { low, high } }, value) {
  return value === null || Number.isNaN(value) ? "–" : quantity(value, high - low);
}

function valueAt(frame, step) {
  return formatValue(frame, frame.blocks.curve.values[step]);
}

/** The sentence that a screen reader announces when the step or unit changes. */
export function spoken(frame, step) {
  const values = frame.quantities
    .map(({ name, symbol }, index) => `${name} ${symbol} ${number(frame.blocks.unit.row(index)[step])}`)
    .join(", ");
  return `Step ${step}. ${outcome(frame, step)} Unit ${frame.view.unit}: ${values}.`;
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
    `${frame.steps} ${frame.curve ? `values of ${frame.curve.name}` : `${noun(frame)}s`} read by ` +
    `${frame.model.title}, ${frame.model.layerTitle}: ${names} and gradient norms at each step, ${what}. ` +
    `Selected: step ${step}, ${formatStep(frame, step)}.`
  );
}

/** Warnings about a text: too long, or tokens outside the vocabulary. */
export function warnings(frame) {
  const lines = frame.warning ? [frame.warning] : [];
  const words = frame.stepUnit === "words";
  // A word that is still being typed is ignored: a line that appears for each one would move the whole page.
  const begun = words && /\p{L}$/u.test(frame.text) ? frame.tokens.length - 1 : -1;
  const unknown = [...new Set(frame.unknown.filter((step) => step !== begun).map((step) => frame.tokens[step]))];
  if (!unknown.length) return lines;
  if (frame.fewKnown?.length) {
    const known = `This network knows only ${listed(frame.fewKnown)}: try an example above.`;
    lines.push(`${known} Everything else is read as “any other”, hatched here.`);
  } else lines.push(`${listed(unknown.map(quoted), 6)} ${unknown.length > 1 ? "are" : "is"} not in this network's training text: hatched.`);
  return lines;
}

/** Return true if most of a text is outside the vocabulary; the drawing then means little. */
export function isMostlyUnknown({ unknown, steps }) {
  return steps > 0 && 2 * unknown.length >= steps;
}

function listed(names, most = Infinity) {
  const first = names.slice(0, most);
  const last = names.length > most ? `${names.length - most} others` : first.length > 1 ? first.pop() : null;
  return last === null ? first.join(", ") : `${first.join(", ")} and ${last}`;
}
