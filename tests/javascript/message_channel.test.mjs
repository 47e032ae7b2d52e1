import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { messageChannel } from "./modules.mjs";

const { LatestMessageChannel: Channel } = messageChannel;
globalThis.window ??= globalThis;

/** Timers that run when the test says so. */
function stopTheClock(t) {
  const real = [globalThis.setTimeout, globalThis.clearTimeout];
  const timers = new Map();
  let [now, last] = [0, 0];
  globalThis.setTimeout = /** @type {any} */ ((call, wait) => timers.set(++last, { call, at: now + wait }) && last);
  globalThis.clearTimeout = /** @type {any} */ ((timer) => timers.delete(timer));
  t.after(() => ([globalThis.setTimeout, globalThis.clearTimeout] = real));
  return (ms) => {
    const end = now + ms;
    for (;;) {
      const [timer, due] = [...timers].sort(([, one], [, other]) => one.at - other.at)[0] ?? [];
      if (!due || due.at > end) break;
      now = due.at;
      timers.delete(timer);
      due.call();
    }
    now = end;
  };
}

/** A channel that notes what it sends, under a clock that the test turns. */
function open(t, answer = () => {}) {
  const turn = stopTheClock(t);
  const sent = [];
  const silences = [];
  const channel = new Channel((message) => {
    sent.push(message);
    return answer(message);
  }, () => silences.push(sent.length));
  return { channel, sent, silences, turn, texts: () => sent.map(({ text }) => text) };
}

beforeEach(() => delete globalThis.__liveTimes);

test("the first message leaves at once and is numbered", (t) => {
  const { channel, sent } = open(t);
  channel.offer({ text: "a" });
  assert.deepEqual(sent, [{ text: "a", seq: 1 }]);
});

test("while one is in flight only the newest of the others waits", (t) => {
  const { channel, texts } = open(t);
  for (const text of ["a", "ab", "abc", "abcd"]) channel.offer({ text });
  assert.deepEqual(texts(), ["a"]);
  assert.ok(!channel.isLast(1));
  channel.answered(1);
  assert.deepEqual(texts(), ["a", "abcd"]);
  channel.answered(2);
  assert.ok(channel.isLast(2));
  assert.deepEqual(texts(), ["a", "abcd"]);
});

test("an answer to an older message frees nothing", (t) => {
  const { channel, texts } = open(t);
  channel.offer({ text: "a" });
  channel.answered(1);
  channel.offer({ text: "b" });
  channel.offer({ text: "c" });
  channel.answered(1);
  assert.deepEqual(texts(), ["a", "b"]);
});

test("numbers go on from what the server knows, and never back", (t) => {
  const { channel, sent } = open(t);
  channel.continueFrom(41);
  channel.continueFrom(7);
  channel.offer({ text: "a" });
  assert.equal(sent[0].seq, 42);
});

test("a message without an answer is repeated three times, each time later", (t) => {
  const { channel, sent, silences, turn } = open(t);
  channel.offer({ text: "a" });
  turn(599);
  assert.equal(sent.length, 1);
  turn(1);
  assert.equal(sent.length, 2);
  turn(1200 + 2400);
  assert.equal(sent.length, 4);
  turn(60_000);
  assert.equal(sent.length, 4);
  assert.deepEqual(sent.map(({ seq }) => seq), [1, 2, 3, 4]);
  assert.equal(silences.length, 4);
});

test("what was given up can be sent once more, what was answered not", (t) => {
  const { channel, sent, turn } = open(t);
  channel.offer({ text: "a" });
  turn(100_000);
  const before = sent.length;
  channel.repeat();
  assert.equal(sent.length, before + 1);
  channel.answered(sent.at(-1).seq);
  channel.repeat();
  assert.equal(sent.length, before + 1);
});

test("where an answer is sure to come no time runs, and a hurry may overtake it", (t) => {
  const { channel, texts, turn, silences } = open(t, () => true);
  channel.offer({ text: "a" });
  channel.offer({ text: "ab" });
  turn(1e6);
  assert.deepEqual(texts(), ["a"]);
  assert.deepEqual(silences, []);
  channel.flushNow();
  assert.deepEqual(texts(), ["a", "ab"]);
});

test("without a sure answer a hurry waits", (t) => {
  const { channel, texts } = open(t);
  channel.offer({ text: "a" });
  channel.offer({ text: "ab" });
  channel.flushNow();
  assert.deepEqual(texts(), ["a"]);
});

test("a broken connection sends the newest again, once", (t) => {
  const { channel, texts } = open(t, () => true);
  channel.resend();
  channel.offer({ text: "a" });
  channel.resend();
  assert.deepEqual(texts(), ["a", "a"]);
  channel.offer({ text: "ab" });
  channel.resend();
  assert.deepEqual(texts(), ["a", "a", "ab"]);
});

test("a closed channel is silent", (t) => {
  const { channel, sent, turn } = open(t);
  channel.offer({ text: "a" });
  channel.close();
  channel.offer({ text: "b" });
  turn(1e6);
  assert.equal(sent.length, 1);
});

test("messages do not change after they were offered", (t) => {
  const { channel, sent } = open(t);
  const view = Object.freeze({ text: "a" });
  channel.offer(view);
  assert.notEqual(sent[0], view);
});
