"""The text that is looked at, and how it gets read: the example at once, one's own in a process beside the server's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import streamlit as st

from lstm_viz import corpus
from lstm_viz.corpus import Scan
from lstm_viz.models.language import LanguageModel
from lstm_viz.ui.bringing import Brought, Wish, bring
from lstm_viz.ui.jobs import Order, bench, yielded
from lstm_viz.ui.train.tale import NAME, tale
from lstm_viz.ui.view.zoo import exhibit, held

_KEY = "your_text"
#: Items that a reading yields: every hundredth, the scan itself being the last.
_PARTS = 100
_WISH = Wish(
    key=_KEY,
    question="Which text?",
    typed="Paste a text of any length, then click outside the box",
    placeholder="A chapter, a whole play, a long piece of source code, your diary …",
    file="A text file in any common encoding, such as a whole book",
    wanted="Choose a file: plain text of up to 5 MB, which is several novels. It is kept nowhere.",
    limit=5 * 2**20,
)


@dataclass(frozen=True, eq=False)
class Read:
    """A text that a network has read to its end."""

    name: str
    model: LanguageModel
    scan: Scan


def read(model: str) -> Read | None:
    """Draw the choice of the text and what it takes to read it; None until a network of this name has read it."""
    brought = bring(_WISH)
    for note in brought.notes:
        st.caption(note)
    if brought.refused:
        st.info(brought.refused, icon=":material/info:")
        return None
    if not brought.text:
        st.info("Paste a text above, and it can be read.", icon=":material/keyboard:")
        return None
    if (brought.name, brought.text) == (NAME, tale()):
        return Read(NAME, exhibit(model).model, _example(model))
    return _own(model, brought)


@lru_cache(maxsize=16)
def _example(model: str) -> Scan:
    """The tale is short: everybody's first look at it costs half a second once."""
    return corpus.scan(exhibit(model).model, tale())


def _own(model: str, brought: Brought) -> Read | None:
    # The other process has the shipped models itself; one of the session's own goes along.
    sent = exhibit(model).model if model in held() else model
    letters = len(brought.text)
    each = max(1, round(letters / _PARTS))
    words = f"Read all {letters:,} letters" if letters > 1 else "Read this letter"
    order = Order(corpus.scan_text, (sent, brought.text), _PARTS, words, shared=True, each=each, unit="letters")
    st.fragment(bench)(f"{_KEY}_bench", order, lambda items, order: None)
    done = yielded(f"{_KEY}_bench")
    if done is None or not done.over or done.order != order or not done.items or not isinstance(done.items[-1], Scan):
        return None
    return Read(brought.name, exhibit(model).model, done.items[-1])
