/** Marking a stretch of steps in the strips: by dragging, and with the keyboard. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { text } from "./headers.mjs";
import { chartLayout as layout, marking } from "./modules.mjs";

const frame = text([..."a stretch of text"]);
const plan = layout.layRows(frame, "overview", 900);

test("the step under the pointer is the column drawn there; beyond the ends the first or last step in view", () => {
  for (const range of [[-0.5, 16.5], [3.5, 11.5]])
    for (let step = Math.ceil(range[0]) || 0; step <= Math.floor(range[1]); step++)
      assert.equal(marking.stepUnder(plan, range, layout.stepX(plan, range, step), frame.steps), step);
  assert.equal(marking.stepUnder(plan, [3.5, 11.5], -50, frame.steps), 4);
  assert.equal(marking.stepUnder(plan, [-0.5, 39.5], 5000, frame.steps), frame.steps - 1);
});

test("with Shift the end that the step stood at moves along, also past the other end", () => {
  let [marked, step] = [null, 5];
  const seen = [];
  for (const next of [6, 7, 6, 5, 4, 3]) {
    marked = marking.extendStretch(marked, step, next);
    step = next;
    seen.push(marked);
  }
  assert.deepEqual(seen, [[5, 6], [5, 7], [5, 6], [5, 5], [4, 5], [3, 5]]);
  // From elsewhere a new stretch begins.
  assert.deepEqual(marking.extendStretch([3, 5], 9, 8), [8, 9]);
});

/** A chart's box with its listeners, and a window. */
function setup(scene) {
  const on = () => ({
    listeners: {},
    addEventListener(name, act) { (this.listeners[name] ??= []).push(act); },
    removeEventListener(name) { delete this.listeners[name]; },
  });
  const box = { ...on(), getBoundingClientRect: () => ({ left: 10 }), focus() {} };
  globalThis.window = /** @type {any} */ (on());
  const heard = [];
  const drag = new marking.StretchDrag(/** @type {any} */ (box), () => scene, (marked) => heard.push(marked), () => heard.push("done"));
  const fire = (target, name, step, more = {}) => {
    const event = {
      shiftKey: true, button: 0, pointerType: "mouse", clientX: 10 + layout.stepX(plan, [-0.5, 16.5], step),
      target: { closest: () => null }, stopped: false, stopPropagation() { this.stopped = true; }, preventDefault() {}, ...more,
    };
    for (const act of target.listeners[name] ?? []) act(event);
    return event.stopped;
  };
  return { box, window: globalThis.window, heard, fire, drag };
}

test("a drag with Shift marks what it passes over and keeps the event from Plotly; any other one does not", () => {
  const { box, window, heard, fire, drag } = setup({ plan, range: [-0.5, 16.5], frame });
  assert.ok(fire(box, "pointerdown", 7));
  assert.ok(fire(box, "mousedown", 7));
  for (const step of [9, 3]) fire(window, "pointermove", step);
  fire(window, "pointerup", 3);
  fire(window, "pointermove", 12);
  assert.deepEqual(heard, [[7, 7], [7, 9], [3, 7], "done"]);
  for (const other of [{ shiftKey: false }, { button: 2 }, { pointerType: "touch" }, { target: { closest: () => ({}) } }]) {
    assert.ok(!fire(box, "pointerdown", 4, other));
  }
  fire(window, "pointermove", 5);
  fire(window, "pointerup", 5);
  assert.equal(heard.length, 4);
  drag.close();
  assert.deepEqual(Object.keys(window.listeners), []);
});

test("a cancelled drag marks nothing more; the next press begins anew", () => {
  const { box, window, heard, fire, drag } = setup({ plan, range: [-0.5, 16.5], frame });
  fire(box, "pointerdown", 7);
  fire(window, "pointermove", 9);
  drag.cancel();
  fire(window, "pointermove", 12);
  fire(window, "pointerup", 12);
  assert.deepEqual(heard, [[7, 7], [7, 9]]);
  fire(box, "pointerdown", 4);
  assert.deepEqual(heard.at(-1), [4, 4]);
});

test("where no stretch can be marked a drag stays Plotly's", () => {
  const { box, heard, fire } = setup(null);
  assert.ok(!fire(box, "pointerdown", 7) && !fire(box, "mousedown", 7));
  assert.deepEqual(heard, []);
});
