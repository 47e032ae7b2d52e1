/**
 * Render barrier: a text box's message counts as answered once every figure of the page shows the same run.
 *
 * The next message is sent only then. An earlier one would make Streamlit restart before the last figures are sent, and a fast typist
 * would never see them.
 */

/** How long to wait for figures that are outside the box's fragment, in milliseconds. */
const ASIDE = 2000;

const pictures = new Map();
let waiting = [];

/** Record that a figure received the data of this run and is being drawn. */
export function begun(picture, run) {
  pictures.set(picture, { run, busy: true, aside: false });
}

/** Record that a figure shows its newest data. */
export function drawn(picture) {
  const state = pictures.get(picture);
  if (state) state.busy = false;
  settle();
}

/** Remove a figure that has left the page. */
export function gone(picture) {
  pictures.delete(picture);
  settle();
}

/** Call `then` once all figures show this run; an earlier wait of the same box is dropped. */
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
