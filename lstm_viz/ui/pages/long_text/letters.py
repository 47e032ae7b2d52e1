"""Letters that the network does not know: how many, which, what that means below, and plain forms for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from lstm_viz import corpus
from lstm_viz.text.labels import label
from lstm_viz.text.plain import plain, plain_form
from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.ui.components.text_source import Brought
from lstm_viz.ui.state.markdown import escaped

#: How many unknown letters are named.
_NAMED = 8
_PLAIN = "your_text_plain"


def known(brought: Brought, vocabulary: Vocabulary) -> Brought:
    """Draw what the network does not know of a text, and give the text back as it is to be read: perhaps in plain forms."""
    accents = _asked(brought)
    if accents is None:
        _say(brought, vocabulary)
        return brought
    changed = plain(brought.text, vocabulary, brought.starts, accents)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        pairs = sorted(changed.forms.items())
        shown = ", ".join(f"{_named(letter)} as {_named(form) if form else 'nothing'}" for letter, form in pairs[:_NAMED])
        more = f" and {len(pairs) - _NAMED} more" if len(pairs) > _NAMED else ""
        st.markdown(f"Read in plain forms: {shown}{more}." if pairs else "Nothing here has a plain form that this network knows.")
        st.button("Undo: read it as it came", icon=":material/undo:", key="your_text_undo", on_click=_ask, args=(brought, None))
    changed_text = replace(brought, text=changed.text, starts=changed.starts)
    _say(changed_text, vocabulary, original=brought, accents=accents)
    return changed_text


def _say(text: Brought, vocabulary: Vocabulary, original: Brought | None = None, accents: bool = False) -> None:
    """Tell how many letters are unknown and which, and offer what can be done about it."""
    unknown = corpus.count_unknown(vocabulary, text.text)
    if not unknown:
        return
    count, length = sum(unknown.values()), len(text.text)
    st.warning(f"{share(count, length)} unknown to this network: {listed(unknown)}. {_MEANING}", icon=":material/texture:")
    forms = _many(unknown, vocabulary, False)
    bare = _many(unknown, vocabulary, True)
    source = text if original is None else original
    with st.container(horizontal=True, gap="small"):
        if original is None and forms:
            st.button(
                f"Use plain forms for {forms:,} of them", key="your_text_plain_forms", on_click=_ask, args=(source, False),
                help="Straight quotes, hyphens, dots and blanks in the place of “ ” ’ – … and the like. It can be undone.",
            )  # fmt: skip
        if bare > forms and not accents:
            st.button(
                f"{'Plain forms and no' if original is None and forms else 'No'} accents: {bare:,} of them",
                key="your_text_no_accents", on_click=_ask, args=(source, True), help="é is read as e, ü as u. It can be undone.",
            )  # fmt: skip


_MEANING = (
    "It reads each as one and the same “any other” letter. They are hatched below, and what it thinks of them is left out of "
    "means and rankings, as it never learned when to expect them."
)


def share(count: int, length: int) -> str:
    """How many letters of a text, and how many in a hundred: `12 of 80 letters (15 %) are`."""
    percent = 100 * count / length
    rounded = "less than 0.1" if percent < 0.1 else f"{percent:.1f}" if percent < 10 else f"{percent:.0f}"
    return f"{count:,} of {length:,} letters ({rounded} %) {'is' if count == 1 else 'are'}"


def listed(unknown: Mapping[str, int]) -> str:
    """The most frequent unknown letters with their counts, as Markdown."""
    named = [f"{_named(letter)} ({many:,})" for letter, many in list(unknown.items())[:_NAMED]]
    rest = len(unknown) - len(named)
    return ", ".join(named) + (f" and {rest:,} other{'s' if rest > 1 else ''}" if rest else "")


def _named(letters: str) -> str:
    return f"“{escaped(''.join(label(letter) for letter in letters))}”"


def _many(unknown: Mapping[str, int], vocabulary: Vocabulary, accents: bool) -> int:
    return sum(many for letter, many in unknown.items() if plain_form(letter, vocabulary, accents) is not None)


def _asked(brought: Brought) -> bool | None:
    """Whether plain forms were asked for this text: None for none, else whether without accents."""
    kept: tuple[object, bool] | None = st.session_state.get(_PLAIN)
    return None if kept is None or kept[0] != _name(brought) else kept[1]


def _ask(brought: Brought, accents: bool | None) -> None:
    st.session_state[_PLAIN] = None if accents is None else (_name(brought), accents)


def _name(brought: Brought) -> tuple[str, int, int]:
    return brought.name, len(brought.text), hash(brought.text)
