"""Units that are known: a network that opens at brackets, one built by hand, and controls without any relation."""

from __future__ import annotations

import pickle
import random
import tracemalloc
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats

import lstm_viz
from lstm_viz import corpus
from lstm_viz.gates import Kind, symbols
from lstm_viz.models.catalog import load
from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.models.parts import Part
from lstm_viz.reader import trace
from lstm_viz.text.vocabulary import Vocabulary, WordVocabulary
from lstm_viz.training.data.formal_languages import Brackets
from lstm_viz.unit_names import FEATURES, Feature, UnitNames, marked_feature, naming, regex_feature
from lstm_viz.unit_names import activations as reading
from lstm_viz.unit_names import feature_comparison as comparing
from lstm_viz.unit_names.activations import ScannedActivations
from lstm_viz.unit_names.naming import split_parts
from tests.tiny import KINDS, TEXT, tiny

BY_NAME = {feature.name: feature for feature in FEATURES}


def strings(count: int, seed: int = 1) -> tuple[str, list[int]]:
    """Strings of the bracket language, and where each begins."""
    draw = random.Random(seed)
    lines = [Brackets(32, depth=3).string(draw) for _ in range(count)]
    return "".join(lines), np.cumsum([0, *map(len, lines[:-1])]).tolist()


def letters(length: int, seed: int = 1) -> str:
    draw = random.Random(seed)
    return "".join(draw.choice(TEXT) for _ in range(length))


@cache
def brackets() -> UnitNames:
    text, parts = strings(120)
    return lstm_viz.name_units("brackets", text, parts=parts)


def test_the_unit_that_counts_brackets_is_found() -> None:
    """Shown by another way: of all cells its correlation with the depth, over a trace of one string, is the highest."""
    by_feature = {each.feature: each for each in brackets().by_feature()}
    depth, inside = by_feature["bracket-depth"], by_feature["in-brackets"]
    assert depth.tracks
    assert inside.tracks
    assert depth.score > 0.9
    assert inside.score > 0.98
    text = "([()]())[[]]" * 2
    read = trace(load("brackets"), text).layers[0]
    level = np.cumsum([1 if symbol in "([" else -1 for symbol in text])
    assert abs(stats.spearmanr(read[depth.symbol][:, 0, depth.unit], level).statistic) > 0.8


@pytest.mark.parametrize("kind", KINDS)
def test_scores_are_those_of_a_trace_of_the_whole_text(kind: str) -> None:
    """One unit and one feature after the other, by SciPy, from an unbroken reading."""
    model, text = tiny(kind), letters(1500)
    features = [BY_NAME[name] for name in ("vowel", "word-position", "space")]
    names = lstm_viz.name_units(model, text, features=features)
    read, half = trace(model, text), len(text) // 2

    def strength(values: np.ndarray, feature: Feature, part: slice) -> float:
        truth = feature.of_text(text)[part]
        if feature.measure == "ρ":
            return float(stats.spearmanr(values[part], truth).statistic)
        inside, outside = values[part][truth], values[part][~truth]
        return 2 * float(stats.mannwhitneyu(inside, outside).statistic) / (len(inside) * len(outside)) - 1

    def agreement(values: np.ndarray, feature: Feature, strength: float) -> float:
        if feature.measure == "ρ":
            return abs(strength)
        truth = feature.of_text(text)[:half]
        high = values >= np.unique(values)[1:, None]
        return max(float(np.sign(strength) * np.corrcoef(row, truth)[0, 1]) for row in high)

    for layer in read.layers:
        for symbol in symbols(layer.kind):
            for unit in range(layer.units):
                values = layer[symbol][:, 0, unit]
                first = [strength(values, each, slice(half)) for each in features]
                best = int(np.abs(first).argmax())
                likely = [index for index, each in enumerate(first) if abs(each) >= 0.6]
                if len(likely) > 1:
                    best = max(likely, key=lambda index: agreement(values[:half], features[index], first[index]))
                name = names.best(layer.layer, symbol, unit)
                assert name.feature == features[best].name
                assert name.sign == np.sign(first[best])
                assert name.strength == pytest.approx(name.sign * strength(values, features[best], slice(half, None)), abs=1e-4)
                chosen = 2 * name.chosen - 1 if name.measure == "AUC" else name.chosen
                assert chosen == pytest.approx(abs(first[best]), abs=1e-4)


def test_the_first_percent_comes_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a text that is scanned, of one that was, and of one that is read part by part."""
    model, text = tiny("lstm"), letters(1500)
    scanned = corpus.scan(model, text)
    begun = [naming(model, text), naming(model, text, scan=scanned), naming("sst-lstm", "a warm and wonderful film\n" * 200)]

    def read(*_: object) -> None:
        raise AssertionError("something was read")

    # The package's own `naming` is the function.
    monkeypatch.setattr(import_module("lstm_viz.unit_names.naming"), "scanning", read)
    for name in ("run_layer", "read_layer"):
        monkeypatch.setattr(reading, name, read)
    assert [next(each) for each in begun] == [1, 1, 1]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("length", "most", "stride"), [(3000, 5000, 1024), (3000, 1000, 64), (700, 650, 64), (3000, 1000, 128)])
def test_a_sample_has_the_values_of_an_unbroken_reading(kind: Kind, length: int, most: int, stride: int) -> None:
    model, text, parts = tiny(kind), letters(length), [0, 130, 700 - 1]
    activations = ScannedActivations(model, corpus.scan(model, text, stride, parts=parts), text, most)
    at = activations.positions
    assert min(length, most) // 2 <= len(at) <= most
    assert (np.diff(at) > 0).all()
    assert (at < length // 2).sum() == pytest.approx(len(at) / 2, abs=130)
    ends = [*parts[1:], length]
    reads = [trace(model, text[start:end]) for start, end in zip(parts, ends, strict=True)]
    keys = [(layer, symbol) for layer in (0, 1) for symbol in symbols(kind)]
    pieces = list(activations.read(keys))
    assert [start for start, _ in pieces] == np.cumsum([0, *(len(values[keys[0]]) for _, values in pieces[:-1])]).tolist()
    for layer, symbol in keys:
        found = np.concatenate([values[layer, symbol] for _, values in pieces])
        unbroken = np.concatenate([read.layers[layer][symbol][:, 0] for read in reads])
        np.testing.assert_allclose(found, unbroken[at], atol=1e-4)


def test_a_scan_at_hand_is_used_and_must_be_of_the_text() -> None:
    model, text = tiny(), letters(2000)
    scan = corpus.scan(model, text)
    *_, names = naming(model, text, scan=scan)
    assert isinstance(names, UnitNames)
    np.testing.assert_allclose(names.scored, lstm_viz.name_units(model, text).scored, atol=1e-3)
    with pytest.raises(ValueError, match="another text"):
        list(naming(model, text + "a", scan=scan))
    with pytest.raises(ValueError, match="another text"):
        list(naming(tiny(seed=4), text, scan=scan))


def test_a_network_that_knows_nothing_of_the_feature_tracks_nothing() -> None:
    """Flags drawn at random along the text: the score on the other half is that of chance, and below the threshold."""
    draw = np.random.default_rng(5)
    flags = draw.random(3000) < 0.3
    noise = [Feature(f"noise-{k}", f"noise {k}", "AUC", lambda text, k=k: np.roll(flags, 97 * k)) for k in range(8)]
    names = lstm_viz.name_units(tiny(), letters(3000), features=noise)
    assert not names.tracks.any()
    assert np.abs(names.scored).max() < 0.25
    assert names.scored.mean() < names.chosen.mean()
    assert all("nothing" in names.row(index).describe() for index in range(len(names)))


def test_the_shifted_control_is_far_below_what_the_network_tracks() -> None:
    names = brackets()
    assert names.control[names.tracks].max() < names.scored[names.tracks].min()
    assert (names.scored[names.tracks] >= 0.6).all()


def test_own_features_are_compared() -> None:
    text, parts = strings(120)
    closing = [(index, index + 1) for index, symbol in enumerate(text) if symbol in ")]"]
    own = [replace(regex_feature(r"[\])]", "closes"), name="pattern"), replace(marked_feature(closing, "marked"), name="marks")]
    found = {each.feature: each for each in lstm_viz.name_units("brackets", text, own, features=(), parts=parts).by_feature()}
    assert found["pattern"].tracks
    assert found["pattern"].score == found["marks"].score > 0.99


@pytest.mark.parametrize("classes", [(), ("good", "bad")])
def test_networks_of_words_restart_at_each_line(classes: tuple[str, ...]) -> None:
    draw = random.Random(2)
    lines = [" ".join(draw.choice(["the", "cat", "not", "very", "good", "!"]) for _ in range(12)) for _ in range(80)]
    text = "\n".join(lines)
    with torch.random.fork_rng():
        torch.manual_seed(1)
        model = LanguageModel(Config("lstm", 4, 6, 2, classes=classes, words=True), WordVocabulary.of(text.split())).eval()
    names = lstm_viz.name_units(model.requires_grad_(False), text)
    assert names.positions == 960
    assert {"article", "negation", "intensifier", "mark", "word-length"} <= {each.feature for each in names.by_feature()}
    assert "vowel" not in {name for name, _, _ in names.features}
    half = 480
    values = np.concatenate([trace(model, line).layers[1]["c"][:, 0, 3] for line in lines])
    name = names.best(1, "c", 3)
    tokens = split_parts(model, text, None, 10_000)
    truth = np.concatenate([BY_NAME[name.feature].compute(part) for part in tokens]) if BY_NAME[name.feature].by_word else None
    if truth is not None and name.measure == "AUC":
        inside, outside = values[half:][truth[half:]], values[half:][~truth[half:]]
        auc = stats.mannwhitneyu(inside, outside).statistic / (len(inside) * len(outside))
        assert name.score == pytest.approx(auc if name.sign > 0 else 1 - auc, abs=1e-4)


def test_networks_of_other_forms() -> None:
    """A classifier of characters in both directions: each direction is a layer of its own, as in a trace."""
    torch.manual_seed(0)
    both = torch.nn.LSTM(3, 4, bidirectional=True)
    parts = [
        Part("e", "embedding", {"weight": torch.randn(len(set(TEXT)) + 1, 3)}),
        Part("r", "recurrent", dict(both.state_dict()), {"kind": "lstm"}),
        Part("d", "linear", {"weight": torch.randn(2, 8), "bias": torch.zeros(2)}),
    ]
    network = ImportedNetwork(parts, "classes", ("yes", "no"), "last", Vocabulary.of(TEXT))
    names = lstm_viz.name_units(network, letters(700), parts=range(0, 700, 35))
    assert len(names) == 2 * 6 * 4
    assert names.best(1, "f", 3).layer == 1


def test_progress_rises_to_the_names_and_can_stop() -> None:
    *ticks, names = naming("brackets", *[strings(60)[0]])
    assert ticks == sorted(set(ticks))
    assert all(0 < tick < 100 for tick in ticks)
    assert isinstance(names, UnitNames)
    stopped = naming("brackets", strings(60)[0])
    next(stopped)
    stopped.close()


def test_memory_is_bounded_by_groups_of_quantities(monkeypatch: pytest.MonkeyPatch) -> None:
    """All quantities together take 29 MB here; one of them and its ranks, and a batch of blocks, half of that."""
    model, text, features = tiny(layers=1, hidden=200), letters(6000), [BY_NAME["vowel"], BY_NAME["space"]]
    monkeypatch.setattr(reading, "BATCH_TOKENS", 1024)
    whole = lstm_viz.name_units(model, text, features=features)
    monkeypatch.setattr(comparing, "MOST_NUMBERS", 200 * 6000)
    tracemalloc.start()
    one_by_one = lstm_viz.name_units(model, text, features=features)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert one_by_one == whole
    assert peak < 22e6


@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        ("", {}, "at least 500"),
        ("ab", {}, "at least 500"),
        ("a" * 1000, {"features": [BY_NAME["vowel"]]}, "no feature occurs"),
        ("ab" * 500, {"positions": 10}, "positions"),
        ("ab" * 500, {"parts": [3]}, "parts"),
        ("ab" * 500, {"own": [marked_feature([(5, 2000)])]}, "marked"),
    ],
)
def test_what_cannot_be_named_is_refused(text: str, arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lstm_viz.name_units("counting", text, **arguments)


def test_the_result_is_sorted_filtered_written_and_copied() -> None:
    names = brackets()
    rows = names.table()
    assert [row.strength for row in rows] == sorted((row.strength for row in rows), reverse=True)
    assert {row.symbol for row in names.table(["c", "h"])} == {"c", "h"}
    assert all(row.feature == "newline" and row.tracks for row in names.table(feature="newline", tracking=True))
    assert names.table(layer=1) == []
    lines = names.to_csv().splitlines()
    assert len(lines) == 1 + len(names)
    assert lines[0].startswith("layer,quantity,unit")
    assert pickle.loads(pickle.dumps(names)) == names
    assert len(repr(names)) < 200
    assert "<table>" in names._repr_html_()
    with pytest.raises(KeyError, match="c of layer 0"):
        names.best(1, "c", 0)
    with pytest.raises(IndexError, match="0 to 7"):
        names.best(0, "c", 8)
    with pytest.raises(KeyError, match="nothing"):
        names.table(feature="nothing")


def test_a_stopped_naming_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, text, note = tiny(), letters(3000), tmp_path / "progress"
    monkeypatch.setattr(comparing, "MOST_NUMBERS", 1)
    whole = lstm_viz.name_units(model, text)
    compared: list[int] = []
    original = comparing.FeatureComparison._compare

    def counted(self: comparing.FeatureComparison, values: np.ndarray) -> None:
        compared.append(len(values))
        original(self, values)

    monkeypatch.setattr(comparing.FeatureComparison, "_compare", counted)
    stopped = naming(model, text, note=str(note))
    for _ in stopped:
        if len(compared) == 5:
            break
    stopped.close()
    assert note.exists()
    *_, names = naming(model, text, note=str(note))
    assert names == whole
    assert len(compared) == 2 * len(symbols("lstm")), "each quantity is compared once"
    assert not list(tmp_path.iterdir())
    other = naming(tiny(seed=5), text, note=str(note))
    assert [*other][-1] == lstm_viz.name_units(tiny(seed=5), text)
