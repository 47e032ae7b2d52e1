/** The chart: canvas, captions and Plotly overlay, and its pointer and keyboard input. */

import { captionsOf, explainCaptions, switchesOf } from "./captions.js";
import { HeatmapBitmaps } from "./paint_heatmap.js";
import { Hover } from "./hover.js";
import { StretchDrag, extendStretch } from "./marking.js";
import { chartLabel } from "./step_text.js";
import { paint } from "./paint_chart.js";
import { defaultRange, including, layRows, locate, magnified, unitAt } from "./chart_layout.js";
import { PlotlyOverlay } from "./plotly_overlay.js";
import { Snapshot } from "./snapshot.js";
import { objectiveLine } from "./number_format.js";
import { PRESENT_CHANGED, areAnswersHidden, isPresented, presentedHeight, typeScale } from "./present.js";
import { put } from "./put.js";

/** A pointer that moved further than this was dragging, in pixels. */
const CLICK_DISTANCE = 4;

/** From this width on the cell is shown beside the strips, in pixels; the same as in live.css. */
const TWO_COLUMNS = 1020;

/** The strips are at least as high as the column beside them, within these limits, in pixels. */
const MIN_HEIGHT = { least: 500, most: 640 };

/** The gradients shown at first; those by gate can be switched on. */
const FIRST_SHOWN = ["h", "c", "x"];

export class Chart {
  /**
   * @param {(name: string) => HTMLElement} part finds the elements of the page by name
   * @param {URL} folder of the static files
   * @param {(change: object) => void} choose receives {step} or {unit, step} that the user selected
   * @param {(shown: object) => void} onShown receives {range, gradients}, each null for the default, whenever the chart is drawn
   */
  constructor(part, folder, choose, onShown = () => {}) {
    this.box = part("chart");
    /** @type {any} */
    this.root = this.box.closest(".live");
    this.canvas = part("canvas");
    this.captions = part("captions");
    this.legend = part("legend");
    this.objective = part("objective");
    this.context = this.canvas.getContext("2d");
    this.choose = choose;
    this.onShown = onShown;
    this.heat = new HeatmapBitmaps();
    this.zoomed = null;
    this.shifted = null;
    this.hidden = new Set();
    this.known = new Set();
    this.overlay = new PlotlyOverlay(part("shell"), folder, { onRange: (range) => this.#setRange(range) });
    this.hover = new Hover(this.box);
    /** The marked steps, first and last; null for none. */
    this.marked = null;
    /** Whether stretches can be marked. */
    this.markable = false;
    this.drag = new StretchDrag(
      this.box,
      () => (this.markable ? this.scene : null),
      (marked) => this.#mark(marked),
      () => this.choose({ marked: this.marked }),
    );
    this.snapshot = new Snapshot(part, this.root, () => this.scene);
    this.width = this.box.clientWidth;
    this.least = 0;
    /** @type {any} */
    this.below = this.box.nextElementSibling;
    /** @type {string | undefined} */
    this.measured = undefined;
    this.resizing = new ResizeObserver(() => this.#measure(part("side"), part("terms")));
    for (const element of [this.box, part("side")]) this.resizing.observe(element);
    for (const button of part("zooming").children) button.addEventListener("click", () => this.#magnify(button.dataset.zoom));
    // The presenter view enlarges the type, and a lesson may hide the values.
    this.presented = () => this.#measure(part("side"), part("terms"), true);
    document.addEventListener(PRESENT_CHANGED, this.presented);
    this.#listen();
  }

  /** Show a frame at a step; `theme` as read from the page. */
  show(frame, zoom, step, theme) {
    this.#hideAtFirst(frame.gradients);
    const heat = zoom === "units" ? this.heat.of(frame, theme) : [];
    // A text set by the page, or another series, is shown whole.
    if (this.scene?.frame.textRevision !== frame.textRevision) this.zoomed = null;
    // A zoomed view that only followed the step returns to the end of the text when the user types there.
    if (this.scene?.frame.text !== frame.text || this.scene.frame.textRevision !== frame.textRevision) this.shifted = null;
    if (this.scene?.frame.text !== frame.text) this.hover.clear();
    this.scene = { frame, zoom, step, theme, heat, hidden: this.hidden };
    this.redraw();
    this.#fillLegend(frame, theme);
    put(this.objective, objectiveLine(frame, zoom));
  }

  /** Move the cursor, and the visible range if the step is outside. */
  moveTo(step) {
    this.scene.step = step;
    const range = including(this.scene.range, step);
    if (range !== this.scene.range) {
      if (this.zoomed) this.zoomed = range;
      else this.shifted = range;
    }
    this.redraw();
  }

  redraw() {
    const { scene } = this;
    // No width before the first layout; the observer calls again.
    if (!this.width) return;
    const scale = isPresented(this.root) ? typeScale() : 1;
    scene.masked = areAnswersHidden();
    scene.plan = layRows(scene.frame, scene.zoom, this.width, this.least, scale);
    scene.range = this.zoomed ?? including(this.shifted ?? defaultRange(scene.frame, scene.plan.inner, scale), scene.step);
    this.#fit(scene.plan);
    scene.marked = this.marked && this.marked[1] < scene.frame.steps ? this.marked : null;
    paint(this.context, scene);
    this.#placeCaptions(scene);
    this.canvas.setAttribute("aria-label", chartLabel(scene.frame, scene.zoom, scene.step));
    this.overlay.follow(scene);
    this.hover.follow(scene);
    this.onShown(this.#shown());
  }

  close() {
    this.resizing.disconnect();
    document.removeEventListener(PRESENT_CHANGED, this.presented);
    window.removeEventListener("pointerup", this.released);
    this.drag.close();
    this.overlay.close();
    this.snapshot.close();
  }

  /** Switch off the gradients by gate when they first come; another network has others. */
  #hideAtFirst(gradients) {
    for (const { symbol } of gradients) {
      if (!this.known.has(symbol) && !FIRST_SHOWN.includes(symbol)) this.hidden.add(symbol);
      this.known.add(symbol);
    }
  }

  /** What part of the scene is visible, for the figure that is downloaded: the range unless all steps are, and the gradients. */
  #shown() {
    const { range, frame } = this.scene;
    const whole = range[0] <= -0.5 && range[1] >= frame.steps - 0.5;
    const symbols = frame.gradients.map(({ symbol }) => symbol);
    const drawn = symbols.filter((symbol) => !this.hidden.has(symbol));
    const asAtFirst = String(drawn) === String(symbols.filter((symbol) => FIRST_SHOWN.includes(symbol)));
    return { range: whole ? null : [...range], gradients: asAtFirst ? null : drawn };
  }

  /** Show these steps, null for all. */
  #setRange(range) {
    this.zoomed = range;
    this.shifted = null;
    this.redraw();
  }

  #magnify(factor) {
    const { range, step, frame } = this.scene;
    const whole = [-0.5, frame.steps - 0.5];
    this.#setRange(factor === "all" ? (frame.steps > range[1] - range[0] ? whole : null) : magnified(range, Number(factor), step, frame.steps));
  }

  /** Take the width from the page, and the least height from the window or from what stands beside the strips. */
  #measure(side, details, force = false) {
    const width = this.box.clientWidth;
    const presented = isPresented(this.root);
    const least = presented ? this.#leastPresented() : this.#leastBeside(width, side, details);
    if (!force && width === this.width && least === this.least) return;
    Object.assign(this, { width, least, measured: presented ? undefined : this.scene?.frame.model.name });
    if (this.scene) this.redraw();
  }

  /** The least height in the presenter view: all rows in the window, with the legend below them. */
  #leastPresented() {
    return presentedHeight(this.box) - this.below.offsetHeight - 8;
  }

  /** The least height beside the other column, without the details opened in it; 0 where there is one column only. */
  #leastBeside(width, side, details) {
    if (this.root.clientWidth < TWO_COLUMNS) return 0;
    // The text beside the strips grows and shrinks by a line as one types; the strips stay.
    const kept = width === this.width && this.measured === this.scene?.frame.model.name ? this.least : 0;
    const beside = side.offsetHeight - details.offsetHeight - this.below.offsetHeight - this.objective.offsetHeight;
    return Math.max(kept, Math.min(MIN_HEIGHT.most, Math.max(MIN_HEIGHT.least, beside)));
  }

  /** Match the canvas to the screen's pixels. Setting a size also clears it, so only do so when it changes. */
  #fit({ width, height }) {
    const ratio = window.devicePixelRatio || 1;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width === across && this.canvas.height === down) return;
    this.canvas.width = across;
    this.canvas.height = down;
    this.canvas.style.height = `${height}px`;
    this.box.style.height = `${height}px`;
    this.context.scale(ratio, ratio);
  }

  #placeCaptions(scene) {
    const { rows, narrow } = scene.plan;
    const key = JSON.stringify([rows.map(({ name, plain, symbol, top, height }) => [name, plain, symbol, top, height]), narrow, scene.plan.scale]);
    if (key !== this.captioned) this.captions.replaceChildren(...captionsOf(scene));
    this.captioned = key;
    explainCaptions(this.captions.children, scene);
  }

  #fillLegend(frame, theme) {
    const key = JSON.stringify([frame.gradients, theme.dark]);
    if (key === this.legended) return;
    this.legended = key;
    this.legend.replaceChildren(...switchesOf(frame, theme, this.hidden, () => this.redraw()));
  }

  #listen() {
    let pressed = null;
    // Plotly covers the page while a button is down, so a plain click never arrives here.
    this.box.addEventListener("pointerdown", (event) => {
      pressed = event.target.closest("button") ? null : event;
    });
    this.released = (event) => {
      const still = pressed && Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY) < CLICK_DISTANCE;
      pressed = null;
      if (still && this.scene) this.#selectAt(event);
    };
    window.addEventListener("pointerup", this.released);
    this.box.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /** Mark a stretch, null for none. */
  #mark(marked) {
    this.marked = marked;
    this.hover.clear();
    this.redraw();
  }

  #selectAt(event) {
    const { plan, range, frame } = this.scene;
    const corner = this.box.getBoundingClientRect();
    const { step, row, fraction } = locate(plan, range, event.clientX - corner.left, event.clientY - corner.top, frame.steps);
    if (step === null) return;
    if (row?.kind === "heat") this.choose({ step, unit: unitAt(frame, fraction) });
    else this.choose({ step });
  }

  #onKey(event) {
    const { frame, step } = this.scene ?? {};
    if (!frame || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" && this.marked && !isPresented(this.root)) {
      this.drag.cancel();
      this.#mark(null);
      this.choose({ marked: null });
      return;
    }
    const change = {
      ArrowLeft: { step: step - 1 },
      ArrowRight: { step: step + 1 },
      Home: { step: 0 },
      End: { step: frame.steps - 1 },
      ArrowUp: { unit: this.#neighbour(-1) },
      ArrowDown: { unit: this.#neighbour(1) },
    }[event.key];
    if (!change) return;
    event.preventDefault();
    this.hover.clear();
    if (event.shiftKey && this.markable && "step" in change) {
      const next = Math.min(frame.steps - 1, Math.max(0, change.step));
      this.marked = extendStretch(this.marked, step, next);
      this.choose({ step: next, marked: this.marked });
      return;
    }
    this.choose(change);
  }

  /** Return the neighbouring unit: in drawing order if all units are shown, else by index. */
  #neighbour(distance) {
    const { frame } = this.scene;
    const order = this.scene.zoom === "units" ? frame.blocks.order.values : null;
    const index = order ? order.indexOf(frame.view.unit) : frame.view.unit;
    const next = Math.min(frame.model.units - 1, Math.max(0, index + distance));
    return order ? order[next] : next;
  }
}
