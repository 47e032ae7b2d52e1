"""The page on which networks write, put together: network, prompt, settings, what was written, and what is seen in it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.ui import components
from lstm_viz.ui.components import Letters, controls
from lstm_viz.ui.components.layout import head, tighten
from lstm_viz.ui.pages.generate import alternatives, gates, output, settings, writing_session
from lstm_viz.ui.pages.generate.drafts import Desk
from lstm_viz.ui.pages.generate.prompts import SIBLINGS, Prompt, prompts, untouched
from lstm_viz.ui.state import address, session
from lstm_viz.ui.state.models import exhibit, offered
from lstm_viz.ui.state.view import View

_PROMPT = "Your prompt: the network reads it, then writes on from its last letter."
#: Which network the other pages showed when this one was opened.
_FROM = "generate_from"
_COLOURED = {"surprise": "Colour: surprise", "entropy": "Colour: uncertainty"}


def show() -> None:
    """Draw the page; a keystroke, a click or a letter that is due reruns the fragment, nothing else."""
    tighten()
    head("Generate text", terms=("prompt", "sample", "temperature", "top-k, top-p", "softmax", "seed"))
    view = _settled()
    offer = prompts(view.model, exhibit(view.model).presets)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        controls.network(view)
        with st.container(horizontal=True, gap="small", key="scroll_row_prompts", width="stretch"):
            for prompt in offer:
                st.button(prompt.name, key=f"generate_prompt_{prompt.id}", on_click=_take_prompt, args=(prompt,))
            controls.undo()
    _written()


def _settled() -> View:
    """The view, moved to a network that writes; an example that nobody has touched gives way, on this page alone, to a prompt."""
    asked = address.visit().asked
    view = home = alternatives.back_home(session.foretelling())
    if untouched(view.text, exhibit(view.model).presets) and not asked and not session.is_lent():
        view = _begun(view)
    own = exhibit(view.model).presets
    offer = prompts(view.model, own)
    if view.text != asked.get("text") and untouched(view.text, own) and view.text not in [prompt.text for prompt in offer]:
        view = replace(view, text=offer[0].text, step=-1)
    if view != home:
        session.push(view)
    if untouched(view.text, own):
        # What this page puts up by itself the others do not take over.
        session.lend(view, None if session.is_lent() else home)
    return view


def _begun(view: View) -> View:
    """What a visitor with nothing of their own finds: what was here last, at first three networks that write side by side."""
    desk, first = writing_session.kept(), offered()[0]
    if desk is not None and st.session_state.get(_FROM) == view.model and untouched(desk.prompt):
        return replace(view, model=desk.name, text=desk.prompt, unit=0, layer=0, step=-1)
    st.session_state[_FROM] = view.model
    chosen = view.model != first or view.text in [preset.text for preset in exhibit(first).presets[1:]]
    if chosen or SIBLINGS[0] not in offered():
        return view
    return replace(view, model=SIBLINGS[0], unit=0, layer=0, step=-1)


@st.fragment
def _written() -> None:
    view = session.foretelling()
    desk = writing_session.look(view)
    trace = session.reader(view.model).read(view.read)
    letters = Letters(trace.surprise, 0.0, 4.0, False, "how unlikely your own letters were for it (surprise, in nats)")
    components.write(label=_PROMPT, letters=letters if trace.tokens else None)
    _pens(view, desk)
    if not view.read:
        st.info("The prompt is empty. Type a beginning, a letter is enough, and press Write.", icon=":material/keyboard:")
    if desk is not None:
        output.draw(desk, writing_session.shown_with())
    settings.controls(writing_session.write)
    if desk is None:
        return
    left, right = st.columns([5, 7], gap="medium")
    with left:
        alternatives.show(desk)
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
            on_click=writing_session.write,
            disabled=not view.read,
        )
        st.button(
            "New seed", icon=":material/casino:", key="generate_reseed", on_click=writing_session.reseed, disabled=not view.read
        )
        if going:
            st.button("Stop", icon=":material/stop:", key="generate_stop", on_click=writing_session.stop)
        else:
            short = desk is not None and min(len(each.picks) for each in desk.drafts) < settings.current().count
            st.button(
                "Continue", icon=":material/play_arrow:", key="generate_on", on_click=writing_session.resume, disabled=not short
            )
        st.button(
            "Clear", icon=":material/backspace:", key="generate_clear", on_click=writing_session.clear, disabled=desk is None
        )
        st.segmented_control(
            "Colours", list(_COLOURED), required=True, format_func=_COLOURED.__getitem__, width="content",
            label_visibility="collapsed", **settings.bound("colour"),
        )  # fmt: skip
        if desk is not None and not going and any(draft.picks for draft in desk.drafts):
            st.download_button(
                "Download", output.as_text(desk), "generated.txt", icon=":material/download:", key="generate_download"
            )  # fmt: skip
        if desk is not None:
            st.caption(_said(view, desk), width="stretch")


def _said(view: View, desk: Desk) -> str:
    """What to know of this text: that the prompt is another one by now, or what to look for."""
    if view.read and view.read != desk.prompt:
        return "**The prompt has changed since: press Write to begin from it.**"
    if writing_session.outdated(desk):
        return "**Settings have changed since: press Write.**"
    offer = prompts(view.model, exhibit(view.model).presets)
    hint = next((prompt.hint for prompt in offer if prompt.text == desk.prompt), "")
    return hint or "Click a written letter to see what else could have stood there."


def _take_prompt(prompt: Prompt) -> None:
    session.bring(replace(session.current(), text=prompt.text, step=-1))
    writing_session.write()
