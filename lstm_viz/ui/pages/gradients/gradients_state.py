"""State of the gradients page, computed once for all its questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lstm_viz.gradients import Objective, fix_target
from lstm_viz.models.language import LanguageModel
from lstm_viz.models.perturbed import perturbed_copy
from lstm_viz.reader import Reader
from lstm_viz.ui.state import session
from lstm_viz.ui.state.markdown import escape_inline
from lstm_viz.ui.state.memo import Result, remember
from lstm_viz.ui.state.models import get_model
from lstm_viz.ui.state.objective_choice import objective
from lstm_viz.ui.state.reading import TextState, current_view_and_reader


@dataclass(frozen=True, eq=False)
class GradientsState(TextState):
    """A trace with the gradients of the selected objective (None for an empty text)."""

    model: LanguageModel
    objective: Objective | None

    @property
    def end(self) -> int:
        """The step of the prediction that is differentiated: the last one, unless the objective is at the selected step."""
        return self.step if self.view.aim in ("step", "symbol") else len(self.trace.tokens) - 1

    @property
    def answer(self) -> str:
        """A sentence that names the objective, in Markdown."""
        return f"The answer is {escape_inline(str(self.trace.objective))}."


def current_state(model: str | None = None) -> GradientsState:
    """Read the session's text with its network, or with `model`, and differentiate the view's objective."""
    if model is None:
        view, display_model, reader = current_view_and_reader()
    else:
        display_model, reader = get_model(model), session.reader(model)
        view = replace(session.current(), model=model)
        view = view.clamped(len(display_model.layers), display_model.model.config.hidden, (view.colour,))
    target = objective(view, reader)
    trace = reader.read(view.input_text, target)
    fixed = target and fix_target(target, trace.probs, display_model.model.outputs)
    return GradientsState(view, trace, view.step_in(len(trace.tokens)), display_model.model, fixed)


def perturbed_reader(name: str, scale: float, keep: float) -> Reader:
    """Return a cached reader of a model with scaled recurrent weights and a raised gate bias, one per model."""

    def perturb() -> Reader:
        model = get_model(name).model
        return Reader(model if (scale, keep) == (1.0, 0.0) else perturbed_copy(model, scale, keep))

    return remember(f"gradients_readers_{name}", (scale, keep), perturb)


def compute_once(key: object, compute: Callable[[], Result]) -> Result:
    """Return the cached result if `key` is unchanged, else compute it. Shared by the coloring and the figures of a run."""
    return remember("gradients_kept", key, compute)
