/** What a browser stores about its rooms, so that a reload returns as the same teacher or pupil. */

import { browserStorage, tabStorage } from "./browser_storage.js";

/** A room lives for four hours at most. */
const AGE = 4 * 3600 * 1000;

const [TEACHER, PUPIL] = ["lstm_viz room led", "lstm_viz room joined"];

/** The teacher's room in this browser, {room, token}; null if there is none. */
export function ledRoom() {
  return read(browserStorage, TEACHER);
}

export function keepLed(known) {
  write(browserStorage, TEACHER, known);
}

/** The pupil of this tab in a room, {room, token, name}; null if there is none. Each tab may be another pupil. */
export function joinedRoom(room) {
  const known = read(tabStorage, PUPIL);
  return known?.room === room ? known : null;
}

export function keepJoined(known) {
  write(tabStorage, PUPIL, known);
}

function read(storage, key) {
  try {
    const known = JSON.parse(storage.read(key) ?? "null");
    return known && Date.now() - known.at < AGE ? known : null;
  } catch {
    // Not JSON: not ours.
    return null;
  }
}

/** Write a value with its time; null removes it. */
function write(storage, key, known) {
  storage.write(key, known && JSON.stringify({ ...known, at: Date.now() }));
}
