"""One unit, two steps, every number worked out on paper's terms: products and sums of plain floats."""

from __future__ import annotations

from math import exp, tanh

import numpy as np
import pytest

from lstm_viz.cells import gru, lstm, rnn
from lstm_viz.cells.weights import Weights


def sigma(z: float) -> float:
    return 1 / (1 + exp(-z))


def steps(*values: float) -> np.ndarray:
    """[time, batch = 1, unit = 1]"""
    return np.array(values).reshape(-1, 1, 1)


def column(*rows: float) -> np.ndarray:
    return np.array(rows).reshape(-1, 1)


ZERO = np.zeros((1, 1))


def test_lstm_of_one_unit_over_two_steps() -> None:
    weights = Weights(column(1.0, 2.0, 0.5, -1.0), column(0.3, -0.2, 0.7, 0.4), np.array([0.1, 1.0, 0.0, 0.2]), np.zeros(4))
    x1, x2 = 0.5, -1.0
    i1, f1, g1, o1 = sigma(0.6), sigma(2.0), tanh(0.25), sigma(-0.3)
    c1 = i1 * g1
    h1 = o1 * tanh(c1)
    i2, f2 = sigma(-1.0 + 0.3 * h1 + 0.1), sigma(-2.0 - 0.2 * h1 + 1.0)
    g2, o2 = tanh(-0.5 + 0.7 * h1), sigma(1.0 + 0.4 * h1 + 0.2)
    c2 = f2 * c1 + i2 * g2
    h2 = o2 * tanh(c2)
    x, h = steps(x1, x2), steps(h1, h2)
    found = lstm.replay(weights, x, h, ZERO, ZERO)
    for symbol, wanted in {"i": (i1, i2), "f": (f1, f2), "g": (g1, g2), "o": (o1, o2), "c": (c1, c2)}.items():
        assert found[symbol].ravel() == pytest.approx(wanted, rel=1e-12)

    # The objective is h at the second step.
    dc2 = o2 * (1 - tanh(c2) ** 2)
    di2, df2, dg2, do2 = dc2 * g2, dc2 * c1, dc2 * i2, tanh(c2)
    pre2 = (di2 * i2 * (1 - i2), df2 * f2 * (1 - f2), dg2 * (1 - g2**2), do2 * o2 * (1 - o2))
    dh1 = 0.3 * pre2[0] - 0.2 * pre2[1] + 0.7 * pre2[2] + 0.4 * pre2[3]
    dc1 = f2 * dc2 + dh1 * o1 * (1 - tanh(c1) ** 2)
    pre1 = (dc1 * g1 * i1 * (1 - i1), 0.0, dc1 * i1 * (1 - g1**2), dh1 * tanh(c1) * o1 * (1 - o1))
    back = lstm.Backward(weights, {**found, "h": h, "x": x}, ZERO, ZERO, steps(0.0, 1.0)).run()
    wanted = {
        "h": (dh1, 1.0), "c": (dc1, dc2), "i": (dc1 * g1, di2), "f": (0.0, df2), "g": (dc1 * i1, dg2), "o": (dh1 * tanh(c1), do2),
        "x": tuple(p[0] + 2 * p[1] + 0.5 * p[2] - p[3] for p in (pre1, pre2)),
        **{f"{symbol}_pre": (pre1[k], pre2[k]) for k, symbol in enumerate("ifgo")},
    }  # fmt: skip
    for symbol, values in wanted.items():
        assert back.values[symbol].ravel() == pytest.approx(values, rel=1e-12, abs=1e-15), symbol
    assert back.c0.item() == pytest.approx(f1 * dc1)
    assert back.h0.item() == pytest.approx(0.3 * pre1[0] + 0.7 * pre1[2] + 0.4 * pre1[3])


def test_gru_of_one_unit_over_one_step() -> None:
    weights = Weights(column(1.0, -1.0, 2.0), column(0.5, 0.3, -0.4), np.zeros(3), np.array([0.0, 0.0, 0.6]))
    h0, x1 = 0.8, 0.5
    r, z, q = sigma(0.5 + 0.4), sigma(-0.5 + 0.24), -0.32 + 0.6
    n = tanh(1.0 + r * q)
    h1 = (1 - z) * n + z * h0
    x, h, first = steps(x1), steps(h1), np.full((1, 1), h0)
    found = gru.replay(weights, x, h, first)
    assert [found[symbol].item() for symbol in "rzn"] == pytest.approx([r, z, n], rel=1e-12)

    back = gru.Backward(weights, {**found, "h": h, "x": x}, first, None, steps(1.0)).run()
    n_pre = (1 - z) * (1 - n * n)
    r_pre, z_pre = n_pre * q * r * (1 - r), (h0 - n) * z * (1 - z)
    wanted = {
        "r": n_pre * q, "z": h0 - n, "n": 1 - z, "r_pre": r_pre, "z_pre": z_pre, "n_pre": n_pre, "x": r_pre - z_pre + 2 * n_pre,
    }  # fmt: skip
    assert {symbol: back.values[symbol].item() for symbol in wanted} == pytest.approx(wanted, rel=1e-12)
    assert back.h0.item() == pytest.approx(z + 0.5 * r_pre + 0.3 * z_pre - 0.4 * r * n_pre)


@pytest.mark.parametrize(("relu", "slope"), [(False, 1 - tanh(0.9) ** 2), (True, 1.0)])
def test_rnn_of_one_unit_over_two_steps(relu: bool, slope: float) -> None:
    weights = Weights(column(2.0), column(-3.0), np.array([0.5]), np.array([-0.6]), relu=relu)
    squash = (lambda z: max(z, 0.0)) if relu else tanh
    h1 = squash(2.0 * 0.5 - 0.1)
    h2 = squash(2.0 * 2.0 - 3.0 * h1 - 0.1)
    slope2 = 1.0 if relu else 1 - h2**2
    x, h = steps(0.5, 2.0), steps(h1, h2)
    back = rnn.Backward(weights, {"h": h, "x": x}, ZERO, None, steps(0.0, 1.0)).run()
    assert rnn.replay(weights, x, h, ZERO)["h_pre"].ravel() == pytest.approx([0.9, 3.9 - 3 * h1])
    assert back.values["h"].ravel() == pytest.approx([-3 * slope2, 1.0])
    assert back.values["x"].ravel() == pytest.approx([-6 * slope2 * slope, 2 * slope2])
