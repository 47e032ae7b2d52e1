"""How good is it? The network's test errors compared with naive baselines."""

from __future__ import annotations

import math
from collections.abc import Callable

import streamlit as st

from lstm_viz.series.backtesting import BacktestReport
from lstm_viz.text.numbers import format_fixed, format_number
from lstm_viz.ui.pages.series.evaluation import EvaluatedSeries
from lstm_viz.ui.state.markdown import escape_block


def render(evaluated: EvaluatedSeries) -> None:
    """Draw the table and its explanation."""
    test_length = evaluated.parts.length - evaluated.parts.validation_end
    st.markdown(
        "**A forecaster is useful only if it beats simple rules (baselines). All are evaluated on the "
        f"last {test_length:,} values, which training never saw; the smallest error of a column is bold.**"
    )
    st.markdown(table(evaluated.rules, evaluated.description.unit))
    st.caption(
        f"Error: how far off on average (mean absolute error), in {escape_block(evaluated.description.unit)}. MASE: the error "
        "one step ahead, divided by that of repeating the last value, measured on all values before the test part (Hyndman & "
        f"Koehler 2006); below 1 is better. The last column: the mean error over the next {evaluated.rules.horizon} steps, from "
        f"{evaluated.rules.origins} places."
    )
    st.caption(_season(evaluated.rules))
    if evaluated.backtest is not None:
        st.caption(
            f"Chance or skill? The network was nearer than the best rule ({evaluated.backtest.report.best_baseline.name}) to "
            f"{evaluated.backtest.nearer:g} of {test_length:,} test values; by chance it would be {test_length / 2:g}."
        )
        design = evaluated.backtest.model.config
        bound = " As no value of the series is below 0, no forecast is either." if design.floor else ""
        st.caption(
            f"The network: {design.layers} × {design.hidden} {design.kind.upper()}, {evaluated.backtest.model.parameter_count:,} "
            f"weights. At each step it reads the {' and the '.join(design.inputs)}.{bound}"
        )


def table(report: BacktestReport, unit: str) -> str:
    """Format the errors as a Markdown table, the smallest of each column bold."""
    values = [
        _column([row.mae for row in report.rows], format_number, 4),
        _column([row.mase for row in report.rows], format_fixed, 3),
        _column([row.multi_step_mae for row in report.rows], format_number, 4),
    ]
    lines = [
        f"| forecast by | error one step ahead, {escape_block(unit)} | MASE | error over the next {report.horizon} steps |",
        "|:--|--:|--:|--:|",
        *(
            f"| {row.name}: {row.description} | {' | '.join(cells)} |"
            for row, cells in zip(report.rows, zip(*values, strict=True), strict=True)
        ),
    ]
    return "\n".join(lines)


def _column(errors: list[float], form: Callable[[float, int], str], digits: int) -> list[str]:
    least = min((error for error in errors if math.isfinite(error)), default=math.nan)
    return [
        "–" if not math.isfinite(error) else f"**{form(error, digits)}**" if error == least else form(error, digits)
        for error in errors
    ]


def _season(report: BacktestReport) -> str:
    if report.season < 2:
        return "No season was found in the training part, so there is no seasonal baseline."
    return (
        f"In the training part the series repeats itself about every {report.season} steps; the two seasonal rules use this "
        "season."
    )
