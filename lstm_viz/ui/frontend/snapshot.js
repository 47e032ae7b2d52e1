/** Save the strips as PNG or SVG with a title, exactly as seen; show the whole view in full screen. */

import { paint } from "./paint_chart.js";
import { gradientColour } from "./theme.js";
import { objectiveLine, shortened } from "./number_format.js";
import { SvgContext } from "./svg_context.js";

/** The event on the document that asks for a picture; its detail is "png" or "svg". */
export const PICTURE_WANTED = "lstm-viz-picture";

/** Image pixels per screen pixel. */
const SCALE = 2;
const MARGIN = 16;
const TITLE = 50;
const FOOT = 44;

export class Snapshot {
  /**
   * @param {(name: string) => HTMLElement} part finds the elements of the page by name
   * @param {HTMLElement} root of the component
   * @param {() => object} scene what the chart shows now
   */
  constructor(part, root, scene) {
    this.save = (format) => savePicture(scene(), format);
    for (const format of ["png", "svg"]) part(format).addEventListener("click", () => this.save(format));
    // The page's own buttons, outside the component.
    /** @param {any} event */
    this.onPictureWanted = (event) => this.save(event.detail);
    document.addEventListener(PICTURE_WANTED, this.onPictureWanted);
    const button = part("fullscreen");
    button.hidden = !document.fullscreenEnabled;
    button.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen()));
    root.addEventListener("fullscreenchange", () => {
      const isFull = document.fullscreenElement === root;
      button.textContent = isFull ? "Leave full screen" : "Full screen";
    });
  }

  close() {
    document.removeEventListener(PICTURE_WANTED, this.onPictureWanted);
  }
}

/** Save what the chart shows as "png" or "svg"; nothing before there is a chart. */
async function savePicture(scene, format) {
  if (!scene?.plan) return;
  const blob = format === "svg" ? new Blob([asSvg(scene)], { type: "image/svg+xml" }) : await asPng(scene);
  saveBlob(blob, `${fileName(scene)}.${format}`);
}

/** Draw the chart with title, captions and legend on a new canvas. */
function asPng(scene) {
  const canvas = document.createElement("canvas");
  const { width, height } = sizeOf(scene);
  Object.assign(canvas, { width: width * SCALE, height: height * SCALE });
  const context = canvas.getContext("2d");
  context.scale(SCALE, SCALE);
  compose(context, scene);
  context.setTransform(1, 0, 0, 1, 0, 0);
  // Painting starts by clearing, so the background is drawn last, under everything.
  context.globalCompositeOperation = "destination-over";
  context.fillStyle = scene.theme.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** Write the same as SVG. */
function asSvg(scene) {
  const { width, height } = sizeOf(scene);
  const context = new SvgContext(width, height);
  compose(context, scene);
  return context.toText(scene.theme.background, titleOf(scene).join(" · "));
}

function sizeOf({ plan }) {
  return { width: plan.width + 2 * MARGIN, height: plan.height + TITLE + FOOT + 2 * MARGIN };
}

/** Draw everything but the background. */
function compose(context, scene) {
  const { plan, theme } = scene;
  context.save();
  context.translate(MARGIN, MARGIN + TITLE);
  paint(context, scene);
  writeCaptions(context, scene);
  writeFoot(context, scene);
  context.restore();
  context.translate(MARGIN, MARGIN);
  const [title, text] = titleOf(scene);
  write(context, title, 0, 0, `600 17px ${theme.font}`, theme.text);
  write(context, text, 0, 25, `13px ${theme.font}`, theme.text, plan.width);
}

/** The image's title in two lines: network, layer and units; and the text. */
export function titleOf({ frame, zoom }) {
  const { model, curve, text, view } = frame;
  const units = { overview: `mean of ${model.units} units`, units: `all ${model.units} units`, unit: `unit ${view.unit}` }[zoom];
  const layer = model.layers > 1 ? ` · ${model.layerTitle}` : "";
  const subject = curve ? `${curve.name}, in ${curve.unit}` : `“${shortened(text.replace(/\s+/g, " ").trim(), 110)}”`;
  return [`${model.title}${layer} · ${units}`, subject];
}

function fileName({ frame, zoom }) {
  const unit = zoom === "unit" ? `_unit_${frame.view.unit}` : "";
  return `lstm_viz_${frame.model.name || "series"}_${frame.model.layerTitle}${unit}`.replace(/[^\w.-]+/g, "_");
}

function writeCaptions(context, { plan, theme }) {
  for (const { top, height, name, symbol, plain, role } of plan.rows) {
    const title = symbol ? `${name} ${symbol}` : name;
    const colour = role ? theme.roles[role] : theme.text;
    if (plan.narrow) {
      write(context, title, 0, top - 16, `600 12px ${theme.font}`, colour);
      continue;
    }
    const lines = wrapped(context, plain, `10.5px ${theme.font}`, 132);
    const y = top + height / 2 - (15 + 12 * lines.length) / 2;
    write(context, title, 0, y, `600 13px ${theme.font}`, colour);
    lines.forEach((line, index) => write(context, line, 0, y + 15 + 12 * index, `10.5px ${theme.font}`, theme.text));
  }
}

function writeFoot(context, { frame, plan, theme, zoom, hidden }) {
  let x = 0;
  for (const { symbol, label } of frame.gradients) {
    if (hidden.has(symbol)) continue;
    context.fillStyle = gradientColour(frame, theme, symbol);
    context.fillRect(x, plan.height + 8, 14, 3);
    write(context, label, x + 19, plan.height + 3, `12px ${theme.font}`, theme.text);
    x += 36 + context.measureText(label).width;
  }
  write(context, objectiveLine(frame, zoom), 0, plan.height + 24, `12px ${theme.font}`, theme.text, plan.width);
}

function write(context, text, x, y, font, colour, most) {
  Object.assign(context, { font, fillStyle: colour, textAlign: "left", textBaseline: "top", globalAlpha: 1 });
  context.fillText(text, x, y, most);
}

function wrapped(context, text, font, width) {
  context.font = font;
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (context.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Download a file. */
function saveBlob(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
