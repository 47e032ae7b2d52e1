"""Summarise a backtest in a sentence: does the forecaster beat the baselines?"""

from __future__ import annotations

import math

from lstm_viz.series.backtesting import BacktestReport, Score
from lstm_viz.text.numbers import format_number


def report_text(report: BacktestReport) -> str:
    """Compare the network with every baseline, one step ahead and many, and name the better one."""
    return f"{_describe_next_step(report)} {_describe_many_steps(report)}"


def _describe_next_step(report: BacktestReport) -> str:
    network, best = report.forecaster, report.best_baseline
    same = format_number(network.mae) == format_number(best.mae)
    if network.mae < best.mae and not same:
        return (
            f"One step ahead the network beats every baseline: its mean error is {format_number(network.mae)}, that of the "
            f"best baseline ({best.name}: {best.description}) {format_number(best.mae)}."
        )
    if same:
        return (
            f"One step ahead the network does not beat the {best.name} ({best.description}): both have a mean error "
            f"of {format_number(best.mae)}.{_describe_seasonal_naive(report, best)}"
        )
    return (
        f"One step ahead the network does not beat every baseline: its mean error is {format_number(network.mae)}, that of "
        f"the {best.name} ({best.description}) only {format_number(best.mae)}.{_describe_seasonal_naive(report, best)}"
    )


def _describe_many_steps(report: BacktestReport) -> str:
    network, rivals = report.forecaster, [row for row in report.rows[1:] if math.isfinite(row.multi_step_mae)]
    if not rivals or not math.isfinite(network.multi_step_mae):
        return "The test part is too short to judge it many steps ahead."
    best = min(rivals, key=lambda row: row.multi_step_mae)
    ahead = f"Over the next {report.horizon} steps"
    own, other = format_number(network.multi_step_mae), format_number(best.multi_step_mae)
    errors = f"{own} against {other}"
    if network.multi_step_mae < best.multi_step_mae and own != other:
        too = " too" if network.mae < report.best_baseline.mae else " than every rule"
        return f"{ahead} it is better{too}: {errors} ({best.name})."
    return f"{ahead} it does not beat the {best.name} ({best.description}): {errors}."


def _describe_seasonal_naive(report: BacktestReport, error: Score) -> str:
    """Say whether the seasonal naive is better too, unless it is the named baseline."""
    name = "seasonal naive"
    if name == error.name or report.beats.get(name, True):
        return ""
    return f" It does not beat the seasonal naive either ({format_number(report.row(name).mae)})."
