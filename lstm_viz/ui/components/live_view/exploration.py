"""An exploration as one HTML file: every layer's strips with hover and a step slider, Plotly inside; it opens offline."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from html import escape
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, get_args

import numpy as np
from plotly.io.json import to_json_plotly

import lstm_viz.ui.frontend
from lstm_viz.figures.palette import PALETTES
from lstm_viz.figures.strips import Opening, OutputRow, StepRows, UnitRows, strips
from lstm_viz.gates import MEMORY_STATE
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_percent, with_minus_sign
from lstm_viz.ui.components.live_view.coloring import expected_class, token_coloring
from lstm_viz.ui.components.live_view.effects import answer_label
from lstm_viz.ui.components.live_view.scene import STEP_UNIT_NAMES, LiveScene, layer_titles
from lstm_viz.ui.state.models import get_model, is_known
from lstm_viz.ui.state.view import Zoom
from lstm_viz.units.stats import cluster_order

_FRONTEND = Path(lstm_viz.ui.frontend.__file__).parent
#: How many of the likeliest next tokens are written for each step.
_LIKELIEST = 5
#: The luminance on which black and white text are equally readable (WCAG 2); as in `theme.js`.
_EVEN_LUMINANCE = 0.18


def exploration_page(scene: LiveScene, theme: str = "light", message: Mapping[str, Any] | None = None) -> bytes:
    """Return all layers' strips as one stand-alone HTML page, which loads nothing from elsewhere.

    Args:
        scene: What the live view shows; the page opens at its layer, zoom, unit and step.
        theme: "light" or "dark".
        message: The browser's latest message, which has the steps and gradients in view.

    Returns:
        The page, UTF-8.
    """
    view = scene.view
    opened = opening(scene, message or {})
    tokens, words = _tokens(scene, theme), scene.step_unit == "words"
    data = {
        "steps": scene.layer.steps, "layer": view.layer, "zoom": view.zoom, "unit": view.unit,
        "step": max(view.step_in(scene.layer.steps), 0), "tokens": tokens, "words": words, "answers": _answers(scene),
        "layers": [_layer(scene, index, theme, opened) for index in range(len(scene.trace.layers))],
    }  # fmt: skip
    whole = title(scene)
    parts = {
        "theme": theme,
        "title": " · ".join(map(escape, whole)),
        "heading": escape(f"{whole[0]} · {whole[-1]}"),
        "about": escape(_about(scene)),
        "plotly": _plotly(),
        # A text may hold what looks like the end of the script.
        "data": to_json_plotly(data).replace("<", "\\u003c"),
        "script": (_FRONTEND / "exploration.js").read_text("utf-8"),
    }
    page = (_FRONTEND / "exploration.html").read_text("utf-8")
    page = re.sub(r"\{(theme|title|heading|about|plotly|data|script)\}", lambda match: parts[match[1]], page)
    return page.encode("utf-8", "replace")


def title(scene: LiveScene) -> list[str]:
    """Return network, layer and units, step, and the text or the name of the series."""
    view, units = scene.view, scene.layer.units
    zoom_label = {"overview": f"mean of {units} units", "units": f"all {units} units", "unit": f"unit {view.unit}"}[view.zoom]
    layer = [scene.layer_title] if len(scene.trace.layers) > 1 else []
    text = " ".join(view.input_text.split())
    subject = scene.curve.name if scene.curve is not None else f"“{text[:79]}…”" if len(text) > 80 else f"“{text}”"
    step = [f"step {view.step_in(scene.layer.steps)}"] if scene.layer.steps else []
    return [scene.captions.title, *layer, zoom_label, *step, subject]


def opening(scene: LiveScene, message: Mapping[str, Any]) -> Opening:
    """Return what the browser shows of the scene; its message counts if it is about this text, and as far as it makes sense."""
    steps = scene.layer.steps
    step = scene.view.step_in(steps)
    start = Opening(step=step if step >= 0 else None)
    if message.get("text", scene.view.text) != scene.view.text:
        return start
    symbols = message.get("gradients")
    if isinstance(symbols, Sequence) and all(isinstance(symbol, str) for symbol in symbols):
        start = replace(start, gradients=frozenset(symbols))
    try:
        first, last = (float(end) for end in message["range"])
    except (LookupError, TypeError, ValueError, OverflowError):
        return start
    first, last = max(first, -0.5), min(last, steps - 0.5)
    return replace(start, steps=(first, last)) if first < last else start


def _layer(scene: LiveScene, index: int, theme: str, opened: Opening) -> dict[str, Any]:
    """Describe one layer: the order of its units, and its figure in each zoom."""
    layer = scene.trace.layers[index]
    order, coloring = _order(scene, index), None
    if scene.curve is None:
        coloring = token_coloring(scene)
        if len(scene.trace.layers) > 1:
            coloring = replace(coloring, label=f"{coloring.label} ({scene.layer_title})")
    unit = min(scene.view.unit, layer.units - 1)
    steps = StepRows(None if scene.curve is None else scene.curve.labels, coloring, _output_row(scene))
    zooms = get_args(Zoom) if layer.steps else ()
    figures = {zoom: strips(scene.trace, layer, UnitRows(zoom, order, unit), steps, opened, theme=theme) for zoom in zooms}
    number = layer_titles(scene.trace.layers)[index].removeprefix("layer ")
    name = f"{number} of {len(scene.trace.layers)}" if number.isdecimal() else number
    return {"name": name, "order": order.tolist(), "figures": figures}


def _order(scene: LiveScene, index: int) -> np.ndarray:
    if index == scene.view.layer:
        return scene.display.order()
    if scene.curve is None and is_known(scene.view.model):
        return get_model(scene.view.model).order(index)
    layer = scene.trace.layers[index]
    return cluster_order(layer.values[MEMORY_STATE[layer.kind]][:, 0])


def _tokens(scene: LiveScene, theme: str) -> list[dict[str, str]]:
    """Return each token's label with its colour and a readable ink; none of a series."""
    if scene.curve is not None:
        return []
    coloring, palette = token_coloring(scene), PALETTES[theme]
    scale = palette.diverging if coloring.signed else palette.sequential
    share = np.clip((np.asarray(coloring.values, np.float64) - coloring.low) / (coloring.high - coloring.low), 0, 1)
    colours = _interpolate(scale, np.nan_to_num(share))
    spans = []
    for token, value, colour, dark in zip(
        scene.trace.tokens, share, np.rint(colours).astype(int), _luminance(colours) > _EVEN_LUMINANCE, strict=True
    ):
        ground, ink = f"rgb({', '.join(map(str, colour))})", "#14181f" if dark else "#ffffff"
        spans.append({"label": label(token)} | ({} if np.isnan(value) else {"colour": ground, "ink": ink}))
    return spans


def _interpolate(scale: Sequence[str], share: np.ndarray) -> np.ndarray:
    """Return the colours [step, channel], 0 to 255, at shares [step] of a scale of "#rrggbb" stops."""
    stops = np.array([[int(stop[index : index + 2], 16) for index in (1, 3, 5)] for stop in scale], np.float64)
    place = share * (len(stops) - 1)
    return np.stack([np.interp(place, np.arange(len(stops)), channel) for channel in stops.T], axis=-1)


def _luminance(colours: np.ndarray) -> np.ndarray:
    """Return the relative luminance [step], 0 black to 1 white, of colours [step, channel] from 0 to 255 (WCAG 2)."""
    shares = colours / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    luminance: np.ndarray = linear @ np.array([0.2126, 0.7152, 0.0722])
    return luminance


def _answers(scene: LiveScene) -> list[str]:
    """Describe each step in a line: what was read, and what the network expects or thinks."""
    trace, curve = scene.trace, scene.curve
    if curve is not None:
        return [
            f"{curve.labels[step]}: {_in_full(value)} {curve.unit}"
            + (f", forecast {_in_full(forecast)}" if np.isfinite(forecast) else "")
            for step, (value, forecast) in enumerate(zip(curve.values, curve.expected, strict=True))
        ]
    lines, heading = [], "Next" if scene.outputs.predicts_next_token else "The text so far"
    for token, surprise, probs in zip(trace.tokens, trace.surprise, trace.probs, strict=True):
        likeliest = np.argsort(-probs, kind="stable")[:_LIKELIEST]
        shares = [(scene.outputs.names[index], format_percent(float(probs[index]), 1)) for index in likeliest]
        answers = ", ".join(f"{answer_label(answer)} {share}" for answer, share in shares)
        unexpected = f", surprise {surprise:.3f} nats" if np.isfinite(surprise) else ""
        lines.append(f"Read “{label(token)}”{unexpected}. {heading}: {answers}")
    return lines


def _in_full(value: float) -> str:
    """Format a value of a series in six digits, and a large one in all digits before the point."""
    return with_minus_sign(f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}")


def _output_row(scene: LiveScene) -> OutputRow | None:
    """Return the figure's last row, unless it is surprise."""
    curve = scene.curve
    if curve is not None:
        values = {curve.unit: curve.values, "the forecast for it": curve.expected}
        return OutputRow(f"{curve.name}: the values read, and the forecasts for them", values)
    if scene.outputs.predicts_next_token:
        return None
    each = f"after each {STEP_UNIT_NAMES[scene.step_unit]}"
    if scene.outputs.target_class is not None:
        name = answer_label(scene.outputs.names[scene.outputs.target_class])
        return OutputRow(f"probability of {name} {each}", {name: scene.trace.probs[:, scene.outputs.target_class]})
    title = f"verdict {each}: from −2, {scene.outputs.names[0]}, to 2, {scene.outputs.names[-1]}"
    return OutputRow(title, {"verdict": expected_class(scene.trace)})


def _about(scene: LiveScene) -> str:
    objective = f" Gradients are of {scene.trace.objective}." if scene.trace.objective else ""
    use = "Hover for exact values, drag to zoom, click to choose a step or a unit."
    return f"{use}{objective} Saved with lstm_viz; the page needs no connection."


@cache
def _plotly() -> str:
    """Return Plotly's JavaScript from the installed package."""
    return Path(str(distribution("plotly").locate_file("plotly/package_data/plotly.min.js"))).read_text("utf-8")
