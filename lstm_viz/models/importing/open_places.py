"""Places at which a program may compute something that leaves no weights in its file: shown as assumed, and open to an answer.

These are a function before the recurrent layers, before the head and at the end, and additions around recurrent layers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lstm_viz.models.imported_network import ACTIVATIONS
from lstm_viz.models.importing.errors import NeedsAnswer, UnsupportedCheckpoint
from lstm_viz.models.importing.part_widths import stem_of, width_in, width_out
from lstm_viz.models.parts import Part

BETWEEN = ("nothing is added", "each adds what it reads")
FUNCTIONS = ("none", *(each for each in ACTIVATIONS if each != "none"))
#: The questions, with the subject of the fact that each is about.
SUBJECTS = {
    "before_layers": "function before the layers", "before_head": "function before the head", "between": "between the layers",
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What was said of an open place: the subject of its fact, the value, and True if it was answered."""

    subject: str
    value: str
    asked: bool


def fill_open_places(
    row: Sequence[Part], answers: Mapping[str, str], unplaced: Sequence[str], name: str
) -> tuple[list[Part], list[Said]]:
    """Return the parts with what was answered at the open places, and what is said or assumed of each.

    Args:
        row: The parts in the order of computation; every activation that the file names is among them.
        answers: Answers by the question's id: `before_layers`, `before_head` and `between`.
        unplaced: Functions that the file has, but does not say where they are applied.
        name: What messages call the file.

    Raises:
        NeedsAnswer: The file has a function without a place, and nothing was answered of any place.
        UnsupportedCheckpoint: An answer is none of the options.
    """
    parts, said = list(row), []
    places = [number for number, part in enumerate(parts) if part.sort == "recurrent"]
    recurrent = [parts[number] for number in places]
    between = answers.get("between", BETWEEN[0])
    if between not in BETWEEN:
        raise UnsupportedCheckpoint(f"the answer {between[:40]!r} is not known; {' or '.join(BETWEEN)} was wanted")
    adds = [width_in(part) == width_out(part) for part in recurrent]
    if len({stem_of(part) for part in recurrent}) > 1 and any(adds):
        said.append(Said(SUBJECTS["between"], between, "between" in answers))
        if between == BETWEEN[1]:
            if any("weight_hr_l0" in part.tensors for part in recurrent):
                raise UnsupportedCheckpoint(f"{name} has projections, and layers that add what they read, which is not supported")
            for number, fits in zip(places, adds, strict=True):
                if fits:
                    parts[number] = replace(parts[number], facts={**parts[number].facts, "residual": True})
    gaps = {"before_head": places[-1] + 1, "before_layers": places[0]}
    shown = [place for place in gaps if _is_open(parts, place, gaps[place])]
    if unplaced and "before_head" in shown and not any(place in answers for place in gaps):
        raise NeedsAnswer(
            f"{name} has the function {' and '.join(unplaced)}, and does not say where it is applied; which stands between its "
            "recurrent layers and its head?", "before_head", FUNCTIONS, unplaced[0],
        )  # fmt: skip
    for place in shown:
        answer = answers.get(place, "none")
        if answer not in FUNCTIONS:
            raise UnsupportedCheckpoint(f"the activation {answer[:40]!r} is not known; {', '.join(FUNCTIONS)} are")
        said.insert(0, Said(SUBJECTS[place], answer, place in answers))
        if answer != "none":
            parts.insert(gaps[place], Part(SUBJECTS[place], "activation", facts={"activation": answer}))
    return parts, said


def _is_open(parts: Sequence[Part], place: str, gap: int) -> bool:
    """Return True if nothing is known to stand at a gap between what has weights."""
    before, behind = parts[gap - 1] if gap else None, parts[gap] if gap < len(parts) else None
    if place == "before_head":
        return behind is not None and behind.sort in ("linear", "norm")
    return before is not None and before.sort in ("embedding", "linear", "norm")
