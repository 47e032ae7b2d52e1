import assert from "node:assert/strict";
import { test } from "node:test";

import { questionResults as results } from "./modules.mjs";

const QUESTIONS = [{ id: "one", options: ["a", "b"], right: 2 }, { id: "two", options: ["a", "b", "c"], right: 1 }];
const pupil = (before, after) => results.readFile(results.toFile(QUESTIONS, { before, after }), QUESTIONS);

test("stored answers are read only where every question has one", () => {
  const full = { one: "b", two: "c" };
  assert.deepEqual(results.readAnswers(JSON.stringify({ before: full, after: { one: "b" } }), QUESTIONS), { before: full, after: null });
  for (const text of [null, "", "{", "3", "null", '{"before":{"one":1,"two":0}}', '{"before":{"one":"b","two":"d"}}', '{"before":[0,0]}']) {
    assert.deepEqual(results.readAnswers(text, QUESTIONS), { before: null, after: null }, String(text));
  }
});

test("an answer stays with its option where the options have another order", () => {
  const answers = { before: { one: "b", two: "c" }, after: null };
  const reordered = [{ ...QUESTIONS[0], options: ["b", "a"], right: 1 }, QUESTIONS[1]];
  assert.deepEqual(results.readAnswers(JSON.stringify(answers), reordered), answers);
  assert.deepEqual([QUESTIONS, reordered].map((questions) => results.score(questions, answers.before)), [1, 1]);
});

test("right answers are counted", () => {
  assert.equal(results.score(QUESTIONS, { one: "b", two: "c" }), 1);
  assert.equal(results.score(QUESTIONS, { one: "b", two: "a" }), 2);
});

test("the file says what was right before and after, and nothing else", () => {
  const file = results.toFile(QUESTIONS, { before: { one: "b", two: "c" }, after: null });
  assert.deepEqual(JSON.parse(file), {
    format: results.FORMAT,
    answers: [{ id: "one", before: true, after: null }, { id: "two", before: false, after: null }],
  });
});

test("a file that is none of these is refused", () => {
  const bad = ["", "x", "null", "{}", "[]", '{"format":"other","answers":[]}', `{"format":"${results.FORMAT}"}`, " ".repeat(20_000),
    `{"format":"${results.FORMAT}","answers":[{"id":"one","before":"yes","after":true}]}`,
    `{"format":"${results.FORMAT}","answers":[{"id":"one"}]}`];
  for (const text of bad) assert.throws(() => results.readFile(text, QUESTIONS), Error, text.slice(0, 40));
  assert.equal(results.readFile(`{"format":"${results.FORMAT}","answers":[null,3,{"id":"<b>","before":1}]}`, QUESTIONS).size, 0);
});

test("a class's gain is the share of what could still be gained", () => {
  const [right, wrong] = [{ one: "b", two: "a" }, { one: "a", two: "b" }];
  const pupils = [pupil(wrong, right), pupil(wrong, right), pupil(wrong, wrong), pupil(right, right), pupil(right, null)];
  const [one] = results.classGain(pupils, QUESTIONS);
  assert.deepEqual([one.id, one.pupils, one.before, one.after], ["one", 4, 0.25, 0.75]);
  assert.ok(Math.abs(one.gain - (0.75 - 0.25) / 0.75) < 1e-12);
  assert.equal(results.classGain([pupil(right, wrong)], QUESTIONS)[0].gain, null);
  assert.deepEqual(results.classGain([], QUESTIONS)[0], { id: "one", pupils: 0, before: null, after: null, gain: null });
  assert.equal(results.toTable(results.classGain(pupils, QUESTIONS)).split("\r\n")[1], "one,4,0.250,0.750,0.667");
});
