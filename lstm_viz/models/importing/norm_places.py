"""Where the norms of a network stand, which sizes leave open more often than not: it is asked, as it changes the numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lstm_viz.models.importing.errors import NamedRefusal, NeedsAnswer, UnsupportedCheckpoint
from lstm_viz.models.importing.part_widths import stem_of, width_in, width_out
from lstm_viz.models.parts import Part

_BEHIND, _BEFORE = "each behind its layer", "each before its layer"
#: The answer for a norm of the state that the next step reads.
IN_LOOP = "inside the loop, so that the next step reads it"


def place_norms(
    row: Sequence[Part], norms: Sequence[Part], stems: Sequence[str], answers: Mapping[str, str], cells: bool, name: str
) -> list[Part]:
    """Return the row of parts with its norms at the places that sizes and numbered names leave, or that were answered.

    Args:
        row: All other parts in the order of computation.
        norms: The norms in the file's order.
        stems: The names of all modules in the file's order: the place behind the one before a norm is offered first.
        answers: Answers by the question's id: `norm:<name>`, or `norms` for one norm a layer.
        cells: True if the recurrent parts are cells, whose loop the program itself runs.
        name: What messages call the file.

    Returns:
        The parts; each norm's facts say its `place` and how that is known.

    Raises:
        NeedsAnswer: A norm fits at several places.
        UnsupportedCheckpoint: A norm fits nowhere, or stands inside a cell's loop.
    """
    if not cells and (paired := _paired(row, norms, answers, name)):
        return paired
    inserted: dict[int, list[Part]] = {}
    for norm in norms:
        gap, origin = _gap(row, norm, stems, answers, cells, name)
        inserted.setdefault(gap, []).append(replace(norm, facts={**norm.facts, "place": _said(row, gap), "origin": origin}))
    whole = list(inserted.get(0, []))
    for number, part in enumerate(row):
        whole += [part, *inserted.get(number + 1, [])]
    return whole


def _gap(
    row: Sequence[Part], norm: Part, stems: Sequence[str], answers: Mapping[str, str], cells: bool, name: str
) -> tuple[int, str]:
    """Return before which part of the row a norm stands, and how that is known."""
    # The function of a Keras layer belongs to the layer: nothing stands between both.
    whole = [gap for gap in range(len(row) + 1) if gap == len(row) or row[gap].sort != "activation"]
    gaps = [gap for gap in whole if _width(row, gap) == width_out(norm)]
    if not gaps:
        raise UnsupportedCheckpoint(f"{name} holds the norm {norm.name} of {width_out(norm)} numbers, which fits nowhere")
    gaps = _between_siblings(row, norm, gaps)
    in_loop = cells and any(width_out(part) == width_out(norm) for part in row if part.sort == "recurrent")
    if len(gaps) == 1 and not in_loop:
        return gaps[0], "inferred"
    options = {_said(row, gap): gap for gap in gaps}
    answer = answers.get(f"norm:{norm.name}")
    if in_loop and answer == IN_LOOP:
        raise NamedRefusal(
            f"{name}'s norm {norm.name} acts inside the cell's loop, which PyTorch's cells do not have. Look into the program by "
            "lstm_viz.capture(module)"
        )
    if answer in options:
        return options[answer], "asked"
    usual = _nearest(row, norm, stems, options)
    raise NeedsAnswer(
        f"{name} does not say where {norm.name!r} stands, a norm of {width_out(norm)} numbers, and it fits at several places",
        f"norm:{norm.name}", (*options, *([IN_LOOP] if in_loop else [])), usual,
    )  # fmt: skip


def _between_siblings(row: Sequence[Part], norm: Part, gaps: Sequence[int]) -> list[int]:
    """Return the gaps between the norm's numbered neighbours in one list, such as head.0 and head.3 of head.1; else all."""
    stem, _, number = norm.name.rpartition(".")
    if not number.isdecimal():
        return list(gaps)
    numbered = {int(last): place for place, part in enumerate(row)
                for first, _, last in [part.name.rpartition(".")] if first == stem and last.isdecimal() and part.sort == "linear"}
    low = max((place + 1 for each, place in numbered.items() if each < int(number)), default=0)
    high = min((place for each, place in numbered.items() if each > int(number)), default=len(row))
    return [gap for gap in gaps if low <= gap <= high] if numbered else list(gaps)


def _nearest(row: Sequence[Part], norm: Part, stems: Sequence[str], options: Mapping[str, int]) -> str:
    """Return the place behind the part that the file names before the norm; else the first one."""
    places = {stem or "the network": number for number, stem in enumerate(stems)}
    own = places.get(norm.name, 0)
    earlier = {said: places.get(stem_of(part), -1) for said, gap in options.items() if (part := _last(row, gap)) is not None}
    earlier = {said: place for said, place in earlier.items() if place < own}
    return max(earlier, key=lambda said: (earlier[said], options[said])) if earlier else next(iter(options))


def _width(row: Sequence[Part], gap: int) -> int | None:
    """Return how many numbers pass at a gap; None before an embedding, which reads tokens."""
    if (before := _last(row, gap)) is not None:
        return width_out(before)
    return width_in(row[0]) if row[0].sort != "embedding" else None


def _said(row: Sequence[Part], gap: int) -> str:
    before = _last(row, gap)
    return f"before {row[0].name}" if before is None else f"behind {before.name}"


def _last(row: Sequence[Part], gap: int) -> Part | None:
    """Return the last part with weights before a gap."""
    return next((part for part in reversed(row[:gap]) if part.sort != "activation"), None)


def _paired(row: Sequence[Part], norms: Sequence[Part], answers: Mapping[str, str], name: str) -> list[Part] | None:
    """Return the parts with each norm of a list beside the recurrent layer of its number; None if there is no such list."""
    chain = [part for part in row if part.sort == "recurrent"]
    numbers = [stem_of(part).rpartition(".")[2] for part in chain]
    by_number = {part.name.rpartition(".")[2]: part for part in norms}
    lists = {part.name.rpartition(".")[0] for part in norms}
    if len(chain) < 2 or len(lists) != 1 or numbers != list(by_number) or not all(map(str.isdecimal, numbers)):
        return None
    pairs = [(part, by_number[number]) for part, number in zip(chain, numbers, strict=True)]
    fits = {
        _BEHIND: all(width_out(part) == width_out(norm) for part, norm in pairs),
        _BEFORE: all(width_in(part) == width_out(norm) for part, norm in pairs),
    }
    possible = tuple(place for place, fit in fits.items() if fit)
    if not possible:
        return None
    answer = answers.get("norms") if len(possible) > 1 else possible[0]
    if answer not in possible:
        raise NeedsAnswer(
            f"{name} has a norm for each of its {len(chain)} recurrent layers, and does not say where they stand", "norms",
            possible, _BEHIND,
        )  # fmt: skip
    whole: list[Part] = []
    places = {part.name: norm for part, norm in pairs}
    origin = "asked" if len(possible) > 1 else "inferred"
    for part in row:
        norm = places.get(part.name)
        own = [] if norm is None else [replace(norm, facts={**norm.facts, "place": answer, "origin": origin})]
        whole += [*own, part] if answer == _BEFORE else [part, *own]
    return whole
