"""What the what-if page shows at the moment, and the plans that one person has made."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lstm_viz.gates import Kind, symbols
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.ui.components import TokenColors, controls
from lstm_viz.ui.pages.what_if import in_link
from lstm_viz.ui.pages.what_if.experiments import Experiment, experiments
from lstm_viz.ui.pages.what_if.interventions import InterventionSpec, validate
from lstm_viz.ui.state import markdown, session, settings
from lstm_viz.ui.state.reading import current_view_and_reader
from lstm_viz.ui.state.view import View
from lstm_viz.what_if import WhatIf, is_active, rerun

#: The key of the chosen question, and the questions by the ids that links and sessions know them by.
QUESTION_KEY = "what_if_lens"
HAPPENS, WRITES, MATTERS, TEXTS = "effect", "continuation", "ablation", "comparison"
QUESTION_TITLES = {
    HAPPENS: "What happens?",
    WRITES: "What would it write?",
    MATTERS: "Which unit matters?",
    TEXTS: "Two texts",
}
MEAN, UNIT, EVERY = "the layer's mean", "one unit", "every unit's change"
#: Which values of the chosen quantity are drawn; an experiment chooses both.
SCOPE = settings.choice("what_if_scope", "show", [MEAN, UNIT, EVERY], MEAN, {MEAN: "mean", UNIT: "unit", EVERY: "every-unit"})


@dataclass(frozen=True, eq=False)
class WhatIfState:
    """One text read twice; `specs` by number, `problems` says by number why a plan does not fit this text or network."""

    view: View
    model: LanguageModel
    result: WhatIf
    specs: dict[int, InterventionSpec]
    problems: dict[int, str]
    step: int

    @property
    def tokens(self) -> tuple[str, ...]:
        """What was read."""
        return self.result.before.tokens

    @property
    def active_steps(self) -> list[int]:
        """The steps at which a change holds."""
        tokens, interventions = self.tokens, self.result.interventions
        return [step for step, token in enumerate(tokens) if any(is_active(change, step, token) for change in interventions)]

    def format_step(self, step: int) -> str:
        """A step as sentences name it."""
        return markdown.format_step(self.tokens, step)

    def token_colors(self) -> TokenColors | None:
        """Each letter coloured by how much more it surprised the changed network; None where nothing is foretold."""
        if not self.model.predicts_next_token or not self.tokens:
            return None
        rises = self.result.surprise
        # Below one nat nothing stands out, so that rounding is not painted as if it were an effect.
        end = max(1.0, float(np.nanmax(np.abs(rises), initial=0.0)))
        return TokenColors(rises, -end, end, True, "more surprised than as trained (nats)")


def current_state() -> WhatIfState:
    """Read the session's text with its network, plainly and with the plans carried out."""
    view, display_model, reader = current_view_and_reader()
    before = reader.read(view.read)
    specs = current_specs(display_model.model.config)
    interventions, problems = validate(list(specs.values()), display_model.model.config, len(before.tokens))
    problem_by_number = {number: problem for number, problem in zip(specs, problems, strict=True) if problem}
    return WhatIfState(
        view,
        display_model.model,
        rerun(display_model.model, before, interventions),
        specs,
        problem_by_number,
        view.step_in(len(before.tokens)),
    )


def quantity_of(kind: Kind) -> settings.Setting[str]:
    """Which gate or state is drawn."""
    return settings.choice("what_if_quantity", "look-at", symbols(kind), symbols(kind)[0])


def current_specs(config: Config) -> dict[int, InterventionSpec]:
    """This person's plans, counted from 1; none until somebody makes one or comes by a link that holds some."""
    return dict(enumerate(_specs_setting(config).value(), 1))


def add(spec: InterventionSpec, config: Config) -> None:
    """Make one more plan."""
    setting = _specs_setting(config)
    setting.save((*setting.value(), spec))


def update(number: int, spec: InterventionSpec, config: Config) -> None:
    """Put another plan in the place of one."""
    _specs_setting(config).save(tuple((current_specs(config) | {number: spec}).values()))


def remove(number: int, config: Config) -> None:
    """Give a plan up."""
    _specs_setting(config).save(tuple(spec for each, spec in current_specs(config).items() if each != number))


def _specs_setting(config: Config) -> settings.Setting[tuple[InterventionSpec, ...]]:
    nothing: tuple[InterventionSpec, ...] = ()
    return settings.Setting("what_if_changes", "change", nothing, lambda text: in_link.read(text, config), in_link.write)


def apply(experiment: Experiment, config: Config) -> None:
    """Carry an experiment out in the place of all plans, on its own text where it has one."""
    _specs_setting(config).save(experiment.specs)
    spec = experiment.specs[0]
    quantity_of(config.kind).save(spec.symbol)
    SCOPE.save(UNIT if spec.units is not None else MEAN)
    question = controls.question_setting(QUESTION_TITLES, QUESTION_KEY)
    if experiment.shows_continuation or question.value() not in (HAPPENS, WRITES):
        question.save(WRITES if experiment.shows_continuation else HAPPENS)
    view = session.current()
    if experiment.layer is not None:
        view = replace(view, layer=experiment.layer, unit=experiment.unit or 0)
    if experiment.text is None:
        session.save(view)
    else:
        session.replace_text(replace(view, text=experiment.text, step=-1))


def active_experiment(model: str, config: Config) -> Experiment | None:
    """The experiment that is being carried out, on its own text where it has one; None once anything of it was changed."""
    made, text = tuple(current_specs(config).values()), session.current().text
    available = (each for each in experiments(model, config) if each.specs == made and each.text in (None, text))
    return next(available, None)
