/** A stretch of steps that is marked in the strips: by dragging with Shift held, or with Shift and the arrow keys. */

/** Return the step under a point at `x` pixels from the chart's left edge; beyond the ends the first or last step in view. */
export function stepUnder({ left, inner }, range, x, steps) {
  const place = range[0] + Math.min(1, Math.max(0, (x - left) / inner)) * (range[1] - range[0]);
  return Math.min(steps - 1, Math.max(0, Math.round(place)));
}

/** Return the stretch between two steps, both included, whichever comes first. */
function orderedStretch(one, other) {
  return [Math.min(one, other), Math.max(one, other)];
}

/**
 * Return the stretch after the selected step has moved with Shift held: the end that it stood at moves along.
 * @param {number[] | null} marked
 * @param {number} step before
 * @param {number} next step
 */
export function extendStretch(marked, step, next) {
  if (!marked || !marked.includes(step)) return orderedStretch(step, next);
  return orderedStretch(step === marked[1] ? marked[0] : marked[1], next);
}

/** Draw a frame around the marked steps. */
export function paintMarked(context, { plan, range, theme, marked }) {
  if (!marked) return;
  const { rows, left, inner } = plan;
  const x = (place) => left + Math.min(1, Math.max(0, (place - range[0]) / (range[1] - range[0]))) * inner;
  const [from, to] = [x(marked[0] - 0.5), x(marked[1] + 0.5)];
  if (to <= from) return;
  const top = rows[0].top - 1;
  context.strokeStyle = theme.gradient;
  context.lineWidth = 2;
  context.strokeRect(from, top, to - from, rows.at(-1).top + rows.at(-1).height + 1 - top);
}

/** Pointer input: reports the stretch while it is dragged with Shift held, before Plotly would zoom or pan. */
export class StretchDrag {
  /**
   * @param {HTMLElement} box of the chart
   * @param {() => any} scene returns the chart's scene if stretches can be marked in it
   * @param {(marked: number[]) => void} onMark is called while the pointer moves
   * @param {() => void} onDone
   */
  constructor(box, scene, onMark, onDone) {
    const under = (event) => stepUnder(scene().plan, scene().range, event.clientX - box.getBoundingClientRect().left, scene().frame.steps);
    /** @type {number | null} */
    let start = null;
    const startsStretch = (event) => {
      const isDrag = event.shiftKey && event.button === 0 && event.pointerType !== "touch";
      return isDrag && !event.target.closest("button") && scene();
    };
    // Plotly listens to the mouse; the chart's own click needs the pointer.
    box.addEventListener("mousedown", (event) => {
      if (!startsStretch(event)) return;
      event.stopPropagation();
      event.preventDefault();
    }, true);
    box.addEventListener("pointerdown", (event) => {
      if (!startsStretch(event)) return;
      event.stopPropagation();
      box.focus({ preventScroll: true });
      start = under(event);
      onMark([start, start]);
    }, true);
    this.moved = (event) => start !== null && scene() && onMark(orderedStretch(start, under(event)));
    this.released = () => {
      if (start !== null) onDone();
      start = null;
    };
    /** End a drag without a stretch: what the pointer does until its next press marks nothing. */
    this.cancel = () => (start = null);
    window.addEventListener("pointermove", this.moved);
    window.addEventListener("pointerup", this.released);
    window.addEventListener("pointercancel", this.released);
  }

  close() {
    window.removeEventListener("pointermove", this.moved);
    window.removeEventListener("pointerup", this.released);
    window.removeEventListener("pointercancel", this.released);
  }
}
