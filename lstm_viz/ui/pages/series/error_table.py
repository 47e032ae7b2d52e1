"""How good is it? The network's errors on the test part beside those of rules that cost nothing."""

from __future__ import annotations

import math

import streamlit as st

from lstm_viz.series.backtesting import Report
from lstm_viz.ui.pages.series.evaluation import Subject
from lstm_viz.ui.state.markdown import foreign


def show(of: Subject) -> None:
    """Draw the lens."""
    held = of.parts.length - of.parts.choose
    st.markdown(
        "**A forecaster is worth something only if it is better than rules that anybody can follow. So each is asked about the "
        f"last {held:,} values, which the network never saw while it learned; the smallest error of a column is bold.**"
    )
    st.markdown(table(of.rules, of.told.unit))
    st.caption(
        f"Error: how far off on average (mean absolute error), in {foreign(of.told.unit)}. MASE: one step ahead, as a multiple "
        "of what repeating the last value erred on all that came before; below 1 is better than that rule used to be (Hyndman & "
        f"Koehler 2006). The last column: many steps ahead from {of.rules.origins} places, mean over {of.rules.horizon} steps."
    )
    st.caption(_season(of.rules))
    if of.judged is not None:
        st.caption(
            f"Luck or skill? Of {held:,} test values the network came nearer to {of.judged.nearer:g} than the best rule did "
            f"({of.judged.report.best_baseline.name}); a coin would say {held / 2:g}."
        )
        design = of.judged.model.config
        bound = " As no value of the series is below 0, no forecast is." if design.floor else ""
        st.caption(
            f"The network: {design.layers} × {design.hidden} {design.kind.upper()}, {of.judged.model.parameter_count:,} numbers "
            f"learned. At each step it reads the {' and the '.join(design.inputs)}.{bound}"
        )


def table(report: Report, unit: str) -> str:
    """The errors as a table in Markdown, the smallest of each column bold."""
    columns = [[row.mae for row in report.rows], [row.mase for row in report.rows], [row.far for row in report.rows]]
    told = [_column(column, "{:.3f}" if place == 1 else "{:.4g}") for place, column in enumerate(columns)]
    lines = [
        f"| forecast by | error one step ahead, {foreign(unit)} | MASE | error over the next {report.horizon} steps |",
        "|:--|--:|--:|--:|",
        *(
            f"| {row.name}: {row.words} | {' | '.join(cells)} |"
            for row, cells in zip(report.rows, zip(*told, strict=True), strict=True)
        ),
    ]
    return "\n".join(lines)


def _column(found: list[float], form: str) -> list[str]:
    least = min((error for error in found if math.isfinite(error)), default=math.nan)
    return [
        "–" if not math.isfinite(error) else f"**{form.format(error)}**" if error == least else form.format(error)
        for error in found
    ]


def _season(report: Report) -> str:
    if report.season < 2:
        return "No season was found in the part to learn from, so that there is no seasonal rule to beat."
    return (
        f"The series repeats itself about every {report.season} steps, as the part to learn from shows; that is the season of "
        "the two seasonal rules."
    )
