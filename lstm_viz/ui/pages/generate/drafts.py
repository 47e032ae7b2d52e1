"""The desk: what the networks on a page have written so far, and how far a person has seen it; every change gives a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lstm_viz.generation import GeneratedToken, Generation, append, extend, start, truncate
from lstm_viz.models.language import LanguageModel
from lstm_viz.models.sampling import Sampling

#: The longest text that is written, in letters.
MAX_LENGTH = 600


@dataclass(frozen=True, eq=False)
class Drafts:
    """One draft for each network by name, and for each its seed, where it ends, and how much of it was shown.

    `focus` is the sheet that is looked at and `index` a written letter on it. An `epoch` is a text that only grows: where
    letters are taken back, a new one begins, and what the browser still says of the last one is not listened to.
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
        """The draft that is looked at."""
        return self.generations[self.focus]

    @property
    def name(self) -> str:
        """Which network's it is."""
        return self.names[self.focus]

    @property
    def token(self) -> GeneratedToken | None:
        """The chosen letter; None as long as nothing stands there."""
        return self.generation.tokens[self.index] if self.index < len(self.generation.tokens) else None

    @property
    def prompt(self) -> str:
        """What all networks write on from."""
        return self.generation.prompt

    @property
    def finished(self) -> bool:
        """True where every draft has come to its end."""
        return all(len(generation.tokens) >= end for generation, end in zip(self.generations, self.ends, strict=True))


def start_drafts(
    models: Mapping[str, LanguageModel], prompt: str, seed: int, count: int, focus: str, epoch: int
) -> Drafts:  # fmt: skip
    """A desk on which each of these models is about to write `count` letters after the prompt."""
    names, sheets = tuple(models), len(models)
    generations = tuple(start(model, prompt) for model in models.values())
    return Drafts(names, generations, (seed,) * sheets, (count,) * sheets, (0,) * sheets, epoch, focus=names.index(focus))


def advance(drafts: Drafts, sampling: Sampling, lead: int) -> Drafts:
    """Write each draft on to `lead` letters beyond what was shown of it, and no further than its end."""
    if not drafts.is_running:
        return drafts
    each = zip(drafts.generations, drafts.seeds, drafts.shown, drafts.ends, strict=True)
    generations = tuple(
        extend(generation, max(0, min(end, shown + lead) - len(generation.tokens)), sampling, seed)
        for generation, seed, shown, end in each
    )
    return replace(drafts, generations=generations)


def apply_message(drafts: Drafts, message: Mapping[str, Any] | None) -> Drafts:
    """The desk after a word from the browser: how much of each sheet it has shown, and which letter was chosen."""
    if not message or message.get("epoch") != drafts.epoch:
        return drafts
    reported = _numbers(message.get("shown"), len(drafts.names))
    shown = tuple(map(max, drafts.shown, reported)) if reported else drafts.shown
    shown = tuple(min(seen, len(generation.tokens)) for seen, generation in zip(shown, drafts.generations, strict=True))
    chosen = _numbers(message.get("chosen"), 2)
    if chosen and chosen[0] < len(drafts.names) and chosen[1] < len(drafts.generations[chosen[0]].tokens):
        drafts = replace(drafts, focus=chosen[0], index=chosen[1])
    seen_all = all(seen >= end for seen, end in zip(shown, drafts.ends, strict=True))
    return replace(drafts, shown=shown, is_running=drafts.is_running and not seen_all)


def stop(drafts: Drafts) -> Drafts:
    """The pen laid down; everything that was written stays."""
    return replace(drafts, is_running=False, shown=tuple(len(generation.tokens) for generation in drafts.generations))


def resume(drafts: Drafts, count: int) -> Drafts:
    """Written on, on every sheet, until it holds `count` letters, each with its own seed."""
    return replace(drafts, is_running=True, ends=(count,) * len(drafts.names))


def rewrite(drafts: Drafts, seed: int, count: int) -> Drafts:
    """The sheet that is looked at written again from the chosen letter on, with another seed; the others stay as they are."""
    return _rewritten(drafts, truncate(drafts.generation, drafts.index), seed, count)


def replace_token(drafts: Drafts, number: int, sampling: Sampling, count: int) -> Drafts:
    """Another symbol put in the place of the chosen letter, and written on from there with the same seed."""
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
    """Whole numbers from 0 on, as many as expected; None for anything else that a browser may send."""
    if not isinstance(message, list) or len(message) != count:
        return None
    return tuple(message) if all(type(each) is int and each >= 0 for each in message) else None
