"""The glossary as a popover beside a page's title, and explanations for tooltips."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lstm_viz.ui.components.glossary_terms import Term, terms


def popover(names: Sequence[str]) -> None:
    """Draw the button that opens the glossary: the page's terms, and a search.

    Args:
        names: The names of the terms that the page uses, as in `terms`; if empty, all terms are shown.

    Raises:
        KeyError: A name is not in the glossary.
    """
    listed = [find(name) for name in names] or terms()
    closed = st.popover("Glossary", icon=":material/dictionary:", key="glossary", on_change="rerun", type="tertiary")
    # The content is drawn only once the popover is opened.
    if closed.open:
        with closed:
            _content(listed)


def explain(name: str) -> str:
    """Explain a term in one sentence, for a tooltip: its meaning, and its formula or range if it has one.

    Args:
        name: The term's name, such as `"half-life"` or `"forget gate (LSTM)"`.

    Returns:
        Markdown.

    Raises:
        KeyError: The name is not in the glossary.

    >>> explain("nat")
    '**nat**: the unit of surprise, with the natural logarithm. `1 nat = 1.44 bit`'
    """
    return describe(find(name))


def describe(term: Term) -> str:
    """Format a term with its symbol, meaning, formula and range as one line of Markdown."""
    symbol = f" `{term.symbol}`" if term.symbol else ""
    metadata = " · ".join(f"`{fact}`" for fact in (term.formula, term.range) if fact)
    return f"**{term.name}**{symbol}: {term.plain}.{' ' if metadata else ''}{metadata}"


def find(name: str) -> Term:
    """Return the term with this name. Raises KeyError if there is none."""
    for term in terms():
        if term.name == name:
            return term
    raise KeyError(f"the glossary has no term {name!r}")


@st.fragment
def _content(listed: Sequence[Term]) -> None:
    query = st.text_input("Find a term or symbol", key="glossary_search", placeholder="forget gate, softmax, σ …")
    matches = [term for term in terms() if term.matches(query)] if query.strip() else listed
    if not matches:
        st.caption("No entry matches. Try a single word, or a symbol.")
        return
    with st.container(height=380, border=False, key="glossary_terms"):
        st.markdown("\n\n".join(describe(term) for term in matches))
    # Relative, because the app may be served under any base path.
    st.caption("[How LSTMs work, with the whole glossary](./learn#words)")
