"""Downloads of a live view: pictures, the link, numbers, an offline page and code; each is made when it is clicked."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from lstm_viz.export import Beside, to_csv, to_npz, to_parquet
from lstm_viz.reproduction import (
    LAYER,
    TRACE,
    WEIGHTS,
    ScriptView,
    layer_file,
    layer_script,
    network_weights,
    reproduction_script,
)  # fmt: skip
from lstm_viz.ui.components.live_view.coloring import expected_class
from lstm_viz.ui.components.live_view.exploration import exploration_page, title
from lstm_viz.ui.components.live_view.scene import LiveScene
from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.state.live_session import LiveSession
from lstm_viz.ui.state.models import get_model, is_known


def download_buttons(live_session: LiveSession, key: str = "explore") -> None:
    """Draw the popover "Take along"; its files hold what the live view shows at the time of the click."""
    theme = "dark" if st.context.theme.type == "dark" else "light"
    with st.popover("Take along", icon=":material/download:", key=f"take_along_{key}"):
        mount(b"{}", f"{key}_take_along", part="take_along")

        def offer(label: str, name: str, make: Callable[[LiveScene], bytes], about: str) -> None:
            st.download_button(label, _from_session(live_session, make), name, on_click="ignore", help=about, key=f"{key}_{name}")

        st.caption("Numbers, exact, in single precision")
        with st.container(horizontal=True, gap="small"):
            offer("Everything (.npz)", TRACE, as_npz, "NumPy arrays by quantity and layer, [time, batch, unit].")
            offer(
                "All layers (.parquet)", "lstm_viz_trace.parquet", as_parquet,
                "A long table: one row per layer, step and unit. Its metadata names the columns.",
            )  # fmt: skip
            offer("This layer (.csv)", "lstm_viz_layer.csv", as_csv, "A long table: one row per step and unit.")
        st.caption("All layers as a page with hover and a step slider; it opens without a connection")
        offer(
            "Exploration (.html)", "lstm_viz_exploration.html",
            lambda scene: exploration_page(scene, theme, live_session.last_message), "About 5 MB, more for long texts.",
        )  # fmt: skip
        if live_session.scene is not None:
            _offer_code(live_session.scene, offer)


def _offer_code(scene: LiveScene, offer: Callable[[str, str, Callable[[LiveScene], bytes], str], None]) -> None:
    """Draw the buttons of a script and the weights that it loads: the whole network's, or where that is not known the layer's."""
    if _has_script(scene):
        st.caption("The chosen unit and step as PyTorch code; put both files into one folder")
        with st.container(horizontal=True, gap="small"):
            offer("Code (.py)", "lstm_viz_view.py", as_script, "Computes the unit's gates anew, with PyTorch alone.")
            offer("Its network (.safetensors)", WEIGHTS, as_weights, "The weights that the code loads.")
    elif scene.layer.values["h"].shape[-1] == scene.layer.units:
        st.caption("The chosen unit and step of this layer as PyTorch code; put both files into one folder")
        with st.container(horizontal=True, gap="small"):
            about = "Computes the unit's gates anew from what the layer read, with PyTorch alone."
            offer("Code (.py)", "lstm_viz_layer.py", as_layer_script, about)
            offer("Its layer (.safetensors)", LAYER, as_layer_file, "The layer's weights and inputs, which the code loads.")


def as_npz(scene: LiveScene) -> bytes:
    """Return every array of the trace."""
    return to_npz(scene.trace, _extra_columns(scene))


def as_parquet(scene: LiveScene) -> bytes:
    """Return all layers as a long Parquet table."""
    return to_parquet(scene.trace, _extra_columns(scene))


def as_csv(scene: LiveScene) -> bytes:
    """Return the layer as a CSV table, UTF-8."""
    return to_csv(scene.trace, scene.layer, _extra_columns(scene)).encode("utf-8")


def as_script(scene: LiveScene) -> bytes:
    """Return a script that computes the unit's numbers at the step; of an empty text, a line that says why there is none."""
    view = scene.view
    if not scene.trace.tokens:
        return b"# There is no text yet, so there are no numbers to reproduce. Type some, and download this again.\n"
    script_view = ScriptView(view.layer, view.unit, view.step_in(scene.layer.steps), " · ".join(title(scene)))
    return reproduction_script(get_model(view.model).model, scene.trace, view.input_text, script_view).encode("utf-8", "replace")


def as_layer_script(scene: LiveScene) -> bytes:
    """Return a script that computes the unit's numbers from what its layer read."""
    if not scene.layer.steps:
        return b"# There are no steps yet, so there are no numbers to reproduce.\n"
    script_view = ScriptView(scene.layer.layer, scene.view.unit, scene.view.step_in(scene.layer.steps), " · ".join(title(scene)))
    return layer_script(scene.layer, script_view, scene.display.weights.relu).encode("utf-8", "replace")


def as_layer_file(scene: LiveScene) -> bytes:
    """Return the layer's weights and inputs."""
    return layer_file(scene.layer, scene.display.weights)


def _has_script(scene: LiveScene) -> bool:
    """Return True for a network of the registry that reads text: its script begins with the text."""
    return scene.curve is None and is_known(scene.view.model)


def as_weights(scene: LiveScene) -> bytes:
    """Return the weights of the scene's network."""
    return network_weights(get_model(scene.view.model).model)


def _extra_columns(scene: LiveScene) -> Beside:
    """Return columns that the trace does not have: a classifier's verdict; the dates, values and forecasts of a series."""
    curve = scene.curve
    if curve is None:
        if scene.outputs.predicts_next_token:
            return {}
        return {"score": expected_class(scene.trace)} if scene.outputs.target_class is None else _likeliest_classes(scene)
    return {"label": curve.labels, "value": curve.values, "expected": curve.expected}


def _likeliest_classes(scene: LiveScene) -> Beside:
    """Return the likeliest of classes that have no order after each step, and its probability; none where it is not known."""
    probs = scene.trace.probs
    known = np.isfinite(probs).all(axis=1)
    best = np.where(known, np.nan_to_num(probs, nan=-1.0).argmax(axis=1), 0) if len(probs) else np.zeros(0, int)
    names = [scene.outputs.names[index] if there else "" for index, there in zip(best.tolist(), known.tolist(), strict=True)]
    return {"class": names, "class_probability": np.where(known, probs.max(axis=1, initial=0.0), np.nan)}


def _from_session(live_session: LiveSession, make: Callable[[LiveScene], bytes]) -> Callable[[], bytes]:
    return lambda: make(live_session.scene) if live_session.scene is not None else b""
