"""The alternatives at the selected letter, and rewriting from there."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.figures.token_alternatives import alternative_bars
from lstm_viz.generation import GeneratedToken, alternatives
from lstm_viz.text.labels import label
from lstm_viz.ui import components
from lstm_viz.ui.components.navigation import open_in_explorer
from lstm_viz.ui.pages.generate import output, settings, writing_session
from lstm_viz.ui.pages.generate.drafts import Drafts
from lstm_viz.ui.state import session
from lstm_viz.ui.state.theme import palette
from lstm_viz.ui.state.view import LIMIT, View

_TAKEN = "generate_taken_to_explore"


def render(drafts: Drafts) -> None:
    """Draw the alternatives and the actions."""
    generation, token, sampling = drafts.generation, drafts.token, settings.current().sampling
    expected = token.log_probs if token else generation.expected
    choices = alternatives(generation.model, expected, sampling, among=token.token_id if token else None)
    if token is None:
        heading = f"What {output.model_phrase(drafts)} expects after your prompt:"
    else:
        token_text = label(generation.model.vocabulary.tokens[token.token_id])
        of = f" of {output.model_phrase(drafts)}" if len(drafts.names) > 1 else ""
        heading = f"Letter {drafts.index + 1}{of} is ‘{token_text}’. What else could have stood there?"
    st.markdown(f"**{heading}**")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Write again from here", icon=":material/refresh:", key="generate_again", on_click=writing_session.rewrite,
            disabled=token is None, help="Everything before this letter stays; from here on another seed is used.",
        )  # fmt: skip
        if st.button(
            "Explore its gates", icon=":material/open_in_new:", key="generate_explore",
            help="Opens this text, prompt and all, on the Explore page, at the chosen letter.",
        ):  # fmt: skip
            explorer_view = view_for_explorer(session.current(), drafts)
            st.session_state[_TAKEN] = explorer_view.text, drafts.prompt
            open_in_explorer(explorer_view)
    words = " ".join(("Click a bar to put that letter there instead and write on from it.", _describe_origin(token)))
    components.draw_figure(
        alternative_bars(choices, token.token_id if token else None, palette()),
        "generate_choice",
        heading,
        words,
        on_click=_on_bar_click,
    )


def view_for_explorer(view: View, drafts: Drafts) -> View:
    """Return the view of the generated text for the explorer; a text too long for it is cut at the beginning."""
    text = drafts.generation.text
    cut = max(len(text) - LIMIT, 0)
    step = max(len(drafts.prompt) + drafts.index - cut, 0) if drafts.token else -1
    return replace(view, text=text[cut:], model=drafts.name, step=step, colour="surprise", zoom="overview")


def view_after_explorer(view: View) -> View:
    """Restore the prompt if the text is still the one that was opened in the explorer from here."""
    opened: tuple[str, str] | None = st.session_state.pop(_TAKEN, None)
    if opened is None or view.text != opened[0]:
        return view
    view = replace(view, text=opened[1], step=-1)
    session.set_text(view)
    return view


def _describe_origin(token: GeneratedToken | None) -> str:
    """Describe how the letter was chosen."""
    if token is None:
        return ""
    if token.seed is None:
        return "You put this letter there."
    how = token.sampling
    cuts = [f"top-{name} {value:g}" for name, value in (("k", how.top_k), ("p", how.top_p)) if value is not None]
    return f"Drawn with seed {token.seed}, {', '.join([f'temperature {how.temperature:g}', *cuts])}."


def _on_bar_click(click: components.Click) -> None:
    if isinstance(click.customdata, int):
        writing_session.replace_token(click.customdata)
