/** The address follows the page soon, but not with every character. */

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { addressBar } from "./modules.mjs";

let written;

beforeEach(() => {
  written = [];
  globalThis.location = { href: "http://app/page?text=old&other=1" };
  globalThis.history = {
    state: null,
    replaceState: (state, title, url) => {
      globalThis.location.href = url.href;
      written.push(url.search);
    },
  };
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("somebody who types on without a pause has the address written too, but not for every character", () => {
  const bar = new addressBar.AddressBar();
  for (let count = 1; count <= 40; count += 1) {
    bar.follow({ text: "a".repeat(count) });
    mock.timers.tick(50);
  }
  assert.ok(written.length >= 5 && written.length <= 6, `${written.length} times in 2 s`);
  mock.timers.tick(1000);
  assert.equal(written.at(-1), `?text=${"a".repeat(40)}&other=1`);
});

test("a parameter that is null or no longer named leaves the address; others stay", () => {
  const bar = new addressBar.AddressBar();
  bar.follow({ text: "new", unit: "3", step: "1" });
  mock.timers.tick(400);
  bar.follow({ text: "new", unit: null });
  mock.timers.tick(400);
  assert.equal(written.at(-1), "?text=new&other=1");
  bar.follow({ text: "new", unit: null });
  mock.timers.tick(400);
  assert.equal(written.length, 2); // Nothing has changed.
});

test("a page that was left writes nothing", () => {
  const bar = new addressBar.AddressBar();
  bar.follow({ text: "new" });
  bar.close();
  mock.timers.tick(1000);
  assert.deepEqual(written, []);
});
