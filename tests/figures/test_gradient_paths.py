"""The figures of the two gradient paths as data."""

import numpy as np
import pytest

from lstm_viz.figures.gradient_paths import FLOOR, layer_paths, unit_paths
from lstm_viz.figures.palette import DARK, LIGHT
from lstm_viz.gradients import gradient_paths
from lstm_viz.reader import trace
from tests.tiny import KINDS, TEXT, tiny


def test_a_units_two_roads_add_up() -> None:
    model = tiny()
    found = gradient_paths(model, trace(model, TEXT), 1, 9, 2, [3])
    row, total, straight, around = unit_paths(found, 0, TEXT[2:10], LIGHT).data
    assert np.allclose(np.asarray(straight.y) + np.asarray(around.y), total.y)
    assert np.array_equal(total.y, found.diagonal[:, 0])
    assert np.array_equal(row.y, found.row[:, 0])
    assert total.y[-1] == straight.y[-1] == 1.0
    assert straight.name == "direct: the product of f"


@pytest.mark.parametrize("kind", KINDS)
def test_a_layers_curves_are_its_norms_beginning_at_one(kind: str) -> None:
    model = tiny(kind)  # type: ignore[arg-type]
    found = gradient_paths(model, trace(model, TEXT), 1, 9)
    both, straight, around = layer_paths(found, TEXT[:10], DARK).data
    assert both.y[-1] == pytest.approx(1.0)
    assert np.allclose(both.y, found.layer / np.sqrt(5))
    assert np.allclose(straight.y, np.maximum(found.layer_direct / np.sqrt(5), FLOOR))
    assert np.allclose(around.y, np.maximum(found.layer_gates / np.sqrt(5), FLOOR))
    assert ("no such path" in straight.name) == (kind == "rnn")
