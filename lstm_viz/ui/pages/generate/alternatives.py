"""What else could have stood at the chosen letter, and writing on from there."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.figures.token_alternatives import bars
from lstm_viz.generation import Pick, alternatives
from lstm_viz.text.labels import label
from lstm_viz.ui import components
from lstm_viz.ui.components.navigation import explore
from lstm_viz.ui.pages.generate import output, settings, writing_session
from lstm_viz.ui.pages.generate.drafts import Desk
from lstm_viz.ui.state import session
from lstm_viz.ui.state.theme import palette
from lstm_viz.ui.state.view import LIMIT, View

_TAKEN = "generate_taken_to_explore"


def show(desk: Desk) -> None:
    """Draw the choice that the network had, and what one can do with it."""
    draft, pick, sampling = desk.draft, desk.pick, settings.current().sampling
    expected = pick.log_probs if pick else draft.expected
    found = alternatives(draft.model, expected, sampling, among=pick.number if pick else None)
    if pick is None:
        told = f"What {output.called(desk)} expects after your prompt:"
    else:
        symbol = label(draft.model.vocabulary.symbols[pick.number])
        of = f" of {output.called(desk)}" if len(desk.names) > 1 else ""
        told = f"Letter {desk.place + 1}{of} is ‘{symbol}’. What else could have stood there?"
    st.markdown(f"**{told}**")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Write again from here", icon=":material/refresh:", key="generate_again", on_click=writing_session.again,
            disabled=pick is None, help="Everything before this letter stays; from here on another seed is used.",
        )  # fmt: skip
        if st.button(
            "Explore its gates", icon=":material/open_in_new:", key="generate_explore",
            help="Opens this text, prompt and all, on the Explore page, at the chosen letter.",
        ):  # fmt: skip
            there = explored(session.current(), desk)
            st.session_state[_TAKEN] = there.text, desk.prompt
            explore(there)
    words = " ".join(("Click a bar to put that letter there instead and write on from it.", _origin(pick)))
    components.picture(bars(found, pick.number if pick else None, palette()), "generate_choice", told, words, on_click=_take)


def explored(view: View, desk: Desk) -> View:
    """The written text as the explorer shows it: its last part where it is too long to be read there."""
    text = desk.draft.text
    cut = max(len(text) - LIMIT, 0)
    step = max(len(desk.prompt) + desk.place - cut, 0) if desk.pick else -1
    return replace(view, text=text[cut:], model=desk.name, step=step, colour="surprise", zoom="overview")


def back_home(view: View) -> View:
    """The view with the prompt again, where its text is still the written one that went to the explorer from here."""
    taken: tuple[str, str] | None = st.session_state.pop(_TAKEN, None)
    if taken is None or view.text != taken[0]:
        return view
    view = replace(view, text=taken[1], step=-1)
    session.push(view)
    return view


def _origin(pick: Pick | None) -> str:
    """How the letter came there, in words."""
    if pick is None:
        return ""
    if pick.seed is None:
        return "You put this letter there."
    how = pick.sampling
    cuts = [f"top-{name} {value:g}" for name, value in (("k", how.top_k), ("p", how.top_p)) if value is not None]
    return f"Drawn with seed {pick.seed}, {', '.join([f'temperature {how.temperature:g}', *cuts])}."


def _take(click: components.Click) -> None:
    if isinstance(click.customdata, int):
        writing_session.take(click.customdata)
