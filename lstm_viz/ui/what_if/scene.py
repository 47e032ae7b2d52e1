"""What the what-if page shows at the moment, and the plans that one person has made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.ui.board import Letters
from lstm_viz.ui.view import session, wording
from lstm_viz.ui.view.reading import at_hand
from lstm_viz.ui.view.view import View
from lstm_viz.ui.what_if.experiments import Experiment, experiments
from lstm_viz.ui.what_if.plans import Plan, fitting
from lstm_viz.what_if import WhatIf, holds, rerun

_PLANS, _COUNT, _DONE = "what_if_plans", "what_if_count", "what_if_experiment"
#: The keys of the two choices of what is drawn; an experiment sets them to what it changes.
QUANTITY, SCOPE = "what_if_quantity", "what_if_scope"
#: The key of the chosen question, and the questions.
LENS = "what_if_lens"
HAPPENS, WRITES, MATTERS, TEXTS = "What happens?", "What would it write?", "Which unit matters?", "Two texts"
MEAN, UNIT, EVERY = "the layer's mean", "one unit", "every unit's change"


@dataclass(frozen=True, eq=False)
class Scene:
    """One text read twice; `plans` by number, `problems` says by number why a plan does not fit this text or network."""

    view: View
    model: LanguageModel
    result: WhatIf
    plans: dict[int, Plan]
    problems: dict[int, str]
    step: int

    @property
    def tokens(self) -> tuple[str, ...]:
        """What was read."""
        return self.result.before.tokens

    @property
    def held(self) -> list[int]:
        """The steps at which a change holds."""
        tokens, changes = self.tokens, self.result.changes
        return [step for step, token in enumerate(tokens) if any(holds(change, step, token) for change in changes)]

    def named(self, step: int) -> str:
        """A step as sentences name it."""
        return wording.named(self.tokens, step)

    def letters(self) -> Letters | None:
        """Each letter coloured by how much more it surprised the changed network; None where nothing is foretold."""
        if not self.model.foretells or not self.tokens:
            return None
        rises = self.result.surprise
        # Below one nat nothing stands out, so that rounding is not painted as if it were an effect.
        end = max(1.0, float(np.nanmax(np.abs(rises), initial=0.0)))
        return Letters(rises, -end, end, True, "more surprised than as trained (nats)")


def compose() -> Scene:
    """Read the session's text with its network, plainly and with the plans carried out."""
    view, shown, reader = at_hand()
    before = reader.read(view.read)
    kept = plans()
    changes, problems = fitting(list(kept.values()), shown.model.config, len(before.tokens))
    said = {number: problem for number, problem in zip(kept, problems, strict=True) if problem}
    return Scene(view, shown.model, rerun(shown.model, before, changes), kept, said, view.step_in(len(before.tokens)))


def plans() -> dict[int, Plan]:
    """This person's plans by number, in the order in which they were made."""
    found: dict[int, Plan] = st.session_state.get(_PLANS, {})
    return found


def add(plan: Plan) -> None:
    """Make one more plan."""
    number = st.session_state.get(_COUNT, 0) + 1
    st.session_state[_COUNT] = number
    st.session_state[_PLANS] = {**plans(), number: plan}
    st.session_state.pop(_DONE, None)


def change(number: int, plan: Plan) -> None:
    """Put another plan in the place of one."""
    st.session_state[_PLANS] = {**plans(), number: plan}


def drop(number: int) -> None:
    """Give a plan up."""
    st.session_state[_PLANS] = {each: plan for each, plan in plans().items() if each != number}
    st.session_state.pop(_DONE, None)


def settle(model: str, config: Config) -> None:
    """Begin with an experiment where there is no plan yet, or none that this network could carry out."""
    kept = plans()
    if _PLANS in st.session_state and (not kept or _fits(list(kept.values()), config)):
        return
    first = next(each for each in experiments(model, config) if each.text is None)
    _carry_out(first)


def take(experiment: Experiment) -> None:
    """Carry an experiment out in the place of all plans, on its own text where it has one."""
    _carry_out(experiment)
    if experiment.written or st.session_state.get(LENS) not in (HAPPENS, WRITES):
        st.session_state[LENS] = WRITES if experiment.written else HAPPENS
    view = session.current()
    if experiment.layer is not None:
        view = replace(view, layer=experiment.layer, unit=experiment.unit or 0)
    if experiment.text is None:
        session.keep(view)
    else:
        session.push(replace(view, text=experiment.text, step=-1))


def current_hint(model: str, config: Config) -> str | None:
    """What to look at in the experiment that is being carried out; None once its plans or its text were changed."""
    name, text = st.session_state.get(_DONE), session.current().text
    offered = (each for each in experiments(model, config) if each.name == name and each.text in (None, text))
    return next((each.hint for each in offered), None)


def _carry_out(experiment: Experiment) -> None:
    st.session_state[_PLANS] = {}
    for plan in experiment.plans:
        add(plan)
    st.session_state[_DONE] = experiment.name
    plan = experiment.plans[0]
    st.session_state[QUANTITY] = plan.symbol
    st.session_state[SCOPE] = UNIT if plan.units is not None else MEAN


def _fits(kept: Sequence[Plan], config: Config) -> bool:
    """True where a network could carry out at least one of the plans, given a text that is long enough."""
    # A text as long as any that is read: only what the network lacks counts here.
    _, problems = fitting(kept, config, 10_000)
    return None in problems
