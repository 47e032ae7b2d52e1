import assert from "node:assert/strict";
import { test } from "node:test";

import { series, text } from "./headers.mjs";
import { axisLabels, chartLayout as layout, pageKeys, plotlyScale, present } from "./modules.mjs";

const WINDOWS = [[1920, 1080], [1280, 720], [960, 540], [3840, 2160], [390, 844]];
/** The smallest type of the painters and of figures before it is enlarged, in pixels. */
const SMALLEST = 10.5;

test("on a projector the smallest type is 24 pixels, on other screens in proportion, and never below 14", () => {
  assert.deepEqual(WINDOWS.map(([width, height]) => present.smallestType(width, height)), [24, 16, 14, 48, 14]);
});

test("outside the presenter view nothing is enlarged", () => {
  assert.equal(present.typeScale(), 1);
  const figure = { font: { size: 11 } };
  assert.equal(plotlyScale.magnified(figure, 1), figure);
});

test("a link hides the answers only if it says so", () => {
  const hidden = ["?hide=answers", "?hide=zoom,answers", "?a=1&hide=answers,x"];
  assert.deepEqual(hidden.map((query) => present.hidesAnswers(`http://a/${query}`)), [true, true, true]);
  for (const query of ["", "?hide=", "?hide=answer", "?hide=noanswers"]) assert.equal(present.hidesAnswers(`http://a/${query}`), false);
});

test("every row of the strips is in the window, under its own place, with room for its enlarged numbers", () => {
  const frame = { ...text([..."def total(prices):"]), gradients: ["c"] };
  for (const [width, height] of WINDOWS) {
    const scale = present.smallestType(width, height) / SMALLEST;
    const room = Math.max(420, height - 120);
    const plan = layout.layRows(frame, "unit", width - 30, room, scale);
    assert.ok(plan.height <= room + 8, `${width}×${height}: ${plan.height} of ${room}`);
    plan.rows.slice(1).forEach((row, before) => assert.ok(row.top >= plan.rows[before].top + plan.rows[before].height));
    // Two numbers stand at the left of a row, one at each end.
    for (const row of plan.rows.filter(({ kind }) => kind === "curve")) assert.ok(row.height >= 2 * SMALLEST * scale);
    assert.equal(plan.scale, scale);
  }
});

test("the step under the pointer is the one drawn there, however large the type", () => {
  const frame = text([..."abcdefghijklmnopqrstuvwxyz".repeat(12)]);
  for (const [width, height] of WINDOWS) {
    const scale = present.smallestType(width, height) / SMALLEST;
    const plan = layout.layRows(frame, "overview", width, height, scale);
    const range = layout.defaultRange(frame, plan.inner, scale);
    const [first, last] = layout.visible({ range, frame });
    for (let step = first + 1; step < last; step++) {
      const found = layout.locate(plan, range, layout.stepX(plan, range, step), plan.rows[2].top + 1, frame.steps);
      assert.equal(found.step, step);
      assert.equal(found.row.id, plan.rows[2].id);
    }
  }
});

test("letters of a presented text are as large as the smallest type", () => {
  const frame = text([..."abcdefghijklmnopqrstuvwxyz".repeat(12)]);
  for (const [width, height] of WINDOWS.slice(0, 4)) {
    const type = present.smallestType(width, height);
    const plan = layout.layRows(frame, "overview", width - 30, height, type / SMALLEST);
    const range = layout.defaultRange(frame, plan.inner, plan.scale);
    // The painter takes 1.25 of a column's width.
    assert.ok(1.25 * layout.columnWidth(plan, range) >= type - 1e-9);
  }
});

test("a presented series is shown whole", () => {
  const frame = series([1, 2, 3], [NaN, 1, 2]);
  const plan = layout.layRows(frame, "overview", 1900, 900, 2);
  assert.deepEqual(layout.defaultRange(frame, plan.inner, 2), [-0.5, 2.5]);
});

test("a figure is enlarged in everything that is in pixels, and in nothing else", () => {
  const layoutBefore = {
    margin: { l: 60, t: 10 }, font: { size: 13 }, height: 300,
    xaxis: { tickfont: { size: 8 }, ticklabelstandoff: 4, title: { standoff: 8, font: { size: 12 } }, range: [0, 5], domain: [0, 0.4] },
    annotations: [{ x: 3, y: 2, ax: 0, ay: -20, font: { size: 11 }, text: "<b>a</b>" }, { x: 1, ax: 7, axref: "x", xshift: 4 }],
    shapes: [{ x0: 1, x1: 2, line: { width: 1 } }], uirevision: "kept", xaxis2: null,
  };
  const larger = plotlyScale.magnified(layoutBefore, 2, 21);
  assert.deepEqual(larger.margin, { l: 120, t: 20 });
  assert.equal(larger.font.size, 26);
  assert.equal(larger.xaxis.tickfont.size, 21, "never below the smallest type");
  assert.deepEqual([larger.xaxis.ticklabelstandoff, larger.xaxis.title.standoff, larger.xaxis.title.font.size], [8, 16, 24]);
  assert.deepEqual([larger.xaxis.range, larger.xaxis.domain, larger.height], [[0, 5], [0, 0.4], 300]);
  assert.deepEqual([larger.annotations[0].ay, larger.annotations[0].x, larger.annotations[0].text], [-40, 3, "<b>a</b>"]);
  assert.deepEqual([larger.annotations[1].ax, larger.annotations[1].xshift], [7, 8]);
  assert.deepEqual(larger.shapes, [{ x0: 1, x1: 2, line: { width: 2 } }]);
  assert.equal(layoutBefore.margin.l, 60, "the figure itself stays");
});

test("a trace keeps its data, as the same arrays", () => {
  const trace = {
    x: [1, 2], y: { bdata: "AAAA", dtype: "f4" }, text: ["size"], customdata: [[1]],
    marker: { size: [4, 6], color: [1, 2], line: { width: 1 } }, line: { width: 2 },
  };
  const larger = plotlyScale.magnified(trace, 3);
  for (const name of ["x", "y", "text", "customdata"]) assert.equal(larger[name], trace[name]);
  assert.deepEqual(larger.marker, { size: [12, 18], color: [1, 2], line: { width: 3 } });
  assert.equal(larger.line.width, 6);
});

test("labels along a presented figure are legible or left to the figure", () => {
  const axis = (count) => ({ type: "category", categoryarray: Array.from({ length: count }, (_, place) => place), labelalias: { 0: "a" } });
  for (const count of [5, 40, 80, 200, 900]) {
    const figure = { margin: { l: 100, r: 20 }, xaxis: axis(count) };
    axisLabels.showAllLabels(figure, 1900, 24 / SMALLEST);
    const { size } = figure.xaxis.tickfont ?? {};
    assert.ok(size === undefined || size >= 24, `${count}: ${size}`);
  }
});

test("the keys are those of what the page has", () => {
  const page = (...there) => ({ querySelector: (selector) => (there.some((part) => selector.includes(part)) ? {} : null) });
  const said = (found) => found.map(([keys, does]) => `${keys}: ${does}`).join("\n");
  const explore = said(pageKeys.keysFor(page(".live"), { presenting: false, hiding: false }));
  assert.match(explore, /↑ ↓: the unit/);
  assert.doesNotMatch(explore, /reveal/);
  assert.match(said(pageKeys.keysFor(page(), { presenting: false, hiding: true })), /^r: reveal/m);
  assert.match(said(pageKeys.keysFor(page(), { presenting: true, hiding: false })), /^Esc: leave/m);
  // A lesson's keys work in both views.
  for (const presenting of [false, true]) {
    assert.match(said(pageKeys.keysFor(page(".st-key-lesson_options"), { presenting, hiding: false })), /^1 2 3: choose/m);
  }
});
