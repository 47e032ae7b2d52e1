"""What would it write? Continuations of the text, as trained and changed, with the same random numbers."""

from __future__ import annotations

import html

import streamlit as st

from lstm_viz.text.numbers import format_count
from lstm_viz.ui.pages.what_if.what_if_state import WhatIfState
from lstm_viz.ui.state import settings
from lstm_viz.what_if import continuation

COUNT = 80
_SEEDS = 9999
_TEMPERATURE = settings.number("what_if_temperature", "temperature", 0.1, 1.5, 0.5)
_SEED = settings.number("what_if_seed", "seed", 1, _SEEDS, 1)
#: How much of the prompt is shown.
_SHOWN = 60
_STYLE = """<style>
.written { font-family: var(--st-code-font, monospace); white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.9rem;
  background: var(--st-secondary-background-color, rgba(127,127,127,.12)); border-radius: 0.5rem; padding: 0.75rem; margin: 0;
  min-height: 9rem; }
.written .given { opacity: 0.6; }
.written .other { background: rgba(213, 94, 0, 0.28); border-radius: 0.2rem; }
</style>"""


def render(state: WhatIfState) -> None:
    """Draw both continuations."""
    st.markdown(
        "**Both networks continue your text, letter by letter. They sample with the same random numbers, so they differ only "
        "where their predictions do.**"
    )
    if not state.model.predicts_next_token:
        st.info("This network is a classifier and generates no text; choose a language model.", icon=":material/info:")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.slider("Temperature: low is predictable, high is varied", 0.1, 1.5, step=0.05, width=320, **_TEMPERATURE.widget_args())
        st.number_input("Seed", 1, _SEEDS, width=130, **_SEED.widget_args())
        st.button("New seed", icon=":material/casino:", key="what_if_again", on_click=_on_new_seed)
    temperature, seed = _TEMPERATURE.value(), int(_SEED.value())
    result = state.result
    plain = continuation(state.model, result.before, COUNT, (), temperature, seed)
    changed = continuation(state.model, result.after, COUNT, result.interventions, temperature, seed)
    apart = common_prefix_length(plain, changed)
    prompt = "".join(state.tokens[-_SHOWN:])
    for column, title, column_text in zip(st.columns(2), ("As trained", "Changed"), (plain, changed), strict=True):
        with column:
            st.markdown(f"**{title}**")
            st.html(_STYLE + continuation_html(prompt, column_text[:apart], column_text[apart:]))
    if plain == changed:
        st.caption("Both write the same.")
    else:
        st.caption(f"The same for {format_count(apart, 'letter')}, then they differ (coloured). Dimmed: the end of your text.")


def common_prefix_length(one: str, other: str) -> int:
    """Return the length of the common prefix."""
    different = (index for index, (left, right) in enumerate(zip(one, other, strict=False)) if left != right)
    return next(different, min(len(one), len(other)))


def continuation_html(prompt: str, same: str, other: str) -> str:
    """Format a prompt and its continuation as HTML; everything is escaped."""
    parts = (("given", prompt), ("same", same), ("other", other))
    return f'<p class="written">{"".join(f"<span class={name}>{html.escape(part)}</span>" for name, part in parts)}</p>'


def _on_new_seed() -> None:
    _SEED.save(int(_SEED.value()) % _SEEDS + 1)
