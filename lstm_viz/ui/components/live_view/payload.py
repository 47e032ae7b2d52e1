"""A trace and a view, turned into what the live component draws; numbers only, no Streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lstm_viz.gates import PACKED, Quantity
from lstm_viz.preactivation import Terms, explain
from lstm_viz.text.labels import label
from lstm_viz.trace import LayerTrace
from lstm_viz.ui.components.live_view.coloring import Tint, choices, score, tint
from lstm_viz.ui.components.live_view.effects import answer_label
from lstm_viz.ui.components.live_view.memo import Memo
from lstm_viz.ui.components.live_view.scene import STRIPS, Curve, Scene
from lstm_viz.ui.state.scales import Ends, curve_ends
from lstm_viz.ui.state.theme import BOTH
from lstm_viz.ui.state.view import LIMIT
from lstm_viz.unit_stats import spread

__all__ = ["EXPECTED", "STRIPS", "Curve", "Scene", "frame"]

#: How many of the likeliest next symbols are sent for every step.
EXPECTED = 8


def frame(scene: Scene, memo: Memo | None = None) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The header and arrays of one frame, ready for `pack`; with a `memo` steps that were there before are not computed again."""
    memo = Memo() if memo is None else memo
    layer, view, trace = scene.layer, scene.view, scene.trace
    step = view.step_in(layer.steps)
    colour = tint(scene)
    ends = _ends(scene)
    header = {
        "reads": scene.reads,
        "foretells": scene.foretells,
        "curve": None if scene.curve is None else _told_of(scene.curve),
        "text": view.text,
        "note": view.note,
        "limit": LIMIT,
        "tokens": [label(token) for token in trace.tokens],
        "spans": trace.spans.tolist() if scene.reads == "words" else None,
        "unknown": np.flatnonzero(~trace.known).tolist(),
        "model": {
            "kind": layer.kind, "name": view.model, "title": scene.title,
            "layer": view.layer, "layers": scene.layers, "units": layer.units,
        },
        "quantities": [_drawn(each, *ends[each.symbol]) for each in scene.strips],
        "gradients": [{"symbol": symbol, "label": f"‖∂L/∂{symbol}‖"} for symbol in _differentiated(scene)],
        "hint": scene.hint,
        "objective": trace.objective or "",
        "bars": scene.bars,
        "few_known": list(scene.few_known),
        "view": {"zoom": view.zoom, "unit": view.unit, "step": step, "colour": view.colour},
        "colours": [{"id": each, "label": words} for each, words in _offered(scene).items()],
        "tint": {"label": colour.label, "low": colour.low, "high": colour.high, "signed": colour.signed},
        "symbols": [answer_label(answer) for answer in scene.answers],
        "terms": _terms(scene, step),
        "palette": BOTH,
    }  # fmt: skip
    return header, _arrays(scene, colour, ends, memo)


def _ends(scene: Scene) -> Mapping[str, Ends]:
    """The scale of each strip: still ones for many units, one that holds the whole curve for a single unit."""
    if scene.view.zoom != "unit":
        return scene.scales.units
    unit = scene.view.unit
    return {each.symbol: curve_ends(each, scene.layer.values[each.symbol][:, 0, unit]) for each in scene.strips}


def _arrays(scene: Scene, colour: Tint, ends: Mapping[str, Ends], memo: Memo) -> dict[str, np.ndarray]:
    layer, unit, ids = scene.layer, scene.view.unit, scene.trace.ids
    values = {each.symbol: layer.values[each.symbol][:, 0] for each in scene.strips}

    def summed_up(first: int) -> dict[str, np.ndarray]:
        spreads = [spread(each[first:]) for each in values.values()]
        return {name: np.stack([getattr(each, name) for each in spreads], axis=1) for name in ("mean", "low", "high")}

    arrays = {
        "tint": colour.values,
        "surprise": scene.trace.surprise,
        **{name: found.T for name, found in memo.steps("spread", (scene.weights,), ids, summed_up).items()},
        "unit": np.stack([each[:, unit] for each in values.values()]),
        "before": _before(layer, unit),
        **_gradients(scene),
        **(_expected(scene, memo) if scene.curve is None else _curve(scene.curve)),
    }
    if scene.view.zoom == "units":
        order = scene.order()

        def coloured(first: int) -> dict[str, np.ndarray]:
            return {"units": np.stack([_bytes(each[first:, order], *ends[name]) for name, each in values.items()], axis=1)}

        arrays |= memo.steps("units", (scene.weights, order.tobytes(), tuple(ends.items())), ids, coloured)
        arrays["order"] = order.astype(np.int32)
    return arrays


def _gradients(scene: Scene) -> dict[str, np.ndarray]:
    """Magnitudes by step, and the selected unit's own derivatives; zeros where none were asked for."""
    layer, unit, symbols = scene.layer, scene.view.unit, _differentiated(scene)
    packed = [f"{symbol}_pre" for symbol in PACKED[layer.kind]]
    if layer.grads is None:
        return {"norms": np.zeros((len(symbols), layer.steps), np.float32)}
    grads = layer.grads
    return {
        "norms": np.stack([grads.magnitude(symbol)[:, 0] for symbol in symbols]),
        "unit_grads": np.stack([grads.values[each.symbol][:, 0, unit] for each in scene.strips]),
        "unit_pre_grads": np.stack([grads.values[symbol][:, 0, unit] for symbol in packed if symbol in grads.values]),
    }


def _differentiated(scene: Scene) -> list[str]:
    """What the gradient row shows: the states and the input, then each gate."""
    strips = [each.symbol for each in scene.strips]
    states = [symbol for symbol in ("h", "c") if symbol in strips]
    return [*states, "x", *(symbol for symbol in strips if symbol not in states)]


def _before(layer: LayerTrace, unit: int) -> np.ndarray:
    """The unit's states one step earlier, [1 or 2, time]: c where there is a cell, then h."""
    rows = [] if layer.c0 is None else [(layer.values["c"], layer.c0)]
    rows.append((layer.values["h"], layer.h0))
    return np.stack([np.concatenate((first[:, unit], states[:-1, 0, unit]))[: layer.steps] for states, first in rows])


def _offered(scene: Scene) -> dict[str, str]:
    return choices(scene.layer.kind, scene.reads, scene.foretells)


def _told_of(curve: Curve) -> dict[str, Any]:
    """What is said of a curve; its numbers travel as arrays."""
    low, high = curve.ends
    return {
        "name": curve.name, "unit": curve.unit, "labels": curve.labels, "border": curve.border, "coming": curve.coming,
        "low": low, "high": high,
    }  # fmt: skip


def _curve(curve: Curve) -> dict[str, np.ndarray]:
    """The series and the forecast for each of its places, [time]; the forecasts' spread where there is one."""
    arrays = {"curve": curve.values, "curve_expected": curve.expected, "curve_low": curve.low, "curve_high": curve.high}
    return {name: values for name, values in arrays.items() if values is not None}


def _expected(scene: Scene, memo: Memo) -> dict[str, np.ndarray]:
    """The likeliest next symbols after every step, most likely first, [time, K]; every class, where a judge answers."""
    probs = scene.trace.probs
    if not scene.foretells:
        classes = np.broadcast_to(np.arange(probs.shape[1], dtype=np.int32), probs.shape)
        return {"expect_id": classes, "expect_p": probs, "score": score(scene.trace)}
    count = min(EXPECTED, probs.shape[1])

    def likeliest(first: int) -> dict[str, np.ndarray]:
        ids = np.argsort(-probs[first:], axis=1, kind="stable")[:, :count]
        return {"expect_id": ids.astype(np.int32), "expect_p": np.take_along_axis(probs[first:], ids, axis=1)}

    return memo.steps("expected", (scene.weights, scene.answers), scene.trace.ids, likeliest)


def _drawn(drawn: Quantity, low: float, high: float) -> dict[str, Any]:
    return {
        "symbol": drawn.symbol, "name": drawn.name, "plain": drawn.plain, "low": low, "high": high,
        "signed": drawn.signed, "role": drawn.role, "formula": drawn.formula, "range": _range(drawn),
    }  # fmt: skip


def _range(drawn: Quantity) -> str:
    """The values that a quantity can have, in words; a strip's own ends may be narrower or wider."""
    return f"{drawn.low:g} … {drawn.high:g}".replace("-", "−") if drawn.bounded else "any"


def _terms(scene: Scene, step: int) -> dict[str, Any] | None:
    if step < 0:
        return None
    found = explain(scene.layer, scene.weights, step, scene.view.unit)
    return {
        "step": step,
        "unit": scene.view.unit,
        "gates": {symbol: _told(scene, terms, symbol, step) for symbol, terms in found.items()},
    }


def _told(scene: Scene, terms: Terms, symbol: str, step: int) -> dict[str, Any]:
    """One gate's sum; an embedding has no readable parts, so that the first layer names the letter or word itself.

    What it sees of a series is a few numbers, each of which has a name.
    """
    below = scene.view.layer - 1
    inputs: list[list[Any]]
    if below < 0 and scene.curve is not None:
        inputs = [[scene.curve.inputs[place], value] for place, value in sorted(terms.largest_inputs)]
    elif below < 0:
        inputs = [[f"“{label(scene.trace.tokens[step])}”", terms.inputs]]
    else:
        inputs = [[f"unit {place} of layer {below + 1}", value] for place, value in terms.largest_inputs[:3]]
    return {
        "pre": terms.total, "value": float(scene.layer.values[symbol][step, 0, scene.view.unit]), "bias": terms.bias,
        "input": terms.inputs, "inputs": inputs, "recurrent": terms.recurrent,
        "units": [[place, value] for place, value in terms.largest_units],
    }  # fmt: skip


def _bytes(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Scale to 0..255, rounded, for colours; exact numbers travel beside it as floats."""
    return np.clip(np.rint((values - low) * (255.0 / (high - low))), 0, 255).astype(np.uint8)
