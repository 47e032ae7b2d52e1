import assert from "node:assert/strict";
import { test } from "node:test";

import { courseKeys, courseProgress, courseTurns, curve } from "./modules.mjs";

const { readProgress, mergeProgress, isNews, nothing } = courseProgress;

test("stored progress is read, and what makes no sense in it is left out", () => {
  const good = { "loop.0123abcd": "a", "own-loop.fedcba98": [0.5, 1] };
  const badKeys = { "loop.2": 1, "loop.3": "a", "loop.0123abcE": "a", "loop.0123abcd0": "a", "<img>.0123abcd": "a" };
  const badValues = { "a.00000001": 1, "a.00000002": [null], "a.00000003": "x".repeat(201), "a.00000004": Array(101).fill(0) };
  const text = JSON.stringify({ done: [5, 1, 1, 0, 11, "2", 2.5], at: { lesson: 3, step: 2 }, answers: { ...good, ...badKeys, ...badValues } });
  assert.deepEqual(readProgress(text, 10), { done: [1, 5], at: { lesson: 3, step: 2 }, answers: good });
});

test("a storage that holds anything else counts as empty", () => {
  const wrong = ['{"done":7,"at":5,"answers":null}', '{"at":{"lesson":99,"step":1}}', " ".repeat(70_000)];
  for (const text of [null, "", "{", "null", "3", '"x"', "[]", ...wrong]) {
    assert.deepEqual(readProgress(text, 10), nothing(), text?.slice(0, 40));
  }
});

test("merging keeps all that is done, and the page counts for more", () => {
  const stored = { done: [1, 2], at: { lesson: 2, step: 4 }, answers: { "a.1": 0, "a.2": 1 } };
  const now = { done: [2, 3], at: null, answers: { "a.1": 1 } };
  assert.deepEqual(mergeProgress(stored, now), { done: [1, 2, 3], at: { lesson: 2, step: 4 }, answers: { "a.1": 1, "a.2": 1 } });
  assert.equal(isNews(stored, now), true);
  assert.equal(isNews(now, mergeProgress(stored, now)), false);
});

test("arrows and space turn the pages, but not while one types or with another key held", () => {
  const pressed = (key, typing = false, more = {}) => courseKeys.buttonForKey({ key, ...more }, typing);
  assert.deepEqual(["ArrowLeft", "ArrowRight", " ", "a", "Enter"].map((key) => pressed(key)), ["back", "next", "next", null, null]);
  assert.deepEqual(["ArrowLeft", " "].map((key) => pressed(key, true)), [null, null]);
  for (const held of ["altKey", "ctrlKey", "metaKey", "shiftKey", "defaultPrevented"]) {
    assert.equal(pressed("ArrowRight", false, { [held]: true }), null);
  }
});

test("presses wait with their numbers until the server has followed them", () => {
  const turns = new courseTurns.Turns();
  assert.deepEqual(turns.press("next"), { turns: "n", upto: 1 });
  assert.deepEqual([turns.press("next"), turns.press("back")].at(-1), { turns: "nnb", upto: 3 });
  turns.acknowledge(2);
  assert.deepEqual(turns.message(), { turns: "b", upto: 3 });
  assert.deepEqual(turns.press("next"), { turns: "bn", upto: 4 });
  turns.acknowledge(4);
  assert.deepEqual(turns.press("back"), { turns: "b", upto: 5 });
  // A server that has forgotten this visit is sent nothing twice.
  turns.acknowledge(5);
  turns.acknowledge(0);
  assert.deepEqual(turns.press("next"), { turns: "n", upto: 6 });
});

test("a digit chooses the answer of that place, but not while one types or with another key held", () => {
  const chosen = (key, typing = false, more = {}) => courseKeys.optionForKey({ key, ...more }, typing);
  assert.deepEqual(["1", "3", "9", "0", "12", "a", " "].map((key) => chosen(key)), [0, 2, 8, -1, -1, -1, -1]);
  assert.equal(chosen("1", true), -1);
  for (const held of ["altKey", "ctrlKey", "metaKey", "defaultPrevented"]) assert.equal(chosen("1", false, { [held]: true }), -1);
});

test("a fast stroke leaves no gap, in either direction", () => {
  for (const [from, to] of [[0, 4], [4, 0]]) {
    const values = Array(5).fill(null);
    curve.stroke(values, { place: from, value: from }, { place: to, value: to });
    assert.deepEqual(values, [0, 1, 2, 3, 4]);
  }
});

test("places that were not drawn lie on a line between their neighbours", () => {
  assert.deepEqual(curve.fill([null, 1, null, null, 4, null]), [1, 1, 2, 3, 4, 4]);
  assert.deepEqual(curve.fill([null, null]), []);
  assert.deepEqual(curve.fill([3]), [3]);
});

test("a height and its value belong together, on a linear and a logarithmic axis", () => {
  for (const axis of [{ low: -1, high: 1, log: false }, { low: 1e-8, high: 1, log: true }]) {
    for (const height of [0, 0.25, 0.5, 1]) assert.ok(Math.abs(curve.heightOf(curve.valueAt(height, axis), axis) - height) < 1e-9);
    assert.equal(curve.valueAt(7, axis), 1);
    assert.equal(curve.heightOf(-5, axis), 0);
  }
  assert.ok(Math.abs(curve.valueAt(0.5, { low: 1e-8, high: 1, log: true }) - 1e-4) < 1e-12);
});

test("the farthest place is found, and values are written so that they say something", () => {
  assert.equal(curve.farthest([0, 0.5, 1], [0, 1, 0.9], { low: 0, high: 1, log: false }), 1);
  assert.equal(curve.farthest([], [], { low: 0, high: 1, log: false }), -1);
  const shares = [1, 0.5, 0.064, 0.0001, 3.7e-6, 0].map((value) => curve.formatGuessValue(value, { share: true }));
  assert.deepEqual(shares, ["100%", "50%", "6.4%", "0.01%", "0.0004%", "0%"]);
  assert.equal(curve.formatGuessValue(-0.5, { share: false }), "−0.50");
  assert.equal(curve.formatGuessValue(57.6, { share: false, high: 160 }), "58");
});
