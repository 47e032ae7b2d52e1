"""How good is it? Test scores, and the origin of the network."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st

from lstm_viz.ui.pages.sentiment.sentiment_state import SENTIMENT_MODEL
from lstm_viz.ui.state.models import get_model

#: Results of Tai et al. 2015 on the same sentences with 300-dimensional word vectors: two classes, five classes.
LITERATURE = {
    "an LSTM that reads forward (Tai et al. 2015)": ("84.9%", "46.4%"),
    "one that reads both ways (Tai et al. 2015)": ("87.5%", "49.1%"),
    "random guessing": ("50%", "20%"),
}
#: The metadata entries about the data.
ORIGIN = ("data", "licence of the data", "split")
_TEST = re.compile(r"test: ([\d.]+)% of ([\d,]+) sentences on the right side, ([\d.]+)% of ([\d,]+) in the right class of five")


def render() -> None:
    """Draw the scores and the origin."""
    metadata = get_model(SENTIMENT_MODEL).model.metadata
    st.markdown(
        "**Measured on sentences that training never saw: is it positive or negative, and which of the five classes is it? "
        "Human annotators often disagree on the class.**"
    )
    st.markdown(table(metadata))
    st.markdown(
        "Known failures: sarcasm, double negation, anything that needs knowledge of the world. It is trained on single "
        "sentences; of several, the last ones weigh most."
    )
    with st.expander("Where the network comes from", icon=":material/info:", key="sentiment_origin"):
        st.markdown("\n".join(f"- **{name}**: {metadata[name]}" for name in ORIGIN if name in metadata))
        st.markdown("Trained by:")
        st.code(metadata.get("command", "").strip("`"), language="bash", wrap_lines=True)


def table(metadata: Mapping[str, str]) -> str:
    """Format the model's scores beside those of the literature."""
    match = _TEST.search(metadata.get("scores", ""))
    ours = ("not measured", "not measured") if match is None else (f"**{match[1]}%**", f"**{match[3]}%**")
    counts = ("", "") if match is None else (f" ({match[2]} sentences)", f" ({match[4]} sentences)")
    lines = [f"| right on | positive or negative{counts[0]} | one of five classes{counts[1]} |", "|---|---:|---:|"]
    lines += [f"| {name} | {two} | {five} |" for name, (two, five) in {"**this network**": ours, **LITERATURE}.items()]
    return "\n".join(lines)
