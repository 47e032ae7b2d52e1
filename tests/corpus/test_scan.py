"""A scan against one unbroken reading of the same text: every number that it keeps, and every window replayed from it."""

from __future__ import annotations

import pickle
import random
import tracemalloc
from copy import deepcopy
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz import corpus
from lstm_viz.corpus import scanner, text_scanner
from lstm_viz.gates import Kind, symbols
from lstm_viz.gradients import TextLoss
from lstm_viz.models.catalog import load
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.reader import trace
from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.trace import Trace
from tests.tiny import KINDS, TEXT, tiny

BOUND = {torch.float32: 1e-6, torch.float64: 1e-12}


def words(length: int, seed: int = 1) -> str:
    """A text of the model's letters, and of some that it does not know."""
    draw = random.Random(seed)
    return "".join(draw.choice(TEXT + "é\0") for _ in range(length))


@cache
def model(kind: Kind, dtype: torch.dtype = torch.float64, scale: float = 0.5) -> LanguageModel:
    found = tiny(kind)
    for parameter in found.parameters():
        parameter.mul_(scale)
    return found.to(dtype)


@cache
def unbroken(kind: Kind, dtype: torch.dtype, length: int) -> Trace:
    return trace(model(kind, dtype), words(length))


@cache
def scanned(kind: Kind, dtype: torch.dtype, length: int, stride: int, lanes: int) -> corpus.Scan:
    return corpus.scan(model(kind, dtype), words(length), stride, segments=lanes)


def close(found: np.ndarray, wanted: np.ndarray, bound: float) -> None:
    np.testing.assert_allclose(found, wanted, atol=bound * max(1.0, float(np.nanmax(np.abs(wanted), initial=0.0))), rtol=0)


@given(
    st.sampled_from(KINDS), st.sampled_from(list(BOUND)), st.sampled_from([64, 128, 320]), st.sampled_from([1, 3, 40]),
    st.integers(0, 2900), st.integers(0, 200),
)  # fmt: skip
def test_any_window_is_that_of_one_unbroken_reading(
    kind: Kind, dtype: torch.dtype, stride: int, lanes: int, start: int, length: int
) -> None:
    whole = unbroken(kind, dtype, 2900)
    stop = min(start + length, 2900)
    found = corpus.window(model(kind, dtype), scanned(kind, dtype, 2900, stride, lanes), start, stop)
    bound = BOUND[dtype]
    assert found.tokens == whole.tokens[start:stop]
    np.testing.assert_array_equal(found.ids, whole.ids[start:stop])
    np.testing.assert_array_equal(found.known, whole.known[start:stop])
    close(found.probs, whole.probs[start:stop], bound)
    close(found.surprise, whole.surprise[start:stop], 10 * bound)
    for ours, theirs in zip(found.layers, whole.layers, strict=True):
        for symbol, values in theirs.values.items():
            close(ours.values[symbol], values[start:stop], bound)
            if symbol in symbols(kind):
                scan = scanned(kind, dtype, 2900, stride, lanes)
                alone = corpus.quantity_window(model(kind, dtype), scan, ours.layer, symbol, start, stop)
                close(alone, values[start:stop, 0], bound)


@pytest.mark.parametrize("dtype", BOUND)
@pytest.mark.parametrize("lanes", [1, 3, 40])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_kept_is_what_an_unbroken_reading_gives(kind: Kind, lanes: int, dtype: torch.dtype) -> None:
    whole, found = unbroken(kind, dtype, 2900), scanned(kind, dtype, 2900, 128, lanes)
    bound = BOUND[dtype]
    close(found.surprise, whole.surprise, 1e-6)
    assert found.loss == pytest.approx(whole.loss, rel=1e-6)
    assert found.checkpoints[0] == 0
    assert np.diff(found.checkpoints).max() <= 128
    for checkpoint, step in enumerate(found.checkpoints):
        for number, layer in enumerate(whole.layers):
            close(found.hidden[checkpoint, number], layer.h[step - 1, 0] if step else np.zeros(5), bound)
            if kind == "lstm":
                close(found.cell[checkpoint, number], layer.c[step - 1, 0] if step else np.zeros(5), bound)
    assert found.summaries.keys() == {(number, symbol) for number in range(2) for symbol in symbols(kind)}
    for (number, symbol), summary in found.summaries.items():
        values = whole.layers[number][symbol][:, 0]
        close(summary.low, values.min(axis=0), bound)
        close(summary.high, values.max(axis=0), bound)
        close(summary.mean, values.mean(axis=0, dtype=np.float64), bound)
        close(summary.spread, values.std(axis=0, dtype=np.float64), 3 * bound)


@pytest.mark.parametrize("lanes", [1, 3, 40])
@pytest.mark.parametrize("kind", KINDS)
def test_peaks_are_the_passages_where_a_unit_goes_furthest(kind: Kind, lanes: int) -> None:
    whole, found = unbroken(kind, torch.float64, 2900), scanned(kind, torch.float64, 2900, 128, lanes)
    for (number, symbol), summary in found.summaries.items():
        for peaks, sign, lowest in ((summary.highest, 1, False), (summary.lowest, -1, True)):
            for unit in range(5):
                values = sign * whole.layers[number][symbol][:, 0, unit]
                best = sorted((float(values[begin : begin + 64].max()) for begin in range(0, 2900, 64)), reverse=True)[:5]
                places = found.top_activations(number, unit, symbol, lowest)
                assert [sign * place.value for place in places] == pytest.approx(best, abs=1e-12)
                at = [sign * values[place.step] for place in places]
                assert at == pytest.approx([place.value for place in places], abs=1e-12)
                assert len({place.step // 64 for place in places}) == 5
                np.testing.assert_array_equal(peaks.steps[unit], [place.step for place in places])


def test_a_network_that_never_forgets_is_read_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    # In single precision the rounding of 3,000 steps would decide at which letter the count runs out.
    counter = deepcopy(load("counting")).double()
    text = "a" * 3000 + "b" * 3000
    whole = trace(counter, text)
    monkeypatch.setattr(text_scanner, "WARMUP_STEPS", 128)
    assert corpus.scan(counter, text).segments == 1
    # Forced apart, the parts cannot meet; what comes out is right all the same.
    found = corpus.scan(counter, text, segments=8)
    close(found.surprise, whole.surprise, 1e-8)
    close(found.summaries[0, "c"].high, whole.layers[0].c[:, 0].max(axis=0), 1e-6)
    close(corpus.window(counter, found, 5000, 5100).layers[0].c, whole.layers[0].c[5000:5100], 1e-6)


def test_a_network_that_forgets_is_read_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_scanner, "WARMUP_STEPS", 128)
    found = corpus.scan(model("rnn"), words(6000))
    assert found.segments == 11
    close(found.surprise, unbroken("rnn", torch.float64, 6000).surprise, 1e-6)


def test_parts_that_do_not_meet_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_scanner, "WARMUP_STEPS", 1)
    read: list[int] = []
    plain = text_scanner.TextScanner._read

    def counted(self: text_scanner.TextScanner, starts: np.ndarray, *others: object) -> object:
        read.append(len(starts))
        return plain(self, starts, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(text_scanner.TextScanner, "_read", counted)
    found = corpus.scan(model("gru"), words(2900), segments=3)
    # After one symbol nothing is forgotten; two of three parts are read again, then what is left over.
    assert read == [3, 2, 1]
    whole = unbroken("gru", torch.float64, 2900)
    close(found.surprise, whole.surprise, 1e-6)
    close(found.summaries[1, "h"].mean, whole.layers[1].h[:, 0].mean(axis=0), 1e-12)


def test_gradients_are_those_within_the_window() -> None:
    net, text = model("lstm"), words(2900)
    found = corpus.window(net, scanned("lstm", torch.float64, 2900, 128, 1), 700, 760, TextLoss())
    wanted = trace(net, text[700:760], TextLoss(), corpus.state_at(net, scanned("lstm", torch.float64, 2900, 128, 1), 700))
    assert found.loss == wanted.loss
    for ours, theirs in zip(found.layers, wanted.layers, strict=True):
        np.testing.assert_array_equal(ours.grads.c, theirs.grads.c)


def test_progress_is_told_once_for_each_hundredth_and_a_scan_travels() -> None:
    told = list(corpus.scan_text("counting", "aabb\n" * 400))
    assert told[:-1] == list(range(1, 100))
    found = pickle.loads(pickle.dumps(told[-1]))
    assert isinstance(found, corpus.Scan)
    np.testing.assert_array_equal(found.surprise, told[-1].surprise)
    assert list(corpus.scan_text("counting", "a"))[:-1] == list(range(1, 100))


def test_progress_is_told_while_segments_are_chosen_and_warmed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two percentages never more is read than a tenth of everything that is read."""
    text, reads = words(20_000), []
    run = text_scanner.TextScanner._run

    def counted(self: Any, starts: np.ndarray, steps: int, states: Any) -> Any:
        reads.append(len(starts) * steps)
        return run(self, starts, steps, states)

    monkeypatch.setattr(text_scanner.TextScanner, "_run", counted)
    *read, found = [(sum(reads), item) for item in corpus.scanning(model("gru"), text, top=0)]
    assert isinstance(found[1], corpus.Scan)
    assert found[1].segments > 1
    gaps = np.diff([0, *(total for total, _ in read)])
    assert sum(reads) > len(text)
    assert max(gaps) <= sum(reads) / 10


def test_a_reading_can_be_left_at_any_time() -> None:
    reading = corpus.scanning(model("lstm"), words(50_000), segments=1)
    assert next(reading) == 1
    reading.close()
    assert list(reading) == []


def test_a_longer_text_has_no_more_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "CHECKPOINT_INTERVAL", 128)
    monkeypatch.setattr(scanner, "MAX_CHECKPOINTS", 4)
    whole = unbroken("lstm", torch.float64, 2900)
    few = corpus.scan(model("lstm"), words(512), segments=1)
    many = corpus.scan(model("lstm"), words(2900), segments=1)
    assert few.checkpoints.tolist() == [0, 128, 256, 384]
    assert len(many.checkpoints) <= 4
    assert len(many.hidden) == len(many.checkpoints)
    for start in (0, 767, 768, 2890):
        found = corpus.window(model("lstm"), many, start, min(start + 50, 2900))
        close(found.layers[1].h, whole.layers[1].h[start : start + 50], BOUND[torch.float64])


@pytest.mark.parametrize("stride", [256, 1024])
def test_memory_grows_with_checkpoints_and_not_with_gates(stride: int) -> None:
    # Every gate of one symbol would take 2 layers × 6 quantities × 64 units × 4 bytes.
    net = LanguageModel(Config("lstm", 4, 64, 2), Vocabulary.of(TEXT)).eval().requires_grad_(False)
    peaks = {}
    for length in (20_000, 60_000):
        text = words(length)
        corpus.scan(net, text[:2000], stride, segments=1)
        tracemalloc.start()
        corpus.scan(net, text, stride, segments=1)
        peaks[length] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    states = 2 * 2 * 64 * 4 / stride
    # Beside the states: the surprise, and each unit's means along the text until there are STRETCHES of them.
    assert (peaks[60_000] - peaks[20_000]) / 40_000 < 2 * states + 64
    assert 2 * states + 64 < 2 * 6 * 64 * 4 / 40


@pytest.mark.parametrize(
    ("text", "settings", "words"),
    [
        ("", {}, "empty"),
        ("a", {"stride": 100}, "the stride is 100; a multiple of 64"),
        ("a", {"stride": 0}, "the stride is 0"),
        ("a", {"top": -1}, "top is -1"),
        ("a", {"segments": 0}, "segments 0"),
    ],
)
def test_what_cannot_be_scanned_is_refused_in_words(text: str, settings: dict[str, int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        corpus.scanning(model("lstm"), text, **settings)


def test_a_judge_of_words_is_refused() -> None:
    with pytest.raises(ValueError, match=r"classifies|reads words"):
        corpus.scanning(load("sst-lstm"), "A fine film.")


@pytest.mark.parametrize("text", ["a", "T", "\0", "🦊" * 3, "é" * 70, "The cat;" * 8])
@pytest.mark.parametrize("kind", KINDS)
def test_the_shortest_and_strangest_texts_are_scanned(kind: Kind, text: str) -> None:
    net = model(kind)
    found, whole = corpus.scan(net, text), trace(net, text)
    close(found.surprise, whole.surprise, 1e-6)
    assert (found.loss is None) == (len(text) < 2)
    peak = found.top_activations(1, 2, "h")
    assert len(peak) == -(-len(text) // 64)
    assert peak[0].value == pytest.approx(whole.layers[1].h[:, 0, 2].max())
    assert len(corpus.window(net, found, 0, len(text)).tokens) == len(text)
    assert len(corpus.window(net, found, len(text), len(text)).tokens) == 0


@pytest.mark.parametrize(("start", "stop"), [(-1, 5), (5, 4), (0, 2901)])
def test_steps_outside_the_text_are_refused(start: int, stop: int) -> None:
    with pytest.raises(ValueError, match="the text has 2900"):
        corpus.window(model("lstm"), scanned("lstm", torch.float64, 2900, 128, 1), start, stop)


@pytest.mark.parametrize("kind", KINDS)
def test_states_alone_are_those_of_a_whole_scan(kind: Kind) -> None:
    model, text, parts = tiny(kind), TEXT * 40, [0, 101]
    whole, states = corpus.scan(model, text, 64, parts=parts), corpus.scan(model, text, 64, top=0, parts=parts)
    np.testing.assert_allclose(states.hidden, whole.hidden, atol=1e-5)
    assert states.summaries == {}
    if whole.cell is not None:
        assert states.cell is not None
        np.testing.assert_allclose(states.cell, whole.cell, atol=1e-5)
