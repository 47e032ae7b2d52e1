"""A passage with every gate: a live view that starts from the network's state at that position."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz import corpus
from lstm_viz.reader import Reader
from lstm_viz.ui.components import navigation
from lstm_viz.ui.components.live_view.downloads import download_buttons
from lstm_viz.ui.components.live_view.from_text import scene_from_text
from lstm_viz.ui.components.live_view.live_view import current_view, live_view, save_view, set_view
from lstm_viz.ui.components.live_view.scene import LiveScene
from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.frontend.payload import pack
from lstm_viz.ui.pages.long_text.scan_job import ScannedText
from lstm_viz.ui.state import session, settings
from lstm_viz.ui.state.live_session import live_session
from lstm_viz.ui.state.markdown import escape_file_name
from lstm_viz.ui.state.memo import remember
from lstm_viz.ui.state.settings import Setting
from lstm_viz.ui.state.view import View

#: How many letters are opened at once, and how many of them precede the clicked one.
LENGTH, BEFORE = 160, 60
_LIVE_VIEW_KEY = "your_text_stage"
#: The step that the live view was last set to, and the reader of its passage.
_OPENED, _READER = "your_text_brought", "your_text_reader"
#: The counter of the scroll request that is pending, and of the last one.
_SCROLL, _SCROLLED = "your_text_scroll_to", "your_text_scrolled"


def opened_step(text: ScannedText) -> int | None:
    """Return the step opened in this text, by a click or a link; None if there is none."""
    step = int(_setting(text).value())
    return None if step < 0 else step


def open_at(text: ScannedText, step: int, symbol: str | None = None) -> None:
    """Open a text at a step, coloured by `symbol` of the selected unit if given, else by surprise."""
    step = min(max(step, 0), len(text.scan.text) - 1)
    _setting(text).save(step)
    _show_step(text, step, symbol)


def _setting(text: ScannedText) -> Setting[float]:
    """Return the setting of the opened step, -1 for none: one per text, for every network."""
    return settings.number(f"your_text_letter_{hash(text.scan.text)}", "letter", -1, len(text.scan.text) - 1, -1)


def _show_step(text: ScannedText, step: int, symbol: str | None) -> None:
    """Show the letters around a step in the live view, and scroll to it."""
    st.session_state[_OPENED] = _passage_key(text, step)
    st.session_state[_SCROLL] = st.session_state.get(_SCROLLED, 0) + 1
    start = _start(text, step)
    view = session.current()
    end = min(start + LENGTH, corpus.part_at(text.scan, step)[1])
    begun = replace(
        view, text=text.scan.text[start:end], step=step - start, zoom="overview" if symbol is None else "unit",
        colour="surprise" if symbol is None else f"unit.{symbol}",
    )  # fmt: skip
    set_view(_LIVE_VIEW_KEY, begun)


def _passage_key(text: ScannedText, step: int) -> tuple[int, int]:
    return hash(text.scan.text), step


def render(text: ScannedText, symbol: str | None = None) -> None:
    """Draw the opened passage; one opened by a link is coloured as in `open_at`."""
    step = opened_step(text)
    if step is None:
        return
    if st.session_state.get(_OPENED) != _passage_key(text, step):
        _show_step(text, step, symbol)
    start = _start(text, step)
    _scroll_into_view()
    st.markdown(f"##### Every gate around letter {step:,} of {escape_file_name(text.name)}")
    st.caption(
        "The network has read everything before this passage. Type into it: the network reads on from there."
        if start > corpus.part_at(text.scan, step)[0]
        else "The beginning of this part of the text, where the network starts again. Type into it, and the network reads along."
        if start
        else "The beginning of the text, with every gate. Type into it, and the network reads along."
    )
    live_view(lambda view: _scene(text, start, view), _LIVE_VIEW_KEY)
    download_buttons(live_session(_LIVE_VIEW_KEY), "passage")
    if st.button("Open this passage in Explore", icon=":material/open_in_new:", key="your_text_explore"):
        navigation.open_in_explorer(replace(current_view(_LIVE_VIEW_KEY), model=session.current().model))
    if start > corpus.part_at(text.scan, step)[0]:
        st.caption("Explore reads the passage alone, with nothing before it, so that its numbers differ at first.")


def _scene(text: ScannedText, start: int, view: View) -> LiveScene:
    common = session.current()
    view = replace(view, model=common.model, layer=common.layer)
    save_view(_LIVE_VIEW_KEY, view)
    return scene_from_text(view, _reader(text, start))


def _reader(text: ScannedText, start: int) -> Reader:
    """Return the cached reader of the opened passage, which starts from the scan's state there."""
    return remember(_READER, (text.scan, start), lambda: Reader(text.model, corpus.state_at(text.model, text.scan, start)))


def _start(text: ScannedText, step: int) -> int:
    return max(corpus.part_at(text.scan, step)[0], step - BEFORE)


def _scroll_into_view() -> None:
    """Scroll here once after each click that opened a passage."""
    number = st.session_state.pop(_SCROLL, None)
    if number is not None:
        st.session_state[_SCROLLED] = number
    mount(pack({"scroll": number or 0}, {}), "your_text_scroll", part="scroll")
