/**
 * Rounds: a box's message is answered once every picture of its page has been drawn from the same run.
 *
 * The next message leaves only then. One that came earlier would make Streamlit start over before the last pictures are
 * sent, and someone who types fast would never see them.
 */

/** How long pictures are waited for that do not take part, as they stand outside the box's fragment, in milliseconds. */
const ASIDE = 2000;

const pictures = new Map();
let waiting = [];

/** Note that a picture has got the figure of this run, and is drawing it. */
export function begun(picture, run) {
  pictures.set(picture, { run, busy: true, aside: false });
}

/** Note that a picture shows what it got last. */
export function drawn(picture) {
  const state = pictures.get(picture);
  if (state) state.busy = false;
  settle();
}

/** Forget a picture that has left the page. */
export function gone(picture) {
  pictures.delete(picture);
  settle();
}

/** Call `then` as soon as all pictures show what this run has drawn; a round of the same box that still waits is forgotten. */
export function whenDrawn(box, run, then) {
  waiting = waiting.filter((round) => round.box !== box);
  const round = { box, run, then };
  waiting.push(round);
  settle();
  setTimeout(() => {
    if (!waiting.includes(round)) return;
    for (const picture of pictures.values()) picture.aside ||= lags(picture, round);
    settle();
  }, ASIDE);
}

function lags(picture, round) {
  return !picture.aside && (picture.busy || picture.run < round.run);
}

function settle() {
  const done = waiting.filter((round) => ![...pictures.values()].some((picture) => lags(picture, round)));
  waiting = waiting.filter((round) => !done.includes(round));
  for (const { then } of done) then();
}
