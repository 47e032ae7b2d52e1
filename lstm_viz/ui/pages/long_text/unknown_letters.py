"""Letters outside the vocabulary: how many, which, the consequences, and plain replacements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from lstm_viz import corpus
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_percent
from lstm_viz.text.plain import plain, plain_form
from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.ui.components import tab_work
from lstm_viz.ui.components.text_source import LoadedText
from lstm_viz.ui.state.markdown import escape_inline

#: How many unknown letters are named.
_NAMED = 8
_PLAIN = "your_text_plain"


def unknown_letters_notice(loaded: LoadedText, vocabulary: Vocabulary) -> LoadedText:
    """Draw a notice on unknown letters; return the text to read, with plain forms if chosen."""
    tab_work.keep(_PLAIN)
    accents = _plain_forms_choice(loaded)
    if accents is None:
        _show_unknown(loaded, vocabulary)
        return loaded
    changed = plain(loaded.text, vocabulary, loaded.starts, accents)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        pairs = sorted(changed.forms.items())
        pairs_text = ", ".join(f"{_quote(letter)} as {_quote(form) if form else 'nothing'}" for letter, form in pairs[:_NAMED])
        more = f" and {len(pairs) - _NAMED} more" if len(pairs) > _NAMED else ""
        st.markdown(
            f"Read in plain forms: {pairs_text}{more}." if pairs else "Nothing here has a plain form that this network knows."
        )
        st.button(
            "Undo: read the original",
            icon=":material/undo:",
            key="your_text_undo",
            on_click=_on_plain_forms,
            args=(loaded, None),
        )
    changed_text = replace(loaded, text=changed.text, starts=changed.starts)
    _show_unknown(changed_text, vocabulary, original=loaded, accents=accents)
    return changed_text


def _show_unknown(text: LoadedText, vocabulary: Vocabulary, original: LoadedText | None = None, accents: bool = False) -> None:
    """Show how many letters are unknown and which, and offer replacements."""
    unknown = corpus.count_unknown(vocabulary, text.text)
    if not unknown:
        return
    count, length = sum(unknown.values()), len(text.text)
    # Side by side where there is room, so that the answer below is in the first screen.
    left, right = st.columns([3, 1], vertical_alignment="center", gap="small")
    left.warning(
        f"{format_share(count, length)} unknown to this network: {format_letters(unknown)}. {_MEANING}", icon=":material/texture:"
    )
    forms = _count_replaceable(unknown, vocabulary, False)
    bare = _count_replaceable(unknown, vocabulary, True)
    source = text if original is None else original
    with right.container(horizontal=True, gap="small"):
        if original is None and forms:
            st.button(
                f"Use plain forms for {forms:,} of them", key="your_text_plain_forms", on_click=_on_plain_forms, args=(source,
                False),
                help="Straight quotes, hyphens, dots and blanks instead of “ ” ’ – … and the like. It can be undone.",
            )  # fmt: skip
        if bare > forms and not accents:
            st.button(
                f"{'Plain forms and no' if original is None and forms else 'No'} accents: {bare:,} of them",
                key="your_text_no_accents", on_click=_on_plain_forms, args=(source, True), help="é is read as e, ü as u. It can "
                                                                                                "be undone.",
            )  # fmt: skip


_MEANING = "They are hatched below, and left out of means and rankings."


def format_share(count: int, length: int) -> str:
    """Format a number of letters and its share: `12 of 80 letters (15%) are`."""
    share = count / length
    return f"{count:,} of {length:,} letters ({format_percent(share, 1 if share < 0.1 else 0)}) {'is' if count == 1 else 'are'}"


def format_letters(unknown: Mapping[str, int]) -> str:
    """Format the most frequent unknown letters with their counts, as Markdown."""
    named = [f"{_quote(letter)} ({many:,})" for letter, many in list(unknown.items())[:_NAMED]]
    remaining = len(unknown) - len(named)
    return ", ".join(named) + (f" and {remaining:,} other{'s' if remaining > 1 else ''}" if remaining else "")


def _quote(letters: str) -> str:
    return f"“{escape_inline(''.join(label(letter) for letter in letters))}”"


def _count_replaceable(unknown: Mapping[str, int], vocabulary: Vocabulary, accents: bool) -> int:
    return sum(many for letter, many in unknown.items() if plain_form(letter, vocabulary, accents) is not None)


def _plain_forms_choice(loaded: LoadedText) -> bool | None:
    """Return the choice for this text: None for no plain forms, else whether accents are removed."""
    choice: tuple[object, bool] | None = st.session_state.get(_PLAIN)
    return None if choice is None or choice[0] != _name(loaded) else choice[1]


def _on_plain_forms(loaded: LoadedText, accents: bool | None) -> None:
    st.session_state[_PLAIN] = None if accents is None else (_name(loaded), accents)


def _name(loaded: LoadedText) -> tuple[str, int, int]:
    return loaded.name, len(loaded.text), hash(loaded.text)
