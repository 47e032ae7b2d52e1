"""What would it write? The text goes on, as trained and changed, with the same dice."""

from __future__ import annotations

import html

import streamlit as st

from lstm_viz.ui.what_if.scene import Scene
from lstm_viz.what_if import continuation

COUNT = 80
#: How much of the text is shown again in front of what is written.
_SHOWN = 60
_STYLE = """<style>
.written { font-family: var(--st-code-font, monospace); white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.9rem;
  background: var(--st-secondary-background-color, rgba(127,127,127,.12)); border-radius: 0.5rem; padding: 0.75rem; margin: 0;
  min-height: 9rem; }
.written .given { opacity: 0.6; }
.written .other { background: rgba(213, 94, 0, 0.28); border-radius: 0.2rem; }
</style>"""


def show(scene: Scene) -> None:
    """Draw the lens."""
    st.markdown(
        "**Each network writes on from the end of your text, letter by letter. Both throw the same dice, so they part only where "
        "they expect something else; what holds always goes on holding.**"
    )
    if not scene.model.foretells:
        st.info(
            "This network answers with classes and writes nothing; choose one that foretells letters.", icon=":material/info:"
        )
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.slider(
            "Temperature: low is careful, high is bold", 0.1, 1.5, st.session_state.get("what_if_heat", 0.5), 0.05,
            key="what_if_temperature", on_change=_keep_temperature, width=320,
        )  # fmt: skip
        st.button("Throw again", icon=":material/casino:", key="what_if_again", on_click=_again)
    temperature, seed = st.session_state.get("what_if_heat", 0.5), st.session_state.get("what_if_seed", 1)
    result = scene.result
    plain = continuation(scene.model, result.before, COUNT, (), temperature, seed)
    changed = continuation(scene.model, result.after, COUNT, result.changes, temperature, seed)
    apart = parting(plain, changed)
    given = "".join(scene.tokens[-_SHOWN:])
    for column, title, written in zip(st.columns(2), ("As trained", "Changed"), (plain, changed), strict=True):
        with column:
            st.markdown(f"**{title}**")
            st.html(_STYLE + page(given, written[:apart], written[apart:]))
    if plain == changed:
        st.caption("Both write the same.")
    else:
        st.caption(f"The same for {apart} letter{'s' * (apart != 1)}, then they part (coloured). Dimmed: the end of your text.")


def parting(one: str, other: str) -> int:
    """How many letters two texts have in common at their beginning."""
    different = (place for place, (mine, yours) in enumerate(zip(one, other, strict=False)) if mine != yours)
    return next(different, min(len(one), len(other)))


def page(given: str, same: str, other: str) -> str:
    """A text and what was written after it as HTML, everything in it escaped."""
    parts = (("given", given), ("same", same), ("other", other))
    return f'<p class="written">{"".join(f"<span class={name}>{html.escape(part)}</span>" for name, part in parts)}</p>'


def _keep_temperature() -> None:
    # The slider is forgotten while another lens is shown.
    st.session_state["what_if_heat"] = st.session_state["what_if_temperature"]


def _again() -> None:
    st.session_state["what_if_seed"] = st.session_state.get("what_if_seed", 1) + 1
