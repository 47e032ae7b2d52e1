/** Colours: Streamlit's current theme, and the palette of the frame prepared for painting. */

/** [red, green, blue] of "#rrggbb", each 0 to 255. */
function channels(hex) {
  const value = parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Relative luminance of a colour, 0 black to 1 white (WCAG 2). */
function luminance([red, green, blue]) {
  const linear = (share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red / 255) + 0.7152 * linear(green / 255) + 0.0722 * linear(blue / 255);
}

/** The luminance on which black and white text are equally readable (WCAG 2). */
const EVEN = 0.18;

/** Return the readable colour of text on [red, green, blue]. */
export function inkOn(colour) {
  return luminance(colour) > EVEN ? "#14181f" : "#ffffff";
}

/** A colour scale as 256 colours between its stops. */
class Scale {
  constructor(stops) {
    this.stops = stops;
    this.colours = new Uint8ClampedArray(256 * 3);
    /** The colours as 32-bit pixels, red first in memory (little endian). */
    this.pixels = new Uint32Array(256);
    /** The colours as CSS strings, and a readable text colour on each. */
    this.css = [];
    this.inks = [];
    const ends = stops.map(channels);
    for (let index = 0; index < 256; index++) {
      const place = (index / 255) * (ends.length - 1);
      const lower = Math.min(Math.floor(place), ends.length - 2);
      for (let channel = 0; channel < 3; channel++) {
        const [from, to] = [ends[lower][channel], ends[lower + 1][channel]];
        this.colours[index * 3 + channel] = from + (to - from) * (place - lower);
      }
      const [red, green, blue] = this.colours.subarray(index * 3, index * 3 + 3);
      this.pixels[index] = (255 << 24) | (blue << 16) | (green << 8) | red;
      this.css.push(`rgb(${red} ${green} ${blue})`);
      this.inks.push(inkOn([red, green, blue]));
    }
  }

  /** Return the index of the colour at a fraction of the scale, clipped to its ends. */
  index(fraction) {
    return Math.round(Math.min(1, Math.max(0, fraction)) * 255) || 0;
  }

  /** Return [red, green, blue] at a fraction of the scale, clipped to its ends. */
  at(fraction) {
    const index = this.index(fraction) * 3;
    return this.colours.subarray(index, index + 3);
  }

  get gradient() {
    return `linear-gradient(to right, ${this.stops.join(", ")})`;
  }
}

const scales = new Map();

function scale(stops) {
  const key = stops.join();
  if (!scales.has(key)) scales.set(key, new Scale(stops));
  return scales.get(key);
}

/**
 * Resolve any CSS colour to [red, green, blue]; Streamlit's themes may use any notation.
 * @returns {any}
 */
function resolve(colour) {
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  probe.fillStyle = colour;
  probe.fillRect(0, 0, 1, 1);
  return probe.getImageData(0, 0, 1, 1).data.slice(0, 3);
}

/** @type {any} */
let known = { key: "" };

/** Read the page's colours and fonts from the CSS variables of an element inside the component. */
export function readPage(element) {
  const style = getComputedStyle(element);
  const variable = (name) => style.getPropertyValue(`--st-${name}`).trim();
  const background = variable("background-color") || "#ffffff";
  const key = [background, variable("text-color"), variable("font")].join();
  if (key !== known.key) {
    known = {
      key,
      dark: luminance(resolve(background)) < 0.4,
      background,
      text: variable("text-color") || "#222222",
      surface: variable("secondary-background-color") || "#f3f3f3",
      border: variable("border-color") || "#cccccc",
      font: variable("font") || "sans-serif",
      code: variable("code-font") || "monospace",
    };
  }
  return known;
}

/**
 * Read the theme of the page and select the matching palette.
 * @param {Element} element inside the component
 * @param {{light: object, dark: object}} palette from the frame
 */
export function readTheme(element, palette) {
  const page = readPage(element);
  const chosen = page.dark ? palette.dark : palette.light;
  return {
    ...page,
    sequential: scale(chosen.sequential),
    diverging: scale(chosen.diverging),
    roles: chosen.roles,
    gradient: chosen.gradient,
  };
}

/** Call `changed` when the theme of an element changes; its stylesheet gives it the class themed. */
export function watchTheme(element, changed) {
  element.classList.add("themed");
  element.addEventListener("transitionend", (event) => event.target === element && event.propertyName === "color" && changed());
}

/** A colour of the theme at this opacity, 0 to 1. */
export function faded(colour, share) {
  return `rgba(${[...resolve(colour).slice(0, 3)].join()},${share})`;
}

/** Pass the role colours to the stylesheet, as --live-write, --live-keep and so on. */
export function applyTheme(element, theme) {
  const wanted = theme.dark ? "dark" : "light";
  if (element.dataset.theme === wanted) return;
  for (const [role, colour] of Object.entries(theme.roles)) element.style.setProperty(`--live-${role}`, colour);
  element.style.setProperty("--live-gradient", theme.gradient);
  element.dataset.theme = wanted;
}

/** The colour of a gradient row: that of its quantity, so that a gate looks the same everywhere. */
export function gradientColour(frame, theme, symbol) {
  const quantity = frame.quantities.find((candidate) => candidate.symbol === symbol);
  return theme.roles[quantity ? quantity.role : "input"];
}
