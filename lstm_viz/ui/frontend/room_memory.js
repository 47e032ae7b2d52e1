/** What a browser stores about its rooms, so that a reload returns as the same teacher or pupil. */

/** A room lives for four hours at most. */
const AGE = 4 * 3600 * 1000;

const [TEACHER, PUPIL] = ["lstm_viz room led", "lstm_viz room joined"];

/** The teacher's room in this browser, {room, token}; null if there is none. */
export function ledRoom() {
  return read(() => localStorage, TEACHER);
}

export function keepLed(known) {
  write(() => localStorage, TEACHER, known);
}

/** The pupil of this tab in a room, {room, token, name}; null if there is none. Each tab may be another pupil. */
export function joinedRoom(room) {
  const known = read(() => sessionStorage, PUPIL);
  return known?.room === room ? known : null;
}

export function keepJoined(known) {
  write(() => sessionStorage, PUPIL, known);
}

function read(storage, key) {
  try {
    const known = JSON.parse(storage().getItem(key) ?? "null");
    return known && Date.now() - known.at < AGE ? known : null;
  } catch {
    return null;
  }
}

/** Write a value; null removes it. Where storage is forbidden, a reload starts from the beginning. */
function write(storage, key, known) {
  try {
    if (known === null) storage().removeItem(key);
    else storage().setItem(key, JSON.stringify({ ...known, at: Date.now() }));
  } catch {
    // Ignored.
  }
}
