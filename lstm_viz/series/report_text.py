"""Summarise a backtest in a sentence: does the forecaster beat the baselines?"""

from __future__ import annotations

import math

from lstm_viz.series.backtesting import BacktestReport, Score


def report_text(report: BacktestReport) -> str:
    """Compare the network with every baseline, one step ahead and many, and name the better one."""
    return f"{_describe_next_step(report)} {_describe_many_steps(report)}"


def _describe_next_step(report: BacktestReport) -> str:
    network, best = report.forecaster, report.best_baseline
    if network.mae < best.mae:
        return (
            f"One step ahead the network beats every baseline: its mean error is {network.mae:.3g}, that of the best baseline "
            f"({best.name}: {best.description}) {best.mae:.3g}."
        )
    if f"{network.mae:.3g}" == f"{best.mae:.3g}":
        return (
            f"One step ahead the network does not beat the {best.name} ({best.description}): both have a mean error "
            f"of {best.mae:.3g}.{_describe_seasonal_naive(report, best)}"
        )
    return (
        f"One step ahead the network does not beat every baseline: its mean error is {network.mae:.3g}, that of the {best.name} "
        f"({best.description}) only {best.mae:.3g}.{_describe_seasonal_naive(report, best)}"
    )


def _describe_many_steps(report: BacktestReport) -> str:
    network, rivals = report.forecaster, [row for row in report.rows[1:] if math.isfinite(row.multi_step_mae)]
    if not rivals or not math.isfinite(network.multi_step_mae):
        return "The test part is too short to judge it many steps ahead."
    best = min(rivals, key=lambda row: row.multi_step_mae)
    ahead = f"Over the next {report.horizon} steps"
    if network.multi_step_mae < best.multi_step_mae:
        too = " too" if network.mae < report.best_baseline.mae else " than every rule"
        return f"{ahead} it is better{too}: {network.multi_step_mae:.3g} against {best.multi_step_mae:.3g} ({best.name})."
    errors = f"{network.multi_step_mae:.3g} against {best.multi_step_mae:.3g}"
    return f"{ahead} it does not beat the {best.name} ({best.description}): {errors}."


def _describe_seasonal_naive(report: BacktestReport, error: Score) -> str:
    """Say whether the seasonal naive is better too, unless it is the named baseline."""
    name = "seasonal naive"
    if name == error.name or report.beats.get(name, True):
        return ""
    return f" It does not beat the seasonal naive either ({report.row(name).mae:.3g})."
