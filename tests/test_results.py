"""Every result can be pickled and copied, stays frozen, and shows itself in one short line without texts or numbers' tables."""

import copy
import dataclasses
import importlib
import inspect
import pickle
import pkgutil
import warnings
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from torch import nn

import lstm_viz
from lstm_viz import cell_decomposition, corpus, gradients, sentiment, series
from lstm_viz.models.reference_stats import reference
from lstm_viz.results import LONGEST, FrozenMapping, Result, same, shorten
from lstm_viz.trace import LayerTrace
from lstm_viz.units import stats

TEXT = "Zebras <script> & quagga: to be, or not to be."
SECRETS = ("Zebra", "quagga", "<script>")


def results() -> Iterator[Any]:
    """One of each kind that the library hands out."""
    model = lstm_viz.load("shakespeare-lstm")
    read = lstm_viz.trace(model, TEXT, lstm_viz.TextLoss())
    yield from (read, *read.layers, read.layers[0].grads, lstm_viz.trace(model, ""), lstm_viz.trace(model, TEXT))
    yield from (
        lstm_viz.cell_contributions(read.layers[0], 5),
        lstm_viz.half_life(read.layers[0]),
        cell_decomposition.history(read.layers[0], unit=3),
    )
    yield from (*lstm_viz.flow(model, read), lstm_viz.gradient_paths(model, read, 0, 9), *lstm_viz.ranking(read.layers, 2))
    yield from (*gradients.gradient_decay(read.layers[1]), lstm_viz.integrated_gradients(model, read, lstm_viz.TextLoss()))
    yield from (lstm_viz.what_if(model, TEXT, [lstm_viz.Clamp("f", 1.0)]), *lstm_viz.saturation(read.layers[0]).values())
    yield from (lstm_viz.compare(read, lstm_viz.trace(model, "To me.")), stats.unit_percentiles(read.layers[0].h[:, 0]))
    yield from (model.vocabulary, model.vocabulary.split(TEXT), lstm_viz.read_text(TEXT.encode()), reference("shakespeare-lstm"))
    scan = corpus.scan(model, TEXT * 40)
    yield from (scan, scan.summaries[0, "c"], scan.top_activations(0, 1, "c")[0])
    judge = lstm_viz.Reader(lstm_viz.load("sst-lstm"))
    yield from (sentiment.classify_sentiment(judge, TEXT), judge.model.vocabulary)
    forecaster, values = series.load_forecaster("co2"), 350.0 + np.sin(np.arange(200) / 2.0)
    yield from (series.read_series(forecaster, values), series.read_series(forecaster, values, -1))
    yield series.forecast(forecaster, values, 12, residuals=np.linspace(-1.0, 1.0, 50))
    table = series.read_table("\n".join(["quagga,Zebra", *(f"{2000 + k},{k % 7}" for k in range(60))]).encode())
    yield from (table, series.select_series(table, "Zebra"))
    yield from captured()


def captured() -> Iterator[LayerTrace]:
    torch.manual_seed(0)
    for module in (nn.LSTM(3, 4, 2, bidirectional=True), nn.GRU(3, 5), nn.RNN(3, 2), nn.LSTM(3, 6, proj_size=2)):
        with lstm_viz.capture(module) as cap, warnings.catch_warnings():
            warnings.filterwarnings("ignore", "LSTM with projections")  # torch about its own kernels
            module(torch.randn(7, 2, 3))[0].square().sum().backward()
        yield from cap.layers
    packed = nn.utils.rnn.pack_padded_sequence(torch.randn(7, 2, 3), torch.tensor([7, 4]))
    with lstm_viz.capture(nn.ModuleDict({"encoder": (lstm := nn.LSTM(3, 4))})) as cap:
        lstm(packed)
    yield from cap.layers


@pytest.fixture(scope="module")
def every() -> list[Any]:
    return list(results())


def test_a_result_is_equal_to_its_pickled_and_its_deep_copy(every: list[Any]) -> None:
    for result in every:
        for again in (pickle.loads(pickle.dumps(result)), copy.deepcopy(result)):
            assert again == result, result
            assert hash(again) == hash(result)
            assert again is not result


def test_copies_are_as_frozen_as_what_they_came_from(every: list[Any]) -> None:
    for result in every:
        name = dataclasses.fields(result)[0].name
        for each in (result, pickle.loads(pickle.dumps(result)), copy.deepcopy(result)):
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(each, name, None)
    facts = pickle.loads(pickle.dumps(every[0])).metadata
    with pytest.raises(TypeError):
        facts["kind"] = "other"


def test_one_other_number_makes_results_unequal(every: list[Any]) -> None:
    trace = copy.deepcopy(every[0])
    trace.layers[1].values["f"][3, 0, 7] += 1e-3
    assert trace != every[0]
    assert trace.layers[0] == every[0].layers[0]
    assert trace.layers[0] != trace.layers[0].grads


def test_a_repr_is_short_and_shows_no_text(every: list[Any]) -> None:
    for result in every:
        told = repr(result)
        assert len(told) < 300
        assert "\n" not in told
        assert "array(" not in told
        assert not [secret for secret in SECRETS if secret in told]


def test_in_a_notebook_a_result_is_one_small_element_without_its_text(every: list[Any]) -> None:
    for result in every:
        if isinstance(result, Result):
            told = result._repr_html_()
            assert len(told) < 60_000
            assert told.startswith("<div>")
            assert not [secret for secret in SECRETS if secret in told]


def test_a_layers_repr_says_what_it_is() -> None:
    lower, *_, packed = captured()
    assert repr(lower) == (
        "LayerTrace('LSTM', LSTM layer 0, 7 steps × 2 batch × 4 units, float32, "
        "gradients by i f g o c h x i_pre f_pre g_pre o_pre)"
    )
    assert "'encoder'" in repr(packed)
    assert "lengths 4 to 7" in repr(packed)
    assert "no gradients" in repr(packed)


def test_a_repr_says_why_there_are_no_gradients() -> None:
    layer = dataclasses.replace(next(captured()), grads=None, grads_missing="no backward pass ran inside the block")
    assert layer.grads is None
    assert "no gradients (no backward pass ran inside the block)" in repr(layer)


def test_names_of_any_length_and_kind_leave_the_repr_short() -> None:
    layer = dataclasses.replace(next(captured()), name="a.\n" * 5_000, grads_missing="why " * 900, grads=None)
    assert len(repr(layer)) < 300
    assert "\n" not in repr(layer)


def test_dir_lists_the_symbols_that_a_layer_has() -> None:
    layers = list(captured())
    assert {*"ifgoch"} <= {*dir(layers[0])}
    assert {*"ifgochx", "i_pre", "magnitude"} <= {*dir(layers[0].grads)}
    gru = next(layer for layer in layers if layer.kind == "gru")
    assert {*"rznh"} <= {*dir(gru)}
    assert not {*"fgo"} & {*dir(gru)}


def test_every_public_dataclass_of_arrays_or_texts_shows_itself_shortly() -> None:
    long = ("Float[", "Int[", "Bool[", "Steps", "tuple[str, ...]", "Values", "Words", "Logits", "Mapping[")
    missing = []
    for module in pkgutil.walk_packages(lstm_viz.__path__, "lstm_viz."):
        if module.name.startswith(LIBRARY_ONLY) or module.name.endswith("__main__"):
            continue
        for name, each in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if each.__module__ != module.name or name.startswith("_") or not dataclasses.is_dataclass(each):
                continue
            if f"{module.name}.{name}" in NO_RESULTS:
                continue
            holds = [str(field.type) for field in dataclasses.fields(each) if field.repr]
            if any(kind.startswith(long) for kind in holds) and "__repr__" in vars(each):
                missing.append(f"{module.name}.{name}")
    assert not missing, "; ".join(missing)


#: What no function of the library hands out: the screen, figures' arguments, and the insides of capture, cells and training.
NO_RESULTS = (
    "lstm_viz.corpus.running_stats.RunningStats", "lstm_viz.models.language.Config", "lstm_viz.models.parts.Part",
    "lstm_viz.series.json_rows.JsonTable", "lstm_viz.series.text_tables.SplitLines", "lstm_viz.unit_names.word_features.Ending",
)  # fmt: skip
LIBRARY_ONLY = (
    "lstm_viz.ui", "lstm_viz.figures", "lstm_viz.capture", "lstm_viz.cells", "lstm_viz.training", "lstm_viz.jobs",
    "lstm_viz.models.importing", "lstm_viz.classroom",
)  # fmt: skip

values = arrays.arrays(np.float32, arrays.array_shapes(max_dims=3, max_side=4), elements=st.floats(width=32))


@given(values)
def test_arrays_are_the_same_bit_for_bit_and_nan_is_nan(one: np.ndarray) -> None:
    assert same(one, one.copy())
    assert not same(one, one.astype(np.float64))
    assert not same(one, one[None])


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5)))
def test_a_frozen_mapping_is_a_mapping_that_can_be_copied(items: dict[str, Any]) -> None:
    frozen: Mapping[str, Any] = FrozenMapping(items)
    assert dict(frozen) == items
    assert frozen == items
    assert pickle.loads(pickle.dumps(frozen)) == frozen == copy.deepcopy(frozen)
    assert same(frozen, MappingProxyType(items))
    assert len(repr(frozen)) <= LONGEST
    with pytest.raises(AttributeError):
        frozen._items = {}  # type: ignore[attr-defined]


@given(st.text(max_size=2_000), st.integers(40, 400))
def test_a_shortened_text_is_one_line_that_keeps_both_ends(text: str, longest: int) -> None:
    short = shorten(text, longest)
    assert len(short) <= longest
    assert len(short.splitlines()) <= 1
    assert short[:15] == " ".join(text.split())[:15]
