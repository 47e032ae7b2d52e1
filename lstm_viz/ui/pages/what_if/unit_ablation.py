"""Which unit matters? Every unit cut out once, in a process of its own, so that nobody's typing waits for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from lstm_viz import jobs
from lstm_viz.figures.intervention_effect import ranking
from lstm_viz.gates import MEMORY_STATE
from lstm_viz.ui import components
from lstm_viz.ui.components.job_panel import queued
from lstm_viz.ui.pages.what_if import scene as kept
from lstm_viz.ui.pages.what_if.interventions import Plan
from lstm_viz.ui.pages.what_if.scene import Scene
from lstm_viz.ui.state import session
from lstm_viz.ui.state.models import exhibit, held
from lstm_viz.ui.state.theme import palette
from lstm_viz.what_if import Scan, scan_text

#: How many units are ranked on the screen.
SHOWN = 15
_KEY = "what_if_scan"


@dataclass
class Running:
    """A scan of one text with one network, as far as it has come."""

    model: str
    text: str
    job: jobs.Job
    found: Scan | None = None

    def look(self) -> None:
        """Take in what has come since the last look."""
        for found in self.job.poll():
            self.found = found


def show(scene: Scene) -> None:
    """Draw the lens."""
    st.markdown(
        "**Every unit of every layer is cut out once, alone, and the text read again: the more the surprise rises without it, "
        "the more this text needs the unit.**"
    )
    if not scene.model.foretells or len(scene.tokens) < 2:
        st.info("A scan needs a network that foretells letters and a text of at least two.", icon=":material/info:")
        return
    if scene.plans:
        st.caption("Your own change is not in force during the scan: each unit is cut out of the network as it was trained.")
    running: Running | None = st.session_state.get(_KEY)
    active = running is not None and not running.job.done
    # Polled only for as long as there is something to come.
    st.fragment(_progress, run_every=0.4 if active else None)(scene, active)


def _progress(scene: Scene, polled: bool) -> None:
    running: Running | None = st.session_state.get(_KEY)
    if running is not None:
        running.look()
    active = running is not None and not running.job.done
    _controls(scene, running, active)
    if running is not None and running.found is not None:
        _ranked(scene, running.found)
    if active != polled:
        # Begun or ended since: how often this is drawn again is for the whole page to say.
        st.rerun()


def _controls(scene: Scene, running: Running | None, active: bool) -> None:
    units = scene.model.config.hidden * scene.model.config.layers
    if active and running is not None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button("Stop", icon=":material/stop:", key="what_if_stop", on_click=running.job.stop)
            share = running.found.share if running.found else 0.0
            st.progress(share, queued(running.job) or f"{round(share * units)} of {units} units")
        return
    again = running is not None
    st.button(
        "Scan again" if again else f"Cut out each of the {units} units, one at a time", icon=":material/play_arrow:",
        type="secondary" if again else "primary", key="what_if_start", on_click=_start, args=(scene.view.model, scene.view.read),
    )  # fmt: skip
    if running is None:
        return
    if running.job.error:
        st.error(running.job.error, icon=":material/error:")
    elif (running.model, running.text) != (scene.view.model, scene.view.read):
        st.caption(":material/info: The text or the network has changed since this scan.")
    elif running.found is not None and running.found.share < 1:
        st.caption(f"Stopped: {len(running.found.units)} of {units} units were tried.")


def _ranked(scene: Scene, found: Scan) -> None:
    best = found.ranked()[:SHOWN]
    places = [(int(found.layers[entry]), int(found.units[entry])) for entry in best]
    names = [f"unit {unit} of layer {layer + 1}" for layer, unit in places]
    components.picture(
        ranking(names, found.rises[best], places, palette()), "what_if_ranking",
        f"The units this text needs most: {', '.join(names[:3])}.", "Click a bar to choose the unit.", on_click=_take_unit,
    )  # fmt: skip
    view = session.current()
    if (view.layer, view.unit) in places:
        seen = replace(view, zoom="unit", colour=f"unit.{MEMORY_STATE[scene.model.config.kind]}")
        with st.container(horizontal=True, gap="small"):
            st.button(
                f"Cut out unit {view.unit} of layer {view.layer + 1}", icon=":material/content_cut:", key="what_if_cut",
                on_click=kept.add, args=(Plan("cut", layers=(view.layer,), units=(view.unit,)), scene.model.config),
            )  # fmt: skip
            st.link_button(f"Unit {view.unit} in Explore", components.jump(seen), icon=":material/open_in_new:")


def _start(model: str, text: str) -> None:
    # The other process has the shipped models itself; one of the session's own goes along.
    sent = exhibit(model).model if model in held() else model
    st.session_state[_KEY] = Running(model, text, jobs.start(scan_text, sent, text))


def _take_unit(click: components.Click) -> None:
    place = click.customdata
    if isinstance(place, list) and len(place) == 2 and all(isinstance(number, int) for number in place):
        session.keep(replace(session.current(), layer=place[0], unit=place[1]))
