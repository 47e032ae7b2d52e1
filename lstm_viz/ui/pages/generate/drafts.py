"""Drafts: the texts generated so far and how much of each was shown; immutable, every change returns a new value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lstm_viz.generation import GeneratedToken, Generation, append, extend, start, truncate
from lstm_viz.models.language import LanguageModel
from lstm_viz.models.sampling import Sampling

#: The longest generated text, in letters.
MAX_LENGTH = 600


@dataclass(frozen=True, eq=False)
class Drafts:
    """One draft per network, with its seed, its target length, and how much of it was shown.

    `focus` is the selected draft and `index` the selected letter in it. Within an `epoch` drafts only grow; when letters are
    removed, a new epoch starts, and messages of the old one are ignored.
    """

    names: tuple[str, ...]
    generations: tuple[Generation, ...]
    seeds: tuple[int, ...]
    ends: tuple[int, ...]
    shown: tuple[int, ...]
    epoch: int
    is_running: bool = True
    focus: int = 0
    index: int = 0

    @property
    def generation(self) -> Generation:
        """The selected draft."""
        return self.generations[self.focus]

    @property
    def name(self) -> str:
        """The name of its network."""
        return self.names[self.focus]

    @property
    def token(self) -> GeneratedToken | None:
        """The selected letter; None if there is none yet."""
        return self.generation.tokens[self.index] if self.index < len(self.generation.tokens) else None

    @property
    def prompt(self) -> str:
        """The common prompt."""
        return self.generation.prompt

    @property
    def finished(self) -> bool:
        """True if every draft has its target length."""
        return all(len(generation.tokens) >= end for generation, end in zip(self.generations, self.ends, strict=True))


def start_drafts(
    models: Mapping[str, LanguageModel], prompt: str, seed: int, count: int, focus: str, epoch: int
) -> Drafts:  # fmt: skip
    """Return empty drafts for these models, each with a target of `count` letters after the prompt."""
    names, number = tuple(models), len(models)
    generations = tuple(start(model, prompt) for model in models.values())
    return Drafts(names, generations, (seed,) * number, (count,) * number, (0,) * number, epoch, focus=names.index(focus))


def advance(drafts: Drafts, sampling: Sampling, lead: int) -> Drafts:
    """Extend each draft up to `lead` letters beyond what was shown, but not beyond its target length."""
    if not drafts.is_running:
        return drafts
    each = zip(drafts.generations, drafts.seeds, drafts.shown, drafts.ends, strict=True)
    generations = tuple(
        extend(generation, max(0, min(end, shown + lead) - len(generation.tokens)), sampling, seed)
        for generation, seed, shown, end in each
    )
    return replace(drafts, generations=generations)


def apply_message(drafts: Drafts, message: Mapping[str, Any] | None) -> Drafts:
    """Apply a message of the browser: how much of each draft it has shown, and the selected letter."""
    if not message or message.get("epoch") != drafts.epoch:
        return drafts
    reported = _numbers(message.get("shown"), len(drafts.names))
    shown = tuple(map(max, drafts.shown, reported)) if reported else drafts.shown
    shown = tuple(min(count, len(generation.tokens)) for count, generation in zip(shown, drafts.generations, strict=True))
    chosen = _numbers(message.get("chosen"), 2)
    if chosen and chosen[0] < len(drafts.names) and chosen[1] < len(drafts.generations[chosen[0]].tokens):
        drafts = replace(drafts, focus=chosen[0], index=chosen[1])
    seen_all = all(count >= end for count, end in zip(shown, drafts.ends, strict=True))
    return replace(drafts, shown=shown, is_running=drafts.is_running and not seen_all)


def stop(drafts: Drafts) -> Drafts:
    """Stop generating; all text stays."""
    return replace(drafts, is_running=False, shown=tuple(len(generation.tokens) for generation in drafts.generations))


def resume(drafts: Drafts, count: int) -> Drafts:
    """Continue every draft up to `count` letters, each with its own seed."""
    return replace(drafts, is_running=True, ends=(count,) * len(drafts.names))


def rewrite(drafts: Drafts, seed: int, count: int) -> Drafts:
    """Regenerate the selected draft from the selected letter on with another seed; the others stay."""
    return _rewritten(drafts, truncate(drafts.generation, drafts.index), seed, count)


def replace_token(drafts: Drafts, number: int, sampling: Sampling, count: int) -> Drafts:
    """Replace the selected letter by another token, and regenerate from there with the same seed."""
    generation = append(truncate(drafts.generation, drafts.index), number, sampling)
    return _rewritten(drafts, generation, drafts.seeds[drafts.focus], count)


def _rewritten(drafts: Drafts, generation: Generation, seed: int, count: int) -> Drafts:
    lengths = [len(each.tokens) for each in drafts.generations]
    return replace(
        drafts,
        generations=_with(drafts.generations, drafts.focus, generation),
        seeds=_with(drafts.seeds, drafts.focus, seed),
        ends=_with(lengths, drafts.focus, max(count, len(generation.tokens))),
        shown=_with(lengths, drafts.focus, len(generation.tokens)),
        epoch=drafts.epoch + 1,
        is_running=True,
    )


def _with(values: Sequence[Any], index: int, value: Any) -> tuple[Any, ...]:
    return (*values[:index], value, *values[index + 1 :])


def _numbers(message: object, count: int) -> tuple[int, ...] | None:
    """Return non-negative integers, as many as expected; None for anything else that a browser may send."""
    if not isinstance(message, list) or len(message) != count:
        return None
    return tuple(message) if all(type(each) is int and each >= 0 for each in message) else None
