"""What the gradients page shows at the moment, read once for all its lenses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st

from lstm_viz.gradients import Objective, fix_target
from lstm_viz.models.language import LanguageModel
from lstm_viz.models.perturbed import altered
from lstm_viz.reader import Reader
from lstm_viz.ui.state import session
from lstm_viz.ui.state.markdown import escaped
from lstm_viz.ui.state.models import exhibit
from lstm_viz.ui.state.objective_choice import objective
from lstm_viz.ui.state.reading import Reading, at_hand

_READERS, _KEPT = "gradients_readers", "gradients_kept"
Found = TypeVar("Found")


@dataclass(frozen=True, eq=False)
class Scene(Reading):
    """A reading with the gradients of the chosen objective (None for an empty text)."""

    model: LanguageModel
    objective: Objective | None

    @property
    def end(self) -> int:
        """The step after which the answer is asked for: the text's last, unless the aim is at the chosen one."""
        return self.step if self.view.aim in ("step", "symbol") else len(self.trace.tokens) - 1

    @property
    def answer(self) -> str:
        """What the gradients are of, as a sentence of its own; for Markdown."""
        return f"The answer is {escaped(str(self.trace.objective))}."


def compose(model: str | None = None) -> Scene:
    """Read the session's text with its network, or with this `model`, and differentiate what the view asks for."""
    if model is None:
        view, shown, reader = at_hand()
    else:
        shown, reader = exhibit(model), session.reader(model)
        view = replace(session.current(), model=model)
        view = view.inside(len(shown.layers), shown.model.config.hidden, (view.colour,))
    asked = objective(view, reader)
    trace = reader.read(view.read, asked)
    fixed = asked and fix_target(asked, trace.probs, shown.model.outputs)
    return Scene(view, trace, view.step_in(len(trace.tokens)), shown.model, fixed)


def reader_of(name: str, scale: float, keep: float) -> Reader:
    """The session's reader of a model with its recurrent weights scaled and its gates' bias raised; one is kept for each name."""
    readers: dict[str, tuple[tuple[float, float], Reader]] = st.session_state.setdefault(_READERS, {})
    wanted = (scale, keep)
    if name not in readers or readers[name][0] != wanted:
        model = exhibit(name).model
        readers[name] = (wanted, Reader(model if wanted == (1.0, 0.0) else altered(model, scale, keep)))
    return readers[name][1]


def once(wanted: object, compute: Callable[[], Found]) -> Found:
    """What the letters and the pictures of one run share: computed anew only where `wanted` differs from the last time."""
    kept: tuple[object, Found] | None = st.session_state.get(_KEPT)
    if kept is None or kept[0] != wanted:
        kept = st.session_state[_KEPT] = (wanted, compute())
    return kept[1]
