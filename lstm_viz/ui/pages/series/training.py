"""Train a forecaster live, save it, and load it again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from lstm_viz.figures.series import errors, validation_forecast
from lstm_viz.gates import NAMES, Kind
from lstm_viz.models.forecaster import ForecasterConfig
from lstm_viz.models.forecaster_serialization import LARGEST, unpack
from lstm_viz.models.serialization import UnreadableModel
from lstm_viz.series.resampling import extend_labels
from lstm_viz.text.numbers import format_number
from lstm_viz.training.tasks.series import (
    ForecasterTrainingConfig,
    Progress,
    TrainedForecaster,
    candidate_configs,
    seconds_for,
    train,
)
from lstm_viz.ui import components
from lstm_viz.ui.components.job_panel import JobSpec, job_panel, job_result
from lstm_viz.ui.pages.series import model_choice, state
from lstm_viz.ui.pages.series.evaluation import EvaluatedSeries, digest
from lstm_viz.ui.pages.series.model_choice import StoredModel
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.markdown import escape_block, escape_html
from lstm_viz.ui.state.theme import palette

_RUN, _TAKEN, _FILE, _REFUSED = "series_run", "series_run_taken", "series_network_file", "series_network_refused"
_UNITS = [4, 8, 16, 24, 32, 48, 64, 96, 128]
_STEPS = [50, 100, 200, 400, 800]
_CELL = settings.choice("series_kind", "cell", list(NAMES), "lstm")
_SIZE = settings.choice("series_units", "units", _UNITS, 24)
_EACH = settings.choice("series_lesson", "training", _STEPS, 400)
_SEED = settings.number("series_seed", "seed", 0, 9999, 1)


def collect_trained() -> None:
    """Store the network of a run that has finished since the last poll."""
    run = job_result(_RUN)
    if run is None or not run.is_finished or st.session_state.get(_TAKEN) is run.items:
        return
    st.session_state[_TAKEN] = run.items
    weights = best_weights(run.items)
    if weights is not None:
        key = digest(np.array(run.spec.args[0]))
        model_choice.store_model(key, "taught", StoredModel(weights, "the network trained here"))
        # The run stays visible instead of the page's first question.
        state.save(network="taught", question=state.current().question or "teach")


def best_weights(items: list[Any]) -> bytes | None:
    """Return the weights of a finished run, or the best so far of a stopped one; None if there are none."""
    weights = [item.weights for item in items if item.weights is not None]
    return weights[-1] if weights else None


def render(evaluated: EvaluatedSeries) -> None:
    """Draw the controls and the job."""
    st.markdown(
        "**Train a network on this series. It learns from the first part (training); the next part (validation) selects when to "
        "stop and which inputs to use; the last part (test) measures its errors once, at the end.**"
    )
    base, training_config = _settings()
    designs = candidate_configs(evaluated.values, evaluated.parts, base)
    seconds = _pace(evaluated, base) * training_config.steps
    choices = "; ".join(f"({number}) {design.description}" for number, design in enumerate(designs, 1))
    st.caption(
        f"It will take about {_format_seconds(seconds)} on this server. {len(designs)} choices of "
        f"inputs are tried, {training_config.steps} steps each: {choices}."
    )
    spec = JobSpec(
        train,
        (tuple(evaluated.values.tolist()), designs, training_config),
        len(designs) * -(-training_config.steps // training_config.score_every) + 1,
        "Train it",
    )
    job_panel(_RUN, spec, lambda items, running: _draw(items, running, evaluated))
    _files(evaluated)


def _settings() -> tuple[ForecasterConfig, ForecasterTrainingConfig]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        kind: Kind = st.segmented_control(
            "Cell", list(NAMES), required=True, format_func=NAMES.__getitem__, width="content", **_CELL.widget_args()
        )
        units = st.select_slider("Units", _UNITS, width=200, **_SIZE.widget_args())
        steps = st.select_slider("Training steps for each choice", _STEPS, width=200, **_EACH.widget_args())
        seed = st.number_input("Seed", 0, 9999, width=110, help="Determines the initial weights.", **_SEED.widget_args())
    return ForecasterConfig(kind, int(units)), ForecasterTrainingConfig(int(steps), seed=int(seed))


@lru_cache(maxsize=64)
def _pace(evaluated: EvaluatedSeries, base: ForecasterConfig) -> float:
    """Return the seconds per step of every input design, measured once."""
    return (
        seconds_for(evaluated.values, candidate_configs(evaluated.values, evaluated.parts, base), ForecasterTrainingConfig(1_000))
        / 1_000
    )


def _format_seconds(seconds: float) -> str:
    whole = max(round(seconds), 1)
    return f"{whole} second{'s' * (whole != 1)}" if seconds < 90 else f"{seconds / 60:.1f} minutes"


def _draw(items: list[Any], spec: JobSpec, evaluated: EvaluatedSeries) -> None:
    """Draw a run's progress; it may be of another series than the selected one."""
    steps = [item for item in items if isinstance(item, Progress)]
    values, designs, training_config = np.array(spec.args[0]), spec.args[1], spec.args[2]
    if not steps:
        return
    last = steps[-1]
    mine = digest(values) == evaluated.key
    unit = escape_html(evaluated.description.unit) if mine else "its own unit"
    st.markdown(describe_progress(items, spec))
    left, right = st.columns(2, gap="medium")
    with left:
        figure = errors(error_curves(steps), last.naive, unit, training_config.steps, palette())
        components.draw_figure(
            figure, "series_errors", f"The error by step of training; the last: {format_number(last.validation_loss, 4)}.",
            "The validation error: geometric mean of the errors one step and many steps ahead. "
            "Lower is better.",
        )  # fmt: skip
    with right:
        learned = len(last.expected) - max(len(last.expected) // 5, 24)
        labels = evaluated.series.labels if mine else extend_labels(("0", "1"), len(values))
        forecast_part = slice(learned, len(last.expected))
        expected = last.expected[learned - 1 : -1]
        figure = validation_forecast(labels[forecast_part], values[forecast_part], expected, learned, unit, palette())
        design = designs[last.design]
        components.draw_figure(
            figure, "series_attempt", f"The forecasts of the network in training, fed {design.description}.",
            "Its current one-step forecasts, up to the test part.",
        )  # fmt: skip


def error_curves(steps: list[Progress]) -> Mapping[str, tuple[list[int], list[float]]]:
    """Return the error curve of each input design."""
    curves: dict[str, tuple[list[int], list[float]]] = {}
    for item in steps:
        at, errors_then = curves.setdefault(f"inputs {item.design + 1}", ([], []))
        at.append(item.step)
        errors_then.append(item.validation_loss)
    return curves


def describe_progress(items: list[Any], spec: JobSpec) -> str:
    """Describe a run's progress or outcome."""
    last = items[-1]
    if isinstance(last, TrainedForecaster):
        best = last.designs.index(last.design)
        one_step, multi_step = (format_number(each[best], 4) for each in (last.one_step_maes, last.multi_step_maes))
        return (
            f"Trained in {_format_seconds(last.seconds)}. Inputs ({best + 1}) are best on the validation part: an error of "
            f"{one_step} one step ahead and {multi_step} many steps ahead. The curve and the errors above are now this network's."
        )
    better = "less" if last.best < last.naive else "not less yet"
    return (
        f"Inputs ({last.design + 1}) of {len(last.designs)}, step {last.step} of {last.of}: the smallest error so far is "
        f"{format_number(last.best, 4)}, {better} than that of repeating the last value ({format_number(last.naive, 4)})."
    )


def _files(evaluated: EvaluatedSeries) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if evaluated.backtest is not None:
            name = "".join(each if each.isalnum() else "-" for each in evaluated.description.title)[:40].strip("-") or "series"
            st.download_button(
                "Save this network (.safetensors)",
                lambda: model_choice.model_file(evaluated),
                f"{name}-forecaster.safetensors",
                key="series_save",
                on_click="ignore",
            )
        with st.popover("Load a network", icon=":material/upload_file:"):
            open_file = settings.saver(_FILE, partial(_on_file_change, evaluated.key), optional=True)
            st.file_uploader("A file saved on this page, up to 5 MB", key=_FILE, on_change=open_file, max_upload_size=5)
            refused = st.session_state.get(_REFUSED)
            if refused:
                st.error(refused)
            st.caption("Only weights are read; nothing in the file is executed. It should be trained on this series.")


def _on_file_change(key: str, upload: UploadedFile | None) -> None:
    st.session_state[_REFUSED] = None
    if upload is None:
        return
    try:
        load(key, upload.getvalue(), upload.name)
    except UnreadableModel as error:
        st.session_state[_REFUSED] = escape_block(str(error))


def load(key: str, data: bytes, name: str) -> None:
    """Load a network from a file's bytes for the series with this key. Raises UnreadableModel if it is not one."""
    if len(data) > LARGEST:
        raise UnreadableModel(f"{name} is larger than {LARGEST // 2**20} MB, the most that is read as a forecaster")
    unpack(data, name)
    model_choice.store_model(key, "file", StoredModel(data, name))
    state.save(network="file")
