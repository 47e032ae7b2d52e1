"""How good is it? What was measured on sentences that training never saw, and where the network comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st

from lstm_viz.ui.pages.sentiment.scene import JUDGE
from lstm_viz.ui.state.models import exhibit

#: What Tai et al. 2015 measured on the same sentences with word vectors of 300 numbers: positive or negative, one class of five.
LITERATURE = {
    "an LSTM that reads forward (Tai et al. 2015)": ("84.9 %", "46.4 %"),
    "one that reads both ways (Tai et al. 2015)": ("87.5 %", "49.1 %"),
    "a coin, or a die of five sides": ("50 %", "20 %"),
}
#: What a network's facts say of its data.
ORIGIN = ("data", "licence of the data", "split")
_TEST = re.compile(r"test: ([\d.]+)% of ([\d,]+) sentences on the right side, ([\d.]+)% of ([\d,]+) in the right class of five")


def show() -> None:
    """Draw the lens."""
    facts = exhibit(JUDGE).model.facts
    st.markdown(
        "**Measured on sentences that training never saw: is it positive or negative, and which of the five classes is it? "
        "People themselves disagree on a sentence's class often.**"
    )
    st.markdown(table(facts))
    st.markdown(
        "It fails where you would expect it: sarcasm, double negation, anything that takes knowledge of the world. It reads one "
        "sentence at a time; of several, the last ones weigh most."
    )
    with st.expander("Where the network comes from", icon=":material/info:", key="sentiment_origin"):
        st.markdown("\n".join(f"- **{name}**: {facts[name]}" for name in ORIGIN if name in facts))
        st.markdown("Trained by:")
        st.code(facts.get("command", "").strip("`"), language="bash", wrap_lines=True)


def table(facts: Mapping[str, str]) -> str:
    """The scores of the model's own facts beside what is known from the literature."""
    found = _TEST.search(facts.get("scores", ""))
    ours = ("not measured", "not measured") if found is None else (f"**{found[1]} %**", f"**{found[3]} %**")
    counts = ("", "") if found is None else (f" ({found[2]} sentences)", f" ({found[4]} sentences)")
    lines = [f"| right on | positive or negative{counts[0]} | one of five classes{counts[1]} |", "|---|---:|---:|"]
    lines += [f"| {name} | {two} | {five} |" for name, (two, five) in {"**this network**": ours, **LITERATURE}.items()]
    return "\n".join(lines)
