/** A Plotly figure with larger type, lines and margins, as the presenter view needs it; positions and numbers stay. */

/** Fonts are objects of these names; what has none takes the template's. */
const FONTS = new Set(["font", "tickfont", "textfont", "insidetextfont", "outsidetextfont"]);

/** Lengths in pixels, by the name of the object around them; "" for any. */
const LENGTHS = {
  margin: ["l", "r", "t", "b", "pad"],
  line: ["width"],
  marker: ["size"],
  title: ["standoff"],
  colorbar: ["thickness", "xpad", "ypad", "ticklen", "outlinewidth"],
  "": ["xshift", "yshift", "standoff", "ticklabelstandoff", "ticklen", "arrowwidth", "bordersize", "borderpad", "gridwidth", "zerolinewidth"],
};

/** What is data, not looks: never walked through. */
const DATA = new Set([
  "x", "y", "z", "text", "customdata", "ids", "hovertext", "base", "color", "colorscale", "ticktext", "tickvals", "categoryarray",
]);

/**
 * Return a copy of a figure's layout, trace or template with everything in pixels enlarged.
 * @param {object} part of a figure
 * @param {number} scale 1 returns the part itself
 * @param {number} least font size of the result, in pixels
 */
export function magnified(part, scale, least = 0) {
  return scale === 1 ? part : copy(part, "", scale, least);
}

function copy(value, name, scale, least) {
  if (Array.isArray(value)) return value.map((each) => copy(each, name, scale, least));
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value) || "bdata" in value) return value;
  const lengths = [...(LENGTHS[name] ?? []), ...LENGTHS[""]];
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (DATA.has(key)) return [key, each];
      if (FONTS.has(name) && key === "size") return [key, enlarged(each, (size) => Math.max(least, size * scale))];
      const isLength = lengths.includes(key) && !(key === "thickness" && value.thicknessmode === "fraction");
      // An arrow's tail is in pixels unless it says otherwise.
      const isTail = (key === "ax" || key === "ay") && (value[`${key}ref`] ?? "pixel") === "pixel";
      if (isLength || isTail) return [key, enlarged(each, (length) => length * scale)];
      return [key, copy(each, key, scale, least)];
    }),
  );
}

function enlarged(value, grow) {
  if (Array.isArray(value)) return value.map((each) => enlarged(each, grow));
  return typeof value === "number" ? grow(value) : value;
}
