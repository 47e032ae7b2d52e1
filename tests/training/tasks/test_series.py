"""Learning a series: what the task sees, what a run yields, and the command as a person types it."""

from __future__ import annotations

import math
import pickle
import re
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from torch.nn.functional import huber_loss

from lstm_viz.__main__ import main
from lstm_viz.models.forecaster import Forecaster, ForecasterConfig, Normalization
from lstm_viz.models.forecaster_serialization import load_forecaster, unpack
from lstm_viz.series.backtesting import Split, backtest, stepwise_error
from lstm_viz.series.datasets import SHIPPED
from lstm_viz.series.forecasting import ahead
from lstm_viz.series.forecasting import forecast as forecast_of
from lstm_viz.series.reading import read_series
from lstm_viz.series.report_text import report_text
from lstm_viz.training.tasks.series import (
    ForecasterTrainingConfig,
    Progress,
    SeriesTask,
    TrainedForecaster,
    candidate_configs,
    seconds_for,
    train,
)
from tests.facts import facts, states

TIME = np.arange(160)
WAVES = 50 + 0.2 * TIME + 8 * np.sin(2 * np.pi * TIME / 8) + np.random.default_rng(0).normal(size=160)
QUICK = ForecasterTrainingConfig(steps=40, score_every=20, learning_rate=2e-2)


def task(values: np.ndarray, **options: int) -> SeriesTask:
    torch.manual_seed(0)
    parts = Split.of(len(values))
    model = Forecaster(ForecasterConfig(hidden=4, season=8), Normalization.of(torch.from_numpy(values[: parts.train_end])))
    torch.nn.init.normal_(model.decoder.weight)
    return SeriesTask(model, values, parts, **{"seed": 1, **options})


def test_the_loss_is_hubers_over_windows_of_the_part_to_learn_from() -> None:
    one = task(WAVES, batch=3, window=10)
    draw = np.random.default_rng((1, 7))
    starts = draw.integers(111 - 10 + 1, size=3)
    series = torch.from_numpy(WAVES)[:, None]
    features, targets = one.model.features(series), one.model.targets(series)
    losses = [
        huber_loss(one.model(features[start : start + 10])[0], targets[start : start + 10], reduction="none") for start in starts
    ]
    assert one.loss(7).item() == pytest.approx(torch.cat(losses).mean().item(), rel=1e-5)
    assert one.loss(7).item() != one.loss(8).item()


def test_a_window_is_stretched_with_all_that_is_read_of_it() -> None:
    """Stretched by s, the features and targets are those of s times the series; by how much is drawn between both ends."""
    torch.manual_seed(0)
    design = ForecasterConfig(hidden=4, level=True, season=8, form="root", scale_augmentation=3.0)
    model = Forecaster(design, Normalization.of(torch.from_numpy(WAVES), "root"))
    torch.nn.init.normal_(model.decoder.weight)
    one = SeriesTask(model, WAVES, Split.of(160), 1, batch=64, window=10)
    draw = np.random.default_rng((1, 7))
    starts, factors = draw.integers(111 - 10 + 1, size=64), np.exp(draw.uniform(-np.log(3), np.log(3), 64))
    assert 1 / 3 < factors.min() < 0.5 < 2 < factors.max() < 3
    losses = []
    for start, factor in zip(starts, factors, strict=True):
        series = torch.from_numpy(WAVES * factor)[:, None]
        said = model(model.features(series)[start : start + 10])[0]
        losses.append(huber_loss(said, model.targets(series)[start : start + 10]).item())
    assert one.loss(7).item() == pytest.approx(np.mean(losses), rel=1e-5)


def test_the_score_is_the_error_on_the_part_to_choose_by() -> None:
    one = task(WAVES, horizon=5)
    expected = read_series(one.model.eval(), WAVES).expected
    near, far = one.errors()
    assert near == pytest.approx(np.abs(expected[111:135] - WAVES[112:136]).mean(), rel=1e-5)
    off = [np.abs(forecast_of(one.model, WAVES[:step], 5).values - WAVES[step : step + 5]).mean() for step in range(112, 132)]
    assert far == pytest.approx(np.mean(off), rel=1e-5)
    assert one.validation_loss() == pytest.approx(np.sqrt(near * far))
    assert len(one.expected()) == 136


def test_nothing_learns_from_what_is_held_out() -> None:
    """A series with another end gives the same steps, scores, weights; with another middle the same steps."""
    other_end, other_middle = WAVES.copy(), WAVES.copy()
    other_end[136:] = 99 - 3 * np.arange(24)
    other_middle[112:136] += 30
    design = (ForecasterConfig(hidden=4),)
    runs = [list(train(values, design, QUICK)) for values in (WAVES, other_end, other_middle)]
    told = [[(item.loss, item.validation_loss) for item in run if isinstance(item, Progress)] for run in runs]
    assert told[0] == told[1]
    ends = [unpack(run[-1].weights).state_dict() for run in runs]
    assert all(torch.equal(weights, ends[1][name]) for name, weights in ends[0].items())
    assert runs[0][-1].report != runs[1][-1].report
    assert [loss for loss, _ in told[0]] == [loss for loss, _ in told[2]]
    assert [score for _, score in told[0]] != [score for _, score in told[2]]


def test_a_run_tells_how_far_it_is_and_ends_with_the_best() -> None:
    parts = Split.of(len(WAVES))
    designs = candidate_configs(WAVES, parts, ForecasterConfig(hidden=6))
    assert [(one.level, one.season) for one in designs] == [(False, 0), (True, 0), (False, 8)]
    assert {(one.form, one.floor) for one in designs} == {("plain", True)}
    *steps, end = [pickle.loads(pickle.dumps(item)) for item in train(WAVES, designs, QUICK)]
    assert isinstance(end, TrainedForecaster)
    assert [(item.design, item.step) for item in steps] == [(number, step) for number in range(3) for step in (20, 40)]
    last_near = np.abs(np.diff(WAVES[111:136])).mean()
    last_far = np.mean([np.abs(WAVES[step : step + 12] - WAVES[step - 1]).mean() for step in range(112, 125)])
    assert steps[0].naive == pytest.approx(np.sqrt(last_near * last_far))
    assert steps[-1].best == min(item.validation_loss for item in steps)
    best = np.inf
    for item in steps:
        assert (item.weights is not None) == (item.validation_loss < best)
        best = min(best, item.validation_loss)
        assert len(item.expected) == parts.validation_end
        if item.weights is not None:
            now = unpack(item.weights)
            near = np.abs(item.expected[111:135] - WAVES[112:136]).mean()
            assert item.validation_loss == pytest.approx(np.sqrt(near * stepwise_error(now, WAVES[:136], 112, 12)), rel=1e-5)
    least = [min(item.validation_loss for item in steps if item.design == number) for number in range(3)]
    assert np.sqrt(np.multiply(end.one_step_maes, end.multi_step_maes)) == pytest.approx(least)
    chosen = int(np.argmin(least))
    assert end.design == designs[chosen]
    model = unpack(end.weights)
    assert model.metadata["split"] == parts.description
    assert stepwise_error(model, WAVES[:136], 112, 12) == pytest.approx(end.multi_step_maes[chosen], rel=1e-5)
    assert end.report == backtest(model, WAVES, parts, 8)


def test_it_learns_a_wave_that_repeating_cannot_forecast() -> None:
    *_, end = train(WAVES, (ForecasterConfig(hidden=8, season=8),), ForecasterTrainingConfig(steps=150, learning_rate=1e-2))
    assert end.report.beats["last value"]
    assert end.report.beats["seasonal naive"]
    assert end.report.forecaster.mase < 0.6


def forms(values: np.ndarray) -> list[str]:
    return [one.form for one in candidate_configs(values, Split.of(160), season_length=0)]


def test_roots_and_logarithms_are_tried_where_a_series_differs_by_multiples() -> None:
    grown = np.exp(TIME / 50)
    assert forms(grown) == ["plain", "plain", "root", "root", "log", "log"]
    assert forms(grown - 1.0) == ["plain", "plain", "root", "root"]
    assert forms(grown - 2.0) == forms(WAVES + 500) == ["plain", "plain"]


def test_only_a_series_that_goes_below_zero_is_forecast_below_it() -> None:
    parts = Split.of(160)
    for least, floor in ((0.0, True), (3.0, True), (-0.001, False)):
        assert {one.floor for one in candidate_configs(WAVES - WAVES.min() + least, parts)} == {floor}
    # Its sign in the held-out part counts, too.
    assert not candidate_configs(np.append(WAVES[:-1], -1.0), parts)[0].floor


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sys.argv", ["lstm-viz", "train", "series", "--csv", "my table.csv"])
    path = tmp_path / "my table.csv"
    path.write_text("place;one;two\n" + "".join(f"here;{value:.3f};5\n" for value in WAVES).replace(".", ","))
    return path


def run(table: Path, *options: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["train", "series", "--csv", str(table), *options])
    return result.exit_code, result.output


def test_weights_and_card_tell_the_same_story(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "mine.safetensors"
    code, told = run(table, "--column", "one", "--steps", "40", "--hidden", "5", "--licence", "none, made up", "--out", str(out))
    assert code == 0, told
    model = load_forecaster(out)
    card = dict(re.findall(r"^\| ([^|]+) \| (.+) \|$", out.with_suffix(".md").read_text("utf-8"), re.MULTILINE))
    assert {row: text for row, text in card.items() if model.metadata[row] != text} == {}
    assert model.config.hidden == 5
    assert card["command"] == "`python -m lstm_viz train series --csv 'my table.csv'`"
    assert (card["data"], card["licence of the data"], card["seed"]) == ("my table.csv", "none, made up", "1")
    report = backtest(model, WAVES.round(3), Split.of(160), 8)
    rows = re.search(r": LSTM ([\d.]+) / ([\d.]+) / ([\d.]+);", card["scores"])
    assert rows is not None
    forecaster = report.forecaster
    assert list(map(float, rows.groups())) == pytest.approx(
        [forecaster.mae, forecaster.mase, forecaster.multi_step_mae], rel=1e-2
    )
    assert "(error one step ahead / stepwise): the change since the value before:" in card["split"]


def test_ctrl_c_keeps_the_best_so_far(table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, loss = tmp_path / "mine.safetensors", SeriesTask.loss

    def interrupted(self: SeriesTask, step: int) -> torch.Tensor:
        if step == 25:
            raise KeyboardInterrupt
        return loss(self, step)

    monkeypatch.setattr(SeriesTask, "loss", interrupted)
    code, told = run(table, "--column", "one", "--out", str(out))
    assert (code, states(told, "best", "kept")) == (0, True)
    assert load_forecaster(out).metadata["minutes"].endswith("before the end")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), facts("--column", "'one'", "'two'")),
        (("--column", "two"), facts(160, "'two'", 5)),
        (("--column", "place"), facts("'place'")),
        (("--column", "one", "--every", "month"), "averages by the month need dates"),
    ],
)
def test_what_cannot_be_learned_is_refused_in_one_line(
    table: Path, tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    code, told = run(table, *options, "--out", str(tmp_path / "mine.safetensors"))
    assert (code, len(told.splitlines())) == (1, 1)
    assert re.search(message, told)


def forecast(*options: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["forecast", *options])
    return result.exit_code, result.output


def test_a_shipped_forecaster_is_measured_by_its_name() -> None:
    code, told = forecast("co2", "--steps", "2")
    assert code == 0, told
    values = SHIPPED["co2"].read().values
    report = backtest(load_forecaster("co2"), values, Split.of(len(values)), 12)
    for row in report.rows:
        assert re.search(
            f"{row.name} +MAE {row.mae:.4g}, MASE {row.mase:.3f}, MAE over the next 12 {row.multi_step_mae:.4g}\n", told
        )
    assert report_text(report) in told
    coming = ahead(load_forecaster("co2"), values, np.array([len(values) - 1]), 2)[:, 0]
    found = re.findall(r"^(2002-\d\d) +([\d.]+), in 80 of 100 cases within ([\d.]+) to ([\d.]+)$", told, re.MULTILINE)
    assert [label for label, *_ in found] == ["2002-01", "2002-02"]
    for (_, *numbers), value in zip(found, coming, strict=True):
        middle, low, high = map(float, numbers)
        assert middle == pytest.approx(value, rel=1e-4)
        assert low < middle < high


def test_one_from_a_file_needs_its_table(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine.safetensors"
    assert run(table, "--column", "one", "--steps", "20", "--out", str(out))[0] == 0
    assert forecast(str(out)) == (1, f"Error: {out} brings no series; name its table with --csv\n")
    code, told = forecast(str(out), "--csv", str(table), "--column", "one", "--steps", "1")
    assert code == 0, told
    assert told.splitlines()[-1].startswith("161 ")
    assert states(forecast("none")[1], *SHIPPED)


def test_a_tuple_of_values_is_learned_alike() -> None:
    designs, config = (ForecasterConfig(hidden=3),), ForecasterTrainingConfig(steps=20)
    one, other = ([*train(values, designs, config)][-1] for values in (WAVES, tuple(WAVES.tolist())))
    assert one.report == other.report


def test_the_time_is_estimated_from_steps_really_taken() -> None:
    designs = (ForecasterConfig(hidden=8), ForecasterConfig(hidden=8, level=True))
    before = torch.get_rng_state()
    # The clock is read before and after each of six steps: the first is slow, the last ends with a validation of four seconds.
    readings = accumulate([0.0, 9.0, 5.0, 2.0, 5.0, 2.0, 5.0, 2.0, 5.0, 2.0, 5.0, 6.0])
    config = ForecasterTrainingConfig(steps=100, score_every=20)
    assert seconds_for(WAVES, designs, config, readings.__next__) == pytest.approx(2 * 100 * (2.0 + 2 * 4.0 / 20))
    assert next(readings, None) is None
    assert torch.equal(torch.get_rng_state(), before)


def test_the_steps_that_are_timed_are_real_ones() -> None:
    designs, config = (ForecasterConfig(hidden=8),), ForecasterTrainingConfig(steps=100)
    assert 0 < seconds_for(WAVES, designs, config) < math.inf
