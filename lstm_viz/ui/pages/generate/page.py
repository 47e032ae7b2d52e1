"""The generate page: network, prompt, settings, generated texts, alternatives and gates."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.ui import components
from lstm_viz.ui.components import TokenColors, controls
from lstm_viz.ui.components.containers import icon_on_phone
from lstm_viz.ui.components.layout import page_header, page_setup
from lstm_viz.ui.pages.generate import alternatives, gates, output, settings, writing_session
from lstm_viz.ui.pages.generate.drafts import Drafts
from lstm_viz.ui.pages.generate.prompts import SIBLINGS, Prompt, is_unedited, prompts
from lstm_viz.ui.state import address, session
from lstm_viz.ui.state.models import available_models, get_model
from lstm_viz.ui.state.view import View
from lstm_viz.ui.state.view_from_link import is_view_requested

_PROMPT = "Your prompt: the network reads it and continues it."
#: The network that the other pages showed when this one was opened.
_FROM = "generate_from"
_COLOURED = {"surprise": "Colour: surprise", "entropy": "uncertainty"}


def render() -> None:
    """Draw the page; a keystroke, a click or a due letter reruns only the fragment."""
    page_setup()
    page_header("Generate text", terms=("prompt", "sample", "temperature", "top-k, top-p", "softmax", "seed"))
    view = _initial_view()
    offer = prompts(view.model, get_model(view.model).presets)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        controls.network(view)
        with st.container(horizontal=True, gap="small", key="scroll_row_prompts", width="stretch"):
            for prompt in offer:
                st.button(prompt.name, key=f"generate_prompt_{prompt.id}", on_click=_on_prompt_click, args=(prompt,))
            controls.undo()
    _answer()


def _initial_view() -> View:
    """Return the view, with a language model; on this page an untouched example is replaced by a prompt."""
    view = shared_view = alternatives.view_after_explorer(session.view_for_language_model())
    if is_unedited(view.text, get_model(view.model).presets) and not is_view_requested() and not session.is_borrowed_example():
        view = _default_view(view)
    presets, linked = get_model(view.model).presets, address.visit().requested.get("text")
    offer = prompts(view.model, presets)
    if view.text != linked and is_unedited(view.text, presets) and view.text not in [prompt.text for prompt in offer]:
        view = replace(view, text=offer[0].text, step=-1)
    if view != shared_view:
        session.set_text(view)
    if is_unedited(view.text, presets):
        # Examples that this page puts up by itself stay local to it.
        session.mark_borrowed_example(view, None if session.is_borrowed_example() else shared_view)
    return view


def _default_view(view: View) -> View:
    """Return the default view: the page's last one, at first three networks side by side."""
    drafts, first = writing_session.saved_drafts(), available_models()[0]
    if drafts is not None and st.session_state.get(_FROM) == view.model and is_unedited(drafts.prompt):
        return replace(view, model=drafts.name, text=drafts.prompt, unit=0, layer=0, step=-1)
    st.session_state[_FROM] = view.model
    chosen = view.model != first or view.text in [preset.text for preset in get_model(first).presets[1:]]
    if chosen or SIBLINGS[0] not in available_models():
        return view
    return replace(view, model=SIBLINGS[0], unit=0, layer=0, step=-1)


@st.fragment
def _answer() -> None:
    view = session.view_for_language_model()
    drafts = writing_session.current(view)
    trace = session.reader(view.model).read(view.input_text)
    letters = TokenColors(trace.surprise, 0.0, 4.0, False, "how unlikely your own letters were for it (surprise: −ln p, nats)")
    components.shared_text_box(label=_PROMPT, token_colors=letters if trace.tokens else None)
    _toolbar(view, drafts)
    if not view.input_text:
        st.info("The prompt is empty. Type a beginning (one letter is enough) and press Write.", icon=":material/keyboard:")
    if drafts is not None:
        output.render(drafts, writing_session.display_settings())
    settings.controls(writing_session.write)
    components.sync_address_bar("generate_address")
    if drafts is None:
        return
    left, right = st.columns([5, 7], gap="medium")
    with left:
        alternatives.render(drafts)
    with right:
        gates.render(view, drafts)


def _toolbar(view: View, drafts: Drafts | None) -> None:
    """Draw the buttons that start and stop generation."""
    is_running = drafts is not None and drafts.is_running
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.button(
            "Write",
            icon=":material/edit_note:",
            type="primary",
            key="generate_write",
            on_click=writing_session.write,
            disabled=not view.input_text,
        )
        st.button(
            "New seed", icon=":material/casino:", key="generate_reseed", on_click=writing_session.reseed,
            disabled=not view.input_text,
        )  # fmt: skip
        if is_running:
            st.button("Stop", icon=":material/stop:", key="generate_stop", on_click=writing_session.stop)
        else:
            short = drafts is not None and min(len(each.tokens) for each in drafts.generations) < settings.current().count
            st.button(
                "Continue", icon=":material/play_arrow:", key="generate_on", on_click=writing_session.resume, disabled=not short
            )
        with icon_on_phone("clear"):
            st.button(
                "Clear", icon=":material/backspace:", key="generate_clear", on_click=writing_session.clear,
                disabled=drafts is None,
            )  # fmt: skip
        st.segmented_control(
            "Colours", list(_COLOURED), required=True, format_func=_COLOURED.__getitem__, width="content",
            label_visibility="collapsed", **settings.widget_args("colour"),
        )  # fmt: skip
        if drafts is not None and not is_running and any(generation.tokens for generation in drafts.generations):
            with icon_on_phone("download"):
                st.download_button(
                    "Download", output.as_text(drafts), "generated.txt", icon=":material/download:", key="generate_download"
                )  # fmt: skip
        if drafts is not None:
            st.caption(_caption(view, drafts), width="stretch")


def _caption(view: View, drafts: Drafts) -> str:
    """Return a caption: the prompt or the settings have changed, or a hint on the text."""
    if view.input_text and view.input_text != drafts.prompt:
        return "**The prompt has changed since: press Write to start from it.**"
    if writing_session.outdated(drafts):
        return "**Settings have changed since: press Write.**"
    offer = prompts(view.model, get_model(view.model).presets)
    hint = next((prompt.hint for prompt in offer if prompt.text == drafts.prompt), "")
    return hint or "Click a generated letter to see the alternatives."


def _on_prompt_click(prompt: Prompt) -> None:
    session.replace_text(replace(session.current(), text=prompt.text, step=-1))
    writing_session.write()
