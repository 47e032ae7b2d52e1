/** Buttons of every figure: save as PNG or SVG, and full screen. */

import { button, make } from "./elements.js";
import { readPage } from "./theme.js";
import { shortened } from "./number_format.js";

/** Height of the image's title, in pixels. */
const TITLE = 54;

/**
 * Add the buttons to a figure's element.
 * @param {HTMLElement} root of the figure
 * @param {() => {plotly: object, plot: HTMLElement, data: object[], layout: object, network: string}} figure as drawn now, with the
 *   user's zoom, and the title of its network
 */
export function addTools(root, figure) {
  const png = button("PNG", () => save(root, figure(), "png"), { title: "Save this figure as a PNG file, with a title" });
  const svg = button("SVG", () => save(root, figure(), "svg"), { title: "Save the same as an SVG file, sharp at any size" });
  const full = button("Full screen", () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen()), {
    title: "Show this figure on the whole screen", hidden: !document.fullscreenEnabled,
  });
  root.addEventListener("fullscreenchange", () => (full.textContent = document.fullscreenElement === root ? "Leave full screen" : "Full screen"));
  root.append(make("div.figure-tools", {}, png, svg, full));
}

/** The image's title: the page, and the network and text of its address, if any; `network` is its title. */
export function titleOf(address, page, network) {
  const { searchParams } = new URL(address);
  const [model, text] = [searchParams.get("model"), searchParams.get("text")?.replace(/\s+/g, " ").trim()];
  return [page.replace(/ · lstm_viz$/, ""), model && (network || model), text && `“${shortened(text, 90)}”`].filter(Boolean).join(" · ");
}

/** The file's name, without its ending: the page, its question, the network and the text. */
export function fileName(address, page, network) {
  const question = new URL(address).searchParams.get("ask");
  const [first, ...others] = titleOf(address, page, network).split(" · ");
  return [first, question, ...others].filter(Boolean).join(" ").replace(/[^\p{L}\p{N}]+/gu, "_").slice(0, 80) || "figure";
}

async function save(root, { plotly, plot, data, layout, network }, format) {
  // Nothing is drawn yet.
  if (!data) return;
  const { background, text } = readPage(root);
  const title = titleOf(location.href, document.title, network);
  const height = (layout.height ?? plot.clientHeight) + TITLE;
  const margin = { ...layout.margin, t: (layout.margin?.t ?? 12) + TITLE };
  await plotly.downloadImage(
    {
      data,
      layout: {
        ...layout,
        height,
        margin,
        paper_bgcolor: background,
        title: {
          // Plotly would interpret what looks like a tag.
          text: title.replaceAll("&", "&amp;").replaceAll("<", "&lt;"),
          x: 0.01, xanchor: "left", y: 1 - 22 / height, font: { size: 15, color: text },
        },
      },
      config: {},
    },
    { format, scale: 2, width: plot.clientWidth, height, filename: fileName(location.href, document.title, network) },
  );
}
