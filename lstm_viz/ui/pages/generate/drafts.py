"""The desk: what the networks on a page have written so far, and how far a person has seen it; every change gives a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lstm_viz.generation import Draft, Pick, back, begin, go_on, put
from lstm_viz.models.language import LanguageModel
from lstm_viz.models.sampling import Sampling

#: The longest text that is written, in letters.
LONGEST = 600


@dataclass(frozen=True, eq=False)
class Desk:
    """One draft for each network by name, and for each its seed, where it ends, and how much of it was shown.

    `focus` is the sheet that is looked at and `place` a written letter on it. An `epoch` is a text that only grows: where
    letters are taken back, a new one begins, and what the browser still says of the last one is not listened to.
    """

    names: tuple[str, ...]
    drafts: tuple[Draft, ...]
    seeds: tuple[int, ...]
    ends: tuple[int, ...]
    shown: tuple[int, ...]
    epoch: int
    going: bool = True
    focus: int = 0
    place: int = 0

    @property
    def draft(self) -> Draft:
        """The draft that is looked at."""
        return self.drafts[self.focus]

    @property
    def name(self) -> str:
        """Which network's it is."""
        return self.names[self.focus]

    @property
    def pick(self) -> Pick | None:
        """The chosen letter; None as long as nothing stands there."""
        return self.draft.picks[self.place] if self.place < len(self.draft.picks) else None

    @property
    def prompt(self) -> str:
        """What all networks write on from."""
        return self.draft.prompt

    @property
    def finished(self) -> bool:
        """True where every draft has come to its end."""
        return all(len(draft.picks) >= end for draft, end in zip(self.drafts, self.ends, strict=True))


def lay(
    models: Mapping[str, LanguageModel], prompt: str, seed: int, count: int, focus: str, epoch: int
) -> Desk:  # fmt: skip
    """A desk on which each of these models is about to write `count` letters after the prompt."""
    names, sheets = tuple(models), len(models)
    drafts = tuple(begin(model, prompt) for model in models.values())
    return Desk(names, drafts, (seed,) * sheets, (count,) * sheets, (0,) * sheets, epoch, focus=names.index(focus))


def ahead(desk: Desk, sampling: Sampling, lead: int) -> Desk:
    """Write each draft on to `lead` letters beyond what was shown of it, and no further than its end."""
    if not desk.going:
        return desk
    each = zip(desk.drafts, desk.seeds, desk.shown, desk.ends, strict=True)
    drafts = tuple(
        go_on(draft, max(0, min(end, shown + lead) - len(draft.picks)), sampling, seed) for draft, seed, shown, end in each
    )
    return replace(desk, drafts=drafts)


def heard(desk: Desk, sent: Mapping[str, Any] | None) -> Desk:
    """The desk after a word from the browser: how much of each sheet it has shown, and which letter was chosen."""
    if not sent or sent.get("epoch") != desk.epoch:
        return desk
    reported = _numbers(sent.get("shown"), len(desk.names))
    shown = tuple(map(max, desk.shown, reported)) if reported else desk.shown
    shown = tuple(min(seen, len(draft.picks)) for seen, draft in zip(shown, desk.drafts, strict=True))
    chosen = _numbers(sent.get("chosen"), 2)
    if chosen and chosen[0] < len(desk.names) and chosen[1] < len(desk.drafts[chosen[0]].picks):
        desk = replace(desk, focus=chosen[0], place=chosen[1])
    seen_all = all(seen >= end for seen, end in zip(shown, desk.ends, strict=True))
    return replace(desk, shown=shown, going=desk.going and not seen_all)


def stopped(desk: Desk) -> Desk:
    """The pen laid down; everything that was written stays."""
    return replace(desk, going=False, shown=tuple(len(draft.picks) for draft in desk.drafts))


def resumed(desk: Desk, count: int) -> Desk:
    """Written on, on every sheet, until it holds `count` letters, each with its own seed."""
    return replace(desk, going=True, ends=(count,) * len(desk.names))


def again(desk: Desk, seed: int, count: int) -> Desk:
    """The sheet that is looked at written again from the chosen letter on, with another seed; the others stay as they are."""
    return _rewritten(desk, back(desk.draft, desk.place), seed, count)


def take(desk: Desk, number: int, sampling: Sampling, count: int) -> Desk:
    """Another symbol put in the place of the chosen letter, and written on from there with the same seed."""
    draft = put(back(desk.draft, desk.place), number, sampling)
    return _rewritten(desk, draft, desk.seeds[desk.focus], count)


def _rewritten(desk: Desk, draft: Draft, seed: int, count: int) -> Desk:
    lengths = [len(each.picks) for each in desk.drafts]
    return replace(
        desk,
        drafts=_with(desk.drafts, desk.focus, draft),
        seeds=_with(desk.seeds, desk.focus, seed),
        ends=_with(lengths, desk.focus, max(count, len(draft.picks))),
        shown=_with(lengths, desk.focus, len(draft.picks)),
        epoch=desk.epoch + 1,
        going=True,
    )


def _with(values: Sequence[Any], index: int, value: Any) -> tuple[Any, ...]:
    return (*values[:index], value, *values[index + 1 :])


def _numbers(sent: object, count: int) -> tuple[int, ...] | None:
    """Whole numbers from 0 on, as many as expected; None for anything else that a browser may send."""
    if not isinstance(sent, list) or len(sent) != count:
        return None
    return tuple(sent) if all(type(each) is int and each >= 0 for each in sent) else None
