"""The page on which networks write, put together: network, prompt, settings, what was written, and what is seen in it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.ui import board
from lstm_viz.ui.board import Letters
from lstm_viz.ui.generate import choice, gates, held, settings, sheets
from lstm_viz.ui.generate.desk import Desk
from lstm_viz.ui.generate.prompts import SIBLINGS, Prompt, prompts, untouched
from lstm_viz.ui.layout import tighten
from lstm_viz.ui.view import choose, session
from lstm_viz.ui.view.view import View
from lstm_viz.ui.view.zoo import exhibit, offered

_PROMPT = "Your prompt: the network reads it, then writes on from its last letter."
_COLOURED = {"surprise": "Colour: surprise", "entropy": "Colour: uncertainty"}


def show() -> None:
    """Draw the page; a keystroke, a click or a letter that is due reruns the fragment, nothing else."""
    tighten()
    st.markdown("#### What does it write when it goes on by itself?")
    view = _settled()
    offer = prompts(view.model, exhibit(view.model).presets)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        choose.network(view)
        for prompt in offer:
            st.button(prompt.name, key=f"generate_prompt_{prompt.name}", on_click=_take_prompt, args=(prompt,))
    _written()


def _settled() -> View:
    """The view, moved to a network that writes; an untouched example of another page gives way to a prompt."""
    link = st.query_params.to_dict() if "view" not in st.session_state else {}
    view = choice.back_home(session.foretelling())
    first = offered()[0]
    examples = exhibit(first).presets
    chosen = view.model != first or not untouched(view.text) or view.text in [preset.text for preset in examples[1:]]
    if held.kept() is None and not link and not chosen and SIBLINGS[0] in offered():
        # Where nobody has chosen a network or a text yet, three networks write side by side.
        view = replace(view, model=SIBLINGS[0], unit=0, layer=0, step=-1)
        session.keep(view)
    own = exhibit(view.model).presets
    offer = prompts(view.model, own)
    if "text" not in link and untouched(view.text, own) and view.text not in [prompt.text for prompt in offer]:
        view = replace(view, text=offer[0].text, step=-1)
        session.push(view)
    return view


@st.fragment
def _written() -> None:
    view = session.foretelling()
    desk = held.look(view)
    trace = session.reader(view.model).read(view.read)
    letters = Letters(trace.surprise, 0.0, 4.0, False, "how unlikely your own letters were for it (surprise, in nats)")
    board.write(label=_PROMPT, letters=letters if trace.tokens else None)
    _pens(view, desk)
    if not view.read:
        st.info("The prompt is empty. Type a beginning, a letter is enough, and press Write.", icon=":material/keyboard:")
    if desk is not None:
        sheets.draw(desk, held.shown_with())
    settings.controls(held.write)
    if desk is None:
        return
    left, right = st.columns([5, 7], gap="medium")
    with left:
        choice.show(desk)
    with right:
        gates.show(view, desk)


def _pens(view: View, desk: Desk | None) -> None:
    """Draw what starts and stops the writing."""
    going = desk is not None and desk.going
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.button(
            "Write",
            icon=":material/edit_note:",
            type="primary",
            key="generate_write",
            on_click=held.write,
            disabled=not view.read,
        )
        st.button("New seed", icon=":material/casino:", key="generate_reseed", on_click=held.reseed, disabled=not view.read)
        if going:
            st.button("Stop", icon=":material/stop:", key="generate_stop", on_click=held.stop)
        else:
            short = desk is not None and min(len(each.picks) for each in desk.drafts) < settings.current().count
            st.button("Continue", icon=":material/play_arrow:", key="generate_on", on_click=held.resume, disabled=not short)
        st.button("Clear", icon=":material/backspace:", key="generate_clear", on_click=held.clear, disabled=desk is None)
        st.segmented_control(
            "Colours", list(_COLOURED), required=True, format_func=_COLOURED.__getitem__, width="content",
            label_visibility="collapsed", **settings.bound("colour"),
        )  # fmt: skip
        if desk is not None and not going and any(draft.picks for draft in desk.drafts):
            st.download_button(
                "Download", sheets.as_text(desk), "generated.txt", icon=":material/download:", key="generate_download"
            )  # fmt: skip
        if desk is not None:
            st.caption(_said(view, desk), width="stretch")


def _said(view: View, desk: Desk) -> str:
    """What to know of this text: that the prompt is another one by now, or what to look for."""
    if view.read and view.read != desk.prompt:
        return "**The prompt has changed since: press Write to begin from it.**"
    if held.outdated(desk):
        return "**Settings have changed since: press Write.**"
    offer = prompts(view.model, exhibit(view.model).presets)
    hint = next((prompt.hint for prompt in offer if prompt.text == desk.prompt), "")
    return hint or "Click a written letter to see what else could have stood there."


def _take_prompt(prompt: Prompt) -> None:
    session.push(replace(session.current(), text=prompt.text, step=-1))
    held.write()
