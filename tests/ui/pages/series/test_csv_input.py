"""One's own numbers, as people bring them: read as they are meant, or refused with a reason."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from lstm_viz.figures.series import CAME
from lstm_viz.text import decoding
from lstm_viz.ui.pages.series.csv_input import example
from tests.facts import states
from tests.series.workbook_files import Formula, ole, xlsx
from tests.ui.page_testing import PageDriver, curves, numbers

Open = Callable[..., PageDriver]

TIME = np.arange(60)
WAVE = 20 + 0.1 * TIME + 5 * np.sin(2 * np.pi * TIME / 12)


def rows(values: np.ndarray, form: str = "{:.3f}") -> str:
    return "\n".join(form.format(value) for value in values)


@pytest.fixture
def own(opened: Open) -> PageDriver:
    return opened(series="own")


def curve(page: PageDriver) -> np.ndarray:
    return numbers(curves(page.figures[0])[CAME]["y"])


def test_the_example_is_there_before_anybody_does_anything(own: PageDriver) -> None:
    words = own.words
    assert "Read from the example: 96 rows, dated by “month”, 1 column of numbers" in words
    assert states(words, "missing", "1 of 96", "2019-05")
    assert states(words, "No network")
    values = curve(own)
    assert len(values) == 96
    # Decimal commas were read as such, and the gap is the mean of its neighbours.
    assert values[0] == float(example().decode().split("\n")[1].split(";")[1].replace(",", "."))
    assert values[40] == pytest.approx((values[39] + values[41]) / 2)


def test_pasted_numbers_are_a_series(own: PageDriver) -> None:
    page = own.choose("series_paste", rows(WAVE))
    assert "Read from the pasted numbers: 60 rows, without dates" in page.words
    np.testing.assert_allclose(curve(page), WAVE.round(3))
    page.choose("series_name", "co2").choose("series_name", "own")
    np.testing.assert_allclose(curve(page), WAVE.round(3))


def test_an_emptied_box_takes_nothing_away(own: PageDriver) -> None:
    page = own.choose("series_paste", rows(WAVE)).choose("series_paste", "  ")
    assert not page.messages("error")
    np.testing.assert_allclose(curve(page), WAVE.round(3))


def table(days: int = 60) -> bytes:
    """A German spreadsheet: day first, semicolons, decimal commas, a gap, and a column of text."""
    lines = ["Tag;Wärme in °C;Regen;Wer"]
    start = np.datetime64("2021-01-20")
    for step in range(days):
        year, month, day = str(start + step).split("-")
        warmth = "" if step == 30 else f"{WAVE[step]:.2f}".replace(".", ",")
        lines.append(f"{day}.{month}.{year};{warmth};{step % 3};ich")
    return "\r\n".join(lines).encode("cp1252")


def test_a_table_is_read_as_it_is_meant_and_its_columns_can_be_chosen(own: PageDriver) -> None:
    page = own.choose("series_file", ("warm.csv", table(), "text/csv"))
    words = page.words
    assert "Read from warm\\.csv: 60 rows, dated by “Tag”, 2 columns of numbers; 1 column holds text. Encoding cp1252" in words
    assert "first at 2021\\-02\\-19" in words
    assert page.control("series_own_column").options == ["Wärme in °C", "Regen"]
    assert curve(page)[5] == WAVE[5].round(2)
    assert page.figures[0]["layout"]["yaxis"]["title"]["text"] == "Wärme in °C"
    page.choose("series_own_column", "Regen")
    np.testing.assert_array_equal(curve(page), TIME % 3)


def workbook() -> bytes:
    """Two sheets with tables: of days in the first, and a column of formulas whose results are not stored."""
    days = [date(2021, 1, 20) + timedelta(days=step) for step in range(60)]
    warm = [["Tag", "Wärme in °C", "doppelt"], *([day, WAVE[at], Formula(f"B{at + 2}*2")] for at, day in enumerate(days))]
    rain = [["Tag", "Regen"], *([day, at % 3] for at, day in enumerate(days))]
    return xlsx({"Warm": warm, "Regen": rain})


def test_a_spreadsheet_is_read_and_its_sheets_can_be_chosen(own: PageDriver) -> None:
    page = own.choose("series_file", ("lake.xlsx", workbook(), ""))
    assert states(page.words, "lake.xlsx", "60 rows", "Tag", "1 column of numbers", "Sheet “Warm”")
    assert states(page.words, "results are not in the file", 60, "C2")
    assert page.control("series_own_sheet").options == ["Warm", "Regen"]
    np.testing.assert_array_equal(curve(page), WAVE)
    page.choose("series_own_sheet", "Regen")
    np.testing.assert_array_equal(curve(page), TIME % 3)
    assert page.figures[0]["layout"]["yaxis"]["title"]["text"] == "Regen"
    # A sheet that cannot be read leaves the others.
    words = [["n"], *([at] for at in range(30)), *(["word"] for _ in range(30))]
    page.choose("series_file", ("mixed.xlsx", xlsx({"Words": words, "Lake": [["x"], *([value] for value in WAVE)]}), ""))
    (error,) = page.messages("error")
    assert states(error, "mixed.xlsx", "no column holds numbers")
    page.choose("series_own_sheet", "Lake")
    assert not page.messages("error")
    np.testing.assert_array_equal(curve(page), WAVE)
    # One sheet leaves no choice.
    page.choose("series_file", ("one.xlsx", xlsx({"Lake": [["x"], *([value] for value in WAVE)]}), ""))
    np.testing.assert_array_equal(curve(page), WAVE)
    assert "series_own_sheet" not in page.keys


@pytest.mark.parametrize(("how", "there"), [("line", (WAVE[29] + WAVE[31]) / 2), ("carry", WAVE[29]), ("drop", WAVE[31])])
def test_a_gap_is_handled_as_one_chooses(own: PageDriver, how: str, there: float) -> None:
    page = own.choose("series_file", ("warm.csv", table(), "text/csv"))
    page.choose("series_own_how", how)
    assert curve(page)[30] == pytest.approx(there, abs=0.01)
    assert len(curve(page)) == (59 if how == "drop" else 60)


def test_dates_can_be_averaged_or_left_unused(own: PageDriver) -> None:
    days = np.datetime64("2020-01-01") + np.arange(900)
    page = own.choose("series_paste", "day,x\n" + "".join(f"{day},{number}\n" for number, day in enumerate(days)))
    page.choose("series_own_every", "month")
    months = days.astype("datetime64[M]")
    by_hand = [np.flatnonzero(months == month).mean() for month in np.unique(months)]
    np.testing.assert_allclose(curve(page), by_hand)
    assert states(page.words.lower(), "month", "mean")
    page.choose("series_own_dates", False)
    assert len(curve(page)) == 600 - 24
    assert "of 900 values are drawn" in page.control("series_start").label


def test_what_was_misread_can_be_said(own: PageDriver) -> None:
    page = own.choose("series_paste", "x\n" + "\n".join(f"{number},{number:03}" for number in range(1, 60)))
    assert "was read as" in page.words
    before = curve(page)
    page.choose("series_own_decimal", ".")
    after = curve(page)
    page.choose("series_own_decimal", ",")
    assert sorted({float(before[10]), float(after[10]), float(curve(page)[10])}) == [11.011, 11011.0]


BAD = [
    ("empty.csv", b"", "empty; choose a file"),
    ("blank.csv", b" \n \n", "holds only blanks"),
    ("row.csv", b"x\n5\n", "one row of values; a series needs at least two rows"),
    ("short.csv", b"x\n5\n6\n7\n", "'x' has 3 values; at least 24 are needed"),
    ("text.csv", b"who\n" + b"me\nyou\n" * 30, "no column holds numbers ('column 1'); 'you' is not a number; a column"),
    ("flat.csv", b"x\n" + b"7\n" * 40, "all 40 values of 'x' are 7; there is nothing to forecast"),
    ("nans.csv", b"day,x\n" + b"".join(b"2020-01-%02d,NaN\n" % day for day in range(1, 31)), "no column holds numbers"),
    ("gaps.csv", b"x\n" + b"1\n2\n" + b"NaN\n" * 40, "'x' has 2 values; at least 24 are needed"),
    ("units.csv", b"weight\n" + b"5 kg\n6 lb\n" * 20, "'6 lb' is not a number"),
    ("names.csv", "名前\n猫\n犬\n".encode() * 20, "no column holds numbers"),
    ("broken.csv", codecs.BOM_UTF16_LE + b"\x00\xd8\x00", "damaged"),
    ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "plain text was wanted"),
    (
        "book.csv",
        b"PK\x03\x04" + bytes(200),
        "broken ZIP archive; pack it again, or use the text itself (a table of numbers as CSV, JSON or a spreadsheet was wanted)",
    ),
    ("locked.xlsx", ole("EncryptedPackage", bytes(5000)), "locked with a password; save it without one"),
    ("cut.xlsx", xlsx({"s": [[1, 2]] * 40})[:1200], "damaged, cut off or of an unusual kind; save or download it again"),
    ("charts.xlsx", xlsx({"chart 1": []}), "no sheet of the spreadsheet holds a table of numbers ('chart 1')"),
    ("fine.csv", b"x\n" + b"1e-200\n2e-200\n" * 20, "differ by less than 1e-100; use a smaller unit"),
    ("vast.csv", b"x\n" + b"1e200\n2e200\n" * 20, "values beyond"),
]


def test_what_is_no_series_is_refused_in_one_message(own: PageDriver) -> None:
    # One after the other on one page: a message is of the last file alone.
    for name, content, reason in BAD:
        page = own.choose("series_file", (name, content, "text/csv"))
        (error,) = page.messages("error")
        told = error.replace("\\", "")
        assert told.startswith(f"{name}: ")
        assert reason in told
        assert len(told) < 300
        assert not page.figures
    # The way on stands beside it.
    assert len(curve(own.choose("series_paste", rows(WAVE)))) == 60


def test_200_megabytes_are_refused_unread(own: PageDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def watched(reader: Callable[..., Any]) -> Callable[..., Any]:
        def watch(data: bytes, *others: Any) -> Any:
            read.append(len(data))
            return reader(data, *others)

        return watch

    for name in ("decode", "unpack", "is_packed", "name_binary"):
        monkeypatch.setattr(decoding, name, watched(getattr(decoding, name)))
    page = own.choose("series_file", ("huge.csv", bytes(200 * 2**20), "text/csv"))
    (error,) = page.messages("error")
    told = error.replace("\\", "")
    assert states(told, "huge.csv", "5 MB")
    assert not [size for size in read if size >= decoding.LIMIT]


def test_names_are_no_markup(own: PageDriver) -> None:
    page = own.choose("series_paste", "a|b <b>*c*</b>\n" + rows(WAVE))
    words = page.ask("good").words
    assert "a\\|b \\<b\\>\\*c\\*\\</b\\>" in words
    assert page.figures[0]["layout"]["yaxis"]["title"]["text"] == "a|b &lt;b&gt;*c*&lt;/b&gt;"


def test_a_file_that_nothing_separates_can_be_told_its_separator(own: PageDriver) -> None:
    page = own.choose("series_paste", "\n".join(f"{step}|{value:.2f}" for step, value in enumerate(WAVE)))
    page.choose("series_own_separator", ";")
    assert page.messages("error")
    page.choose("series_own_separator", "")
    assert not page.messages("error")
    assert page.control("series_own_column").options == ["column 1", "column 2"]
