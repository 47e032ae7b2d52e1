/** The answer to a letter that was sent before the page's controls chose anew is out of date, whichever arrives first. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { pageChoices } from "./modules.mjs";

const { PageChoices } = pageChoices;

const link = (layer, rest = {}) => ({ model: "a", layer, aim: "next", unit: "7", text: "word", ...rest });

test("an answer is current while the page's choices stay", () => {
  const choices = new PageChoices();
  choices.follow(link("0"));
  choices.send(1);
  choices.follow(link("0", { unit: "8", text: "words" }));
  assert.ok(choices.isCurrent(1));
});

for (const [name, other] of Object.entries({ layer: link("1"), network: link("0", { model: "b" }), question: link("0", { aim: "loss" }) })) {
  test(`an answer with another ${name} is out of date, the next one is not`, () => {
    const choices = new PageChoices();
    choices.follow(link("0"));
    choices.send(1);
    choices.markShown();
    choices.follow(other);
    assert.ok(!choices.isCurrent(1));
    assert.ok(!choices.isShown());
    choices.send(2);
    assert.ok(choices.isCurrent(2));
    choices.markShown();
    assert.ok(choices.isShown());
  });
}

test("a page without a link has nothing to choose", () => {
  const choices = new PageChoices();
  choices.follow(null);
  choices.send(1);
  assert.ok(choices.isCurrent(1) && choices.isShown());
});
