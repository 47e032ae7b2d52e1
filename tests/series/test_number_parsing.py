"""Numbers as different countries write them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.series.number_parsing import Mark, decimal_mark, is_gap, number, read


@pytest.mark.parametrize(
    ("cell", "mark", "value"),
    [
        ("1234.5", ".", 1234.5), ("1,234.5", ".", 1234.5), ("1 234.5", ".", 1234.5), ("1'234.5", ".", 1234.5),
        ("1.234,5", ",", 1234.5), ("1\u202f234\u202f567,5", ",", 1234567.5), ("-3,25", ",", -3.25), ("−3.25", ".", -3.25),
        (" +7 ", ".", 7.0), (".5", ".", 0.5), ("5.", ".", 5.0), ("1e-3", ".", 1e-3), ("$12", ".", 12.0), ("12 %", ".", 12.0),
        ("1,23", ".", None), ("1.2.3", ".", None), ("12,34,567", ".", None), ("abc", ".", None), ("1e999", ".", None),
        ("inf", ".", None), ("0x10", ".", None), ("1_000", ".", None), ("", ".", None), ("1,234,56", ",", None),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_its_country_means_it(cell: str, mark: Mark, value: float | None) -> None:
    assert number(cell, mark) == value


@given(st.floats(allow_nan=False, allow_infinity=False, width=64), st.sampled_from([".", ","]))
def test_every_number_comes_back_as_it_was_written(value: float, mark: Mark) -> None:
    assert number(repr(value).replace(".", mark), mark) == value


@given(st.integers(-(10**12), 10**12))
def test_groups_of_thousands_come_back(value: int) -> None:
    assert number(f"{value:,}", ".") == value
    assert number(f"{value:,}".replace(",", "."), ",") == value


def test_gaps_are_no_numbers_and_strange_cells_are_told() -> None:
    found = read(["1", "NA", "", "x", "2"] + ["3"] * 20)
    np.testing.assert_array_equal(found.values[:5], [1, np.nan, np.nan, np.nan, 2])
    assert found.strange == (3,)
    assert (found.count, found.numeric) == (22, True)
    assert not read(["1", "x", "y"]).numeric
    assert not read(["", "NaN"]).numeric
    assert is_gap(" N/A ")
    assert not is_gap("0")


@pytest.mark.parametrize(
    ("cells", "separator", "wanted"),
    [
        (["1,5", "2"], ";", (",", "")),
        (["1.5", "2"], ",", (".", "")),
        (["1,234", "5,678.5"], ",", (".", "")),
        (["1,234"], ";", (",", "1,234")),
        (["1,234"], ",", (".", "1,234")),
        (["12", "13"], ";", (".", "")),
        (["a.b", "1,5"], "\t", (",", "")),
    ],
)
def test_the_mark_is_told_by_cells_with_one_reading(cells: list[str], separator: str, wanted: tuple[str, str]) -> None:
    assert decimal_mark(cells, separator) == wanted
