"""State of the what-if page, and the session's interventions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lstm_viz.gates import Kind, symbols
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.ui.components import TokenColors
from lstm_viz.ui.components.questions import question_setting
from lstm_viz.ui.pages.what_if import in_link
from lstm_viz.ui.pages.what_if.experiments import Experiment, experiments
from lstm_viz.ui.pages.what_if.interventions import InterventionSpec, validate
from lstm_viz.ui.state import markdown, session, settings
from lstm_viz.ui.state.reading import current_view_and_reader
from lstm_viz.ui.state.view import View
from lstm_viz.what_if import WhatIf, is_active, rerun

#: The key of the selected question, and the questions' ids, which links and sessions use; an id must not change.
QUESTION_KEY = "what_if_ask"
QUESTION_IDS = HAPPENS, WRITES, MATTERS, TEXTS = "effect", "continuation", "ablation", "comparison"
MEAN, UNIT, EVERY = "the layer's mean", "one unit", "every unit's change"
#: Which values of the quantity are drawn; an experiment sets it.
SCOPE = settings.choice("what_if_scope", "show", [MEAN, UNIT, EVERY], MEAN, {MEAN: "mean", UNIT: "unit", EVERY: "every-unit"})


@dataclass(frozen=True, eq=False)
class WhatIfState:
    """One text read twice; `specs` by number, `problems` by number why an intervention does not fit this text or network."""

    view: View
    model: LanguageModel
    result: WhatIf
    specs: dict[int, InterventionSpec]
    problems: dict[int, str]
    step: int

    @property
    def tokens(self) -> tuple[str, ...]:
        """The tokens read."""
        return self.result.before.tokens

    @property
    def active_steps(self) -> list[int]:
        """The steps at which an intervention is active."""
        tokens, interventions = self.tokens, self.result.interventions
        return [step for step, token in enumerate(tokens) if any(is_active(change, step, token) for change in interventions)]

    def format_step(self, step: int) -> str:
        """Format a step for a sentence."""
        return markdown.format_step(self.tokens, step)

    def token_colors(self) -> TokenColors | None:
        """Color each letter by how much the surprise rises; None for a classifier."""
        if not self.model.predicts_next_token or not self.tokens:
            return None
        rises = self.result.surprise
        # Scale to at least one nat, so that rounding errors are not visible.
        end = max(1.0, float(np.nanmax(np.abs(rises), initial=0.0)))
        return TokenColors(rises, -end, end, True, "more surprised than as trained (nats)")


def current_state() -> WhatIfState:
    """Read the session's text with its network, without and with the interventions."""
    view, display_model, reader = current_view_and_reader()
    before = reader.read(view.input_text)
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
    """Return the setting of the quantity drawn."""
    return settings.choice("what_if_quantity", "look-at", symbols(kind), symbols(kind)[0])


def current_specs(config: Config) -> dict[int, InterventionSpec]:
    """Return the session's interventions by number, from 1; empty unless the user made some or a link has some."""
    return dict(enumerate(_specs_setting(config).value(), 1))


def add(spec: InterventionSpec, config: Config) -> None:
    """Add an intervention."""
    setting = _specs_setting(config)
    setting.save((*setting.value(), spec))


def update(number: int, spec: InterventionSpec, config: Config) -> None:
    """Replace an intervention."""
    _specs_setting(config).save(tuple((current_specs(config) | {number: spec}).values()))


def remove(number: int, config: Config) -> None:
    """Remove an intervention."""
    _specs_setting(config).save(tuple(spec for each, spec in current_specs(config).items() if each != number))


def _specs_setting(config: Config) -> settings.Setting[tuple[InterventionSpec, ...]]:
    nothing: tuple[InterventionSpec, ...] = ()
    return settings.Setting("what_if_changes", "change", nothing, lambda text: in_link.read(text, config), in_link.write)


def apply(experiment: Experiment, config: Config) -> None:
    """Apply an experiment in place of all interventions, on its own text if it has one."""
    _specs_setting(config).save(experiment.specs)
    spec = experiment.specs[0]
    quantity_of(config.kind).save(spec.symbol)
    SCOPE.save(UNIT if spec.units is not None else MEAN)
    question = question_setting(QUESTION_IDS, QUESTION_KEY)
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
    """Return the active experiment, on its own text if it has one; None if anything of it was changed."""
    specs, text = tuple(current_specs(config).values()), session.current().text
    available = (each for each in experiments(model, config) if each.specs == specs and each.text in (None, text))
    return next(available, None)
