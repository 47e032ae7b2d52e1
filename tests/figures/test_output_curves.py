"""Curves of a network's outputs hold the outputs."""

from __future__ import annotations

import numpy as np

from lstm_viz.figures.output_curves import MAX_CURVES, class_curves, output_curves
from lstm_viz.figures.palette import LIGHT


def test_the_likeliest_classes_are_drawn_the_likeliest_first() -> None:
    probs = np.random.default_rng(0).dirichlet(np.ones(9), 5)
    probs[1] = np.nan
    figure = class_curves(probs, [f"class <{number}>" for number in range(9)], list("abcde"), LIGHT)
    order = np.argsort(-probs[-1])[:MAX_CURVES]
    assert [each.name for each in figure.data] == [f"class &lt;{number}&gt;" for number in order]
    for each, number in zip(figure.data, order, strict=True):
        np.testing.assert_allclose(each.y, probs[:, number])
        assert list(each.x) == ["0", "1", "2", "3", "4"]
    assert len({(each.line.color, each.line.dash) for each in figure.data}) == MAX_CURVES


def test_outputs_are_drawn_by_step() -> None:
    outputs = np.arange(6.0).reshape(3, 2)
    figure = output_curves(outputs, ["one", "two"], ["step 1", "step 2", "step 3"], LIGHT)
    assert [list(each.y) for each in figure.data] == [[0, 2, 4], [1, 3, 5]]
    assert list(figure.data[0].x) == [1, 2, 3]
    assert figure.data[0].mode == "lines"
    assert output_curves(outputs[:1], ["one"], ["step 1"], LIGHT).data[0].mode == "markers"
