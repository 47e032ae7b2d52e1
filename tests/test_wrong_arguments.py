"""Wrong arguments of public functions are refused with a sentence that says what came, what was wanted and what to do."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import lstm_viz
from lstm_viz import corpus, generation, sentiment, series
from lstm_viz.corpus import levels, replay
from lstm_viz.gradients import gradient_decay
from lstm_viz.models.importing.assembly import assemble, build_network
from lstm_viz.models.importing.state_parts import parts_of_state
from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.units.effects import logit_contributions, logit_derivatives
from lstm_viz.what_if.ablation_scan import ablation_costs

MODEL = lstm_viz.load("counting")
OTHER = lstm_viz.load("brackets")
TRACE = lstm_viz.trace(MODEL, "aabb", lstm_viz.TextLoss())
LAYER = TRACE.layers[0]
FLOAT: Any = 1.5


def imported() -> Any:
    """Return a network of another form than `LanguageModel`."""
    theirs = torch.nn.ModuleDict({"e": torch.nn.Embedding(4, 5), "r": torch.nn.LSTM(5, 3), "d": torch.nn.Linear(3, 2)})
    parts = parts_of_state(theirs.state_dict(), {}, "theirs")
    return build_network(assemble(parts, {}, {}, None, "theirs"), Vocabulary.of("abc"))


def moved() -> Any:
    """Return a model on another device."""
    return type(MODEL)(MODEL.config, MODEL.vocabulary).to("meta")


def call(function: Callable[..., object], *arguments: Any, **named: Any) -> Callable[[], object]:
    """Return a call that has not happened yet."""
    return lambda: function(*arguments, **named)


CALLS: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "a name for a model": (call(lstm_viz.trace, "counting", "ab"), TypeError, r"of type str; .*lstm_viz\.load\('counting'\)"),
    "a torch module for a model": (call(lstm_viz.trace, torch.nn.LSTM(3, 4), "ab"), TypeError, r"lstm_viz\.capture\(module\)"),
    "a name for a reader's model": (call(lstm_viz.Reader, "counting"), TypeError, "a LanguageModel was wanted"),
    "a forecaster for a model": (call(lstm_viz.trace, series.load_forecaster("co2"), "ab"), TypeError, "read_series"),
    "a model on another device": (call(lstm_viz.trace, moved(), "ab"), ValueError, r"on meta; .* model\.cpu\(\)"),
    "a list of texts": (call(lstm_viz.trace, MODEL, ["a", "b"]), TypeError, "of type list; a str was wanted"),
    "bytes for a text": (call(lstm_viz.trace, MODEL, b"ab"), TypeError, "of type bytes; .*read_text"),
    "a path for a text": (call(lstm_viz.name_units, MODEL, Path("a.txt")), TypeError, "a str was wanted: .*read_text"),
    "a read file for a text": (call(corpus.scan, MODEL, lstm_viz.TextFile("ab", "utf-8")), TypeError, "give its text"),
    "no text": (call(lstm_viz.trace, MODEL, None), TypeError, "of type NoneType; a str was wanted"),
    "an objective's class": (call(lstm_viz.trace, MODEL, "ab", lstm_viz.TextLoss), TypeError, "the class TextLoss; an instance"),
    "an objective's name": (call(lstm_viz.trace, MODEL, "ab", "loss"), TypeError, r"of type str; one such as lstm_viz\.TextLoss"),
    "a step that is not whole": (
        call(lstm_viz.trace, MODEL, "ab", lstm_viz.NextToken(FLOAT, "a")), ValueError, "step is 1.5; a whole number"
    ),
    "a class's name": (
        call(lstm_viz.trace, lstm_viz.load("sst-lstm"), "a film", lstm_viz.ClassLogit("positive")),  # type: ignore[arg-type]
        ValueError, "class is 'positive'; its index was wanted, from 0 to 4",
    ),
    "a score after the last word": (
        call(lstm_viz.trace, lstm_viz.load("sst-lstm"), "a film", sentiment.ScoreObjective(5)), ValueError, "step 5 lies outside"
    ),
    "one state of two": (call(lstm_viz.trace, MODEL, "ab", None, torch.zeros(2, 1, 4)), ValueError, r"a pair \(h, c\)"),
    "a state of another size": (
        call(lstm_viz.trace, MODEL, "ab", None, (torch.zeros(1, 1, 9),) * 2), ValueError, r"\[1, 1, 9\].*\[1, 1, 4\] was wanted"
    ),
    "an imported network for flow": (call(lstm_viz.flow, imported(), TRACE), TypeError, r"can be read by lstm_viz\.trace"),
    "an imported network for what_if": (call(lstm_viz.what_if, imported(), "ab", []), TypeError, "LanguageModel was wanted"),
    "a trace of another model": (
        call(lstm_viz.flow, OTHER, TRACE), ValueError, "of another model, with 1 layer .lstm of 4 units. and 4 outputs"
    ),
    "another model's trace to continue": (call(lstm_viz.continuation, OTHER, TRACE, 3), ValueError, "read the text with this"),
    "another model's trace to attribute": (
        call(lstm_viz.integrated_gradients, OTHER, TRACE, lstm_viz.LikeliestNext()), ValueError, "of another model"
    ),
    "a text for a trace": (call(lstm_viz.flow, MODEL, "ab"), TypeError, r"of type str; .*lstm_viz\.trace\(model, text\)"),
    "texts to compare": (call(lstm_viz.compare, "ab", "aab"), TypeError, "a Trace was wanted"),
    "a layer for a trace": (call(lstm_viz.gradient_paths, MODEL, LAYER, 0, 1), TypeError, "not one of its layers"),
    "a trace for a layer": (call(lstm_viz.half_life, TRACE), TypeError, r"of type Trace; .*\.layers\[0\]"),
    "a trace for a layer to saturate": (call(lstm_viz.saturation, TRACE), TypeError, "a LayerTrace was wanted"),
    "a trace for a layer to decompose": (call(lstm_viz.cell_contributions, TRACE, 1), TypeError, "a LayerTrace was wanted"),
    "a trace for a decay": (call(gradient_decay, TRACE), TypeError, "a LayerTrace was wanted"),
    "a batch entry too many": (call(lstm_viz.half_life, LAYER, 3), IndexError, "batch entry 3 is out of range; .* 0 to 0"),
    "an unknown gate": (call(lstm_viz.ranking, TRACE.layers, gates="z"), ValueError, "no gate 'z' in these layers; choose"),
    "a trace to rank": (call(lstm_viz.ranking, TRACE), TypeError, r"of type Trace; .*give its `\.layers`"),
    "a layer to rank": (call(lstm_viz.ranking, LAYER), TypeError, "of type LayerTrace; .*put it in a list"),
    "a negative count": (call(lstm_viz.ranking, TRACE.layers, -1), ValueError, "count is -1; a whole number of 0 or more"),
    "a negative length": (call(lstm_viz.sample, MODEL, "ab", -1), ValueError, "count is -1; a whole number of 0 or more"),
    "a length that is not whole": (call(lstm_viz.sample, MODEL, "ab", 1.5), ValueError, "count is 1.5; a whole number"),
    "a negative seed": (call(lstm_viz.sample, MODEL, "ab", 3, seed=-1), ValueError, "seed is -1; a whole number of 0 or more"),
    "a part of a token": (call(lstm_viz.Sampling, top_k=2.5), ValueError, "top-k is 2.5; at least 1 token"),
    "a word for a temperature": (call(lstm_viz.Sampling, "hot"), ValueError, "temperature is 'hot'; it must be above 0"),
    "a name to generate with": (call(generation.start, "counting", "ab"), TypeError, "a LanguageModel was wanted"),
    "a single intervention": (
        call(lstm_viz.what_if, MODEL, "ab", lstm_viz.Clamp("f", 1.0)), TypeError, "a single Clamp came; a list"
    ),
    "a gate's name to change": (call(lstm_viz.what_if, MODEL, "ab", ["f"]), TypeError, "'f' is no intervention"),
    "an intervention's class": (call(lstm_viz.what_if, MODEL, "ab", [lstm_viz.Clamp]), TypeError, "is no intervention"),
    "one unit in no list": (
        call(lstm_viz.what_if, MODEL, "ab", [lstm_viz.Ablate(0, 2)]),  # type: ignore[arg-type]
        ValueError, r"Ablate: the units are 2; a list was wanted, such as \[2\]",
    ),
    "one step in no list": (
        call(lstm_viz.what_if, MODEL, "ab", [lstm_viz.Clamp("f", 1.0, steps=1)]),  # type: ignore[arg-type]
        ValueError, r"Clamp: the steps are 1; a list was wanted",
    ),
    "a word for a value": (
        call(lstm_viz.what_if, MODEL, "ab", [lstm_viz.Clamp("f", "open")]),  # type: ignore[arg-type]
        ValueError, "Clamp: the value is 'open'; a number was wanted",
    ),
    "a unit that is not there": (call(logit_contributions, MODEL, TRACE, -1), IndexError, "unit -1 is out of range"),
    "a layer that is not there": (call(logit_derivatives, MODEL, TRACE, -1, 0), IndexError, "layer -1 is out of range"),
    "a layer too many to ablate": (call(ablation_costs, MODEL, TRACE, 3, 0), IndexError, "layer 3 is out of range; .* 0 to 0"),
    "a class to capture": (call(lstm_viz.capture, torch.nn.LSTM), TypeError, "the class LSTM; an instance of torch.nn.Module"),
    "a tensor to capture": (call(lstm_viz.capture, torch.zeros(3)), TypeError, "of type Tensor; an instance of torch.nn.Module"),
    "an unknown theme": (call(lstm_viz.plot, TRACE, theme="blue"), ValueError, "theme is 'blue'; choose one of"),
    "an unknown order": (call(lstm_viz.plot, TRACE, units="sorted"), ValueError, "units is 'sorted'; choose numbered, similar"),
    "a feature's name": (call(lstm_viz.name_units, MODEL, "ab" * 300, ["digit"]), TypeError, "'digit' is no Feature"),
    "a model for a reader": (call(sentiment.classify_sentiment, MODEL, "ab"), TypeError, "a Reader was wanted"),
    "a forecaster's name": (call(series.forecast, "co2", np.ones(9), 3), TypeError, r"load_forecaster\('co2'\)"),
    "a series for its values": (
        call(series.read_series, series.load_forecaster("co2"), series.of_values(np.arange(30.0))), ValueError, r"`\.values`"
    ),
    "a table for a series": (
        call(series.forecast, series.load_forecaster("co2"), np.ones((9, 2)), 3), ValueError, r"shape \[9, 2\]; one row"
    ),
    "no values": (call(series.read_series, series.load_forecaster("co2"), []), ValueError, "at least one number"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_argument_is_refused_with_a_sentence(name: str) -> None:
    wrong, error, message = CALLS[name]
    with pytest.raises(error, match=message):
        wrong()


def test_a_scan_refuses_a_layer_that_its_model_lacks(tmp_path: Path) -> None:
    scan = corpus.scan(MODEL, "aabb\n" * 20)
    for layer in (-1, 1):
        with pytest.raises(IndexError, match=f"layer {layer} is out of range; the model has layers 0 to 0"):
            levels.write_levels(MODEL, scan, layer, "c", tmp_path / "levels")
        with pytest.raises(IndexError, match=f"layer {layer} is out of range"):
            replay.quantity_window(MODEL, scan, layer, "c", 0, 5)
    with pytest.raises(ValueError, match="steps 200 to 200 were wanted; the text has 100"):
        replay.state_at(MODEL, scan, 200)


def test_a_file_of_another_project_is_pointed_to_its_loader(tmp_path: Path) -> None:
    torch.save(torch.nn.LSTM(3, 4).state_dict(), tmp_path / "theirs.pt")
    with pytest.raises(ValueError, match=r"theirs\.pt is not .*lstm_viz\.load_checkpoint"):
        lstm_viz.load(tmp_path / "theirs.pt")
