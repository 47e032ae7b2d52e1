"""Texts in two parts that never meet."""

import sysconfig
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.text.vocabulary import UNKNOWN
from lstm_viz.training.data.text_sources import Corpus, split, standard_library


def test_a_split_by_hand() -> None:
    assert split("0123456789") == Corpus("012345678", "9")
    assert split("0123456789", share=0.5) == Corpus("01234", "56789")


@given(st.text())
def test_a_split_loses_nothing(text: str) -> None:
    corpus = split(text)
    assert corpus.train + corpus.held_out == text
    assert abs(len(corpus.train) - 0.9 * len(text)) < 1


def test_the_vocabulary_is_of_the_training_part_and_leaves_rare_symbols_out() -> None:
    corpus = Corpus(f"aaabbc{UNKNOWN * 9}", "xyz" * 9)
    assert corpus.vocabulary().tokens == (UNKNOWN, "a", "b", "c")
    assert corpus.vocabulary(rarest=2).tokens == (UNKNOWN, "a", "b")


@pytest.fixture(scope="module")
def library() -> Corpus:
    return standard_library(seed=1, characters=400_000)


def test_the_library_is_whole_files_of_the_running_python() -> None:
    root = Path(sysconfig.get_paths()["stdlib"])
    sources = [root / name for name in ("heapq.py", "textwrap.py", "bisect.py", "shlex.py", "json/decoder.py", "sched.py")]
    everything = standard_library(seed=1, characters=10**9)
    for source in sources:
        text = source.read_text(encoding="utf-8")
        assert (text in everything.train) != (text in everything.held_out)
    assert "lib2to3.fixer_base" not in everything.train + everything.held_out


def test_the_library_is_bounded_and_split_by_files(library: Corpus) -> None:
    size = len(library.train) + len(library.held_out)
    assert 300_000 < size < 402_000
    assert 0 < len(library.held_out) < 0.4 * size


def test_the_library_is_shuffled_by_its_seed(library: Corpus) -> None:
    assert standard_library(seed=1, characters=400_000) == library
    assert standard_library(seed=2, characters=400_000) != library
