/**
 * Small views as `payload.unpack` returns them, for tests: two units, three gates, as many steps as there are tokens.
 */

/** Values with a shape, as a block has them. */
export function block(values, shape = [values.length]) {
  const length = shape.at(-1);
  return { values, shape, row: (...place) => values.slice((place[0] ?? 0) * length, ((place[0] ?? 0) + 1) * length) };
}

const GATES = ["input gate", "forget gate", "output gate"];

/** A text of single letters read by a network that predicts the next one. */
export function text(tokens, more = {}) {
  const steps = tokens.length;
  const zeros = () => block(new Array(GATES.length * steps).fill(0), [GATES.length, steps]);
  return {
    text: tokens.join(""),
    tokens,
    steps,
    stepUnit: "letters",
    predictsNextToken: true,
    curve: null,
    unknown: [],
    warning: null,
    tint: { label: "surprise" },
    model: { title: "Small LSTM", units: 2, layer: 0, layerTitle: "layer 1" },
    view: { unit: 1 },
    quantities: GATES.map((name) => ({ name, symbol: name[0], low: 0, high: 1 })),
    gradients: [],
    blocks: {
      surprise: block(tokens.map((_, step) => (step ? 1 : NaN))),
      unit: zeros(), mean: zeros(), low: zeros(), high: zeros(), order: block([1, 0]),
    },
    ...more,
  };
}

/** A series whose values were forecast one step ahead; `border` is the first step that is a forecast itself. */
export function series(values, expected, border = null) {
  const labels = values.map((_, step) => String(2001 + step));
  return {
    ...text(labels),
    stepUnit: "series",
    predictsNextToken: false,
    curve: { name: "sales", unit: "thousand", low: 0, high: 100, border, nextForecast: 42, labels, forecasts: true },
    blocks: { ...text(labels).blocks, curve: block(values), curve_expected: block(expected) },
  };
}
