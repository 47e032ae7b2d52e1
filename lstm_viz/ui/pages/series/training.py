"""Train a forecaster: a network learns the series while one watches, and can be kept and loaded again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st

from lstm_viz.figures.series import attempt, errors
from lstm_viz.gates import NAMES, Kind
from lstm_viz.models.forecaster import Design
from lstm_viz.models.forecaster_serialization import LARGEST, unpack
from lstm_viz.models.serialization import UnreadableModel
from lstm_viz.series.resampling import onward
from lstm_viz.training.tasks.series import Learned, Lesson, Progress, designs_for, learn, seconds_for
from lstm_viz.ui import components
from lstm_viz.ui.components.job_panel import Order, bench, yielded
from lstm_viz.ui.pages.series import model_choice, state
from lstm_viz.ui.pages.series.evaluation import Subject, digest
from lstm_viz.ui.pages.series.model_choice import Held
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.markdown import foreign, in_figure
from lstm_viz.ui.state.theme import palette

_RUN, _TAKEN, _FILE, _REFUSED = "series_run", "series_run_taken", "series_network_file", "series_network_refused"
_UNITS = [4, 8, 16, 24, 32, 48, 64, 96, 128]
_STEPS = [50, 100, 200, 400, 800]
_CELL = settings.choice("series_kind", "cell", list(NAMES), "lstm")
_SIZE = settings.choice("series_units", "units", _UNITS, 24)
_EACH = settings.choice("series_lesson", "training", _STEPS, 400)
_SEED = settings.number("series_seed", "seed", 0, 9999, 1)


def collect() -> None:
    """Take what a run has found that has ended since the last look: its network is from now on that of its series."""
    run = yielded(_RUN)
    if run is None or not run.over or st.session_state.get(_TAKEN) is run.items:
        return
    st.session_state[_TAKEN] = run.items
    weights = best(run.items)
    if weights is not None:
        key = digest(np.array(run.order.args[0]))
        model_choice.hold(key, "taught", Held(weights, "the network trained here"))
        # The run stays in view, whatever the page would have shown first of a series with a network.
        state.keep(network="taught", lens=state.current().lens or "teach")


def best(items: list[Any]) -> bytes | None:
    """The network of a run that has come to its end, or of one that was stopped the best so far; None where there is none."""
    found = [item.weights for item in items if item.weights is not None]
    return found[-1] if found else None


def show(of: Subject) -> None:
    """Draw the lens."""
    st.markdown(
        "**Watch a network learn this series. It learns from the first part (training), the next part (validation) says when to "
        "stop and what to feed it, and the last part is used once, at the end, to measure its errors.**"
    )
    base, lesson = _settings()
    designs = designs_for(of.values, of.parts, base)
    seconds = _pace(of, base) * lesson.steps
    ways = "; ".join(f"({number}) {design.words}" for number, design in enumerate(designs, 1))
    st.caption(
        f"It will take about {_time(seconds)} on this server, in a process of its own. {len(designs)} ways to feed the network "
        f"are tried, {lesson.steps} steps each: {ways}."
    )
    order = Order(
        learn, (tuple(of.values.tolist()), designs, lesson), len(designs) * -(-lesson.steps // lesson.score_every) + 1, "Train it"
    )
    bench(_RUN, order, lambda items, running: _draw(items, running, of))
    _files(of)


def _settings() -> tuple[Design, Lesson]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        kind: Kind = st.segmented_control(
            "Cell", list(NAMES), required=True, format_func=NAMES.__getitem__, width="content", **_CELL.bound()
        )
        units = st.select_slider("Units", _UNITS, width=200, **_SIZE.bound())
        steps = st.select_slider("Steps for each way", _STEPS, width=200, **_EACH.bound())
        seed = st.number_input("Seed", 0, 9999, width=110, help="Another seed begins with other weights.", **_SEED.bound())
    return Design(kind, int(units)), Lesson(int(steps), seed=int(seed))


@lru_cache(maxsize=64)
def _pace(of: Subject, base: Design) -> float:
    """Seconds for one step of every way, measured when first asked."""
    return seconds_for(of.values, designs_for(of.values, of.parts, base), Lesson(1_000)) / 1_000


def _time(seconds: float) -> str:
    return f"{max(seconds, 1):.0f} seconds" if seconds < 90 else f"{seconds / 60:.1f} minutes"


def _draw(items: list[Any], order: Order, of: Subject) -> None:
    """How the run goes; it may be of another series than the one that is looked at."""
    steps = [item for item in items if isinstance(item, Progress)]
    values, designs, lesson = np.array(order.args[0]), order.args[1], order.args[2]
    if not steps:
        return
    last = steps[-1]
    mine = digest(values) == of.key
    unit = in_figure(of.told.unit) if mine else "its own unit"
    st.markdown(progress(items, order))
    left, right = st.columns(2, gap="medium")
    with left:
        figure = errors(courses(steps), last.naive, unit, lesson.steps, palette())
        components.picture(
            figure, "series_errors", f"The error by step of training; the last: {last.score:.4g}.",
            "How far off it is on the validation part, one step ahead and many steps ahead at once (the geometric mean of both). "
            "Low is good.",
        )  # fmt: skip
    with right:
        learned = len(last.expected) - max(len(last.expected) // 5, 24)
        labels = of.series.labels if mine else onward(("0", "1"), len(values))
        seen = slice(learned, len(last.expected))
        said = last.expected[learned - 1 : -1]
        figure = attempt(labels[seen], values[seen], said, learned, unit, palette())
        design = designs[last.design]
        components.picture(
            figure, "series_attempt", f"The forecasts of the network in training, fed {design.words}.",
            "What it says one step ahead right now, up to where the test part begins.",
        )  # fmt: skip


def courses(steps: list[Progress]) -> Mapping[str, tuple[list[int], list[float]]]:
    """The errors so far by the way of feeding, for the figure."""
    found: dict[str, tuple[list[int], list[float]]] = {}
    for item in steps:
        at, errors_then = found.setdefault(f"way {item.design + 1}", ([], []))
        at.append(item.step)
        errors_then.append(item.score)
    return found


def progress(items: list[Any], order: Order) -> str:
    """In words, where a run is or how it ended."""
    last = items[-1]
    if isinstance(last, Learned):
        way = last.designs.index(last.design)
        near, far = last.near[way], last.far[way]
        return (
            f"Learned in {_time(last.seconds)}. Way ({way + 1}) was taken: off by {near:.4g} one step ahead and {far:.4g} "
            "many steps ahead on the validation part. The curve and the verdict above are now this network's."
        )
    better = "less" if last.best < last.naive else "not less yet"
    return (
        f"Way ({last.design + 1}) of {len(last.designs)}, step {last.step} of {last.of}: the best so far is off by "
        f"{last.best:.4g}, {better} than repeating the last value ({last.naive:.4g})."
    )


def _files(of: Subject) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if of.judged is not None:
            name = "".join(each if each.isalnum() else "-" for each in of.told.title)[:40].strip("-") or "series"
            st.download_button(
                "Keep this network (.safetensors)",
                lambda: model_choice.file_of(of),
                f"{name}-forecaster.safetensors",
                on_click="ignore",
            )
        with st.popover("Load a network", icon=":material/upload_file:"):
            st.file_uploader("A file that was kept here, up to 5 MB", key=_FILE, on_change=_take_file, args=(of.key,))
            refused = st.session_state.get(_REFUSED)
            if refused:
                st.error(refused)
            st.caption("Only weights are read; nothing in the file can run. It should have learned from this very series.")


def _take_file(key: str) -> None:
    upload = st.session_state[_FILE]
    st.session_state[_REFUSED] = None
    if upload is None:
        return
    try:
        load(key, upload.getvalue(), upload.name)
    except UnreadableModel as error:
        st.session_state[_REFUSED] = foreign(str(error))


def load(key: str, data: bytes, name: str) -> None:
    """Take a network from a file's bytes for the series with this key; raises UnreadableModel where they hold none."""
    if len(data) > LARGEST:
        raise UnreadableModel(f"{name} is larger than {LARGEST // 2**20} MB, the most that is read as a forecaster")
    unpack(data, name)
    model_choice.hold(key, "file", Held(data, name))
    state.keep(network="file")
