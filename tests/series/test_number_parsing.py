"""Numbers as different countries write them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.series.number_parsing import Mark, decimal_mark, is_gap, number, read
from tests.facts import states


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


PLAIN = ["100"] * 40


@pytest.mark.parametrize(
    ("cell", "value", "told"),
    [
        ("12.3*", 12.3, "marks"), ("12.3 (r)", 12.3, "marks"), ("12.3 [a]", 12.3, "marks"), ("12.3¹", 12.3, "marks"),
        ("12.3 p", 12.3, "flags"), ("12.3e", 12.3, "flags"), ("(1,234.50)", -1234.5, "negative"), ("$(7)", -7.0, "negative"),
        ("12.3-", -12.3, "negative"), ("~12.3", 12.3, "approximate"), ("12.3 mm", 12.3, "units"), ("USD 12.3", 12.3, "units"),
        ("1.5K", 1500.0, "thousands"),
    ],
)  # fmt: skip
def test_what_stands_beside_a_number_is_left_out_and_told(cell: str, value: float, told: str) -> None:
    found = read([*PLAIN, cell])
    assert found.values[-1] == value
    assert not found.strange
    assert states("\n".join(found.notes), told, 1, repr(cell))


def test_a_sign_before_a_currency_counts() -> None:
    assert number("-$12.50") == -12.5
    assert number("−€ 3,5", ",") == -3.5


@pytest.mark.parametrize("cells", [["5 mm", "6 cm"], ["5 CR", "6 DR"], ["30 s", "2 m"], ["<5", "7"], ["5 kg", "3 d"]])
def test_numbers_in_different_units_are_no_column(cells: list[str]) -> None:
    assert not read(cells * 10).numeric


def test_thousands_and_millions_are_multiplied_and_one_unit_is_not() -> None:
    np.testing.assert_array_equal(read(["1.013M", "962K", "2B"]).values, [1_013_000, 962_000, 2e9])
    np.testing.assert_array_equal(read(["5 K", "6 K", "7.5 K"]).values, [5, 6, 7.5])


def test_signs_of_percent_and_currency_that_differ_are_told() -> None:
    assert states("\n".join(read(["50%", "0.5"]).notes), "percent", 1)
    assert states("\n".join(read(["$5", "€5"]).notes), "currencies", "$", "€")
    assert not read(["50%", "51 %"]).notes


def test_a_number_far_from_all_others_that_marks_missing_values_is_a_gap() -> None:
    found = read(["20.5", "-9999", "21", "19.5", "-9999", "22"])
    np.testing.assert_array_equal(found.values, [20.5, np.nan, 21, 19.5, np.nan, 22])
    assert states("\n".join(found.notes), "-9999", "missing")
    np.testing.assert_array_equal(read(["-5000", "-9999", "7000", "-8000"]).values, [-5000, -9999, 7000, -8000])
