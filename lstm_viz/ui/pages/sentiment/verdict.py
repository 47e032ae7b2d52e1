"""What it thinks of the whole: one word, five probabilities, and what it does not know."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lstm_viz.figures.sentiment import verdict
from lstm_viz.ui.pages.sentiment.scene import JUDGE, SURE, Scene, signed
from lstm_viz.ui.state.markdown import escaped
from lstm_viz.ui.state.models import exhibit
from lstm_viz.ui.state.theme import palette

#: How many unknown words are named.
_NAMED = 4


def show(scene: Scene) -> None:
    """Draw the verdict."""
    st.subheader(title(scene), anchor=False)
    st.html(verdict(scene.probs, scene.classes, palette()))
    unknown = not_known(scene)
    if unknown:
        st.caption(unknown)


def title(scene: Scene) -> str:
    """The likeliest class, or that there is none to speak of; with the score."""
    best = int(scene.probs.argmax())
    name = scene.classes[best].capitalize() if scene.probs[best] >= SURE else "Undecided"
    return f"{name} ({signed(float(scene.found.score[-1]))})"


def not_known(scene: Scene) -> str:
    """What is to be said of words that the judge has never seen; nothing where it knows them all.

    A word that is still being typed is passed over: a line that came and went with each one would move the page.
    """
    last = len(scene.tokens) - (scene.view.read[-1:].isalpha() and len(scene.tokens) > 1)
    there = {token: None for token, known in zip(scene.tokens[:last], scene.known[:last], strict=True) if not known}
    if not there:
        return ""
    knows = f"It learned English only: {len(exhibit(JUDGE).model.vocabulary) - 1:,} words and marks, and no emoji."
    words = [token for token in scene.tokens[:last] if any(sign.isalpha() for sign in token)]
    if words and sum(word in there for word in words) >= len(words) / 2:
        return f"So many of these words it has never seen that this verdict means little. {knows}"
    named = " ".join(f"‘{escaped(token)}’" for token in list(there)[:_NAMED])
    more = f" and {len(there) - _NAMED} more" if len(there) > _NAMED else ""
    return f"Never seen: {named}{more}. Such words are all one to it. {knows}"


def nearest(scene: Scene, score: float) -> str:
    """The class whose place on −2…2 is the nearest to a score."""
    places = np.linspace(-2.0, 2.0, len(scene.classes))
    return scene.classes[int(np.abs(places - score).argmin())]
