/**
 * The textbook cell diagrams as SVG: the layout, and where each number is shown.
 *
 * Each function draws one kind of cell and returns a function that sets the numbers of a step: the quantities by symbol, the
 * previous states (`c0`, `h0`), and the text of the input (`read`).
 */

import { quantityText } from "./explain.js";
import { annotation, edge, gateBox, operation, reading, shape } from "./svg_parts.js";
import { number } from "./number_format.js";

export const SIZE = { width: 460, height: 348 };

/** The left and right end of the state's line through the cell. */
const [ENTRY, EXIT] = [4, 456];

/** Draw the inputs of all gates: h from the left, x from below. */
function drawInputs(svg, columns, y) {
  const bus = y + 84;
  const inputs = [edge(svg, `M ${ENTRY} ${bus} H ${columns.at(-1)}`, "hidden")];
  for (const x of columns) inputs.push(edge(svg, `M ${x} ${bus} V ${y + 50}`, "hidden"));
  const entry = edge(svg, `M ${ENTRY + 24} ${bus + 26} V ${bus}`, "input");
  const meaning = "h before\nthe hidden state after the step before; it enters every gate";
  const before = reading(svg, ENTRY, bus - 10, "h before", "hidden", "start", meaning);
  const explained = "x, the input\nthe input of this step: the token's learned vector, or the hidden states of the layer below";
  const token = shape(svg, "text", { x: ENTRY + 34, y: bus + 24, class: "live-token", "data-explains": explained });
  return ({ h0, read }) => {
    inputs.forEach((flow) => flow(h0));
    entry(0.4);
    before(number(h0));
    token.textContent = `x: reads ${read}`;
  };
}

/** c_t = f·c_{t−1} + i·g and h_t = o·tanh(c_t) (Hochreiter & Schmidhuber 1997, Gers et al. 2000). */
function drawLstm(svg, gates, open) {
  const [f, i, g, o] = [84, 180, 276, 378];
  const [belt, y, join, meet] = [52, 224, (i + g) / 2, 128];
  const flows = {
    before: edge(svg, `M ${ENTRY} ${belt} H ${f}`, "cell"),
    kept: edge(svg, `M ${f} ${belt} H ${join}`, "cell"),
    after: edge(svg, `M ${join} ${belt} H ${EXIT}`, "cell"),
    f: edge(svg, `M ${f} ${y - 31} V ${belt}`, "keep"),
    i: edge(svg, `M ${i} ${y - 31} V ${meet} H ${join}`, "write"),
    g: edge(svg, `M ${g} ${y - 31} V ${meet} H ${join}`, "candidate"),
    written: edge(svg, `M ${join} ${meet} V ${belt}`, "cell"),
    squashed: edge(svg, `M ${o} ${belt} V ${meet + 24}`, "cell"),
    o: edge(svg, `M ${o} ${y - 31} V ${meet + 24}`, "read"),
    h: edge(svg, `M ${o} ${meet + 24} H ${EXIT}`, "hidden"),
  };
  const inputs = drawInputs(svg, [f, i, g, o], y);
  operation(svg, f, belt, "×", "forget\nthe old cell state times the forget gate: what is kept\nf·c");
  operation(svg, join, belt, "+", "add\nthe new cell state: what is kept and what is written\nc = f·c + i·g");
  operation(svg, join, meet, "×", "write\nthe candidate times the input gate: what is written\ni·g");
  operation(svg, o, belt + 38, "tanh", "tanh\nmaps the cell state to −1 … 1");
  operation(svg, o, meet + 24, "×", "read out\nthe cell state after tanh times the output gate\nh = o·tanh(c)");
  const c0 = reading(svg, ENTRY, belt - 10, "c before", "cell", "start", "c before\nthe cell state after the step before: the unit's memory");
  const c = reading(svg, EXIT, belt - 10, "c now", "cell", "end", "c now\nthe cell state after this step\nc = f·c + i·g");
  const h = reading(svg, EXIT, meet + 14, "h now", "hidden", "end", "h now\nthe hidden state, passed to the next step and layer\nh = o·tanh(c)");
  const kept = annotation(svg, f + 19, belt + 18);
  const written = annotation(svg, join + 12, meet - 26);
  const squashed = annotation(svg, o + 27, belt + 43);
  const openings = drawGates(svg, gates, { i, f, g, o }, y, open);
  return (moment) => {
    const { c0: old } = moment;
    const tanh = Math.tanh(moment.c);
    openings(moment);
    inputs(moment);
    c0(number(old));
    c(number(moment.c));
    h(number(moment.h));
    kept(`f·c = ${number(moment.f * old)}`);
    written(`i·g = ${number(moment.i * moment.g)}`);
    squashed(number(tanh));
    const flowing = { before: old, kept: moment.f * old, after: moment.c, f: moment.f, i: moment.i, g: moment.g };
    Object.assign(flowing, { written: moment.i * moment.g, squashed: tanh, o: moment.o, h: moment.h });
    for (const [name, value] of Object.entries(flowing)) flows[name](value);
  };
}

/** h_t = (1 − z)·n + z·h_{t−1}, n seeing only r of the old state (Cho et al. 2014, as PyTorch computes it). */
function drawGru(svg, gates, open) {
  const [r, z, n] = [110, 220, 352];
  const [belt, y, meet] = [52, 224, 128];
  const join = n;
  const flows = {
    before: edge(svg, `M ${ENTRY} ${belt} H ${z}`, "hidden"),
    kept: edge(svg, `M ${z} ${belt} H ${join}`, "hidden"),
    after: edge(svg, `M ${join} ${belt} H ${EXIT}`, "hidden"),
    z: edge(svg, `M ${z} ${y - 31} V ${belt}`, "keep"),
    rest: edge(svg, `M ${z} ${meet} H ${join}`, "keep"),
    n: edge(svg, `M ${n} ${y - 31} V ${meet}`, "candidate"),
    written: edge(svg, `M ${join} ${meet} V ${belt}`, "hidden"),
    r: edge(svg, `M ${r} ${y - 31} V ${y - 52} H ${n - 56} V ${y} H ${n - 42}`, "read"),
  };
  const inputs = drawInputs(svg, [r, z, n], y);
  operation(svg, z, belt, "×", "keep\nthe old state times the update gate: what is kept\nz·h");
  operation(svg, join, belt, "+", "add\nthe new hidden state: what is kept and what is written\nh = (1 − z)·n + z·h");
  operation(svg, join, meet, "×", "write\nthe new state times 1 − z: what is written\n(1 − z)·n");
  operation(svg, (z + join) / 2, meet, "1 − z", "1 − z\nthe update gate shares out: what is not kept is written anew");
  const h0 = reading(svg, ENTRY, belt - 10, "h before", "hidden", "start", "h before\nthe hidden state after the step before: the unit's memory");
  const h = reading(svg, EXIT, belt - 10, "h now", "hidden", "end", "h now\nthe hidden state after this step\nh = (1 − z)·n + z·h");
  const kept = annotation(svg, z + 19, belt + 18);
  const written = annotation(svg, join + 12, meet - 26);
  const openings = drawGates(svg, gates, { r, z, n }, y, open);
  return (moment) => {
    const fresh = (1 - moment.z) * moment.n;
    openings(moment);
    inputs(moment);
    h0(number(moment.h0));
    h(number(moment.h));
    kept(`z·h = ${number(moment.z * moment.h0)}`);
    written(`(1 − z)·n = ${number(fresh)}`);
    const flowing = { before: moment.h0, kept: moment.z * moment.h0, after: moment.h, z: moment.z, rest: 1 - moment.z };
    Object.assign(flowing, { n: moment.n, written: fresh, r: moment.r });
    for (const [name, value] of Object.entries(flowing)) flows[name](value);
  };
}

/** h_t = tanh(W x + U h_{t−1} + b) (PyTorch's nn.RNN): no gates, the state is overwritten at every step. */
function drawRnn(svg, gates, open) {
  const [x, y, out] = [230, 196, 92];
  const flow = edge(svg, `M ${x} ${y - 31} V ${out} H ${EXIT}`, "hidden");
  const inputs = drawInputs(svg, [x], y);
  const h = reading(svg, EXIT, out - 10, "h now", "hidden", "end", "h now\nthe hidden state after this step\nh = tanh(W·x + U·h + b)");
  annotation(svg, ENTRY, 36)("No gate, no cell state: each step overwrites the whole state.");
  const openings = drawGates(svg, gates, { h: x }, y, open);
  return (moment) => {
    openings(moment);
    inputs(moment);
    h(number(moment.h));
    flow(moment.h);
  };
}

/** Draw the gates of a cell, one per column; return a function that sets their values. */
function drawGates(svg, gates, columns, y, open) {
  const set = gates.map((quantity) => {
    const { symbol, name, role, signed } = quantity;
    const explained = `${quantityText(quantity)}\nA click shows what it is the sum of.`;
    return [symbol, gateBox(svg, { x: columns[symbol], y, symbol, name, role, signed, explained, squash: signed ? "tanh" : "σ" }, open)];
  });
  return (moment) => set.forEach(([symbol, fill]) => fill(moment[symbol], number(moment[symbol])));
}

export const CELLS = { lstm: drawLstm, gru: drawGru, rnn: drawRnn };

/** The gates of each kind in PyTorch's row order. */
export const PACKED = { lstm: ["i", "f", "g", "o"], gru: ["r", "z", "n"], rnn: ["h"] };
