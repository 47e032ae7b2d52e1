/**
 * A drawing context that writes SVG: the part of CanvasRenderingContext2D that the chart's painters use, so that the same painters
 * draw the screen and the file. Numbers have two decimals. Text stays text; bitmaps become embedded PNG images.
 */

/** What `save` keeps and `restore` brings back. */
const STATE = [
  "fillStyle", "strokeStyle", "lineWidth", "lineJoin", "globalAlpha", "font", "textAlign", "textBaseline", "dashes", "clipName",
  "across", "down",
];

const ANCHORS = { center: "middle", right: "end", end: "end" };

export class SvgContext {
  /** @param {number} width @param {number} height of the image in pixels */
  constructor(width, height) {
    this.width = width;
    this.height = height;
    // As a new canvas has them.
    this.fillStyle = this.strokeStyle = "#000000";
    this.lineWidth = this.globalAlpha = 1;
    this.lineJoin = "miter";
    this.font = "10px sans-serif";
    this.textAlign = "start";
    this.textBaseline = "alphabetic";
    this.imageSmoothingEnabled = true;
    this.dashes = [];
    this.clipName = "";
    this.across = this.down = 0;
    this.states = [];
    this.elements = [];
    this.definitions = [];
    this.path = [];
    // Measures text, whose width and baseline SVG leaves to the viewer.
    this.ruler = document.createElement("canvas").getContext("2d");
  }

  /** Return the file: everything drawn so far on a background, with a title for screen readers. */
  toText(background, title) {
    const [width, height] = [round(this.width), round(this.height)];
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
      `<title>${escape(title)}</title>`,
      `<defs>${this.definitions.join("")}</defs>`,
      `<rect width="100%" height="100%" fill="${escape(background)}"/>`,
      ...this.elements,
      "</svg>\n",
    ].join("\n");
  }

  save() {
    this.states.push(Object.fromEntries(STATE.map((name) => [name, this[name]])));
  }

  restore() {
    Object.assign(this, this.states.pop());
  }

  translate(x, y) {
    this.across += x;
    this.down += y;
  }

  setLineDash(dashes) {
    this.dashes = dashes;
  }

  /** Nothing to clear: a file starts empty. */
  clearRect() {}

  measureText(text) {
    this.ruler.font = this.font;
    return this.ruler.measureText(text);
  }

  beginPath() {
    this.path = [];
  }

  moveTo(x, y) {
    this.path.push(`M${this.#at(x, y)}`);
  }

  lineTo(x, y) {
    this.path.push(`${this.path.length ? "L" : "M"}${this.#at(x, y)}`);
  }

  /** A whole circle; the painters draw no other arcs. */
  arc(x, y, radius) {
    const r = round(radius);
    this.path.push(`M${this.#at(x - radius, y)}a${r} ${r} 0 1 0 ${round(2 * radius)} 0a${r} ${r} 0 1 0 ${round(-2 * radius)} 0Z`);
  }

  rect(x, y, width, height) {
    this.path.push(`M${this.#at(x, y)}h${round(width)}v${round(height)}h${round(-width)}Z`);
  }

  clip() {
    const name = `clip${this.definitions.length}`;
    this.definitions.push(`<clipPath id="${name}"${this.#clipped()}><path d="${this.path.join("")}"/></clipPath>`);
    this.clipName = name;
  }

  fill() {
    if (this.path.length) this.#add(`<path d="${this.path.join("")}"${this.#filled()}/>`);
  }

  stroke() {
    if (this.path.length) this.#add(`<path d="${this.path.join("")}"${this.#stroked()}/>`);
  }

  fillRect(x, y, width, height) {
    // SVG has no negative sizes.
    const [left, top] = [Math.min(x, x + width), Math.min(y, y + height)];
    this.#add(`<rect${this.#corner(left, top)} width="${round(Math.abs(width))}" height="${round(Math.abs(height))}"${this.#filled()}/>`);
  }

  strokeRect(x, y, width, height) {
    this.#add(`<rect${this.#corner(x, y)} width="${round(Math.max(0, width))}" height="${round(Math.max(0, height))}"${this.#stroked()}/>`);
  }

  fillText(text, x, y, most = Infinity) {
    const content = String(text);
    if (!content.trim()) return;
    const length = this.measureText(content).width > most ? ` textLength="${round(most)}" lengthAdjust="spacingAndGlyphs"` : "";
    const anchor = this.textAlign in ANCHORS ? ` text-anchor="${ANCHORS[this.textAlign]}"` : "";
    const style = ` style="font:${escape(this.font)};white-space:pre"`;
    this.#add(`<text${this.#corner(x, y + this.#baseline())}${anchor}${length}${style}${this.#filled()}>${escape(content)}</text>`);
  }

  /** Draw part of a bitmap, each of its pixels a sharp rectangle. */
  drawImage(bitmap, fromX, fromY, fromWidth, fromHeight, x, y, width, height) {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: fromWidth, height: fromHeight });
    canvas.getContext("2d").drawImage(bitmap, fromX, fromY, fromWidth, fromHeight, 0, 0, fromWidth, fromHeight);
    const size = `width="${round(width)}" height="${round(height)}" preserveAspectRatio="none" style="image-rendering:pixelated"`;
    this.#add(`<image${this.#corner(x, y)} ${size} href="${canvas.toDataURL("image/png")}"/>`);
  }

  #add(element) {
    this.elements.push(this.clipName ? `<g${this.#clipped()}>${element}</g>` : element);
  }

  #clipped() {
    return this.clipName ? ` clip-path="url(#${this.clipName})"` : "";
  }

  #at(x, y) {
    return `${round(x + this.across)} ${round(y + this.down)}`;
  }

  #corner(x, y) {
    return ` x="${round(x + this.across)}" y="${round(y + this.down)}"`;
  }

  #opacity() {
    return this.globalAlpha === 1 ? "" : ` opacity="${round(this.globalAlpha)}"`;
  }

  #filled() {
    return ` fill="${escape(String(this.fillStyle))}"${this.#opacity()}`;
  }

  #stroked() {
    const dashes = this.dashes.length ? ` stroke-dasharray="${this.dashes.join(" ")}"` : "";
    const stroke = `stroke="${escape(String(this.strokeStyle))}" stroke-width="${round(this.lineWidth)}"`;
    return ` fill="none" ${stroke} stroke-linejoin="${this.lineJoin}"${dashes}${this.#opacity()}`;
  }

  /** Return how far below y the letters' own baseline is. */
  #baseline() {
    this.ruler.font = this.font;
    const above = (textBaseline) => Object.assign(this.ruler, { textBaseline }).measureText("x").fontBoundingBoxAscent;
    return above("alphabetic") - above(this.textBaseline);
  }
}

function round(value) {
  return Math.round(value * 100) / 100;
}

/** Characters that XML cannot hold, and halves of surrogate pairs. */
// eslint-disable-next-line no-control-regex
const UNFIT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Escape a text for an element or an attribute. */
export function escape(text) {
  return text.replace(UNFIT, "\ufffd").replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
