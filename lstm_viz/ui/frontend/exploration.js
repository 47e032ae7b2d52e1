/** The page of a saved exploration: strips of every layer, a step slider and the numbers of one unit. It needs no network. */

const part = (name) => /** @type {any} */ (document.getElementById(name));
const saved = JSON.parse(part("exploration").textContent);
const { plotly } = /** @type {any} */ ({ plotly: globalThis.Plotly });
const state = { layer: saved.layer, zoom: saved.zoom, unit: saved.unit, step: saved.step };

/** Numbers of an array as Plotly's figures write it: a list, or little-endian bytes in base64. */
function decode(array) {
  if (Array.isArray(array)) return array;
  const bytes = Uint8Array.from(atob(array.bdata), (character) => character.charCodeAt(0));
  const type = { f4: Float32Array, f8: Float64Array, i1: Int8Array, i2: Int16Array, i4: Int32Array, u1: Uint8Array, u2: Uint16Array }[array.dtype];
  return new type(bytes.buffer);
}

/** The heatmaps of all units of a layer, by the name of their quantity: z [unit in drawing order, step]. Decoded once. */
const heat = saved.layers.map(() => null);
function unitsOf(layer) {
  heat[layer] ??= saved.layers[layer].figures.units.data
    .filter(({ type, name }) => type === "heatmap" && name !== "text")
    .map(({ name, z }) => ({ name, values: decode(z) }));
  return heat[layer];
}

/** The values of the chosen unit of one quantity at all steps. */
function curveOf({ values }) {
  const row = saved.layers[state.layer].order.indexOf(state.unit);
  return values.slice(row * saved.steps, (row + 1) * saved.steps);
}

/** The figure to draw. One unit's is made of the heatmaps' numbers; its gradient is in the file for the unit it was saved with. */
function figure() {
  const { figures } = saved.layers[state.layer];
  const drawn = structuredClone(figures[state.zoom]);
  if (state.zoom === "unit" && state.unit !== saved.unit) {
    drawn.data = drawn.data.filter(({ type, name }) => type !== "bar" || !name.startsWith("∂L/∂"));
    for (const each of unitsOf(state.layer)) {
      const curve = drawn.data.find(({ name }) => name === `${each.name} of unit ${saved.unit}`);
      Object.assign(curve, { y: curveOf(each), name: `${each.name} of unit ${state.unit}` });
    }
    // A scale that was fitted to the other unit would cut this one off.
    for (const [name, axis] of Object.entries(drawn.layout)) if (name.startsWith("yaxis") && axis.type !== "log") axis.autorange = true;
  }
  fit(drawn.layout);
  for (const shape of drawn.layout.shapes ?? []) Object.assign(shape, { x0: state.step, x1: state.step });
  return drawn;
}

/** Below this width the legend is above the rows, in pixels. */
const NARROW = 700;

/** Make room: titles at the left, tokens under the last row only, the legend where it takes no width. */
function fit(layout) {
  const axes = Object.keys(layout).filter((name) => name.startsWith("xaxis"));
  for (const name of axes) layout[name].showticklabels = axes.length < 2 || name === `xaxis${axes.length}`;
  for (const each of layout.annotations ?? []) Object.assign(each, { x: 0, xanchor: "left", font: { size: 13 } });
  const narrow = innerWidth < NARROW;
  const top = narrow ? 110 : 34;
  delete layout.title;
  layout.margin = { l: narrow ? 34 : 60, r: narrow ? 8 : 20, t: top, b: 60 };
  if (narrow) layout.legend = { orientation: "h", x: 0, y: 1 + 26 / (layout.height - top - 60), yanchor: "bottom", font: { size: 11 } };
}

async function draw() {
  const { data, layout } = figure();
  const plot = part("figure");
  // The zoom in time stays while layer and rows change.
  const before = plot.layout?.xaxis?.range;
  if (before) {
    const axes = Object.entries(layout).filter(([name]) => name.startsWith("xaxis"));
    for (const [, axis] of axes) Object.assign(axis, { range: [...before], autorange: false });
  }
  await plotly.react(plot, data, layout, { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["sendChartToCloud", "sendDataToCloud"] });
  if (!draw.listening) {
    draw.listening = true;
    plot.on("plotly_click", ({ points: [point] }) => {
      choose({ step: point.x, ...(Number.isInteger(point.customdata) && point.data.type === "heatmap" ? { unit: point.customdata } : {}) });
    });
  }
  write();
}
draw.listening = false;

/** Apply a choice and show it; the figure is drawn again only if it changes. */
function choose(change) {
  const last = { ...state };
  Object.assign(state, change);
  state.step = Math.max(0, Math.min(saved.steps - 1, Math.round(state.step) || 0));
  state.unit = Math.max(0, Math.min(saved.layers[state.layer].order.length - 1, Math.round(state.unit) || 0));
  const anew = last.layer !== state.layer || last.zoom !== state.zoom || (state.zoom === "unit" && last.unit !== state.unit);
  if (anew) draw();
  else {
    const moved = (part("figure").layout?.shapes ?? []).map((_, index) => [[`shapes[${index}].x0`, state.step], [`shapes[${index}].x1`, state.step]]);
    if (moved.length) plotly.relayout(part("figure"), Object.fromEntries(moved.flat()));
    write();
  }
}

/** Write the numbers of the step and the unit. */
function write() {
  const { step, unit, layer } = state;
  Object.assign(part("layer"), { value: layer });
  Object.assign(part("zoom"), { value: state.zoom });
  Object.assign(part("unit"), { value: unit, max: saved.layers[layer].order.length - 1 });
  Object.assign(part("step"), { value: step, max: saved.steps - 1 });
  part("moment").textContent = `Step ${step} of ${saved.steps - 1}`;
  part("answer").textContent = saved.answers[step];
  part("values").replaceChildren(...unitsOf(layer).map((each) => entry(each.name, curveOf(each)[step])));
  const tokens = [...part("text").children];
  tokens.forEach((token, index) => token.toggleAttribute("aria-current", index === step));
  const here = tokens[step];
  if (here) part("text").scrollTop = here.offsetTop - part("text").offsetTop - 30;
}

function entry(name, value) {
  const pair = document.createElement("div");
  pair.append(
    Object.assign(document.createElement("dt"), { textContent: name }),
    Object.assign(document.createElement("dd"), { textContent: value.toFixed(4).replace("-", "−"), title: String(value) }),
  );
  return pair;
}

function begin() {
  part("layer").append(...saved.layers.map(({ name }, index) => new Option(name, String(index))));
  part("text").classList.toggle("words", saved.words);
  part("text").append(
    ...saved.tokens.map(({ label, colour, ink }, index) => {
      const token = Object.assign(document.createElement("button"), { type: "button", textContent: label, title: `Step ${index}` });
      Object.assign(token.style, colour ? { background: colour, color: ink } : {});
      token.addEventListener("click", () => choose({ step: index }));
      return token;
    }),
  );
  for (const name of ["layer", "unit", "step"]) part(name).addEventListener("input", () => choose({ [name]: Number(part(name).value) }));
  part("zoom").addEventListener("input", () => choose({ zoom: part("zoom").value }));
  draw();
}

if (saved.steps) begin();
else part("panel").hidden = true;
