"""The frame's bytes, read back as the browser reads them: by offsets alone."""


import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lstm_viz.ui.frontend.payload import pack
from tests.ui.page_testing import unpack

ARRAYS = st.dictionaries(
    st.text(min_size=1, max_size=8),
    st.sampled_from([np.float32, np.uint8, np.int32]).flatmap(
        lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5))
    ),
    max_size=5,
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(arrays=ARRAYS, text=WORDS, seq=st.integers(0, 2**31))
def test_header_and_arrays_come_back(arrays: dict[str, np.ndarray], text: str, seq: int) -> None:
    header, found = unpack(pack({"text": text, "seq": seq}, arrays))

    assert header["text"] == text
    assert header["seq"] == seq
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


def test_nan_travels_in_arrays_and_is_refused_in_the_header() -> None:
    _, found = unpack(pack({}, {"surprise": np.array([np.nan, 1.5])}))
    np.testing.assert_array_equal(found["surprise"], np.array([np.nan, 1.5], np.float32))

    with pytest.raises(ValueError, match="JSON"):
        pack({"low": float("nan")}, {})


def test_floats_are_sent_in_single_precision_and_transposed_arrays_in_order() -> None:
    values = np.arange(6.0).reshape(2, 3).T
    _, found = unpack(pack({}, {"units": values}))
    assert found["units"].dtype == np.float32
    np.testing.assert_array_equal(found["units"], [[0, 3], [1, 4], [2, 5]])


def test_half_an_emoji_does_not_stop_the_page() -> None:
    header, _ = unpack(pack({"text": "a\ud83d", "tokens": ["é", "\ud83d"]}, {}))
    assert header["text"] == "a\ud83d"
    assert header["tokens"] == ["é", "\ud83d"]


def test_an_array_that_the_browser_cannot_read_is_named() -> None:
    with pytest.raises(TypeError, match=r"'order' is int64.*f4, u1, i4"):
        pack({}, {"order": np.arange(3)})
