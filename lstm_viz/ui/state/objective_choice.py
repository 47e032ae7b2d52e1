"""The objective of the gradients, as pages offer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lstm_viz.gradients import ClassLogit, LikeliestNext, NextToken, Objective, TextLoss
from lstm_viz.reader import Reader
from lstm_viz.sentiment import LogOddsObjective
from lstm_viz.ui.state.view import ObjectiveChoice, View

LANGUAGE_MODEL_CHOICES: dict[ObjectiveChoice, str] = {
    "next": "the likeliest next token, at the end",
    "step": "the likeliest next token, at the selected step",
    "symbol": "a token of my choice, at the selected step",
    "text": "the whole text: mean surprise",
}

#: Objectives of a classifier, under the same ids, so that a link stays valid when the model is changed.
CLASSIFIER_CHOICES: dict[ObjectiveChoice, str] = {
    "next": "the verdict, at the end: positive or negative",
    "step": "the verdict, at the selected word",
    "symbol": "a class of my choice, at the selected word",
}


def available_choices(predicts_next_token: bool) -> Mapping[ObjectiveChoice, str]:
    """Return the titles of the objectives that a model offers."""
    return LANGUAGE_MODEL_CHOICES if predicts_next_token else CLASSIFIER_CHOICES


def objective(view: View, reader: Reader) -> Objective | None:
    """Return the view's objective; None for an empty text, which has no prediction yet."""
    count, predicts_next_token = count_steps(view, reader), reader.model.predicts_next_token
    if not count:
        return None
    if view.aim == "text" and predicts_next_token:
        return TextLoss()
    step = view.step_in(count) if view.aim in ("step", "symbol") else count - 1
    if not predicts_next_token:
        return _classifier_objective(view, step, reader.model.outputs)
    if view.aim == "symbol":
        return NextToken(step, chosen_output(view, reader.model.outputs[1:]))
    return LikeliestNext(step)


def count_steps(view: View, reader: Reader) -> int:
    """Return the number of steps of the view's text for a model: characters or words."""
    return len(reader.tokens(view.input_text).surface)


def chosen_output(view: View, answers: Sequence[str]) -> str:
    """Return the class or token that the view asks for; the first of `answers` if the model does not have it."""
    return view.symbol if view.symbol in answers else answers[0]


def _classifier_objective(view: View, step: int, classes: Sequence[str]) -> Objective:
    if view.aim != "symbol":
        return LogOddsObjective(step)
    name = chosen_output(view, classes)
    return ClassLogit(list(classes).index(name), step, name)
