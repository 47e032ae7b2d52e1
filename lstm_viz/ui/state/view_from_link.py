"""The view that a link opens: what of it can be had, and a note on what cannot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import get_args

from lstm_viz.ui.state import address
from lstm_viz.ui.state.markdown import foreign
from lstm_viz.ui.state.models import exhibit, hold, known, offered, title
from lstm_viz.ui.state.view import Aim, View, Zoom

#: The parameters of a link that are the view's.
NAMES = ("model", "layer", "unit", "step", "zoom", "colour", "aim", "symbol", "text", "long")
_COLOUR = re.compile(r"surprise|verdict|error|(mean|unit|norm)\.[a-z]")
_WHOLE = re.compile(r"-?[0-9]{1,9}")


def opened(asked: Mapping[str, str], before: View | None = None) -> View:
    """The view of a link, put on top of the one `before`; of a fresh session's, on the first example of the link's network."""
    wanted = asked.get("model", "")
    name = wanted if known(wanted) else before.model if before is not None else offered()[0]
    if wanted and not known(wanted):
        address.note(
            "model",
            f"The network “{address.repeated(wanted)}” is not on this server: gone with the session that had it, or its name "
            f"is misspelt. Shown instead: {foreign(title(name))}.",
        )
    elif name not in offered(judges=True):
        # Another session's own model, found by a link: held here too, so that it outlives that session.
        hold(exhibit(name))
    start = before if before is not None else exhibit(name).presets[0].applied(View("", name))
    view = replace(start.with_query(asked), model=name)
    _note(asked, view)
    return view


def _note(asked: Mapping[str, str], view: View) -> None:
    """Say what the link asks for and this network does not have."""
    model = exhibit(view.model).model
    bounds = {
        "layer": (0, model.config.layers - 1),
        "unit": (0, model.config.hidden - 1),
        "step": (-1, max(len(view.text) - 1, 0)),
    }
    for name, (low, high) in bounds.items():
        if name in asked and not (_WHOLE.fullmatch(asked[name]) and low <= int(asked[name]) <= high):
            address.refuse(name, asked[name], f"a whole number from {low} to {high}")
    for name, offered_here in (("zoom", get_args(Zoom)), ("aim", get_args(Aim))):
        if name in asked and asked[name] not in offered_here:
            address.refuse(name, asked[name], " or ".join(offered_here))
    if "colour" in asked and not _COLOUR.fullmatch(asked["colour"]):
        address.refuse("colour", asked["colour"], "such as surprise, mean.f or unit.c")
