/** A pupil's line: the latest, a few times a second, and again after the connection was lost. */

import assert from "node:assert/strict";
import test from "node:test";
import { latestLine } from "./modules.mjs";

const { LatestLine } = latestLine;

/** A clock that stands still until it is moved, and a connection that is open or not. */
function setup() {
  const clock = { time: 0, due: [], now: () => clock.time, later: (act, ms) => clock.due.push({ act, at: clock.time + ms }) };
  const sent = [];
  const connection = { open: true };
  const line = new LatestLine((text, clears) => {
    if (connection.open) sent.push([text, clears]);
    return connection.open;
  }, clock);
  const move = (ms) => {
    clock.time += ms;
    const now = clock.due.filter(({ at }) => at <= clock.time);
    clock.due = clock.due.filter(({ at }) => at > clock.time);
    for (const { act } of now) act();
  };
  return { line, sent, connection, move };
}

test("the first letter leaves at once, then the latest line three times a second", () => {
  const { line, sent, move } = setup();
  for (const text of ["a", "ab", "abc", "abcd"]) line.offer(text, 0);
  assert.deepEqual(sent, [["a", 0]]);
  move(349);
  assert.equal(sent.length, 1);
  move(1);
  assert.deepEqual(sent, [["a", 0], ["abcd", 0]]);
  for (let step = 0; step < 100; step++) {
    line.offer(`line ${step}`, 1);
    move(10);
  }
  assert.ok(sent.length <= 2 + 3);
  move(350);
  assert.deepEqual(sent.at(-1), ["line 99", 1]);
});

test("a line typed while the connection was lost is sent when it is back", () => {
  const { line, sent, connection, move } = setup();
  connection.open = false;
  line.offer("typed in a tunnel", 0);
  move(1000);
  assert.deepEqual(sent, []);
  connection.open = true;
  line.repeat();
  assert.deepEqual(sent, [["typed in a tunnel", 0]]);
});

test("a cleared line is not sent again", () => {
  const { line, sent, move } = setup();
  line.offer("a", 0);
  line.offer("ab", 0);
  line.forget();
  move(1000);
  line.repeat();
  assert.deepEqual(sent, [["a", 0]]);
});
