"""A track of annotation under a figure of a text: a feature of the list of names, a regular expression, or marked steps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from jaxtyping import Float

from lstm_viz.text.tokens import Tokens
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.markdown import escape_block
from lstm_viz.ui.state.memo import remember
from lstm_viz.unit_names import FEATURES, Feature, regex_feature
from lstm_viz.unit_names.feature import MeasuredText, offered_features

_NONE, _OWN = "none", "own"
#: Steps that are marked: "12-20, 40".
_STEPS = re.compile(r"\s*\d{1,9}(?:\s*[-–]\s*\d{1,9})?(?:\s*,\s*\d{1,9}(?:\s*[-–]\s*\d{1,9})?)*\s*")


@dataclass(frozen=True, eq=False)
class AnnotationTrack:
    """One value from 0 to 1 for each token of a text, and what it is called."""

    name: str
    values: Float[np.ndarray, " token"]


def marked_steps(text: str) -> list[tuple[int, int]] | None:
    """Return the stretches (start, end exclusive) of "12-20, 40"; None if it is not of this form.

    Examples:
        >>> marked_steps("12-20, 40"), marked_steps("[0-9]+")
        ([(12, 21), (40, 41)], None)
    """
    if not _STEPS.fullmatch(text):
        return None
    pairs = [[int(each) for each in re.findall(r"\d+", part)] for part in text.split(",")]
    return [(min(pair), max(pair) + 1) for pair in pairs]


def annotate(tokens: Sequence[str], choice: str, pattern: str, words: bool) -> AnnotationTrack | None:
    """Return the chosen track of a text.

    Args:
        tokens: The text's letters or words.
        choice: A feature's name, "own" or "none".
        pattern: For "own" a regular expression, or steps such as "12-20, 40".
        words: True if the tokens are words.

    Returns:
        The track, a number as its share of the largest one; None for "none" and while nothing is written.

    Raises:
        ValueError: The regular expression is invalid or takes too long, or a marked step is not in the text.
    """
    if choice == _NONE or (choice == _OWN and not pattern.strip()) or not len(tokens):
        return None
    steps = marked_steps(pattern) if choice == _OWN else None
    if steps is not None:
        last = max(end for _, end in steps)
        if last > len(tokens):
            raise ValueError(f"step {last - 1:,} was marked; the steps of this text are 0 to {len(tokens) - 1:,}")
        flags = np.zeros(len(tokens))
        for start, end in steps:
            flags[start:end] = 1.0
        return AnnotationTrack("marked steps", flags)
    feature = _build_feature(choice, pattern, words)
    values = np.asarray(_measured(tokens, words).values(feature), float)
    if feature.measure == "ρ":
        low, high = float(values.min()), float(values.max())
        values = (values - low) / (high - low) if high > low else np.zeros(len(values))
    return AnnotationTrack(feature.description, values)


def track_choice(prefix: str, words: bool) -> None:
    """Draw the choice of the track."""
    names = {_NONE: "nothing", _OWN: "your own …", **{each.name: each.description for each in _offered_features(words)}}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Mark under the places", list(names), format_func=names.__getitem__, width=300,
            **_choice(prefix, words).widget_args(),
        )  # fmt: skip
        if _choice(prefix, words).value() == _OWN:
            st.text_input(
                "A regular expression, or steps", width=240, placeholder="[0-9]{4}, or 12-20, 40",
                **_own_pattern(prefix).widget_args(),
            )


def current_track(prefix: str, tokens: Sequence[str], words: bool) -> AnnotationTrack | None:
    """Return the chosen track of a text; None, and a message, if what is written is no annotation of it."""
    choice, pattern = _choice(prefix, words).value(), _own_pattern(prefix).value()
    text_key = hash(tokens if isinstance(tokens, str) else tuple(tokens))
    try:
        return remember(f"{prefix}_track_values", (text_key, choice, pattern), lambda: annotate(tokens, choice, pattern, words))
    except ValueError as error:
        st.error(escape_block(str(error)), icon=":material/error:")
        return None


def _build_feature(choice: str, pattern: str, words: bool) -> Feature:
    return regex_feature(pattern) if choice == _OWN else next(each for each in _offered_features(words) if each.name == choice)


def _measured(tokens: Sequence[str], words: bool) -> MeasuredText:
    if not words:
        return MeasuredText("".join(tokens))
    ends = np.cumsum([len(token) + 1 for token in tokens]) - 1
    starts = ends - np.array([len(token) for token in tokens])
    surface = tuple(tokens)
    cut = Tokens(surface, tuple(token.lower() for token in surface), np.stack((starts, ends), axis=1))
    return MeasuredText(" ".join(tokens), cut)


def _offered_features(words: bool) -> tuple[Feature, ...]:
    return offered_features(FEATURES, words)


def _choice(prefix: str, words: bool) -> settings.Setting[str]:
    options = [_NONE, _OWN, *(each.name for each in _offered_features(words))]
    return settings.choice(f"{prefix}_track", "track", options, _NONE)


def _own_pattern(prefix: str) -> settings.Setting[str]:
    return settings.text(f"{prefix}_track_own", "mark")
