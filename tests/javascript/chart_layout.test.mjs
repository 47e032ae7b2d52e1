import assert from "node:assert/strict";
import { test } from "node:test";

import { block, series, text } from "./headers.mjs";
import { chartLayout as layout } from "./modules.mjs";

const WIDTHS = [320, 390, 619, 620, 800, 1280, 2560];
const letters = (count) => text([..."abcdefghijklmnopqrstuvwxyz".repeat(Math.ceil(count / 26))].slice(0, count));

test("rows follow each other without overlap and end inside the chart", () => {
  for (const width of WIDTHS)
    for (const zoom of ["overview", "units", "unit"])
      for (const least of [0, 600, 5000]) {
        const plan = layout.layRows({ ...letters(12), gradients: ["c"] }, zoom, width, least);
        assert.deepEqual(plan.rows.map(({ id }) => id), ["text", "i", "f", "o", "norms"]);
        plan.rows.slice(1).forEach((row, before) => assert.ok(row.top >= plan.rows[before].top + plan.rows[before].height));
        const last = plan.rows.at(-1);
        assert.ok(last.top + last.height < plan.height);
        assert.ok(plan.left + plan.inner + plan.right <= Math.max(width, plan.left + plan.right + 40));
      }
});

test("rows grow up to the height there is, but no further than four times their own", () => {
  const natural = layout.layRows(letters(12), "overview", 1280);
  const taller = layout.layRows(letters(12), "overview", 1280, natural.height + 90);
  assert.ok(Math.abs(taller.height - natural.height - 90) <= 3);
  const heights = ({ rows }) => rows.filter(({ kind }) => kind === "curve").map(({ height }) => height);
  const most = layout.layRows(letters(12), "overview", 1280, 1e6);
  assert.deepEqual(heights(most), heights(natural).map((height) => 4 * height));
});

test("without gradients there is no row for them", () => {
  assert.ok(!layout.layRows(letters(3), "unit", 900).rows.some(({ id }) => id === "norms"));
});

test("a series has its own topmost row, and room for its longest number", () => {
  const plan = layout.layRows({ ...series([1, 2], [NaN, 1]) }, "overview", 1280);
  assert.equal(plan.rows[0].kind, "series");
  const large = series([1, 2], [NaN, 1]);
  large.curve.high = 1_234_567;
  assert.ok(layout.layRows(large, "overview", 1280).left > plan.left);
});

test("a step's place and the step under a point are inverse to each other", () => {
  for (const width of WIDTHS)
    for (const steps of [1, 8, 40, 300]) {
      const plan = layout.layRows(letters(steps), "overview", width);
      const range = layout.defaultRange(letters(steps), plan.inner);
      const [first, last] = layout.visible({ range, frame: letters(steps) });
      for (const step of [first + 1, last - 1].filter((one) => one > range[0] && one < Math.min(range[1], steps) && one >= 0)) {
        const found = layout.locate(plan, range, layout.stepX(plan, range, step), plan.rows[1].top + 1, steps);
        assert.equal(found.step, step);
        assert.equal(found.row.id, "i");
        assert.ok(found.fraction >= 0 && found.fraction < 1);
      }
    }
});

test("outside the drawing there is neither step nor row", () => {
  const plan = layout.layRows(letters(10), "overview", 900);
  const range = layout.defaultRange(letters(10), plan.inner);
  assert.equal(layout.locate(plan, range, plan.left - 1, 20, 10).step, null);
  assert.equal(layout.locate(plan, range, layout.stepX(plan, range, 12), 20, 10).step, null);
  assert.equal(layout.locate(plan, range, plan.left + 5, plan.height + 50, 10).row, null);
});

test("the steps in view always hold the last one, and letters stay in place while a stride fills", () => {
  for (const inner of [200, 700, 2000]) for (let steps = 1; steps < 260; steps++) {
    const [from, to] = layout.defaultRange(letters(steps), inner);
    assert.ok(from >= -0.5 && steps - 1 < to && to - from >= 8);
    if (steps % 4 !== 1) assert.deepEqual(layout.defaultRange(letters(steps - 1 || 1), inner), [from, to]);
  }
  assert.deepEqual(layout.defaultRange({ steps: 300, stepUnit: "series" }, 500), [-0.5, 299.5]);
});

test("words get room to be read", () => {
  const [from, to] = layout.defaultRange({ steps: 60, stepUnit: "words" }, 500);
  assert.equal(to, 59.5);
  assert.equal(to - from, 10);
});

test("shifting shows a step and keeps the width", () => {
  for (const step of [0, 4, 9, 10, 50]) {
    const [from, to] = layout.including([4.5, 14.5], step);
    assert.equal(to - from, 10);
    assert.ok(from <= step - 0.5 && step + 0.5 <= to);
  }
  assert.deepEqual(layout.including([4.5, 14.5], 7), [4.5, 14.5]);
});

test("magnifying stays within the text and within four steps and all of them", () => {
  for (const factor of [0.01, 0.5, 2, 1000]) for (const step of [0, 50, 99]) {
    const [from, to] = layout.magnified([20.5, 60.5], factor, step, 100);
    assert.ok(from >= -0.5 && to <= 99.5 && to - from >= 4 && to - from <= 100);
  }
  assert.deepEqual(layout.magnified([20.5, 60.5], 0.5, 40, 100), [30, 50]);
});

test("columns share the inner width", () => {
  assert.equal(layout.columnWidth({ inner: 600 }, [-0.5, 29.5]), 20);
});

test("the unit under a place of a heat map is the one drawn there", () => {
  const frame = { blocks: { order: block([3, 0, 2, 1]) }, model: { units: 4 } };
  assert.deepEqual([0, 0.25, 0.5, 0.99, 1, -0.1].map((fraction) => layout.unitAt(frame, fraction)), [3, 0, 2, 1, 1, 3]);
});

test("a scale is widened to what leaves it, in halves, and on both sides where it has two", () => {
  assert.deepEqual(layout.limits({ low: -1, high: 1 }, [0.3, -0.9]), [-1, 1]);
  assert.deepEqual(layout.limits({ low: -1, high: 1 }, [0.3], [-2.6]), [-3, 3]);
  assert.deepEqual(layout.limits({ low: 0, high: 1 }, [1.2]), [0, 1.5]);
  assert.deepEqual(layout.limits({ low: 0, high: 1 }, [NaN]), [0, 1]);
});

test("gradients show three decades below their largest; none where all vanish", () => {
  assert.deepEqual(layout.decades(block([0.001, 1, NaN])), [-3, 0]);
  assert.deepEqual(layout.decades(block([2, 0])), [-2.5, 0.5]);
  assert.equal(layout.decades(block([0, NaN])), null);
});

test("heights run from the bottom for the lowest value to the top for the highest", () => {
  const y = layout.heightOf({ top: 100, height: 44 }, -1, 1);
  assert.deepEqual([-1, 0, 1].map(y), [142, 122, 102]);
});

test("a curve row holds one unit's values, or mean and spread", () => {
  const frame = text(["a", "b"]);
  frame.blocks.unit = block([1, 2, 3, 4, 5, 6], [3, 2]);
  assert.deepEqual(layout.seriesOf(frame, "unit", 1), [[3, 4]]);
  assert.equal(layout.seriesOf(frame, "overview", 0).length, 3);
});
