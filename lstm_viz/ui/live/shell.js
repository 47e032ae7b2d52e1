/**
 * Plotly over the canvas: axes that can be zoomed and panned, and the exact values under the pointer.
 *
 * Plotly draws nothing here that moves with every keystroke. It holds invisible traces, brought up to date when the
 * typing rests, and says which steps are in view; the canvas below is painted to match.
 */

import { loadPlotly } from "./library.js";
import { hovered } from "./moments.js";
import { decades, limits, seriesOf } from "./plan.js";
import { magnitude, number } from "./words.js";

/** What says that somebody may want to read one of all units' values: only then Plotly is given them, which takes it long. */
const NEAR = ["pointermove", "pointerdown"];

/** How long nothing must have changed before the invisible traces follow, in milliseconds. */
const REST = 400;

/** Run when the browser has nothing better to do; a slow machine is busy with the keys themselves. */
const whenIdle = window.requestIdleCallback ?? ((task) => setTimeout(task, 50));

export class Shell {
  /**
   * @param {HTMLElement} element to draw into
   * @param {URL} folder that Plotly is served from
   * @param {{ranged: (range: number[] | null) => void}} listener told of the steps in view, null for all
   */
  constructor(element, folder, listener) {
    this.element = element;
    this.listener = listener;
    this.timer = 0;
    this.busy = false;
    this.near = () => this.#approach();
    for (const sign of NEAR) element.addEventListener(sign, this.near, { capture: true, passive: true });
    // Plotly keeps the browser busy for a second while it is taken in; the first view is painted before that.
    this.ready = new Promise(whenIdle).then(() => loadPlotly(folder)).then((plotly) => {
      this.plotly = plotly;
    });
  }

  /** Bring the invisible traces up to date once the typing rests; at once where there are none yet. */
  follow(scene) {
    this.scene = scene;
    this.followedAt = performance.now();
    clearTimeout(this.timer);
    const wait = this.drawn ? REST : 0;
    this.timer = setTimeout(() => this.ready.then(() => whenIdle(() => this.#draw())), wait);
  }

  close() {
    clearTimeout(this.timer);
    for (const sign of NEAR) this.element.removeEventListener(sign, this.near, { capture: true });
    this.closed = true;
    if (this.drawn) this.plotly.purge(this.element);
  }

  /** A pointer has come near: hand over the values that it may rest on. */
  #approach() {
    const { scene } = this;
    const rests = this.drawn && performance.now() - this.followedAt > REST;
    if (rests && scene.zoom === "units" && this.given !== scene) this.#draw({ whole: true });
  }

  async #draw({ whole = false } = {}) {
    if (this.closed || this.busy) return;
    this.busy = true;
    const { scene } = this;
    this.given = whole ? scene : null;
    await this.plotly.react(this.element, traces(scene, whole), this.#layout(scene.plan, scene.range), CONFIG);
    this.busy = false;
    if (!this.drawn) this.#listen();
    this.drawn = true;
  }

  #layout({ rows, width, height, left, right, bottom, narrow }, range) {
    const { theme, frame, zoom } = this.scene;
    const inner = height - bottom;
    const whole = range[0] <= 0 && range[1] >= frame.steps - 1;
    const layout = {
      width,
      height,
      margin: { l: left, r: right, t: 0, b: bottom, pad: 0 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      showlegend: false,
      // Dragging zooms into what is wholly in view and pans what is not; on a phone it scrolls the page.
      dragmode: narrow ? false : whole ? "zoom" : "pan",
      hovermode: zoom === "units" ? "closest" : "x",
      hoversubplots: "axis",
      hoverdistance: -1,
      font: { family: theme.font, color: theme.text },
      hoverlabel: { bgcolor: theme.background, bordercolor: theme.border, font: { family: theme.font, color: theme.text, size: 12 } },
      xaxis: { range: [...range], visible: false, minallowed: -0.5, maxallowed: Math.max(range[1], frame.steps - 0.5), domain: [0, 1] },
    };
    rows.forEach((row, index) => {
      const domain = [1 - (row.top + row.height) / inner, 1 - row.top / inner];
      layout[`yaxis${index ? index + 1 : ""}`] = { domain, visible: false, fixedrange: true, range: spanOf(row, this.scene) };
    });
    return layout;
  }

  #listen() {
    this.element.on("plotly_relayouting", (change) => {
      // A zoom box reports its range while it is drawn, though nothing has moved yet; a pan has.
      if (this.element._fullLayout.dragmode === "pan") this.#report(change);
    });
    this.element.on("plotly_relayout", (change) => this.#report(change));
    this.element.on("plotly_doubleclick", () => this.listener.ranged(null));
  }

  #report(change) {
    const range = change["xaxis.range"] ?? [change["xaxis.range[0]"], change["xaxis.range[1]"]];
    if (Number.isFinite(range[0])) this.listener.ranged([...range]);
  }
}

const CONFIG = { displayModeBar: false, doubleClick: false, responsive: false };

function spanOf(row, { frame, zoom }) {
  if (row.kind === "text") return [0, 1];
  if (row.kind === "series") return [frame.curve.low, frame.curve.high];
  if (row.kind === "norms") return decades(frame.blocks.norms) ?? [0, 1];
  if (row.kind === "heat") return [frame.model.units - 0.5, -0.5];
  return limits(row.quantity, ...seriesOf(frame, zoom, row.index));
}

function traces(scene, whole) {
  return scene.plan.rows.flatMap((row, index) => {
    const axes = { xaxis: "x", yaxis: `y${index ? index + 1 : ""}` };
    const made = row.kind === "heat" && !whole ? EMPTY : builders[row.kind](scene, row);
    return made.map((trace) => ({ ...axes, ...trace }));
  });
}

/** Keeps a row's axes, and with them its zooming, where its values have not been asked for. */
const EMPTY = [{ type: "scatter", x: [0], y: [0], opacity: 0, hoverinfo: "skip" }];

const INVISIBLE = { type: "scatter", mode: "lines", line: { color: "rgba(0,0,0,0)", width: 1 } };

const builders = {
  text({ frame }) {
    const said = frame.tokens.map((_, step) => hovered(frame, step));
    return [{ ...INVISIBLE, y: frame.tokens.map(() => 0.5), text: said, hovertemplate: "%{text}<extra></extra>" }];
  },
  series({ frame }) {
    const said = frame.tokens.map((_, step) => hovered(frame, step));
    return [{ ...INVISIBLE, y: frame.blocks.curve.values, text: said, hovertemplate: "%{text}<extra></extra>" }];
  },
  curve({ frame, zoom }, { index, symbol }) {
    const [values, low, high] = seriesOf(frame, zoom, index);
    const gradient = zoom === "unit" ? frame.blocks.unit_grads?.row(index) : null;
    const said = Array.from(values, (value, step) => {
      if (low) return `${symbol} ${number(value)} · ${number(low[step])} to ${number(high[step])}`;
      return `${symbol} ${number(value, 3)}${gradient ? ` · ∂L/∂${symbol} ${number(gradient[step], 4)}` : ""}`;
    });
    return [{ ...INVISIBLE, y: values, text: said, hovertemplate: "%{text}<extra></extra>" }];
  },
  heat({ frame }, { index, quantity }) {
    const { units, order } = frame.blocks;
    const span = quantity.high - quantity.low;
    const [each, count] = [units.shape[2], units.shape[1]];
    const value = (step, row) => quantity.low + (units.values[(step * count + index) * each + row] / 255) * span;
    const z = Array.from(order.values, (_, row) => Array.from({ length: frame.steps }, (_, step) => value(step, row)));
    const names = Array.from(order.values, (unit) => new Array(frame.steps).fill(`unit ${unit}`));
    const hovertemplate = `%{text}, step %{x}: ${quantity.symbol} %{z:.2f}<extra></extra>`;
    return [{ type: "heatmap", z, text: names, opacity: 0, showscale: false, hovertemplate }];
  },
  norms({ frame, hidden }) {
    const span = decades(frame.blocks.norms) ?? [0, 1];
    return frame.gradients.flatMap(({ symbol, label }, index) => {
      if (hidden.has(symbol)) return [];
      const values = frame.blocks.norms.row(index);
      const said = Array.from(values, (value) => `${label} ${magnitude(value)}`);
      const y = values.map((value) => Math.max(span[0], Math.log10(value)));
      return [{ ...INVISIBLE, y, text: said, hovertemplate: "%{text}<extra></extra>" }];
    });
  },
};
