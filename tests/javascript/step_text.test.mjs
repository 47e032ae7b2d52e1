import assert from "node:assert/strict";
import { test } from "node:test";

import { block, series, text } from "./headers.mjs";
import { stepText as say } from "./modules.mjs";

const sentence = () => ({
  ...text(["a", "warm", "film"]),
  text: "a warm film",
  stepUnit: "words",
  predictsNextToken: false,
  symbols: ["very negative", "very positive"],
  blocks: { ...text(["a", "warm", "film"]).blocks, score: block([0.1, 1.25, 0.9]) },
});

test("the first symbol was not expected, the others as likely as their surprise says", () => {
  const frame = { ...text(["t", "h", "e"]), blocks: { surprise: block([NaN, -Math.log(0.5), -Math.log(0.02)]) } };
  assert.match(say.outcome(frame, 0), /first token/);
  assert.match(say.outcome(frame, 1), /expected.*50%.*0\.69 nats/);
  assert.match(say.outcome(frame, 2), /only 2\.0%/);
});

test("a symbol that training never showed is named as such, once", () => {
  const frame = { ...text(["q", "ß", "ß"]), unknown: [1, 2] };
  assert.match(say.outcome(frame, 1), /not in the vocabulary/);
  assert.doesNotMatch(say.outcome(frame, 0), /not in the vocabulary/);
  const [line, ...rest] = say.warnings(frame);
  assert.equal(line.match(/ß/g).length, 1);
  assert.deepEqual(rest, []);
  assert.deepEqual([0, 1, 2, 3].map((count) => say.isMostlyUnknown({ unknown: new Array(count), steps: 4 })), [false, false, true, true]);
});

test("a network with few symbols lists those it knows; a long list of unknown ones is cut", () => {
  assert.match(say.warnings({ ...text(["x"]), unknown: [0], fewKnown: ["a", "b"] })[0], /a and b/);
  const frame = { ...text([..."abcdefghij"]), unknown: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] };
  assert.match(say.warnings(frame)[0], /‘f’ and 4 others/);
  assert.deepEqual(say.warnings({ ...frame, unknown: [], warning: "cut" }), ["cut"]);
});

test("a word that is still being typed is not called unknown", () => {
  assert.deepEqual(say.warnings({ ...sentence(), unknown: [2] }), []);
  assert.equal(say.warnings({ ...sentence(), text: "a warm film ", unknown: [2] }).length, 1);
});

test("a verdict says from where to where a word moves it", () => {
  assert.match(say.outcome(sentence(), 0), /makes the verdict \+0\.10/);
  assert.match(say.outcome(sentence(), 2), /‘film’.*from \+1\.25 to \+0\.90/);
});

test("of a series the forecast and its error are told", () => {
  const frame = series([10, 20, 30], [NaN, 18, 33]);
  assert.match(say.outcome(frame, 0), /there was no forecast/);
  assert.match(say.outcome(frame, 2), /2003: 30.*had been 33, off by 3\./);
  assert.deepEqual(say.forecastFacts(frame, 1), [["read", "20"], ["forecast for 2003", "33"], ["observed", "30"], ["off by", "3"]]);
  assert.deepEqual(say.forecastFacts(frame, 2), [["read", "30"], ["forecast for the next step", "42"]]);
});

test("behind the border a value is the forecast itself, and nothing was observed", () => {
  const frame = series([10, 20, 19], [NaN, 18, 19], 2);
  assert.deepEqual([0, 1, 2].map((step) => say.isForecast(frame, step)), [false, false, true]);
  assert.match(say.outcome(frame, 2), /the forecast, fed back/);
  assert.deepEqual(say.forecastFacts(frame, 1).map(([name]) => name), ["read", "forecast for 2003"]);
});

test("missing values are a dash", () => {
  assert.equal(say.formatValue(series([1], [1]), NaN), "–");
  assert.equal(say.formatValue(series([1], [1]), null), "–");
});

test("what is read is called by its name", () => {
  const nouns = ["letters", "words", "series", "something new"].map((stepUnit) => say.noun({ stepUnit }));
  assert.deepEqual(nouns, ["letter", "word", "value", "letter"]);
  assert.match(say.prompt(sentence()), /word by word/);
  assert.match(say.invitation(series([], [])), /no value/);
  assert.match(say.predictionHeading(series([5], [NaN]), 0), /2001/);
  assert.match(say.formatPosition(text(["a"]), 0), /‘a’.*0/);
});

test("a long token is cut where a sentence names it", () => {
  const frame = text(["x".repeat(500)]);
  assert.ok(say.formatStep(frame, 0).length < 40);
});

test("a screen reader hears step, unit and every gate's value", () => {
  const frame = text(["a", "b"]);
  frame.blocks.unit = block([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [3, 2]);
  const heard = say.spoken(frame, 1);
  for (const part of ["Step 1.", "Unit 1:", "input gate i 0.20", "forget gate f 0.40", "output gate o 0.60"]) assert.ok(heard.includes(part), part);
  const label = say.chartLabel(frame, "units", 1);
  for (const part of ["2 letters", "Small LSTM", "layer 1", "all 2 units", "step 1"]) assert.ok(label.includes(part), part);
});

test("under the pointer stand step, symbol and surprise; of a series date and forecast", () => {
  assert.match(say.hoverText(text(["a", "b"]), 1), /^1 ‘b’.*1\.00 nats/);
  assert.match(say.hoverText(series([10, 20], [NaN, 18]), 1), /2002: 20.*18/);
  assert.match(say.hoverText(sentence(), 1), /\+1\.25/);
});

test("of classes without an order the probability of one is told, and what is not computed yet", () => {
  const frame = { ...sentence(), targetClass: "sports" };
  frame.blocks = { ...frame.blocks, score: block([0.125, 0.5, NaN]) };
  assert.match(say.outcome(frame, 0), /makes the probability of ‘sports’ 13%/);
  assert.match(say.outcome(frame, 1), /from 13% to 50%/);
  assert.match(say.outcome(frame, 2), /not computed yet/);
  assert.match(say.hoverText(frame, 1), /sports 50%/);
  assert.match(say.hoverText(frame, 2), /sports –/);
});

test("where a series was not forecast, no forecast is told", () => {
  const frame = series([10, 20], [NaN, NaN]);
  frame.curve.forecasts = false;
  assert.deepEqual(say.forecastFacts(frame, 1), [["read", "20"]]);
  for (const said of [say.outcome(frame, 1), say.hoverText(frame, 1), say.predictionHeading(frame, 1)]) assert.doesNotMatch(said, /forecast|expects/);
});
