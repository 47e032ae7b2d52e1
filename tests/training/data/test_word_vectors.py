"""Word vectors come from a text file or a folder, alike, and what fits neither is refused in one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lstm_viz.training.data.word_vectors import read_vectors
from tests.facts import facts

WORDS = ("the", ",", "'s", "well-made", "10", "café", "film")
ROWS = np.arange(14, dtype=np.float32).reshape(7, 2) / 8


@pytest.fixture(params=["text", "folder"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "text":
        lines = (f"{word} {row[0]} {row[1]}\n" for word, row in zip(WORDS, ROWS, strict=True))
        (tmp_path / "vectors.txt").write_text("".join(lines), encoding="utf-8")
        return tmp_path / "vectors.txt"
    np.save(tmp_path / "vectors.npy", ROWS)
    pd.DataFrame({"index": WORDS}).to_parquet(tmp_path / "words.parquet")
    return tmp_path


def test_vectors_are_found_by_word(path: Path) -> None:
    found = read_vectors(path)
    assert found.words == WORDS
    np.testing.assert_array_equal(found.of(("film", "unheard", "the")), [ROWS[6], [0, 0], ROWS[0]])
    assert found.of(("film",)).dtype == np.float32
    assert found.plain(2) == ("the", "café")


@pytest.mark.parametrize(
    ("text", "complaint"), [("", "empty"), ("the 1 2\ncat 1\n", "line 2"), ("the 1 x\n", "line 1"), ("the\n", "line 1")]
)
def test_a_damaged_text_file_is_refused(text: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "vectors.txt").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"vectors\.txt.*{complaint}"):
        read_vectors(tmp_path / "vectors.txt")


def test_a_folder_without_vectors_and_one_that_does_not_fit(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"0 \.npy and 0 \.parquet"):
        read_vectors(tmp_path)
    np.save(tmp_path / "vectors.npy", ROWS[:3])
    pd.DataFrame({"index": WORDS}).to_parquet(tmp_path / "words.parquet")
    with pytest.raises(ValueError, match=facts("vectors.npy", "(3, 2)", "7 words")):
        read_vectors(tmp_path)
