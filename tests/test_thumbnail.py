"""Small pictures hold the array's numbers as colours, within their bounds, whatever comes."""

import base64
import re
import struct
import zlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lstm_viz.colours import DIVERGING, SEQUENTIAL
from lstm_viz.thumbnail import HEIGHT, WIDTH, curve, heat_map

any_float = st.floats(width=32)


def pixels(element: str) -> np.ndarray:
    """The picture's pixels, read back from the PNG's own structure, [row, column, RGBA]."""
    found = re.search(r"base64,([^\"]+)", element)
    assert found is not None
    data = base64.b64decode(found[1])
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    place, body = 8, b""
    while place < len(data):
        (length,), name = struct.unpack(">I", data[place : place + 4]), data[place + 4 : place + 8]
        chunk = data[place + 8 : place + 8 + length]
        assert struct.unpack(">I", data[place + 8 + length : place + 12 + length])[0] == zlib.crc32(name + chunk)
        if name == b"IHDR":
            columns, rows = struct.unpack(">II", chunk[:8])
        body += chunk if name == b"IDAT" else b""
        place += 12 + length
    lines = np.frombuffer(zlib.decompress(body), np.uint8).reshape(rows, 1 + 4 * columns)
    assert not lines[:, 0].any()
    return lines[:, 1:].reshape(rows, columns, 4)


def colour(stop: str) -> list[int]:
    return [*bytes.fromhex(stop[1:]), 255]


def test_signed_values_run_over_the_ground_at_zero_and_nan_is_clear() -> None:
    shown = pixels(heat_map(np.array([[-2.0, 0.0, 2.0], [np.nan, np.inf, 1.0]]), "c"))
    assert shown[0].tolist() == [colour(DIVERGING[0]), colour(DIVERGING[3]), colour(DIVERGING[6])]
    assert shown[1, :2, 3].tolist() == [0, 0]


def test_values_without_a_sign_run_from_zero_to_the_largest() -> None:
    shown = pixels(heat_map(np.array([[0.0, 3.0, 6.0]]), "norms"))
    assert shown[0].tolist() == [colour(SEQUENTIAL[0]), colour(SEQUENTIAL[3]), colour(SEQUENTIAL[6])]


def test_what_is_too_large_is_averaged_over_neighbours() -> None:
    wide = np.repeat(np.array([[0.0, 1.0]]), 5 * WIDTH, axis=1)
    shown = pixels(heat_map(np.repeat(wide, 3 * HEIGHT, axis=0), "h"))
    assert shown.shape == (HEIGHT, WIDTH, 4)
    assert shown[0, 0].tolist() == colour(SEQUENTIAL[0])
    assert shown[-1, -1].tolist() == colour(SEQUENTIAL[6])


@given(arrays.arrays(np.float32, st.tuples(st.integers(0, 5), st.integers(0, 900)), elements=any_float, fill=any_float))
def test_any_array_gives_a_small_picture_or_none(values: np.ndarray) -> None:
    element = heat_map(values, 'a "caption" <b>')
    assert ("<b>" in element) is False
    if values.size:
        assert pixels(element).shape == (len(values), min(values.shape[1], WIDTH), 4)
    else:
        assert element == ""


def test_a_curve_breaks_where_a_value_is_missing() -> None:
    path = re.search(r' d="([^"]*)"', curve(np.array([0.0, 1.0, np.nan, 1.0, 0.0]), "x"))
    assert path is not None
    assert [part[0] for part in re.findall(r"[ML][^ML]+", path[1])] == ["M", "L", "M", "L"]
    heights = [float(part.split()[1]) for part in re.findall(r"[ML]([^ML]+)", path[1])]
    assert heights == [45.0, 3.0, 3.0, 45.0]


@given(arrays.arrays(np.float64, st.integers(0, 2_000), elements=st.floats(), fill=st.floats()))
def test_any_numbers_give_a_curve_inside_its_frame_or_none(values: np.ndarray) -> None:
    element = curve(values, "x")
    assert (element == "") == (not np.isfinite(values).any())
    for x, y in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", element):
        assert 0 <= float(x) <= WIDTH
        assert 0 <= float(y) <= 48
