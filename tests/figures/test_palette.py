"""Colours that can be read: contrast by WCAG 2.1, scales that run one way, and shades told apart without red or green."""

from __future__ import annotations

import ast
import re
from colorsys import rgb_to_hls
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest

from lstm_viz.figures.palette import DARK, LIGHT, PALETTES, Palette, colourscale
from lstm_viz.gates import CELLS
from tests.sources import parse_source

BACKGROUNDS = {"light": "#ffffff", "dark": "#11161d"}

#: How a person without red cones sees linear RGB (Viénot, Brettel & Mollon 1999), and one without green ones.
PROTANOPE = np.array([[0.1124, 0.8876, 0.0], [0.1124, 0.8876, 0.0], [0.0040, -0.0040, 1.0]])
DEUTERANOPE = np.array([[0.2928, 0.7072, 0.0], [0.2928, 0.7072, 0.0], [-0.0223, 0.0223, 1.0]])


def linear(colour: str) -> np.ndarray:
    """Linear RGB in 0..1 of #rrggbb, by the sRGB standard."""
    assert len(colour) == 7
    share = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    """Relative luminance, 0 for black to 1 for white (WCAG 2.1)."""
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    """From 1 for the same luminance to 21 for black on white (WCAG 2.1)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", PALETTES)
def test_words_in_the_colours_of_roles_can_be_read(theme: str) -> None:
    palette = PALETTES[theme]
    colours: dict[str, str] = dict(palette.roles) | {"gradient": palette.gradient}
    assert {name: round(contrast(colour, BACKGROUNDS[theme]), 2) for name, colour in colours.items()
            if contrast(colour, BACKGROUNDS[theme]) < 4.5} == {}  # fmt: skip


@pytest.mark.parametrize("theme", PALETTES)
def test_every_role_has_a_colour_and_none_shares_it(theme: str) -> None:
    palette = PALETTES[theme]
    roles = {quantity.role for cell in CELLS.values() for quantity in cell} | {"input"}
    assert palette.roles.keys() == roles
    assert len({*palette.roles.values(), palette.gradient}) == len(roles) + 1


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=PALETTES)
@pytest.mark.parametrize("sight", [np.eye(3), PROTANOPE, DEUTERANOPE], ids=["all cones", "no red cones", "no green cones"])
def test_gates_of_one_cell_are_told_apart_by_everyone(palette: Palette, sight: np.ndarray) -> None:
    for cell in CELLS.values():
        seen = {each.symbol: (sight @ linear(palette.roles[each.role])).clip(0, 1) ** (1 / 2.2) for each in cell}
        for one, other in combinations(seen, 2):
            assert np.linalg.norm(seen[one] - seen[other]) > 0.1, (one, other)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=PALETTES)
def test_scales_run_one_way_in_lightness(palette: Palette) -> None:
    """Read in grey, more is always further from the background."""
    away = 1 if palette is DARK else -1
    sequence = [away * luminance(colour) for colour in palette.sequential]
    assert all(one < other for one, other in pairwise(sequence))
    middle = len(palette.diverging) // 2
    assert len(palette.diverging) % 2 == 1
    for arm in (palette.diverging[middle:], palette.diverging[middle::-1]):
        lightness = [away * luminance(colour) for colour in arm]
        assert all(one < other for one, other in pairwise(lightness))


def test_a_colourscale_is_spaced_evenly() -> None:
    assert colourscale(("#000000", "#808080", "#ffffff")) == [[0.0, "#000000"], [0.5, "#808080"], [1.0, "#ffffff"]]


def test_the_scale_s_warm_arm_is_called_by_what_it_is_in_both_themes() -> None:
    # Red in light, orange in dark: between the two in hue, in degrees.
    for palette in (LIGHT, DARK):
        colour = palette.diverging[-2]
        hue = 360 * rgb_to_hls(*(int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)))[0]
        assert 5 < hue < 30
    # The word for Streamlit's own colours is a string of its own; its own red marks a file that it refuses.
    screens = Path(__file__).parents[2] / "lstm_viz" / "ui"
    texts = [
        f"{file.name}: {node.value}"
        for file in screens.rglob("*.py")
        for node in ast.walk(parse_source(file))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value
    ]
    assert [each for each in texts if re.search(r"(?<!orange-)\bred (above\.|below|where|towards)|, red:|: red\b.", each)] == []
    assert sum("orange-red" in each for each in texts) >= 7
