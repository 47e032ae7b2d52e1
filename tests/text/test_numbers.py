"""Numbers as sentences and tables write them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.text.numbers import (
    format_count,
    format_fixed,
    format_general,
    format_number,
    format_percent,
    format_signed,
    format_small,
    with_minus_sign,
)

RAISED = dict(zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789", strict=True))


def value_of(text: str) -> float:
    """The number that a text says."""
    plain = text.replace("−", "-").replace(",", "")
    digits, _, power = plain.partition("·10")
    return float(digits) * 10.0 ** int("".join(RAISED[sign] for sign in power) or "0")


def test_a_minus_is_one_everywhere() -> None:
    assert with_minus_sign("-1.5") == "−1.5"


@pytest.mark.parametrize("form", [format_fixed, format_signed])
def test_what_rounds_to_zero_has_no_sign(form: object) -> None:
    assert callable(form)
    assert {form(value) for value in (0.0, -0.0, 0.004, -0.004)} == {"0.00"}
    assert form(-0.154) == "−0.15"


def test_two_decimals_by_hand() -> None:
    assert [format_fixed(value) for value in (-0.004, 0.0, -1.5, 2.0)] == ["0.00", "0.00", "−1.50", "2.00"]


def test_a_setting_is_written_as_short_as_it_was_given() -> None:
    assert [format_general(value) for value in (-0.0, 0.25, -1.5, 4.0, 100.0)] == ["0", "0.25", "−1.5", "4", "100"]


def test_a_small_number_has_two_digits_after_its_zeros() -> None:
    assert [format_small(value) for value in (0.0, 0.0000131, 0.25, 0.999, 12.0)] == ["0", "0.000013", "0.25", "1.00", "12.00"]


def test_a_sign_stands_before_what_is_not_zero() -> None:
    assert [format_signed(value, 1) for value in (0.04, -0.04, 1.25, -0.5)] == ["0.0", "0.0", "+1.2", "−0.5"]
    assert [format_number(value, 2, sign=True) for value in (0.0, 0.5, -0.5)] == ["0", "+0.50", "−0.50"]


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        (4.19e-36, 3, "4.19·10⁻³⁶"),
        (-7.645e-05, 3, "−7.65·10⁻⁵"),
        (0.018, 3, "0.0180"),
        (9.999, 3, "10.0"),
        (0.0009996, 3, "0.00100"),
        (12345.6, 3, "12,346"),
        (2.812e12, 2, "2.8·10¹²"),
        (-0.0004, 1, "−4·10⁻⁴"),
        (0.0, 3, "0"),
        (-0.0, 3, "0"),
        (math.nan, 3, "–"),
        (math.inf, 3, "∞"),
        (-math.inf, 3, "−∞"),
    ],
)
def test_numbers_of_any_size_by_hand(value: float, digits: int, written: str) -> None:
    assert format_number(value, digits) == written


@given(st.floats(-1e30, 1e30).filter(lambda value: abs(value) > 1e-30), st.integers(1, 6))
def test_a_number_is_as_near_as_its_digits_say(value: float, digits: int) -> None:
    text = format_number(value, digits)
    assert "e" not in text
    assert "-" not in text
    assert value_of(text) == pytest.approx(value, rel=0.5000001 * 10.0 ** (1 - digits))


def test_nothing_and_everything_are_exact() -> None:
    assert [format_percent(share) for share in (0.0, 0.0004, 0.006, 0.994, 0.9996, 1.0)] == [
        "0%", "<1%", "1%", "99%", ">99%", "100%",
    ]  # fmt: skip
    assert [format_percent(share, 1) for share in (0.0004, 0.0005, 0.9996, 1.0434)] == ["<0.1%", "0.1%", ">99.9%", "104.3%"]


@given(st.floats(0.0, 1.0), st.integers(0, 2))
def test_a_share_is_as_near_as_its_percentage_says(share: float, digits: int) -> None:
    text = format_percent(share, digits)
    if text[0] not in "<>":
        assert float(text[:-1]) == pytest.approx(100 * share, abs=0.5000001 * 10.0**-digits)
        assert (float(text[:-1]) == 0) == (share == 0)
        assert (float(text[:-1]) == 100) == (share == 1)


def test_one_thing_is_no_plural() -> None:
    assert [format_count(count, "letter") for count in (0, 1, 2, 1200)] == ["0 letters", "1 letter", "2 letters", "1,200 letters"]
