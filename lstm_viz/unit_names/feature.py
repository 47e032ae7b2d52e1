"""What a feature of a text is: a name, and a function from a text to one value for each character or token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from lstm_viz.results import Result
from lstm_viz.text.tokens import Tokens
from lstm_viz.unit_names.characters import Characters

#: A yes-or-no feature is scored by the AUC, a number by Spearman's rank correlation ρ.
Measure = Literal["AUC", "ρ"]
#: Which networks a feature is offered for.
Networks = Literal["characters", "words", "both"]


@dataclass(frozen=True, repr=False)
class Feature(Result):
    """A property of each character (or word) of a text.

    `name` is a stable identifier and `description` the words on screen. `compute` gets the text's `Characters`, or with `by_word`
    its `Tokens`, and returns a bool, integer or float for each. `measure` is "AUC" for a yes-or-no feature and "ρ" for a number;
    `networks` says for which networks it is: those of "characters", of "words", or "both". Where the value at a character depends
    on characters after it, `ahead` says on which; all other values are known once the character was read.

    Examples:
        >>> def after_b(characters):
        ...     return np.array([symbol > "b" for symbol in characters.text])
        >>> Feature("late", "a letter after b", "AUC", after_b).of_text("abcd").tolist()
        [False, False, True, True]
    """

    name: str
    description: str
    measure: Measure
    compute: Callable[[Any], np.ndarray]
    networks: Networks = "characters"
    by_word: bool = False
    ahead: str = ""

    def of_text(self, text: str) -> np.ndarray:
        """Return the value of each character of a text, [character]; of a feature of words, of each word separated by blanks."""
        if self.by_word:
            surface = tuple(text.split())
            return self.compute(Tokens(surface, surface, np.zeros((len(surface), 2), np.int64)))
        return self.compute(Characters(text))


class MeasuredText:
    """A text and its tokens, from which the values of features at the tokens are computed.

    Args:
        text: The text.
        tokens: Its tokens as the network reads them; None if each character is one.
    """

    def __init__(self, text: str, tokens: Tokens | None = None) -> None:
        self.text, self.tokens = text, tokens

    @cached_property
    def characters(self) -> Characters:
        """Return the text as arrays."""
        return Characters(self.text)

    def values(self, feature: Feature) -> np.ndarray:
        """Return a feature's value at each token [time].

        Of a word, a number is that of its last character, and yes-or-no is yes if it is for any of its characters.

        Raises:
            ValueError: The feature does not give one finite value for each character or token.
        """
        if feature.by_word and self.tokens is not None:
            return _checked(feature, feature.compute(self.tokens), len(self.tokens.surface))
        values = _checked(feature, feature.compute(self.characters), len(self.text))
        if self.tokens is None:
            return values
        starts, ends = self.tokens.spans.T
        if feature.measure == "ρ":
            return values[ends - 1]
        total = np.concatenate(([0], np.cumsum(values)))
        return total[ends] > total[starts]


def offered_features(features: Sequence[Feature], words: bool) -> tuple[Feature, ...]:
    """Return the features that fit a network of words, or of characters."""
    return tuple(each for each in features if each.networks in ("both", "words" if words else "characters"))


def _checked(feature: Feature, values: np.ndarray, length: int) -> np.ndarray:
    values = np.asarray(values)
    if values.shape != (length,) or values.dtype.kind not in "biuf":
        actual = f"{values.dtype} of shape {values.shape}"
        raise ValueError(f"the feature {feature.name!r} gave {actual}; {length:,} numbers were wanted, one for each")
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise ValueError(f"the feature {feature.name!r} gave values that are not finite; give a number for each character")
    return values.astype(bool) if feature.measure == "AUC" else values
