/** A tab's secrets: kept in its storage, sent after a reload until the work is there, and forgotten where nobody answers. */

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

let store = new Map();
const storage = () => ({
  getItem: (key) => store.get(key) ?? null,
  setItem: (key, value) => store.set(key, value),
  removeItem: (key) => store.delete(key),
});
globalThis.sessionStorage = storage();
const { tabClaim } = await import("./modules.mjs");
const { forgetClaim } = tabClaim;

let isDrawing = false;

class TabClaim extends tabClaim.TabClaim {
  constructor() {
    super(() => isDrawing);
  }
}

beforeEach(() => {
  store = new Map();
  isDrawing = false;
  globalThis.sessionStorage = storage();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

const collect = () => {
  const sent = [];
  return [sent, (claims) => sent.push(claims.join(" "))];
};
const kept = () => [...store.values()];
const NONE = { claim: "", taken: [] };
const made = (claim) => ({ claim, taken: [] });

test("a reloaded page sends what its tab has kept, again until the work is there, and then keeps its own", () => {
  new TabClaim().keep(made("secret"));
  const [sent, send] = collect();
  const page = {};
  const reloaded = new TabClaim();
  reloaded.keep(NONE);
  reloaded.ask(page, send);
  reloaded.ask(page, send); // Each run of the page asks.
  mock.timers.tick(0);
  assert.deepEqual(sent, ["secret"]);
  // Work of the new session does not displace what is awaited: the page may be reloaded once more.
  reloaded.keep(made("next"));
  assert.deepEqual(kept(), ["secret next"]);
  mock.timers.tick(1500);
  assert.deepEqual(sent, ["secret", "secret"]);
  reloaded.keep({ claim: "next", taken: ["secret"] });
  assert.deepEqual(kept(), ["next"]);
  mock.timers.tick(60_000);
  assert.deepEqual(sent, ["secret", "secret"]);
  assert.deepEqual(kept(), ["next"]);
});

test("a secret that is not answered is forgotten, as in a copied tab: two tabs do not keep one secret", () => {
  for (const own of ["", "own"]) {
    store = new Map([["lstm_viz claim", "secret"]]);
    const [sent, send] = collect();
    const copy = new TabClaim();
    copy.keep(made(own));
    copy.ask({}, send);
    mock.timers.tick(60_000);
    assert.equal(sent.length, 3);
    assert.deepEqual(kept(), own ? [own] : []);
    copy.ask({}, send);
    mock.timers.tick(60_000);
    assert.equal(sent.length, 3);
  }
});

test("pages that are reloaded before the work of those before has come lose nothing of any of them", () => {
  for (const claim of ["first", "second", "", "third"]) new TabClaim().keep(made(claim));
  assert.deepEqual(kept(), ["first second third"]);
  const [sent, send] = collect();
  const last = new TabClaim();
  last.ask({}, send);
  mock.timers.tick(0);
  assert.deepEqual(sent, ["first second third"]);
  // The newest two are here; the session of the first may not yet be known to be closed.
  last.keep({ claim: "own", taken: ["third", "second"] });
  assert.deepEqual(kept(), ["first own"]);
  mock.timers.tick(1500);
  assert.deepEqual(sent, ["first second third", "first"]);
  last.keep({ claim: "own", taken: ["third", "second", "first"] });
  assert.deepEqual(kept(), ["own"]);
});

test("nothing is sent while the page is drawn, as that would interrupt it", () => {
  store.set("lstm_viz claim", "secret");
  const [sent, send] = collect();
  isDrawing = true;
  new TabClaim().ask({}, send);
  mock.timers.tick(1400);
  assert.deepEqual(sent, []);
  isDrawing = false;
  mock.timers.tick(100);
  assert.equal(sent[0], "secret");
});

test("the page that is opened while the answer is awaited asks too", () => {
  store.set("lstm_viz claim", "secret");
  const [sent, send] = collect();
  const tab = new TabClaim();
  tab.ask({}, send);
  mock.timers.tick(0);
  tab.ask({}, send);
  mock.timers.tick(0);
  assert.deepEqual(sent, ["secret", "secret"]);
});

test("a tab that has kept nothing sends nothing, nor one that starts over", () => {
  const [sent, send] = collect();
  new TabClaim().ask({}, send);
  new TabClaim().keep(made("secret"));
  forgetClaim();
  new TabClaim().ask({}, send);
  mock.timers.tick(60_000);
  assert.deepEqual(sent, []);
  assert.equal(store.size, 0);
});

test("a browser that forbids storage does no harm", () => {
  const [sent, send] = collect();
  const forbid = () => { throw new Error("forbidden"); };
  globalThis.sessionStorage = { getItem: forbid, setItem: forbid, removeItem: forbid };
  const tab = new TabClaim();
  tab.keep(made("secret"));
  tab.ask({}, send);
  forgetClaim();
  mock.timers.tick(60_000);
  assert.deepEqual(sent, []);
});
