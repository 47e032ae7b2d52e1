/** Texts in the browser's storage: they come back, can be removed, and a forbidden storage does no harm. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { browserStorage } from "./modules.mjs";

const { tabStorage } = browserStorage;

test("a text comes back until it is removed", () => {
  const store = new Map();
  globalThis.sessionStorage = {
    getItem: (key) => store.get(key) ?? null, setItem: (key, text) => store.set(key, text), removeItem: (key) => store.delete(key),
  };
  assert.equal(tabStorage.read("key"), null);
  tabStorage.write("key", "text");
  assert.equal(tabStorage.read("key"), "text");
  tabStorage.write("key", null);
  assert.equal(tabStorage.read("key"), null);
});

test("where storage is forbidden, asking for it throws, and nothing is found", () => {
  Object.defineProperty(globalThis, "sessionStorage", { configurable: true, get: () => { throw new Error("forbidden"); } });
  tabStorage.write("key", "text");
  assert.equal(tabStorage.read("key"), null);
});
