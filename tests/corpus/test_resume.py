"""A reading that was stopped anywhere and taken up again from its note: the same as an unbroken one, to the last bit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstm_viz import corpus
from lstm_viz.corpus import text_scanner
from lstm_viz.corpus.batch import Batch, States
from lstm_viz.gates import Kind
from tests.corpus.test_scan import model, words
from tests.tiny import KINDS

LENGTH = 5000


@pytest.fixture(autouse=True)
def _note_at_every_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_scanner, "NOTE_EVERY", 0.0)
    monkeypatch.setattr(text_scanner, "NOTE_SHARE", np.inf)


def equal(one: corpus.Scan, other: corpus.Scan) -> None:
    for each in fields(corpus.Scan):
        ours, theirs = getattr(one, each.name), getattr(other, each.name)
        if each.name == "summaries":
            assert ours.keys() == theirs.keys()
            for key in ours:
                alike(ours[key], theirs[key])
        elif isinstance(ours, np.ndarray):
            np.testing.assert_array_equal(ours, theirs)
            assert ours.dtype == theirs.dtype
        else:
            assert ours == theirs


def alike(one: corpus.Summary, other: corpus.Summary) -> None:
    for name in ("low", "high", "mean", "spread", "along"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    for end in ("lowest", "highest"):
        np.testing.assert_array_equal(getattr(one, end).values, getattr(other, end).values)
        np.testing.assert_array_equal(getattr(one, end).steps, getattr(other, end).steps)


def broken(note: Path, kind: Kind, lanes: int, parts: tuple[int, ...], stops: list[int]) -> corpus.Scan:
    """Read, and stop after so many hundredths more than the last time, again and again; then read to the end."""
    for stop in stops:
        run: Iterator[int | corpus.Scan] = corpus.scanning(
            model(kind), words(LENGTH), 128, segments=lanes, parts=parts, note=note
        )
        for item in run:
            if isinstance(item, corpus.Scan) or item >= stop:
                break
        run.close()  # type: ignore[attr-defined]
    return corpus.scan(model(kind), words(LENGTH), 128, segments=lanes, parts=parts, note=note)


@given(
    st.sampled_from(KINDS), st.sampled_from([1, 3, 40]), st.sampled_from([(0,), (0, 64, 65, 1000, 4999)]),
    st.lists(st.integers(1, 99), min_size=1, max_size=3, unique=True).map(sorted),
)  # fmt: skip
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_stopped_goes_on_as_if_it_had_not_been(
    tmp_path_factory: pytest.TempPathFactory, kind: Kind, lanes: int, parts: tuple[int, ...], stops: list[int]
) -> None:
    note = tmp_path_factory.mktemp("notes") / "reading"
    found = broken(note, kind, lanes, parts, stops)
    equal(found, corpus.scan(model(kind), words(LENGTH), 128, segments=lanes, parts=parts))
    # What is finished leaves nothing behind.
    assert not list(note.parent.iterdir())


def test_parts_that_are_read_again_are_taken_up_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_scanner, "WARMUP_STEPS", 1)
    whole = corpus.scan(model("gru"), words(LENGTH), segments=7)
    run = corpus.scanning(model("gru"), words(LENGTH), segments=7, note=tmp_path / "note")
    batches = 0
    while batches < 2:
        batches = len(run.gi_frame.f_locals["self"].batches) if next(run) else 0  # type: ignore[attr-defined]
    run.close()  # type: ignore[attr-defined]
    equal(corpus.scan(model("gru"), words(LENGTH), segments=7, note=tmp_path / "note"), whole)


def test_a_reading_goes_on_where_its_note_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = corpus.scanning(model("lstm"), words(50_000), segments=1, note=tmp_path / "note")
    while next(run) != 60:
        pass
    run.close()  # type: ignore[attr-defined]
    read: list[int] = []
    plain = text_scanner.TextScanner._block

    def counted(self: text_scanner.TextScanner, starts: np.ndarray, steps: int, batch: Batch) -> States:
        read.append(steps)
        return plain(self, starts, steps, batch)

    monkeypatch.setattr(text_scanner.TextScanner, "_block", counted)
    again = corpus.scanning(model("lstm"), words(50_000), segments=1, note=tmp_path / "note")
    assert [item for item in again if isinstance(item, int)] == list(range(1, 100))
    assert sum(read) <= 0.41 * 50_000


@pytest.mark.parametrize("harm", ["another text", "another network", "cut", "no file of numbers", "other parts"])
def test_a_note_of_something_else_is_as_good_as_none(tmp_path: Path, harm: str) -> None:
    note, text = tmp_path / "note", words(LENGTH)
    first = words(LENGTH, 2) if harm == "another text" else text
    parts = (0, 99) if harm == "other parts" else (0,)
    run = corpus.scanning(model("lstm" if harm != "another network" else "gru"), first, parts=parts, note=note)
    while next(run) != 50:
        pass
    run.close()  # type: ignore[attr-defined]
    if harm == "cut":
        note.write_bytes(note.read_bytes()[:-100])
    elif harm == "no file of numbers":
        note.write_bytes(b"\xff" * 1000)
    equal(corpus.scan(model("lstm"), text, note=note), corpus.scan(model("lstm"), text))
