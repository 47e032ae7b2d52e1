"""The code that the Time series page gives away, run in a folder of its own, prints the numbers that the page draws."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

from lstm_viz.reproduction import LAYER
from lstm_viz.series.reading import read_series
from lstm_viz.ui.components.live_view.downloads import as_layer_file, as_layer_script
from lstm_viz.ui.pages.series import gates
from lstm_viz.ui.pages.series.evaluation import forecast_window, shipped
from lstm_viz.ui.state.view import View
from tests.ui.page_testing import PageDriver, frames


@pytest.mark.parametrize(("name", "start", "unit", "step"), [("yearly-sunspots", 0, 3, 120), ("co2", 300, 47, 149)])
def test_the_code_prints_what_the_page_draws(
    opened: Callable[..., PageDriver], tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, start: int, unit: int,
    step: int,
) -> None:  # fmt: skip
    page = opened(series=name, ask="gates", gates=str(start), unit=str(unit), step=str(step), zoom="unit")
    (drawn,) = [each for each in frames(page.app) if "unit" in each]
    evaluated = shipped(name)
    assert evaluated.backtest is not None
    ahead = forecast_window(evaluated, len(evaluated.values), page.control("series_steps").value)
    scene = gates.scene(evaluated, evaluated.backtest, ahead, start, View("", "", unit=unit, step=step, zoom="unit"))
    script = tmp_path / "lstm_viz_layer.py"
    script.write_bytes(as_layer_script(scene))
    (tmp_path / LAYER).write_bytes(as_layer_file(scene))
    capsys.readouterr()
    runpy.run_path(str(script))
    lines = [line.rsplit(" ", 1) for line in capsys.readouterr().out.splitlines()]
    printed = {symbol: float(value) for symbol, value in lines}
    assert printed.pop("difference from nn.LSTM") < 1e-5
    # The curves that the page draws, and a reading of the whole series from its first value.
    symbols = [each["symbol"] for each in drawn["quantities"]]
    read = read_series(evaluated.backtest.model, evaluated.values[: start + step + 1]).trace.layers[0]
    assert set(printed) == set(symbols)
    for symbol, value in printed.items():
        assert value == pytest.approx(float(drawn["unit"][symbols.index(symbol)][step]), abs=2e-5), symbol
        assert value == pytest.approx(float(read.values[symbol][-1, 0, unit]), abs=2e-5), symbol
