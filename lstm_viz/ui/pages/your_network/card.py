"""The card of an opened network: its facts and their origins, its parity with PyTorch, and how well it predicts a text."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.models.language import LanguageModel
from lstm_viz.reader import trace
from lstm_viz.text.numbers import format_count
from lstm_viz.ui.pages.your_network import questions
from lstm_viz.ui.pages.your_network.opening import Network, Opened
from lstm_viz.ui.state.markdown import escape_block
from lstm_viz.ui.state.memo import remember

#: How much of a text is predicted for the card, in characters.
MEASURED = 2000
#: How much of a value that a file's author wrote is shown.
_LONGEST = 300
_NATS = "network_nats"
_ORIGINS = "found: the file says it; inferred: sizes or names imply it; asked: you answered; assumed: nothing says otherwise."


@dataclass(frozen=True)
class MeanSurprise:
    """How well a network predicts a text: the mean surprise of the text's `tokens` known tokens, in nats.

    `known` is how many tokens the network can predict: all of its vocabulary but the one that stands for any other.
    """

    mean: float
    known: int
    tokens: int

    @property
    def guessing(self) -> float:
        """The mean surprise of guessing among the known tokens, in nats."""
        return math.log(self.known)


def measure_surprise(network: Network, text: str) -> MeanSurprise | None:
    """Return how well a network predicts the beginning of a text; None if it predicts none of it.

    Args:
        network: A network that predicts the next token.
        text: The text.

    Returns:
        The mean of −ln p over the known tokens after the first, and how many tokens the network can predict.
    """
    text_trace = trace(network, text[:MEASURED])
    counted = text_trace.surprise[1:][text_trace.known[1:]]
    if not counted.size:
        return None
    unknown = 1 if network.vocabulary is not None else 0
    known = max(len(network.outputs) - unknown, 1)
    return MeanSurprise(float(np.mean(counted, dtype=np.float64)), known, int(counted.size))


def render(opened: Opened, network: Network) -> None:
    """Draw the card: what the network is, what was assumed of it, and how well it predicts; the facts are folded."""
    st.markdown(f"**{escape_block(summary(network))}**")
    questions.draw_assumed(network)
    facts = facts_of(opened, network)
    assumed = sum(fact["origin"] == "assumed" for fact in facts)
    title = f"{len(facts)} facts, and how each is known" + (f"; {assumed} assumed" if assumed else "")
    left, right = st.columns([3, 2], gap="medium")
    with left, st.expander(title, icon=":material/fact_check:", key="network_facts", expanded=False):
        st.markdown(facts_table(facts))
        st.caption(_ORIGINS)
        questions.draw_seldom(network)
    with right:
        st.markdown(parity(network))
        if network.predicts_next_token:
            _prediction(network, opened.text)
    _warn_of_doubt(network)


def summary(network: Network) -> str:
    """Return in one line what a network is."""
    text = network.metadata.get("summary", "")
    return f"{text[:_LONGEST]}; {network.parameter_count:,} weights" if text else f"{network.parameter_count:,} weights"


def facts_of(opened: Opened, network: Network) -> list[dict[str, str]]:
    """Return the facts with their origins, and what the file's author noted."""
    facts: list[dict[str, str]] = json.loads(network.metadata.get("import_facts", "[]"))
    from_file = any(file.role == "vocabulary" for file in opened.files) and not opened.vocabulary_note
    for fact in facts:
        if fact["subject"] == "vocabulary" and fact["origin"] == "asked" and from_file:
            fact["origin"] = "found"
    own = ("notes", "data", "steps", "scores")
    return facts + [
        {"subject": name, "value": network.metadata[name], "origin": "found"} for name in own if name in network.metadata
    ]


def facts_table(facts: Sequence[Mapping[str, str]]) -> str:
    """Return the table of facts with their origins, Markdown."""
    rows = [f"| {escape_block(fact['subject'])} | {escape_block(fact['value'], _LONGEST)} | {fact['origin']} |" for fact in facts]
    return "\n".join(["| What | Value | How it is known |", "|---|---|---|", *rows])


def parity(network: Network) -> str:
    """Return a sentence on how the network shown compares with PyTorch's own modules."""
    largest = network.metadata.get("parity")
    if largest is None:
        runs = "Saved here" if isinstance(network, LanguageModel) else "It runs as PyTorch's own modules"
        return f":material/verified: {runs}; nothing was converted."
    what = "an output" if isinstance(network, ImportedNetwork) and network.answer == "values" else "a log-probability"
    differs = f"The largest difference of {what} from PyTorch's own modules"
    return f":material/verified: {differs}: **{'0' if largest == '0e+00' else escape_block(largest)}**."


def _warn_of_doubt(network: Network) -> None:
    if doubt := network.metadata.get("doubt"):
        st.warning(f"{escape_block(doubt[0].upper() + doubt[1:])}.", icon=":material/warning:")


def _prediction(network: Network, text: str) -> None:
    """Draw how well the network predicts the uploaded text, or a typed sentence."""
    source = "the text"
    if not text:
        text = st.text_input("A sentence like those it learned from: how well does it predict it?", key="network_sentence") or ""
        source = "the sentence"
    if not text:
        return
    measured = remember(_NATS, (id(network), text), partial(measure_surprise, network, text))
    if measured is None:
        st.caption("No token after the first is in its vocabulary.")
        return
    st.markdown(describe_surprise(measured, source))
    if measured.mean > measured.guessing and "doubt" not in network.metadata:
        st.warning(
            "It predicts worse than guessing: the text is unlike its training text, or its vocabulary is in another order.",
            icon=":material/warning:",
        )


def describe_surprise(measured: MeanSurprise, source: str) -> str:
    """Return a sentence on how well a network predicts, Markdown."""
    return (
        f"**{measured.mean:.2f} nats a token** on {format_count(measured.tokens, 'token')} of {source}; guessing among the "
        f"{format_count(measured.known, 'token')} that it can predict: ln {measured.known:,} = {measured.guessing:.2f} nats."
    )
