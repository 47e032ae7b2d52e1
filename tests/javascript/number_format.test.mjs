import assert from "node:assert/strict";
import { test } from "node:test";

import { numberFormat as format } from "./modules.mjs";

const cases = (name, call, table) =>
  test(name, () => {
    for (const [value, wanted] of table) assert.equal(call(...[value].flat()), wanted, `${name}: ${value}`);
  });

cases("numbers have two decimals, three where two say nothing, and a true minus sign", format.number, [
  [0.126, "0.13"], [-0.126, "−0.13"], [0.012, "0.012"], [-0.049, "−0.049"], [0.05, "0.05"], [12, "12.00"], [0, "0"], [-0, "0"],
  [NaN, "–"], [null, "–"], [undefined, "–"], [[0.12345, 3], "0.123"], [[2.5, 0], "3"],
]);

test("what is rounded to zero has no sign", () => {
  assert.equal(format.number(-0.0001), "0.000");
  assert.equal(format.number(0.0001), "0.000");
});

cases("a negative factor stands in brackets", format.factor, [[-0.5, "(−0.50)"], [0.5, "0.50"], [0, "0"]]);

cases("magnitudes of any size", format.magnitude, [
  [0, "0"], [0.01, "0.01"], [0.0123, "0.012"], [123, "120"], [3.1e-4, "3·10⁻⁴"], [2e-12, "2·10⁻¹²"], [45_000, "5·10⁴"], [999, "1000"],
]);

cases("probabilities as percentages", format.percent, [
  [0, "<0.1%"], [0.0009, "<0.1%"], [0.001, "0.1%"], [0.0512, "5.1%"], [0.5, "50%"], [1, "100%"],
  [0.0996, "10%"], [0.994, "99%"], [0.996, "99.6%"], [0.9996, ">99.9%"],
]);

cases("a cut text says that it goes on", ([text, most]) => format.shortened(text, most), [
  [[["abcdef", 6]], "abcdef"], [[["abcdef", 4]], "abc…"], [[["", 4]], ""],
]);

cases("signed numbers", format.signed, [[1.5, "+1.50"], [-1.5, "−1.50"], [0, "0"]]);

cases("values of a series are as precise as their range asks for", ([value, range]) => format.quantity(value, range), [
  [[[42.123, 100]], "42.1"], [[[0.12345, 0.01]], "0.12345"], [[[1234.4, 2000]], "1234"], [[[12_345.6, 20_000]], "12,346"],
  [[[-3, 10]], "−3"], [[[5e-7, 1e-6]], "5.00·10⁻⁷"], [[[2e9, 1e9]], "2.00·10⁹"], [[[7, 0]], "7"],
]);

test("scripts written from right to left are told from others", () => {
  for (const word of ["שלום", "مرحبا", "latin مرحبا"]) assert.ok(format.runsRightToLeft(word), word);
  for (const word of ["hello", "привет", "日本", ""]) assert.ok(!format.runsRightToLeft(word), word);
});

test("the line under the chart names the units and the objective, but not for one unit", () => {
  const frame = { objective: "the mean surprise", bars: "Bars: gradients.", model: { units: 64 } };
  assert.match(format.objectiveLine(frame, "overview"), /64.*the mean surprise/);
  assert.match(format.objectiveLine(frame, "units"), /64/);
  assert.equal(format.objectiveLine(frame, "unit"), "Bars: gradients.");
  assert.doesNotMatch(format.objectiveLine({ ...frame, objective: null }, "overview"), /Gradients/);
});
