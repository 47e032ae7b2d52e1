"""How good is it? The network's test errors compared with naive baselines."""

from __future__ import annotations

import math

import streamlit as st

from lstm_viz.series.backtesting import BacktestReport
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
        f"Error: how far off on average (mean absolute error), in {escape_block(evaluated.description.unit)}. MASE: one step "
        f"ahead, as a multiple "
        "of what repeating the last value erred on all that came before; below 1 is better than that rule used to be (Hyndman & "
        f"Koehler 2006). The last column: many steps ahead from {evaluated.rules.origins} places, mean over "
        f"{evaluated.rules.horizon} steps."
    )
    st.caption(_season(evaluated.rules))
    if evaluated.backtest is not None:
        st.caption(
            f"Chance or skill? Of {test_length:,} test values the network was nearer to {evaluated.backtest.nearer:g} than the "
            f"best rule did "
            f"({evaluated.backtest.report.best_baseline.name}); chance gives {test_length / 2:g}."
        )
        design = evaluated.backtest.model.config
        bound = " As no value of the series is below 0, no forecast is." if design.floor else ""
        st.caption(
            f"The network: {design.layers} × {design.hidden} {design.kind.upper()}, {evaluated.backtest.model.parameter_count:,} "
            f"numbers "
            f"learned. At each step it reads the {' and the '.join(design.inputs)}.{bound}"
        )


def table(report: BacktestReport, unit: str) -> str:
    """Format the errors as a Markdown table, the smallest of each column bold."""
    columns = [[row.mae for row in report.rows], [row.mase for row in report.rows], [row.multi_step_mae for row in report.rows]]
    values = [_column(column, "{:.3f}" if column_index == 1 else "{:.4g}") for column_index, column in enumerate(columns)]
    lines = [
        f"| forecast by | error one step ahead, {escape_block(unit)} | MASE | error over the next {report.horizon} steps |",
        "|:--|--:|--:|--:|",
        *(
            f"| {row.name}: {row.description} | {' | '.join(cells)} |"
            for row, cells in zip(report.rows, zip(*values, strict=True), strict=True)
        ),
    ]
    return "\n".join(lines)


def _column(errors: list[float], form: str) -> list[str]:
    least = min((error for error in errors if math.isfinite(error)), default=math.nan)
    return [
        "–" if not math.isfinite(error) else f"**{form.format(error)}**" if error == least else form.format(error)
        for error in errors
    ]


def _season(report: BacktestReport) -> str:
    if report.season < 2:
        return "No season was found in the part to learn from, so there is no seasonal baseline."
    return (
        f"The series repeats itself about every {report.season} steps, as the part to learn from shows; that is the season of "
        "the two seasonal rules."
    )
