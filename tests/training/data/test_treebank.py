"""Trees become labelled prefixes: by hand, and against every phrase read off the brackets by itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.text.vocabulary import UNKNOWN, WordVocabulary
from lstm_viz.training.data.treebank import (
    NO_LABEL,
    Tree,
    labelled_prefixes,
    parse,
    read_lexicon,
    read_trees,
    single_words,
    vocabulary,
)
from tests.facts import facts

LINE = "(3 (2 It) (4 (2 (2 is) (1 n't)) (3 (3 well-made) (2 -RRB-))))"


def test_a_tree_by_hand() -> None:
    tree = parse(LINE)
    assert tree.leaves == ("It", "is", "n't", "well-made", ")")
    assert set(tree.phrases) == {
        (0, 1, 2), (1, 2, 2), (2, 3, 1), (1, 3, 2), (3, 4, 3), (4, 5, 2), (3, 5, 3), (1, 5, 4), (0, 5, 3),
    }  # fmt: skip
    assert tree.label == 3


@pytest.mark.parametrize(
    "line",
    [
        *("", "It works", "(3 (2 It) (4 works)", "(3 (2 It)) (4 works))"),
        *("(9 (2 It) (4 works))", "(3 (2 It) (4 works)) more", "(3 )", "(3 (2 It) (4 ))"),
    ],
)
def test_what_is_no_tree_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"as in \(3 \(2 It\) \(4 works\)\)"):
        parse(line)


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "trees.txt"
    path.write_text(f"{LINE}\n(2 (2 a)\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"trees\.txt, line 2"):
        read_trees(path)
    path.write_text(f"{LINE}\n{LINE}\n", encoding="utf-8")
    assert read_trees(path) == (parse(LINE), parse(LINE))


def test_readings_by_hand() -> None:
    known = WordVocabulary.of(("it", "is", "n't", "well", "made", ")"))
    found = {known.decode(each.ids): each.labels.tolist() for each in labelled_prefixes(parse(LINE), known)}
    none = NO_LABEL
    # "well-made" is two words here, and its label stands at the second.
    assert found == {
        "it is n't well made )": [2, none, none, none, none, 3],
        "is n't well made )": [2, 2, none, none, 4],
        "n't": [1],
        "well made )": [none, 3, 3],
        ")": [2],
    }


@st.composite
def trees(draw: st.DrawFn) -> str:
    words = draw(st.lists(st.sampled_from(("good", "bad", "film", "not", ".")), min_size=1, max_size=7))

    def build(first: int, last: int) -> str:
        label = draw(st.integers(0, 4))
        if last - first == 1:
            return f"({label} {words[first]})"
        middle = draw(st.integers(first + 1, last - 1))
        return f"({label} {build(first, middle)} {build(middle, last)})"

    return build(0, len(words))


def phrases_of(line: str) -> list[tuple[str, int]]:
    """Each bracket's words and label, by cutting the text at its matching bracket."""
    found = []
    for start, sign in enumerate(line):
        if sign == "(":
            depth, end = 1, start + 1
            while depth:
                depth += (line[end] == "(") - (line[end] == ")")
                end += 1
            inside = line[start + 2 : end]
            words = [word for word in inside.replace("(", " ").replace(")", " ").split() if not word.isdigit()]
            found.append((" ".join(words), int(line[start + 1])))
    return found


@given(trees())
def test_no_phrase_is_lost_and_none_made_up(line: str) -> None:
    tree, known = parse(line), WordVocabulary.of(("good", "bad", "film", "not", "."))
    labelled = [
        (known.decode(reading.ids[: t + 1]), int(label))
        for reading in labelled_prefixes(tree, known)
        for t, label in enumerate(reading.labels)
        if label != NO_LABEL
    ]
    assert sorted(labelled) == sorted(phrases_of(line))


def test_the_vocabulary_by_hand() -> None:
    sentence = Tree(("Good", "good", "rare", "half-good", "half-bad", "co-written", "co-written"), ())
    assert vocabulary([sentence], 2, ()).tokens == (UNKNOWN, "co-written", "good", "half")
    known = vocabulary([sentence], 2, {"bad", "rare"})
    assert known.tokens == (UNKNOWN, "bad", "co-written", "good", "half", "rare")
    assert (known.encode("half-good rare co-written") != 0).all()


def test_a_lexicon_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.txt"
    path.write_text("Great\t3.1\t0.7\t[3]\ngood\t1.9\nmeh\t-0.3\nbad\t-2.5\nworst\t-3.1\n:)\t2.0\n", encoding="utf-8")
    lexicon = read_lexicon(path)
    assert lexicon == {"great": 4, "good": 3, "meh": 2, "bad": 1, "worst": 0, ":)": 3}
    known = WordVocabulary.of(("great", "bad", "film"))
    found = list(single_words(lexicon, known, {known.index["bad"]}))
    assert [(known.decode(each.ids), each.labels.tolist()) for each in found] == [("great", [4])]
    path.write_text("great 3.1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=facts("lexicon.txt", "line 1", "word", "tab", "number")):
        read_lexicon(path)


def test_labels_are_of_whole_numbers() -> None:
    known = WordVocabulary.of(("it",))
    assert all(each.labels.dtype == np.int64 for each in labelled_prefixes(parse(LINE), known))
