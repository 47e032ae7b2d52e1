"""The unrolled network as a drawing: one box a step, the same weights in each, and text that cannot break out."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from lstm_viz.figures.palette import DARK, LIGHT
from lstm_viz.figures.unrolled import WHOLE, unrolled, unrolled_gradients

SVG = "{http://www.w3.org/2000/svg}"


def drawn(tokens: str, expected: str) -> ElementTree.Element:
    return ElementTree.fromstring(unrolled(tokens, expected, LIGHT))


def texts(drawing: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in drawing.iter(f"{SVG}text")]


@pytest.mark.parametrize("steps", [1, 4, 11])
def test_one_box_a_step_and_one_folded(steps: int) -> None:
    drawing = drawn("abcdefghijk"[:steps], "b" * steps)
    assert len(list(drawing.iter(f"{SVG}rect"))) == steps + 1
    words = texts(drawing)
    assert [words.count(weight) for weight in ("Whh", "Wih", "V")] == [steps + 1] * 3
    assert [f"h{step + 1}" in words for step in range(12)] == [step < steps for step in range(12)]


def test_signs_of_markup_and_white_space_are_written_out() -> None:
    words = texts(drawn("<&\n", 'a" '))
    assert {"<", "&", "\N{RETURN SYMBOL}", '"', "\N{OPEN BOX}"} <= set(words)


def test_each_theme_has_its_colours_and_text_takes_the_pages() -> None:
    light, dark = unrolled("a", "b", LIGHT), unrolled("a", "b", DARK)
    assert LIGHT.roles["hidden"] in light
    assert LIGHT.roles["hidden"] not in dark
    assert 'fill="currentColor"' in dark


def test_an_expectation_for_each_token() -> None:
    with pytest.raises(ValueError, match="2 tokens, but 1 predictions"):
        unrolled("ab", "c", LIGHT)


def test_the_way_back_says_each_share_and_draws_it_as_wide() -> None:
    shares = {"one": np.array([0.004, 0.5, 1.0]), "two & three": np.array([0.75, 1.5, 1.0])}
    drawing = ElementTree.fromstring(unrolled_gradients("a<b", shares, LIGHT))
    words = texts(drawing)
    assert words == ["a", "<", "b", "one", "<1%", "50%", "100%", "two & three", "75%", "150%", "100%"]
    assert "one: <1%, 50%, 100%; two & three: 75%, 150%, 100%" in drawing.attrib["aria-label"]
    bands = [float(path.attrib["d"].split("v")[2].split(" ")[0].split("h")[0]) for path in drawing.iter(f"{SVG}path")]
    # More than the whole is drawn as the whole; no band leads to the last letter.
    np.testing.assert_allclose(bands, [0.8, 0.5 * WHOLE, 0.75 * WHOLE, WHOLE])
    assert len(list(drawing.iter(f"{SVG}rect"))) == 6


def test_a_share_for_each_token() -> None:
    with pytest.raises(ValueError, match="1 shares of one for 2 tokens"):
        unrolled_gradients("ab", {"one": np.ones(1)}, LIGHT)
