"""The figure that is downloaded shows what is on the screen, and says of what."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load as unpack

from lstm_viz.corpus import scan, state_at
from lstm_viz.models.importing.assembly import assemble, build_network
from lstm_viz.models.importing.state_parts import parts_of_state
from lstm_viz.reader import Reader, trace
from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.ui.components.live_view.downloads import as_csv, as_layer_file, as_layer_script, as_npz, as_script, as_weights
from lstm_viz.ui.components.live_view.exploration import exploration_page, opening
from lstm_viz.ui.components.live_view.from_network import scene_from_network_text
from lstm_viz.ui.components.live_view.from_text import scene_from_text
from lstm_viz.ui.components.live_view.network_view import NetworkView
from lstm_viz.ui.state.models import get_model
from lstm_viz.ui.state.view import View, Zoom
from tests.ui.page_testing import numbers


def page(text: str, zoom: Zoom) -> str:
    view = View(text, "counting", unit=2, zoom=zoom)
    written = exploration_page(scene_from_text(view, Reader(get_model("counting").model))).decode()
    # Plotly's own code comes before the figure.
    return written.split("<style>")[0] + written.split('id="exploration">')[1]


def exploration_data(written: str) -> dict[str, Any]:
    data: dict[str, Any] = json.JSONDecoder().raw_decode(written[written.rindex('{"steps"') :])[0]
    return data


@pytest.mark.parametrize(("zoom", "named"), [("overview", "mean of 4 units"), ("units", "all 4 units"), ("unit", "unit 2")])
def test_it_is_named_after_network_units_and_text(zoom: Zoom, named: str) -> None:
    written = page("aab\n", zoom)
    head = written.split("</title>")[0]
    assert "Counting" in head
    assert named in head
    assert "“aab”" in head
    data = exploration_data(written)
    assert (data["zoom"], data["unit"], data["step"]) == (zoom, 2, 3)
    assert all(layer["figures"].keys() == {"overview", "units", "unit"} for layer in data["layers"])


def test_a_text_that_looks_like_markup_stays_text() -> None:
    written = page("</title><script>alert(1)</script>", "unit")
    assert "<script>alert(1)" not in written
    assert "&lt;script&gt;" in written.split("</title>")[0]


def test_nothing_in_it_sends_the_text_away() -> None:
    written = page("aab", "unit")
    assert 'modeBarButtonsToRemove: ["sendChartToCloud", "sendDataToCloud"]' in written
    assert "default-src 'none'" in written


TEXT = "aaabbb\naabb\n"
SCENE = scene_from_text(View(TEXT, "counting", step=4), Reader(get_model("counting").model))


def test_it_opens_with_what_the_browser_shows() -> None:
    shown = opening(SCENE, {"text": TEXT, "range": [2.5, 7.5], "gradients": ["c", "f"]})
    assert (shown.steps, shown.step, set(shown.gradients)) == ((2.5, 7.5), 4, {"c", "f"})
    written = exploration_page(SCENE, message={"text": TEXT, "range": [2.5, 7.5], "gradients": None}).decode()
    layout = exploration_data(written)["layers"][0]["figures"]["overview"]["layout"]
    assert [axis["range"] for name, axis in layout.items() if name.startswith("xaxis")] == [[2.5, 7.5]] * 9
    assert "step 4" in written.split("</title>")[0]


@pytest.mark.parametrize("message", [{}, {"text": TEXT, "range": None, "gradients": None}, {"text": "aab", "range": [0, 2]}])
def test_without_a_range_of_this_text_all_steps_are_shown(message: dict[str, Any]) -> None:
    shown = opening(SCENE, message)
    assert (shown.steps, set(shown.gradients)) == (None, set("hcx"))


def test_a_range_that_is_wider_than_the_text_is_cut_to_it() -> None:
    assert opening(SCENE, {"range": [-4, 40.5]}).steps == (-0.5, len(TEXT) - 0.5)


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(anything, anything)
def test_a_hostile_message_opens_a_figure_that_can_be_drawn(steps: Any, gradients: Any) -> None:
    shown = opening(SCENE, {"text": TEXT, "range": steps, "gradients": gradients})
    assert shown.steps is None or -0.5 <= shown.steps[0] < shown.steps[1] <= len(TEXT) - 0.5
    json.dumps([shown.steps, shown.step, sorted(shown.gradients)])


def test_the_code_is_of_the_views_network_and_an_empty_text_has_none() -> None:
    script = as_script(SCENE).decode()
    assert "LAYER, UNIT, STEP = 0, 0, 4" in script
    assert repr(TEXT) in script
    assert as_weights(SCENE)
    empty = scene_from_text(View("", "counting"), Reader(get_model("counting").model))
    assert as_script(empty).startswith(b"# There is no text")
    assert exploration_data(exploration_page(empty).decode())["steps"] == 0


def test_the_code_of_a_passage_reads_the_states_that_it_starts_from() -> None:
    model = get_model("counting").model
    reader = Reader(model, state_at(model, scan(model, TEXT), 3))
    passage = scene_from_text(View(TEXT[3:], "counting"), reader)
    assert "lstm_viz_trace.npz" in as_script(passage).decode()
    assert "lstm_viz_trace.npz" not in as_script(SCENE).decode()


def test_everything_is_taken_along_of_a_network_of_ones_own() -> None:
    torch.manual_seed(0)
    theirs = torch.nn.ModuleDict(
        {"e": torch.nn.Embedding(3, 4), "r": torch.nn.GRU(4, 5, bidirectional=True), "d": torch.nn.Linear(10, 2)}
    )
    network = build_network(assemble(parts_of_state(theirs.state_dict(), {}, "t"), {}, {}, None, "t"), Vocabulary.of("ab"))
    shown = NetworkView(network, "theirs", trace(network, "abba"))
    scene = scene_from_network_text(View("abba", "", layer=1, step=2, unit=3), shown)
    assert b"UNIT, STEP = 3, 2" in as_layer_script(scene)
    saved = unpack(as_layer_file(scene))
    np.testing.assert_array_equal(saved["weight_hh"], theirs.state_dict()["r.weight_hh_l0_reverse"].numpy())
    np.testing.assert_array_equal(saved["x"], scene.layer.values["x"][:, 0])
    with np.load(io.BytesIO(as_npz(scene)), allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["layer1.h"], scene.trace.layers[0].h)
        np.testing.assert_array_equal(arrays["layer1_reverse.h"], scene.trace.layers[1].h)
    written = exploration_page(scene).decode()
    data = exploration_data(written)
    assert (data["steps"], [layer["name"] for layer in data["layers"]]) == (4, ["1 forward", "1 backward"])
    assert "layer 1 backward" in written.split("</title>")[0]


def test_classes_without_an_order_are_taken_along_by_name() -> None:
    torch.manual_seed(0)
    theirs = torch.nn.ModuleDict(
        {"e": torch.nn.Embedding(3, 4), "r": torch.nn.LSTM(4, 5, bidirectional=True), "d": torch.nn.Linear(10, 4)}
    )
    network = build_network(assemble(parts_of_state(theirs.state_dict(), {}, "t"), {}, {}, None, "t"), Vocabulary.of("ab"))
    shown = NetworkView(network, "theirs", trace(network, "abba"))
    scene = scene_from_network_text(View("abba", "", step=2), shown)
    probs = scene.trace.probs.copy()
    best = int(probs[-1].argmax())
    for known in (4, 1):
        # Of a long text only the last verdict is known.
        probs[: 4 - known] = np.nan
        part = replace(scene, trace=replace(scene.trace, probs=probs))
        rows = list(csv.DictReader(io.StringIO(as_csv(part).decode())))[::5]
        assert len(rows) == 4
        for row, values in zip(rows, probs, strict=True):
            missing = np.isnan(values).any()
            assert row["class"] == ("" if missing else scene.outputs.names[values.argmax()])
            assert row["class_probability"] == "" or float(row["class_probability"]) == pytest.approx(values.max())
            assert missing == (row["class_probability"] == "")
            assert "score" not in row
    last = exploration_data(exploration_page(scene).decode())["layers"][0]["figures"]["overview"]["data"][-1]
    assert (last["type"], last["name"]) == ("bar", scene.outputs.names[best])
    np.testing.assert_allclose(numbers(last["y"]), scene.trace.probs[:, best])
