"""Convert a scene into the header and arrays of a frame; no Streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_viz.figures.token_colors import TokenColors
from lstm_viz.gates import PACKED, Quantity
from lstm_viz.preactivation import PreactivationTerms, decompose_preactivation
from lstm_viz.text.labels import label
from lstm_viz.trace import LayerTrace
from lstm_viz.ui.components.live_view.coloring import class_coloring, scene_coloring_choices, token_coloring
from lstm_viz.ui.components.live_view.effects import answer_label
from lstm_viz.ui.components.live_view.memo import Memo
from lstm_viz.ui.components.live_view.scene import LiveScene, SeriesCurve
from lstm_viz.ui.state.scales import Ends, curve_ends, format_range
from lstm_viz.ui.state.theme import PALETTES_BY_THEME
from lstm_viz.ui.state.view import LIMIT
from lstm_viz.units.stats import unit_percentiles

#: How many of the likeliest next tokens are sent for every step.
MAX_PREDICTIONS = 8


def build_payload(scene: LiveScene, memo: Memo | None = None) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the header and arrays of a frame, ready for `pack`; a `memo` reuses the arrays of earlier steps."""
    memo = Memo() if memo is None else memo
    layer, view, trace = scene.layer, scene.view, scene.trace
    step = view.step_in(layer.steps)
    colour = token_coloring(scene)
    ends = _ends(scene)
    header = {
        "stepUnit": scene.step_unit,
        "predictsNextToken": scene.outputs.predicts_next_token,
        "targetClass": None if scene.outputs.target_class is None else scene.outputs.names[scene.outputs.target_class],
        "curve": None if scene.curve is None else _curve_to_dict(scene.curve),
        "text": view.text,
        "warning": view.warning,
        "limit": LIMIT,
        "tokens": [label(token) for token in trace.tokens],
        "spans": trace.spans.tolist() if scene.step_unit == "words" else None,
        "unknown": np.flatnonzero(~trace.known).tolist(),
        "model": {
            "kind": layer.kind, "name": view.model, "title": scene.captions.title,
            "layer": view.layer, "layers": len(scene.trace.layers), "units": layer.units,
            "layerTitle": scene.layer_title,
        },
        "quantities": [_quantity_to_dict(each, *ends[each.symbol]) for each in scene.strips],
        "gradients": [{"symbol": symbol, "label": f"‖∂L/∂{symbol}‖"} for symbol in _gradient_symbols(scene)],
        "hint": scene.captions.hint,
        "objective": trace.objective or "",
        "bars": scene.captions.gradient_question,
        "fewKnown": list(scene.few_known),
        "unitNames": dict(scene.display.unit_names),
        "view": {"zoom": view.zoom, "unit": view.unit, "step": step, "colour": view.colour},
        "colours": [{"id": each, "label": label_text} for each, label_text in scene_coloring_choices(scene).items()],
        "tint": {"label": colour.label, "low": colour.low, "high": colour.high, "signed": colour.signed},
        "symbols": [answer_label(answer) for answer in scene.outputs.names],
        "terms": _terms(scene, step),
        "palette": PALETTES_BY_THEME,
    }  # fmt: skip
    return header, _arrays(scene, colour, ends, memo)


def _ends(scene: LiveScene) -> Mapping[str, Ends]:
    """Return the scale of each strip: fixed ones for many units, one that fits the curve for a single unit."""
    if scene.view.zoom != "unit":
        return scene.display.scales.units
    unit = scene.view.unit
    return {each.symbol: curve_ends(each, scene.layer.values[each.symbol][:, 0, unit]) for each in scene.strips}


def _arrays(scene: LiveScene, colour: TokenColors, ends: Mapping[str, Ends], memo: Memo) -> dict[str, np.ndarray]:
    layer, unit, ids = scene.layer, scene.view.unit, scene.trace.ids
    values = {each.symbol: layer.values[each.symbol][:, 0] for each in scene.strips}

    def summed_up(first: int) -> dict[str, np.ndarray]:
        spreads = [unit_percentiles(each[first:]) for each in values.values()]
        return {name: np.stack([getattr(each, name) for each in spreads], axis=1) for name in ("mean", "low", "high")}

    arrays = {
        "tint": colour.values,
        "surprise": scene.trace.surprise,
        **{name: array.T for name, array in memo.steps("spread", (scene.display.weights,), ids, summed_up).items()},
        "unit": np.stack([each[:, unit] for each in values.values()]),
        "before": _previous_states(layer, unit),
        **_gradients(scene),
        **(_predictions(scene, memo) if scene.curve is None else _curve(scene.curve)),
    }
    if scene.view.zoom == "units":
        order = scene.display.order()

        def coloured(first: int) -> dict[str, np.ndarray]:
            return {"units": np.stack([_quantize(each[first:, order], *ends[name]) for name, each in values.items()], axis=1)}

        arrays |= memo.steps("units", (scene.display.weights, order.tobytes(), tuple(ends.items())), ids, coloured)
        arrays["order"] = order.astype(np.int32)
    return arrays


def _gradients(scene: LiveScene) -> dict[str, np.ndarray]:
    """Return gradient norms per step, and the selected unit's derivatives; zeros if none were computed."""
    layer, unit, symbols = scene.layer, scene.view.unit, _gradient_symbols(scene)
    packed = [f"{symbol}_pre" for symbol in PACKED[layer.kind]]
    if layer.grads is None:
        return {"norms": np.zeros((len(symbols), layer.steps), np.float32)}
    grads = layer.grads
    return {
        "norms": np.stack([grads.magnitude(symbol)[:, 0] for symbol in symbols]),
        "unit_grads": np.stack([grads.values[each.symbol][:, 0, unit] for each in scene.strips]),
        "unit_pre_grads": np.stack([grads.values[symbol][:, 0, unit] for symbol in packed if symbol in grads.values]),
    }


def _gradient_symbols(scene: LiveScene) -> list[str]:
    """Return the rows of the gradient strip: the states, the input, then each gate."""
    strips = [each.symbol for each in scene.strips]
    states = [symbol for symbol in ("h", "c") if symbol in strips]
    return [*states, "x", *(symbol for symbol in strips if symbol not in states)]


def _previous_states(layer: LayerTrace, unit: int) -> np.ndarray:
    """Return the unit's previous states, [1 or 2, time]: c if there is a cell state, then h."""
    rows = [] if layer.c0 is None else [(layer.values["c"], layer.c0)]
    rows.append((layer.values["h"], layer.h0))
    if layer.reverse:
        return np.stack([np.concatenate((states[1:, 0, unit], first[:, unit]))[: layer.steps] for states, first in rows])
    return np.stack([np.concatenate((first[:, unit], states[:-1, 0, unit]))[: layer.steps] for states, first in rows])


def _curve_to_dict(curve: SeriesCurve) -> dict[str, Any]:
    """Describe a curve; its numbers are sent as arrays."""
    low, high = curve.ends
    return {
        "name": curve.name, "unit": curve.unit, "labels": curve.labels, "border": curve.border, "low": low, "high": high,
        "nextForecast": curve.next_forecast,
        "forecasts": curve.next_forecast is not None or bool(np.isfinite(curve.expected).any()),
    }  # fmt: skip


def _curve(curve: SeriesCurve) -> dict[str, np.ndarray]:
    """Return the series and the forecast for each step, [time], and the forecast band if there is one."""
    arrays = {"curve": curve.values, "curve_expected": curve.expected, "curve_low": curve.low, "curve_high": curve.high}
    return {name: values for name, values in arrays.items() if values is not None}


def _predictions(scene: LiveScene, memo: Memo) -> dict[str, np.ndarray]:
    """Return the likeliest next tokens after every step, most likely first, [time, K]; all classes for a classifier."""
    probs = scene.trace.probs
    if not scene.outputs.predicts_next_token:
        classes = np.broadcast_to(np.arange(probs.shape[1], dtype=np.int32), probs.shape)
        if scene.outputs.target_class is not None and probs.shape[1] > MAX_PREDICTIONS:
            classes = np.argsort(-probs, axis=1, kind="stable")[:, :MAX_PREDICTIONS].astype(np.int32)
        score = class_coloring(scene).values
        return {"expect_id": classes, "expect_p": np.take_along_axis(probs, classes, axis=1), "score": score}
    count = min(MAX_PREDICTIONS, probs.shape[1])

    def likeliest(first: int) -> dict[str, np.ndarray]:
        ids = np.argsort(-probs[first:], axis=1, kind="stable")[:, :count]
        return {"expect_id": ids.astype(np.int32), "expect_p": np.take_along_axis(probs[first:], ids, axis=1)}

    return memo.steps("expected", (scene.display.weights, scene.outputs.names), scene.trace.ids, likeliest)


def _quantity_to_dict(described: Quantity, low: float, high: float) -> dict[str, Any]:
    return {
        "symbol": described.symbol, "name": described.name, "plain": described.plain, "low": low, "high": high,
        "signed": described.signed, "role": described.role, "formula": described.formula, "range": format_range(described),
    }  # fmt: skip


def _terms(scene: LiveScene, step: int) -> dict[str, Any] | None:
    if step < 0:
        return None
    sums = decompose_preactivation(scene.layer, scene.display.weights, step, scene.view.unit)
    return {
        "step": step,
        "unit": scene.view.unit,
        "gates": {symbol: _gate_to_dict(scene, terms, symbol, step) for symbol, terms in sums.items()},
    }


def _gate_to_dict(scene: LiveScene, terms: PreactivationTerms, symbol: str, step: int) -> dict[str, Any]:
    """Describe one gate's pre-activation sum. The first layer names the token, because an embedding has no readable components.

    For a series the inputs are a few named numbers.
    """
    below = scene.layer.layer - 1
    inputs: list[list[Any]]
    if below < 0 and scene.curve is not None:
        inputs = [[scene.curve.inputs[index], value] for index, value in sorted(terms.largest_inputs)]
    elif below < 0:
        inputs = [[f"“{label(scene.trace.tokens[step])}”", terms.inputs]]
    else:
        named = scene.display.inputs
        inputs = [
            [f"unit {index} of layer {below + 1}" if named is None else named[index], value]
            for index, value in terms.largest_inputs[:3]
        ]
    return {
        "pre": terms.total, "value": float(scene.layer.values[symbol][step, 0, scene.view.unit]), "bias": terms.bias,
        "input": terms.inputs, "inputs": inputs, "recurrent": terms.recurrent,
        "units": [[index, value] for index, value in terms.largest_units],
    }  # fmt: skip


def _quantize(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Quantize to 0..255 for colors; the exact numbers of the selected unit are sent as floats."""
    return np.clip(np.rint((values - low) * (255.0 / (high - low))), 0, 255).astype(np.uint8)
