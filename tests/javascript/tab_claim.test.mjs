/** A tab's secret: kept in its storage, sent when the page asks for it, and no longer once another one came. */

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { tabClaim } from "./modules.mjs";

const { keepClaim } = tabClaim;
let store;

beforeEach(() => {
  store = new Map();
  globalThis.sessionStorage = { getItem: (key) => store.get(key) ?? null, setItem: (key, value) => store.set(key, value) };
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

const collect = () => {
  const sent = [];
  return [sent, (claim) => sent.push(claim)];
};

test("a page that asks gets what its tab has kept, again until it is answered", () => {
  const [sent, send] = collect();
  keepClaim({}, "secret", send);
  assert.deepEqual(sent, []);
  const reloaded = {};
  keepClaim(reloaded, "", send);
  keepClaim(reloaded, "", send); // Each run of the page asks.
  mock.timers.tick(0);
  assert.deepEqual(sent, ["secret"]);
  mock.timers.tick(1500);
  assert.deepEqual(sent, ["secret", "secret"]);
  keepClaim(reloaded, "next", send); // The answer: each secret serves once.
  mock.timers.tick(10_000);
  assert.deepEqual(sent, ["secret", "secret"]);
  keepClaim({}, "", send);
  mock.timers.tick(0);
  assert.equal(sent.at(-1), "next");
});

test("a tab that has kept nothing sends nothing, nor does a page that does not ask", () => {
  const [sent, send] = collect();
  keepClaim({}, "", send);
  keepClaim({}, undefined, send);
  mock.timers.tick(10_000);
  assert.deepEqual(sent, []);
  assert.equal(store.size, 0);
});

test("a browser that forbids storage does no harm", () => {
  const [sent, send] = collect();
  globalThis.sessionStorage = { getItem: () => { throw new Error("forbidden"); }, setItem: () => { throw new Error("forbidden"); } };
  keepClaim({}, "secret", send);
  keepClaim({}, "", send);
  mock.timers.tick(10_000);
  assert.deepEqual(sent, []);
});
