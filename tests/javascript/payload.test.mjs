import assert from "node:assert/strict";
import { test } from "node:test";

import { payload } from "./modules.mjs";

const KINDS = { f4: Float32Array, u1: Uint8Array, i4: Int32Array };

/** Pack as the server does: length of the header, header, zeros up to a multiple of 8, arrays at multiples of 8. */
function pack(header, arrays) {
  const described = {};
  const parts = [];
  let offset = 0;
  for (const [name, [dtype, shape, numbers, more]] of Object.entries(arrays)) {
    const bytes = new Uint8Array(KINDS[dtype].from(numbers).buffer);
    described[name] = { dtype, shape, offset, ...more };
    parts.push([offset, bytes]);
    offset += Math.ceil(bytes.length / 8) * 8;
  }
  const head = new TextEncoder().encode(JSON.stringify({ ...header, arrays: described }));
  const start = Math.ceil((4 + head.length) / 8) * 8;
  const packed = new Uint8Array(start + offset);
  new DataView(packed.buffer).setUint32(0, head.length, true);
  packed.set(head, 4);
  for (const [at, bytes] of parts) packed.set(bytes, start + at);
  return packed;
}

const units = (from, to, width = 2) => Array.from({ length: (to - from) * width }, (_, at) => from * width + at);

test("header, kinds, shapes and values come back as they were packed", () => {
  const bytes = pack({ tokens: ["ä", "🙂"], n: 3 }, { a: ["f4", [2, 2], [1.5, -2, NaN, 4]], b: ["u1", [3], [0, 128, 255]], c: ["i4", [1], [-7]] });
  const frame = payload.unpack(bytes);
  assert.deepEqual(frame.tokens, ["ä", "🙂"]);
  assert.deepEqual([frame.n, frame.steps, frame.size], [3, 2, bytes.length]);
  assert.deepEqual([...frame.blocks.a.values], [1.5, -2, NaN, 4]);
  assert.deepEqual([...frame.blocks.a.row(1)], [NaN, 4]);
  assert.deepEqual([...frame.blocks.b.values], [0, 128, 255]);
  assert.deepEqual([...frame.blocks.c.values], [-7]);
});

test("bytes may lie anywhere in a larger buffer", () => {
  const bytes = pack({ tokens: [] }, { a: ["f4", [2], [1, 2]] });
  for (const shift of [1, 2, 3, 5, 8]) {
    const larger = new Uint8Array(bytes.length + shift + 9);
    larger.set(bytes, shift);
    assert.deepEqual([...payload.unpack(larger.subarray(shift, shift + bytes.length)).blocks.a.values], [1, 2]);
  }
});

test("headers of every length keep the arrays aligned", () => {
  for (let length = 0; length < 24; length++) {
    const frame = payload.unpack(pack({ tokens: [], pad: "x".repeat(length) }, { a: ["u1", [3], [1, 2, 3]], b: ["f4", [1], [0.5]] }));
    assert.deepEqual([[...frame.blocks.a.values], [...frame.blocks.b.values]], [[1, 2, 3], [0.5]]);
  }
});

test("rows of three axes", () => {
  const frame = payload.unpack(pack({ tokens: [] }, { a: ["i4", [2, 3, 2], units(0, 6)] }));
  assert.deepEqual([...frame.blocks.a.row(1, 2)], [10, 11]);
});

test("a block without rows is empty", () => {
  assert.equal(payload.unpack(pack({ tokens: [] }, { a: ["f4", [0, 4], []] })).blocks.a.values.length, 0);
});

test("what was not sent again is taken from the one before: fields, beginnings of lists, beginnings of arrays", () => {
  const first = payload.unpack(pack({ tokens: ["a", "b", "c"], model: { units: 2 } }, { a: ["f4", [3, 2], units(0, 3)] }));
  const next = pack({ same: ["model"], tails: { tokens: 2 }, tokens: ["x", "y"] }, { a: ["f4", [4, 2], [90, 91, 92, 93], { axis: 0, from: 2 }] });
  const second = payload.unpack(next, first);
  assert.deepEqual(second.tokens, ["a", "b", "x", "y"]);
  assert.deepEqual(second.model, { units: 2 });
  assert.deepEqual([...second.blocks.a.values], [0, 1, 2, 3, 90, 91, 92, 93]);
  assert.deepEqual([...first.blocks.a.values], units(0, 3), "the one before stays as it was");
});

test("arrays grow along an inner axis too", () => {
  const first = payload.unpack(pack({ tokens: ["a", "b"] }, { a: ["f4", [2, 2], [1, 2, 11, 12]] }));
  const second = payload.unpack(pack({ tokens: ["a", "b", "c"] }, { a: ["f4", [2, 3], [3, 13], { axis: 1, from: 2 }] }), first);
  assert.deepEqual([...second.blocks.a.values], [1, 2, 3, 11, 12, 13]);
});

test("typing and deleting in any order gives what was typed last, and never touches an older one", () => {
  let seed = 1;
  const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
  let values = units(0, 3);
  let frame = payload.unpack(pack({ tokens: ["t", "t", "t"] }, { a: ["f4", [3, 2], values] }));
  const older = [];
  for (let round = 0; round < 300; round++) {
    older.push([frame, values]);
    const keep = random(values.length / 2 + 1);
    const fresh = Array.from({ length: 2 * random(5) }, () => random(1000));
    values = [...values.slice(0, 2 * keep), ...fresh];
    const shape = [values.length / 2, 2];
    const tokens = new Array(shape[0]).fill("t");
    const cut = keep ? { axis: 0, from: keep } : {};
    frame = payload.unpack(pack({ tokens }, { a: ["f4", shape, fresh, cut] }), frame);
    assert.deepEqual([...frame.blocks.a.values], values, `round ${round}`);
  }
  for (const [was, wanted] of older) assert.deepEqual([...was.blocks.a.values], wanted);
});

test("a block knows from which entry on it differs from which one", () => {
  const first = payload.unpack(pack({ tokens: ["a"] }, { a: ["f4", [1, 1], [5]] }));
  const second = payload.unpack(pack({ tokens: ["a", "b"] }, { a: ["f4", [2, 1], [6], { axis: 0, from: 1 }] }), first);
  assert.equal(second.blocks.a.from, 1);
  assert.equal(second.blocks.a.before, first.blocks.a.name);
  assert.notEqual(second.blocks.a.name, first.blocks.a.name);
});
