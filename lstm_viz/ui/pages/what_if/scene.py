"""What the what-if page shows at the moment, and the plans that one person has made."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lstm_viz.gates import Kind, symbols
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.ui.components import Letters, controls
from lstm_viz.ui.pages.what_if import in_link
from lstm_viz.ui.pages.what_if.experiments import Experiment, experiments
from lstm_viz.ui.pages.what_if.interventions import Plan, fitting
from lstm_viz.ui.state import markdown, session, settings
from lstm_viz.ui.state.reading import at_hand
from lstm_viz.ui.state.view import View
from lstm_viz.what_if import WhatIf, holds, rerun

#: The key of the chosen question, and the questions by the ids that links and sessions know them by.
LENS = "what_if_lens"
HAPPENS, WRITES, MATTERS, TEXTS = "effect", "continuation", "ablation", "comparison"
QUESTIONS = {
    HAPPENS: "What happens?",
    WRITES: "What would it write?",
    MATTERS: "Which unit matters?",
    TEXTS: "Two texts",
}
MEAN, UNIT, EVERY = "the layer's mean", "one unit", "every unit's change"
#: Which values of the chosen quantity are drawn; an experiment chooses both.
SCOPE = settings.choice("what_if_scope", "show", [MEAN, UNIT, EVERY], MEAN, {MEAN: "mean", UNIT: "unit", EVERY: "every-unit"})


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
        return markdown.named(self.tokens, step)

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
    kept = plans(shown.model.config)
    changes, problems = fitting(list(kept.values()), shown.model.config, len(before.tokens))
    said = {number: problem for number, problem in zip(kept, problems, strict=True) if problem}
    return Scene(view, shown.model, rerun(shown.model, before, changes), kept, said, view.step_in(len(before.tokens)))


def quantity_of(kind: Kind) -> settings.Setting[str]:
    """Which gate or state is drawn."""
    return settings.choice("what_if_quantity", "look-at", symbols(kind), symbols(kind)[0])


def plans(config: Config) -> dict[int, Plan]:
    """This person's plans, counted from 1; none until somebody makes one or comes by a link that holds some."""
    return dict(enumerate(_changes(config).value(), 1))


def add(plan: Plan, config: Config) -> None:
    """Make one more plan."""
    changes = _changes(config)
    changes.keep((*changes.value(), plan))


def change(number: int, plan: Plan, config: Config) -> None:
    """Put another plan in the place of one."""
    _changes(config).keep(tuple((plans(config) | {number: plan}).values()))


def drop(number: int, config: Config) -> None:
    """Give a plan up."""
    _changes(config).keep(tuple(plan for each, plan in plans(config).items() if each != number))


def _changes(config: Config) -> settings.Setting[tuple[Plan, ...]]:
    nothing: tuple[Plan, ...] = ()
    return settings.Setting("what_if_changes", "change", nothing, lambda asked: in_link.read(asked, config), in_link.write)


def take(experiment: Experiment, config: Config) -> None:
    """Carry an experiment out in the place of all plans, on its own text where it has one."""
    _changes(config).keep(experiment.plans)
    plan = experiment.plans[0]
    quantity_of(config.kind).keep(plan.symbol)
    SCOPE.keep(UNIT if plan.units is not None else MEAN)
    question = controls.question_of(QUESTIONS, LENS)
    if experiment.written or question.value() not in (HAPPENS, WRITES):
        question.keep(WRITES if experiment.written else HAPPENS)
    view = session.current()
    if experiment.layer is not None:
        view = replace(view, layer=experiment.layer, unit=experiment.unit or 0)
    if experiment.text is None:
        session.keep(view)
    else:
        session.bring(replace(view, text=experiment.text, step=-1))


def active(model: str, config: Config) -> Experiment | None:
    """The experiment that is being carried out, on its own text where it has one; None once anything of it was changed."""
    made, text = tuple(plans(config).values()), session.current().text
    offered = (each for each in experiments(model, config) if each.plans == made and each.text in (None, text))
    return next(offered, None)
