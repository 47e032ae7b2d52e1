/**
 * Plotly over the canvas: an axis of steps that can be zoomed and panned.
 *
 * Plotly draws nothing here. Its axis is updated when typing pauses, and reports the visible steps; the canvas below is painted to
 * match.
 */

import { loadPlotly } from "./load_plotly.js";

/** Pause before the axis is updated, in milliseconds. */
const REST = 400;

/** Run when the browser is idle; on a slow machine key presses come first. */
const whenIdle = window.requestIdleCallback ?? ((task) => setTimeout(task, 50));

export class PlotlyOverlay {
  /**
   * @param {HTMLElement} element to draw into
   * @param {URL} folder that Plotly is served from
   * @param {{onRange: (range: number[] | null) => void}} listener receives the visible steps, null for all
   */
  constructor(element, folder, listener) {
    this.element = element;
    this.listener = listener;
    this.timer = 0;
    this.busy = false;
    // Loading Plotly blocks the browser for a second; the first view is painted before.
    this.ready = new Promise((resolve) => whenIdle(resolve)).then(() => loadPlotly(folder)).then((plotly) => {
      this.plotly = plotly;
    });
  }

  /** Update the axis when typing pauses; at once if there is none yet. */
  follow(scene) {
    this.scene = scene;
    clearTimeout(this.timer);
    const wait = this.drawn ? REST : 0;
    this.timer = setTimeout(() => this.ready.then(() => whenIdle(() => this.#draw())), wait);
  }

  close() {
    clearTimeout(this.timer);
    this.closed = true;
    if (this.drawn) this.plotly.purge(this.element);
  }

  async #draw() {
    if (this.closed || this.busy) return;
    this.busy = true;
    const { plan, range } = this.scene;
    await this.plotly.react(this.element, TRACES, this.#layout(plan, range), CONFIG);
    this.busy = false;
    if (!this.drawn) this.#listen();
    this.drawn = true;
  }

  #layout({ width, height, left, right, bottom, narrow }, range) {
    const { frame } = this.scene;
    const whole = range[0] <= 0 && range[1] >= frame.steps - 1;
    return {
      width,
      height,
      margin: { l: left, r: right, t: 0, b: bottom, pad: 0 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      showlegend: false,
      // Dragging zooms if everything is visible, else it pans; on a phone it scrolls the page.
      dragmode: narrow ? false : whole ? "zoom" : "pan",
      hovermode: false,
      xaxis: { range: [...range], visible: false, minallowed: -0.5, maxallowed: Math.max(range[1], frame.steps - 0.5), domain: [0, 1] },
      yaxis: { visible: false, fixedrange: true, range: [0, 1] },
    };
  }

  #listen() {
    this.element.on("plotly_relayouting", (change) => {
      // A zoom box reports its range while it is being drawn; only a pan has moved the axis.
      if (this.element._fullLayout.dragmode === "pan") this.#report(change);
    });
    this.element.on("plotly_relayout", (change) => this.#report(change));
    this.element.on("plotly_doubleclick", () => this.listener.onRange(null));
  }

  #report(change) {
    const range = change["xaxis.range"] ?? [change["xaxis.range[0]"], change["xaxis.range[1]"]];
    if (Number.isFinite(range[0])) this.listener.onRange([...range]);
  }
}

const CONFIG = { displayModeBar: false, doubleClick: false, responsive: false };

/** Plotly keeps axes only if there is a trace. */
const TRACES = [{ type: "scatter", mode: "lines", x: [0], y: [0], line: { color: "rgba(0,0,0,0)" }, hoverinfo: "skip" }];
