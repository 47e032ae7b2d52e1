/** A Plotly figure that is updated in place, so that zoom and hover stay. */

import { AddressBar } from "./address_bar.js";
import { closeOnceGone } from "./cleanup.js";
import { plotlyTemplate } from "./plotly_theme.js";
import { loadPlotly } from "./load_plotly.js";
import { addTools } from "./plotly_figure_tools.js";
import { startDrawing, finishDrawing, removeFigure } from "./render_barrier.js";
import { showAllLabels } from "./axis_labels.js";
import { loadStyles } from "./load_styles.js";
import { magnified } from "./plotly_scale.js";
import { PRESENT_CHANGED, isAboveWords, isPresented, presentedHeight, typeScale } from "./present.js";
import { readPage, watchTheme } from "./theme.js";

const figures = new WeakMap();
const decoder = new TextDecoder();
const NEWLINE = 10;

/**
 * Show the component's newest figure.
 * @param {object} component Streamlit's arguments: data, parentElement, setStateValue
 * @param {URL} folder of the static files
 * @returns {() => void} cleanup, called by Streamlit
 */
export function show({ data, parentElement, setStateValue }, folder) {
  const root = parentElement.querySelector(".plotly-figure");
  if (!figures.has(root)) figures.set(root, new PlotlyFigure(root, folder));
  const figure = figures.get(root);
  figure.send = (click) => setStateValue("view", click);
  if (data) figure.receive(data);
  return closeOnceGone(root, () => figure.close());
}

class PlotlyFigure {
  constructor(root, folder) {
    this.root = root;
    /** @type {(click: object) => void} */
    this.send = () => {};
    this.plot = root.querySelector("[data-part=plot]");
    this.words = root.querySelector("[data-part=words]");
    this.ready = Promise.all([loadPlotly(folder), loadStyles("components.css"), loadStyles("plotly_figure.css")]).catch((error) => {
      this.plot.textContent = error.message;
      return [];
    });
    this.addressBar = new AddressBar();
    this.resizing = new ResizeObserver(() => (this.plot.clientWidth !== this.width || this.#scale() !== this.scale) && this.#draw());
    this.resizing.observe(this.plot);
    watchTheme(root, () => this.#draw());
    addTools(root, () => ({ plotly: window.Plotly, plot: this.plot, data: this.plot.data, layout: this.plot.layout, network: this.network }));
    root.addEventListener("fullscreenchange", () => this.#draw());
    this.presented = () => this.#scale() !== this.scale && this.#draw();
    document.addEventListener(PRESENT_CHANGED, this.presented);
  }

  receive(bytes) {
    const end = bytes.indexOf(NEWLINE);
    const header = JSON.parse(decoder.decode(bytes.subarray(0, end)));
    const json = decoder.decode(bytes.subarray(end + 1));
    startDrawing(this, header.run);
    this.plot.setAttribute("aria-label", header.alt);
    this.plot.classList.toggle("figure-clickable", header.clickable);
    this.network = header.network;
    this.words.textContent = header.words;
    this.words.hidden = !header.words;
    if (header.link) this.addressBar.follow(header.link);
    if (json === this.written) {
      // Unchanged, but part of this run.
      if (!this.drawing) finishDrawing(this);
      return;
    }
    this.written = json;
    this.figure = JSON.parse(json);
    // Reserved before drawing, so that the page does not jump.
    this.plot.style.height = `${this.figure.layout.height}px`;
    this.root.style.minHeight = "";
    this.#draw();
  }

  close() {
    this.closed = true;
    this.addressBar.close();
    this.resizing.disconnect();
    document.removeEventListener(PRESENT_CHANGED, this.presented);
    window.Plotly?.purge(this.plot);
    figures.delete(this.root);
    removeFigure(this);
  }

  /** Draw the newest figure; one drawing at a time, then the newest that arrived meanwhile. */
  async #draw() {
    this.stale = true;
    if (this.drawing) return;
    this.drawing = true;
    const [plotly] = await this.ready;
    if (!plotly) finishDrawing(this);
    while (plotly && this.stale && !this.closed) {
      this.stale = false;
      await this.#paint(plotly);
      if (!this.stale && !this.closed) finishDrawing(this);
    }
    this.drawing = false;
  }

  async #paint(plotly) {
    this.width = this.plot.clientWidth;
    this.scale = this.#scale();
    if (this.figure) this.plot.style.height = `${this.#height() ?? this.figure.layout.height}px`;
    // No width before the first layout; the observer calls again.
    if (!this.figure || !this.width) return;
    const size = `${this.width} ${this.scale}`;
    const resized = this.paintedSize !== undefined && this.paintedSize !== size;
    this.paintedSize = size;
    const { data, layout } = this.figure;
    try {
      // Copies, because Plotly writes the user's zoom into its arguments and would later take it for the figure's own range.
      const paint = () => plotly.react(this.plot, data.map((trace) => ({ ...magnified(trace, this.#type()) })), this.#laidOut(layout), CONFIG);
      await paint();
      // Plotly places a legend by the height that it had before its lines broke anew.
      if (resized && layout.showlegend) await paint();
      if (!this.listening) this.#listen();
    } catch (error) {
      console.warn("This figure cannot be drawn:", error);
    }
  }

  #laidOut(layout) {
    const touched = matchMedia("(pointer: coarse)").matches;
    const [height, type] = [this.#height(), this.#type()];
    const own = magnified(structuredClone(layout), type, LEAST_TYPE * type);
    showAllLabels(own, this.width, type);
    return {
      uirevision: "kept",
      ...own,
      ...(touched ? { dragmode: false } : {}),
      width: this.width,
      ...(height === null ? {} : { height }),
      template: magnified(plotlyTemplate(readPage(this.root)), type, LEAST_TYPE * type),
    };
  }

  /** By how much type and lines are enlarged. */
  #type() {
    return isPresented(this.root) ? typeScale() : 1;
  }

  /** What the size of everything hangs on: the enlargement, and the height where it is not the figure's own. */
  #scale() {
    return `${this.#type()} ${this.#height()}`;
  }

  /** The height of the window less the bar or the caption; null for the figure's own. */
  #height() {
    if (isPresented(this.root)) return Math.max(200, presentedHeight(this.plot) - this.#below());
    return document.fullscreenElement === this.root ? Math.max(200, innerHeight - this.words.offsetHeight - 80) : null;
  }

  /** Room below the figure, in pixels: for its caption and its controls, where it is not presented alone. */
  #below() {
    const column = this.root.classList.contains("presented") ? null : this.root.closest("[data-testid=stColumn]");
    if (!column || isAboveWords(this.root)) return 4;
    // Controls that come later, or take another row, change the column's height.
    if (column.firstElementChild) this.resizing.observe(column.firstElementChild);
    const parts = [...column.querySelectorAll("[data-testid=stCaptionContainer], .st-key-lesson_controls")];
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    return parts.reduce((sum, part) => sum + part.getBoundingClientRect().height + rem, 0);
  }

  #listen() {
    this.listening = true;
    let moved = 0;
    this.plot.addEventListener("pointerdown", (down) => {
      moved = 0;
      // Plotly covers the page while something is dragged.
      const up = ({ clientX, clientY }) => (moved = Math.hypot(clientX - down.clientX, clientY - down.clientY));
      addEventListener("pointerup", up, { capture: true, once: true });
    }, true);
    this.plot.on("plotly_click", ({ points, event }) => {
      // Plotly takes the end of a drag for a click where dragging does nothing.
      if (moved > FARTHEST_CLICK) return;
      const point = nearest(points, event, this.plot);
      if (point) this.send({ ...clickMessage(point), n: Date.now() });
    });
    this.plot.on("plotly_selected", (event) => {
      const marked = event?.range?.x;
      if (!marked) return;
      this.send({ marked, n: Date.now() });
      // The page draws what was marked in its own way.
      window.Plotly.relayout(this.plot, { selections: [] });
    });
  }
}

/** The farthest that a pointer moves in a click, in pixels. */
const FARTHEST_CLICK = 8;
/** The smallest type that is enlarged, in pixels. */
const LEAST_TYPE = 10.5;

const CONFIG = { displayModeBar: false, responsive: false, showTips: false, doubleClick: "reset" };

/** If several curves have a point at the same x, return the one closest to the pointer. */
function nearest(points, event, plot) {
  const top = plot.getBoundingClientRect().top;
  const away = ({ yaxis, y }) => {
    const distance = Math.abs(yaxis?.d2p(y) + yaxis?._offset - (event.clientY - top));
    return Number.isNaN(distance) ? Infinity : distance;
  };
  return [...points].sort((one, other) => away(one) - away(other))[0];
}

/** The message to Python about a clicked point. */
function clickMessage({ x, y, curveNumber, customdata }) {
  const values = ArrayBuffer.isView(customdata) ? Array.from(/** @type {any} */ (customdata)) : customdata ?? null;
  return { x: x ?? null, y: y ?? null, curve: curveNumber, customdata: values };
}
