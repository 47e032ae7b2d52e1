"""Which file is which is decided by its content: weights, vocabularies and texts as other projects write them."""

from __future__ import annotations

import io
import json
import pickle
from collections import Counter
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from safetensors.torch import save as pack

from lstm_viz.ui.pages.your_network.file_roles import find_role, find_roles, is_quick, numbered_rows, tokens_in, vocabulary_rows
from tests.facts import states
from tests.models.importing.foreign_models import Their, grown
from tests.series.workbook_files import ods, xlsx

STATE = grown(Their).state_dict()
KERAS = {"class_name": "Tokenizer", "config": {"num_words": 3, "word_index": json.dumps({"the": 1, "cat": 2, "sat": 3})}}


def saved(value: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    torch.save(value, file, **options)
    return file.getvalue()


def arrays(**named: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **named)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "role"),
    [
        (saved(STATE), "weights"),
        (saved({"model": STATE, "chars": "ab"}), "weights"),
        (saved(STATE, _use_new_zipfile_serialization=False), "weights"),
        (pickle.dumps({name: value.numpy() for name, value in STATE.items()}), "weights"),
        (pack(STATE), "weights"),
        (arrays(**{name: value.numpy() for name, value in STATE.items()}), "weights"),
        (b"\x89HDF\r\n\x1a\n" + bytes(99), "weights"),
        (bytes(range(256)) * 4, "weights"),
        (pickle.dumps({"a": 0, "b": 1}), "vocabulary"),
        (pickle.dumps({"a": 0, "b": 1}, protocol=0), "vocabulary"),
        (pickle.dumps(["a", "b"], protocol=1), "vocabulary"),
        (pickle.dumps((["a", "b"], {"a": 0, "b": 1})), "vocabulary"),
        (pickle.dumps(Counter({"a": 3, "b": 1})), "vocabulary"),
        (b'["a", "b"]', "vocabulary"),
        (b'{"idx2char": ["a", "b"]}', "vocabulary"),
        (b'{"0": "a", "1": "b"}', "vocabulary"),
        (json.dumps(json.dumps(KERAS)).encode(), "vocabulary"),
        (b"{'a': 0, 'b': 1}", "vocabulary"),
        (b"token,id\nthe,0\ncat,1\n", "vocabulary"),
        (b"0\tthe\n1\tcat\n2\tsat\n", "vocabulary"),
        (b"the 1\ncat 2\nsat 3\n", "vocabulary"),
        ("To be, or not to be".encode("utf-16"), "text"),
        (b"(dp of a list, as one may write it)", "text"),
        (b"1.5,2.5\n3.5,4.5\n", "text"),
        (xlsx({"s": [[1, 2], [3, 4]]}), "numbers"),
        (ods({"s": [[1, 2], [3, 4]]}), "numbers"),
        (b'{"hidden_size": 256, "dropout": 0.5}', "unused"),
        (b"", "unused"),
        (b" \n", "unused"),
    ],
)
def test_the_content_decides(data: bytes, role: str) -> None:
    assert find_role("a file without an ending", data).role == role


def test_a_tokenizer_within_a_tokenizer_is_unfolded() -> None:
    assert vocabulary_rows(find_role("t.json", json.dumps(KERAS).encode()).entries) == [{"the": 1, "cat": 2, "sat": 3}]


def test_there_is_one_file_of_weights() -> None:
    roles = find_roles([("one.pt", saved(STATE)), ("two.pt", saved(STATE)), ("a.txt", b"a b"), ("b.txt", b"b c")])
    assert [file.role for file in roles] == ["weights", "unused", "text", "text"]
    assert states(roles[1].note, "not used", "weights")


@pytest.mark.parametrize(
    ("text", "count", "tokens"),
    [
        ("a\nb\n \n", 3, ["a", "b", " "]),
        ("a\n\\n\nb", 3, ["a", "\n", "b"]),
        ("a\n\n\nb\n", 3, ["a", "\n", "b"]),
        ("abc\n", 3, ["a", "b", "c"]),
        ("ab\n", 3, ["a", "b", "\n"]),
        ("the cat\nsat\n", 2, None),
        ("a\na\n", 2, ["a", "\n"][:0] or None),
    ],
)
def test_a_text_is_a_vocabulary_where_it_has_as_many_tokens(text: str, count: int, tokens: list[str] | None) -> None:
    found = tokens_in(text, count)
    assert (None if found is None else found[0]) == tokens


@given(
    st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=5), min_size=2, max_size=20, unique=True)
)
@example(["\\r", "a"])
def test_a_list_of_tokens_comes_back_from_every_form(tokens: list[str]) -> None:
    for data in (json.dumps(tokens), json.dumps({token: place for place, token in enumerate(tokens)})):
        (row,) = vocabulary_rows(find_role("vocabulary", data.encode("utf-8", "surrogatepass")).entries)
        assert list(row) == tokens
    found = tokens_in("\n".join(tokens) + "\n", len(tokens))
    assert found is not None
    # A line cannot hold these three: they are written by their escapes.
    escaped = {"\\n": "\n", "\\t": "\t", "\\r": "\r"}
    assert found[0] == [escaped.get(token, token) for token in tokens]


@given(st.text(max_size=200))
def test_whatever_comes_has_a_role(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    assert find_role("x", data).role in ("weights", "vocabulary", "text", "unused")
    found = numbered_rows(text)
    assert found is None or len(found) <= len(text)


def test_what_is_read_at_once_is_small_or_holds_hardly_a_program() -> None:
    large = saved({"weight": torch.zeros(2**19)})
    assert len(large) > 2**20
    assert is_quick(large)
    assert is_quick(pack({"weight": torch.zeros(2**19)}))
    assert not is_quick(pickle.dumps(np.zeros(2**18)))
    assert not is_quick(saved({"weight": list(range(10**6))}))
