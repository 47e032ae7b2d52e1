/** A page whose session was lost finds its text again, at either address of the app's first page. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { reconnect } from "./modules.mjs";

const { pagePath } = reconnect;

test("the first page has one path, others and folders keep theirs", () => {
  assert.equal(pagePath("/explore"), "/");
  assert.equal(pagePath("/class/app/explore"), "/class/app/");
  for (const path of ["/", "/memory", "/explore/memory", "/unexplored", "/iexplore"]) assert.equal(pagePath(path), path);
});
