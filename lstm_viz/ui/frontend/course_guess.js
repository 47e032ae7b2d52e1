/** A surface for a guess: a curve over the tokens of a text, or bars to drag; then what was measured or computed, beside it. */

import { farthest, fill, heightOf, stroke, valueAt, formatGuessValue } from "./curve.js";
import { make } from "./elements.js";
import { PRESENT_CHANGED, isPresented, presentedHeight, typeScale } from "./present.js";
import { readTheme, watchTheme } from "./theme.js";

/** In units of the drawing: pixels, enlarged in the presenter view. */
const SIZE = { height: 300, right: 10, top: 26, bottom: 30 };
const SPACE = "http://www.w3.org/2000/svg";
/** The smallest type, in the same units: the presenter view makes 24 px of it on the screen that it is meant for. */
const SMALLEST = 10.5;
/** How far an arrow key moves a value, as a share of the axis. */
const PACE = { ArrowUp: 0.05, ArrowDown: -0.05, PageUp: 0.25, PageDown: -0.25 };

/** A click this soon after a finger was lifted is the same press, in milliseconds. */
const SAME_PRESS = 700;

export class Guess {
  constructor(root) {
    this.root = root;
    this.svg = svgElement("svg", { class: "course-surface", tabindex: 0, role: "slider" });
    this.send = make("button.course-send", { type: "button", textContent: "Show the answer" });
    this.key = make("p.course-key");
    root.append(this.key, this.svg, this.send);
    this.place = 0;
    this.svg.addEventListener("pointerdown", (event) => this.#begin(event));
    this.svg.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) this.svg.addEventListener(end, () => (this.last = null));
    this.svg.addEventListener("keydown", (event) => this.#onKey(event));
    this.resized = new ResizeObserver(() => this.header && this.#draw());
    this.resized.observe(root);
    this.presented = () => this.header && this.#draw();
    document.addEventListener(PRESENT_CHANGED, this.presented);
    watchTheme(root, () => this.header && this.#draw());
  }

  receive(header, send) {
    if (!this.header || this.header.label !== header.label || header.given) {
      this.values = header.given ? [...header.given] : header.names.map(() => null);
      this.place = 0;
    }
    this.header = header;
    this.send.hidden = Boolean(header.measured);
    this.#onPress(() => send({ values: fill(this.values) }));
    this.#draw();
  }

  close() {
    this.resized.disconnect();
    document.removeEventListener(PRESENT_CHANGED, this.presented);
  }

  /**
   * Act when the button is pressed. After a stroke that a finger ended at full speed, the browser takes the next tap for the end
   * of a fling and sends no click: a finger counts when it is lifted, and the click that may follow does not count again.
   */
  #onPress(act) {
    let lifted = -Infinity;
    this.send.onpointerup = ({ pointerType, timeStamp }) => {
      if (pointerType !== "touch") return;
      lifted = timeStamp;
      act();
    };
    this.send.onclick = ({ timeStamp }) => timeStamp - lifted > SAME_PRESS && act();
  }

  /** Pixels of a unit of the drawing: all of it grows in the presenter view. */
  get #scale() {
    return isPresented(this.root) ? typeScale() : 1;
  }

  /** Width of the drawing, in its units. */
  get #width() {
    return (this.svg.getBoundingClientRect().width || 600) / this.#scale;
  }

  /** Height of the drawing, in its units: the window's rest where it is presented. */
  get #height() {
    return isPresented(this.root) ? Math.max(140, presentedHeight(this.svg) / this.#scale - 46) : SIZE.height;
  }

  /** The room for the values beside the axis: small shares have many digits. */
  get #left() {
    return this.header.log ? 82 : 54;
  }

  get #open() {
    return !this.header.measured;
  }

  #begin(event) {
    if (!this.#open) return;
    this.svg.setPointerCapture(event.pointerId);
    this.last = this.#point(event);
    this.#stroke(this.last);
  }

  #move(event) {
    if (this.last && this.#open) this.#stroke(this.#point(event));
  }

  #point(event) {
    const box = this.svg.getBoundingClientRect();
    const { names, style } = this.header;
    const step = this.#step();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top].map((each) => each / this.#scale);
    const place = Math.min(names.length - 1, Math.max(0, Math.floor((x - this.#left) / step)));
    const height = 1 - (y - SIZE.top) / (this.height - SIZE.top - SIZE.bottom);
    // A bar stays with the finger that took it.
    return { place: style === "bars" && this.last ? this.last.place : place, value: valueAt(height, this.header) };
  }

  #stroke(point) {
    stroke(this.values, this.last, point);
    this.last = point;
    this.place = point.place;
    this.#draw();
  }

  #onKey(event) {
    const { names } = this.header;
    const sideways = { ArrowLeft: this.place - 1, ArrowRight: this.place + 1, Home: 0, End: names.length - 1 }[event.key];
    if (sideways !== undefined) this.place = Math.min(names.length - 1, Math.max(0, sideways));
    else if (event.key in PACE && this.#open) {
      const value = this.values[this.place] ?? fill(this.values)[this.place] ?? valueAt(0.5, this.header);
      this.values[this.place] = valueAt(heightOf(value, this.header) + PACE[event.key], this.header);
    } else return;
    event.preventDefault();
    event.stopPropagation();
    this.#draw();
  }

  #step() {
    return (this.#width - this.#left - SIZE.right) / this.header.names.length;
  }

  #draw() {
    const { header, svg } = this;
    const theme = readTheme(this.root, header.palette);
    this.height = this.#height;
    svg.style.height = `${this.height * this.#scale}px`;
    svg.setAttribute("viewBox", `0 0 ${this.#width} ${this.height}`);
    const step = this.#step();
    const y = (value) => SIZE.top + (1 - heightOf(value, header)) * (this.height - SIZE.top - SIZE.bottom);
    const x = (place) => this.#left + step * (place + 0.5);
    const mine = fill(this.values);
    const parts = [...this.#axis(theme, y), ...this.#names(theme, x, step)];
    const colour = theme.roles[header.role];
    const draw = header.style === "bars" ? bars : lines;
    const bottom = this.height - SIZE.bottom;
    if (header.measured && mine.length) parts.push(this.#difference(mine, x, y, theme));
    if (mine.length) parts.push(...draw(mine, { x, y, step, bottom, colour: theme.text, side: -1, dashed: true }));
    if (header.measured) parts.push(...draw(header.measured, { x, y, step, bottom, colour, side: 1, dashed: false }));
    if (header.style === "bars") parts.push(...this.#valueLabels(mine, x, y, step, theme, colour));
    svg.replaceChildren(...parts);
    svg.setAttribute("aria-label", `${this.#open ? "Your guess" : `Your guess, and what was ${header.found}`}: ${header.label}`);
    svg.setAttribute("aria-valuetext", this.#valueText(mine));
    svg.setAttribute("aria-valuenow", String(mine[this.place] ?? header.low));
    svg.setAttribute("aria-valuemin", String(header.low));
    svg.setAttribute("aria-valuemax", String(header.high));
    this.send.disabled = !mine.length;
    this.key.replaceChildren(...keyOf(header, colour, theme));
    this.root.hidden = false;
  }

  #valueText(mine) {
    const { header, place } = this;
    const value = mine.length ? formatGuessValue(mine[place], header) : "nothing yet";
    const measured = header.measured ? `, ${header.found} ${formatGuessValue(header.measured[place], header)}` : "";
    return `${header.names[place]}: ${value}${measured}`;
  }

  #axis(theme, y) {
    const { header } = this;
    const end = this.#width - SIZE.right;
    return [0, 0.25, 0.5, 0.75, 1].flatMap((height) => {
      const value = valueAt(height, header);
      return [
        svgElement("line", { x1: this.#left, x2: end, y1: y(value), y2: y(value), stroke: theme.border }),
        svgElement("text", {
          x: this.#left - 6, y: y(value) + 4, "text-anchor": "end", "font-size": 12, fill: theme.text,
        }, formatGuessValue(value, header)),
      ];
    });
  }

  #names(theme, x, step) {
    const { header, place } = this;
    const bottom = this.height - 10;
    const isCurve = header.style === "curve";
    const longest = Math.max(1, ...header.names.map((each) => each.length));
    // Words that would run into each other stand on two lines in turn.
    const isTight = isCurve && 0.62 * SMALLEST * longest > step;
    const mark = svgElement("rect", {
      class: "course-place", x: x(place) - step / 2, y: SIZE.top, width: step, height: this.height - SIZE.top, fill: theme.text,
    });
    return [mark, ...header.names.map((name, index) => svgElement("text", {
      x: x(index), y: isTight ? bottom - 7 + 13 * (index % 2) : bottom, "text-anchor": "middle", fill: theme.text,
      "font-size": isCurve ? Math.max(SMALLEST, Math.min(16, (1.5 * step) / longest)) : 14,
      "font-family": isCurve ? theme.code : theme.font,
    }, name))];
  }

  #difference(mine, x, y, theme) {
    const { measured } = this.header;
    const most = farthest(mine, measured, this.header);
    return svgElement("line", {
      class: "course-farthest", x1: x(most), x2: x(most), y1: y(mine[most]), y2: y(measured[most]),
      stroke: theme.gradient, "stroke-width": 4, "stroke-opacity": 0.7,
    });
  }

  #valueLabels(mine, x, y, step, theme, colour) {
    const { header } = this;
    const label = (value, place, side, fill) => svgElement("text", {
      x: x(place) + (header.measured ? side * 0.2 * step : 0), y: Math.max(14, y(value) - 6),
      "text-anchor": "middle", "font-size": 14, "font-weight": 600, fill,
    }, formatGuessValue(value, header));
    return [
      ...mine.map((value, place) => (this.values[place] === null ? null : label(value, place, -1, theme.text))),
      ...(header.measured ?? []).map((value, place) => label(value, place, 1, colour)),
    ].filter(Boolean);
  }
}

/** Create an SVG element; its text is set as text, never as markup. */
function svgElement(name, attributes, text = null) {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== null) element.textContent = text;
  return element;
}

function lines(values, { x, y, colour, dashed }) {
  const points = values.map((value, place) => `${x(place).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  return [svgElement("polyline", {
    points, fill: "none", stroke: colour, "stroke-width": 3, "stroke-linejoin": "round", "stroke-dasharray": dashed ? "7 4" : "none",
  })];
}

function bars(values, { x, y, step, bottom, colour, side, dashed }) {
  return values.map((value, place) => svgElement("rect", {
    x: x(place) + side * 0.2 * step - 0.15 * step, width: 0.3 * step, y: y(value), height: Math.max(2, bottom - y(value)),
    fill: colour, "fill-opacity": dashed ? 0.25 : 0.8, stroke: colour, "stroke-width": 2, "stroke-dasharray": dashed ? "7 4" : "none",
  }));
}

function keyOf({ measured, found, label }, colour, theme) {
  const named = (text, stroke, style) => make("span", {}, make("i", { style: `border-top: 3px ${style} ${stroke}` }), text);
  const title = make("b", { textContent: label });
  const guess = named("your guess", theme.text, "dashed");
  return measured ? [title, guess, named(found, colour, "solid")] : [title, guess];
}
