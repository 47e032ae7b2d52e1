"""Labels of outputs, and the question that a gradient bar answers."""

from __future__ import annotations

from lstm_viz.gradients import ClassLogit, NextToken, Objective, TextLoss
from lstm_viz.sentiment import LogOddsObjective
from lstm_viz.text.labels import label
from lstm_viz.text.vocabulary import UNKNOWN

#: The label of the unknown token.
ANY_OTHER = "any other"
_RAISE = "raise (up) or lower (down)"


def answer_label(answer: str) -> str:
    """Format a token or class for the screen."""
    return ANY_OTHER if answer == UNKNOWN else label(answer)


def gradient_question(objective: Objective | None) -> str:
    """Return the question that the bars of an objective answer; "" if there is none."""
    match objective:
        case None:
            return ""
        case NextToken():
            does = f"make ‘{answer_label(objective.token)}’ likelier (up) or less likely (down)"
        case ClassLogit():
            does = f"make the class ‘{objective.name or objective.index}’ likelier (up) or less likely (down)"
        case LogOddsObjective():
            does = "make the verdict more positive (up) or more negative (down)"
        case TextLoss():
            does = f"{_RAISE} the mean surprise"
        case _:
            does = f"{_RAISE} L"
    return _format_question(does)


def gradient_question_about(what: str) -> str:
    """Return the same question about any quantity, given by its description."""
    return _format_question(f"{_RAISE} {what}")


def _format_question(does: str) -> str:
    return f"Bars: would a little more of this value {does}?"
