"""Which unit matters? Ablate every unit once, in a separate process."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from lstm_viz import jobs
from lstm_viz.figures.intervention_effect import ranking
from lstm_viz.gates import MEMORY_STATE
from lstm_viz.ui import components
from lstm_viz.ui.components import tab_work
from lstm_viz.ui.components.job_panel import POLL_SECONDS, queue_message
from lstm_viz.ui.components.polling import poll_fragment
from lstm_viz.ui.components.session_jobs import start_session_job
from lstm_viz.ui.pages.what_if import what_if_state
from lstm_viz.ui.pages.what_if.interventions import InterventionSpec
from lstm_viz.ui.pages.what_if.what_if_state import WhatIfState
from lstm_viz.ui.state import session
from lstm_viz.ui.state.markdown import escape_inline
from lstm_viz.ui.state.models import get_model, session_models
from lstm_viz.ui.state.theme import palette
from lstm_viz.ui.state.unit_names import unit_names
from lstm_viz.unit_names import UnitName
from lstm_viz.what_if import AblationScan, scan_text

#: How many units are ranked on the screen.
MAX_RANKED = 15
_KEY = "what_if_scan"


@dataclass
class RunningScan:
    """A running scan of one text with one network, and its latest result."""

    model: str
    text: str
    job: jobs.Job
    scan: AblationScan | None = None

    def poll(self) -> None:
        """Store the latest result."""
        for scan in self.job.poll():
            self.scan = scan


def render(state: WhatIfState) -> None:
    """Draw the ranking and its controls."""
    st.markdown(
        "**One unit at a time is set to 0, and the text read again: the more the surprise (−ln p, nats) rises, the more this "
        "text needs the unit.**"
    )
    if not state.model.predicts_next_token or len(state.tokens) < 2:
        st.info("A scan needs a language model and a text of at least two letters.", icon=":material/info:")
        return
    if state.specs:
        st.caption("Your own changes are ignored during the scan: one unit of the trained network is set to 0 at a time.")
    tab_work.keep(_KEY)
    running: RunningScan | None = st.session_state.get(_KEY)
    active = running is not None and not running.job.done
    poll_fragment(_progress, state, active, every=POLL_SECONDS, awaited=active)


def _progress(state: WhatIfState, polled: bool) -> None:
    running: RunningScan | None = st.session_state.get(_KEY)
    if running is not None:
        running.poll()
    active = running is not None and not running.job.done
    _controls(state, running, active)
    if running is not None and running.scan is not None:
        _ranked(state, running.scan)
    if active != polled:
        # Started or ended since: the page sets the polling interval.
        st.rerun()


def _controls(state: WhatIfState, running: RunningScan | None, active: bool) -> None:
    units = state.model.config.hidden * state.model.config.layers
    if active and running is not None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button("Stop", icon=":material/stop:", key="what_if_stop", on_click=running.job.stop)
            share = running.scan.share if running.scan else 0.0
            st.progress(share, queue_message(running.job) or f"{round(share * units)} of {units} units")
        return
    again = running is not None
    st.button(
        "Scan again" if again else f"Set each of the {units} units to 0, one at a time", icon=":material/play_arrow:",
        type="secondary" if again else "primary", key="what_if_start", on_click=_start,
        args=(state.view.model, state.view.input_text),
    )  # fmt: skip
    if running is None:
        return
    if running.job.error:
        st.error(running.job.error, icon=":material/error:")
    elif (running.model, running.text) != (state.view.model, state.view.input_text):
        st.caption(":material/info: The text or the network has changed since this scan.")
    elif running.scan is not None and running.scan.share < 1:
        st.caption(f"Stopped: {len(running.scan.units)} of {units} units were tried.")


def _ranked(state: WhatIfState, scan: AblationScan) -> None:
    best = scan.ranked()[:MAX_RANKED]
    units_by_rank = [(int(scan.layers[entry]), int(scan.units[entry])) for entry in best]
    names = [f"unit {unit} of layer {layer + 1}" for layer, unit in units_by_rank]
    components.draw_figure(
        ranking(names, scan.rises[best], units_by_rank, palette()), "what_if_ranking",
        f"The units this text needs most: {', '.join(names[:3])}.", "Click a bar to choose the unit.", on_click=_on_unit_click,
    )  # fmt: skip
    view = session.current()
    if (view.layer, view.unit) in units_by_rank:
        if name := unit_names(state.view.model, view.layer, view.unit).get(MEMORY_STATE[state.model.config.kind]):
            st.caption(f"Unit {view.unit} of layer {view.layer + 1}: its {name.symbol} {_tracks(name)}.")
        explorer_view = replace(view, zoom="unit", colour=f"unit.{MEMORY_STATE[state.model.config.kind]}")
        with st.container(horizontal=True, gap="small"):
            st.button(
                f"Set unit {view.unit} of layer {view.layer + 1} to 0", icon=":material/exposure_zero:", key="what_if_cut",
                on_click=what_if_state.add, args=(InterventionSpec("ablate", layers=(view.layer,), units=(view.unit,)),
                state.model.config),
            )  # fmt: skip
            st.link_button(f"Unit {view.unit} in Explore", components.page_link(explorer_view), icon=":material/open_in_new:")


def _tracks(name: UnitName) -> str:
    text = escape_inline(name.describe())
    return f"tracks: {text}" if name.tracks else text


def _start(model: str, text: str) -> None:
    # The worker has the pretrained models; a session model is sent along.
    network = get_model(model).model if model in session_models() else model
    st.session_state[_KEY] = RunningScan(model, text, start_session_job(scan_text, network, text))


def _on_unit_click(click: components.Click) -> None:
    layer_and_unit = click.customdata
    if (
        isinstance(layer_and_unit, list)
        and len(layer_and_unit) == 2
        and all(isinstance(number, int) for number in layer_and_unit)
    ):
        session.save(replace(session.current(), layer=layer_and_unit[0], unit=layer_and_unit[1]))
