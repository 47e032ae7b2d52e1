"""Open the view of a link; note which of its values are unavailable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

from lstm_viz.ui.state import address
from lstm_viz.ui.state.markdown import escape_block
from lstm_viz.ui.state.models import available_models, get_model, is_known, model_title, register
from lstm_viz.ui.state.view import ObjectiveChoice, View, Zoom

#: The link parameters of the view.
NAMES = ("model", "layer", "unit", "step", "zoom", "colour", "aim", "symbol", "text", "long")
_COLOUR = re.compile(r"surprise|verdict|error|(mean|unit|norm)\.[a-z]")
_WHOLE = re.compile(r"-?[0-9]{1,9}")


def is_view_requested() -> bool:
    """Return True if the page was opened by a link that names a view: a network, a text, or what is shown of them.

    The settings of a page are no view: a link with nothing else opens the page as it opens by itself.
    """
    return not address.visit().requested.keys().isdisjoint(NAMES)


def open_view(requested: Mapping[str, str], before: View | None = None) -> View:
    """Return the view of a link, applied on top of `before`; in a new session, on top of the model's first example."""
    requested_model = requested.get("model", "")
    name = requested_model if is_known(requested_model) else before.model if before is not None else available_models()[0]
    if requested_model and not is_known(requested_model):
        address.add_note(
            "model",
            f"The network “{address.quote_value(requested_model)}” is not on this server: gone with the session that had it, or "
            f"its name "
            f"is misspelt. Shown instead: {escape_block(model_title(name))}.",
        )
    elif name not in available_models(classifiers=True):
        # A model of another session, found by a link: registered here too, so that it outlives that session.
        register(get_model(name))
    start = before if before is not None else get_model(name).presets[0].apply_to(View("", name))
    view = replace(start.with_query(requested), model=name)
    _add_notes(requested, view)
    return view


def _add_notes(requested: Mapping[str, str], view: View) -> None:
    """Note which of the link's values this model does not have."""
    model = get_model(view.model).model
    bounds = {
        "layer": (0, model.config.layers - 1),
        "unit": (0, model.config.hidden - 1),
        "step": (-1, max(len(view.text) - 1, 0)),
    }
    for name, (low, high) in bounds.items():
        if name in requested and not (_WHOLE.fullmatch(requested[name]) and low <= int(requested[name]) <= high):
            address.refuse(name, requested[name], f"a whole number from {low} to {high}")
    for name, offered_here in (("zoom", get_args(Zoom)), ("aim", get_args(ObjectiveChoice))):
        if name in requested and requested[name] not in offered_here:
            address.refuse(name, requested[name], " or ".join(offered_here))
    if "colour" in requested and not _COLOUR.fullmatch(requested["colour"]):
        address.refuse("colour", requested["colour"], "such as surprise, mean.f or unit.c")
