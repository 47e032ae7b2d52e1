/**
 * Render barrier: a text box's message counts as answered once every figure of the page shows the same run.
 *
 * The next message is sent only then. An earlier one would make Streamlit restart before the last figures are sent, and a fast typist
 * would never see them.
 */

/** How long to wait for figures that are outside the box's fragment, in milliseconds. */
const MAX_WAIT = 2000;

const figures = new Map();
let waiting = [];

/**
 * Record that a figure received the data of this run and is being drawn.
 * @param {object} figure
 * @param {number} run of the script, counted by the server
 */
export function startDrawing(figure, run) {
  figures.set(figure, { run, busy: true, skipped: false });
}

/**
 * Record that a figure shows its newest data.
 * @param {object} figure
 */
export function finishDrawing(figure) {
  const state = figures.get(figure);
  if (state) state.busy = false;
  settle();
}

/**
 * Remove a figure that has left the page.
 * @param {object} figure
 */
export function removeFigure(figure) {
  figures.delete(figure);
  settle();
}

/**
 * Call `then` once all figures show this run; an earlier wait of the same box is dropped.
 * @param {object} box
 * @param {number} run of the script that answered the box's message
 * @param {() => void} then
 */
export function whenFiguresDrawn(box, run, then) {
  waiting = waiting.filter((wait) => wait.box !== box);
  const wait = { box, run, then };
  waiting.push(wait);
  settle();
  setTimeout(() => {
    if (!waiting.includes(wait)) return;
    for (const figure of figures.values()) figure.skipped ||= isBehind(figure, wait);
    settle();
  }, MAX_WAIT);
}

function isBehind(figure, wait) {
  return !figure.skipped && (figure.busy || figure.run < wait.run);
}

function settle() {
  const done = waiting.filter((wait) => ![...figures.values()].some((figure) => isBehind(figure, wait)));
  waiting = waiting.filter((wait) => !done.includes(wait));
  for (const { then } of done) then();
}
