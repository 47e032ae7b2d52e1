"""Prepared experiments, each with a hint on what to look at, some with their own text."""

from __future__ import annotations

from dataclasses import dataclass

from lstm_viz.models.language import Config
from lstm_viz.ui.pages.what_if.interventions import InterventionSpec


@dataclass(frozen=True)
class Experiment:
    """A named set of interventions with an `id`; with `text` None it applies to the current text.

    `unit` and `layer` are selected. `shows_continuation` opens the question about generated text.
    """

    id: str
    name: str
    specs: tuple[InterventionSpec, ...]
    hint: str
    text: str | None = None
    layer: int | None = None
    unit: int | None = None
    shows_continuation: bool = False


_CODE = "for row in rows:\n    if row:\n        total = 0\n"

PYTHON = (
    Experiment(
        "cut-bracket-unit", "Set the bracket unit to 0",
        (InterventionSpec("ablate", layers=(0,), units=(243,)),),
        "Of all 512 units, unit 243 of layer 1 matters most here: without it the network no longer expects the round bracket "
        "to be closed. It expects a square one instead, which was never opened.",
        text="foo(bar(x, y", layer=0, unit=243,
    ),
    Experiment(
        "indent", "Indent as far as I say",
        (InterventionSpec("overwrite", "c", -1.0, (0,), (168,), (len(_CODE) - 1,)),),
        "Unit 168 of layer 1 holds how far the next line is to be indented; the network itself left it at 0.75, for 8 spaces. "
        "Move the slider down: at −0.5 it mostly writes 12, at −1 16, at −3 24.",
        text=_CODE, layer=0, unit=168, shows_continuation=True,
    ),
)  # fmt: skip

SHAKESPEARE_LSTM = (
    Experiment(
        "cut-line-unit", "Set the line-end unit to 0",
        (InterventionSpec("ablate", layers=(0,), units=(119,)),),
        "The line is long, and a break was to be expected after the comma: 76%. Without unit 119 of layer 1, which measures "
        "the line, 2% are left. No other of the 512 units matters as much.",
        text="ROMEO:\nWhat light is on the hill tonight, and what,", layer=0, unit=119,
    ),
)  # fmt: skip

COUNTING = (
    Experiment(
        "miscount", "Make it miscount",
        (InterventionSpec("overwrite", "c", 2.3, (0,), (3,), (4,)),),
        "Five a were read, and unit 3 had counted to 4.2. Set to 2.3, where it stands after three, it lets the network write "
        "only three b. Move the slider: each step of about 1 is one b more or less.",
        text="aaaaab", layer=0, unit=3, shows_continuation=True,
    ),
    Experiment(
        "cut-counter", "Set the counter to 0",
        (InterventionSpec("ablate", layers=(0,), units=(3,)),),
        "Without unit 3 the network still writes a and b, but it no longer knows when to stop.",
        text="aaaaabbbbb\n", layer=0, unit=3,
    ),
)  # fmt: skip

BRACKETS = (
    Experiment(
        "forget-at-bracket", "Forget all at the closing bracket",
        (InterventionSpec("clamp", "f", 0.0, at=")"),),
        "A round bracket was closed inside two others. With everything forgotten there, the network no longer expects the "
        "square one to be closed: it takes the line for new.",
        text="([()[",
    ),
)  # fmt: skip

_FAMILIES = {"python": PYTHON, "counting": COUNTING, "brackets": BRACKETS, "shakespeare-lstm": SHAKESPEARE_LSTM}

_LSTM = (
    Experiment(
        "never-forget",
        "Never forget",
        (InterventionSpec("clamp", "f", 1.0),),
        "The forget gate f stays open: whatever was written stays in the cell and accumulates, until no single value "
        "can be read from it.",
    ),
    Experiment(
        "forget-all",
        "Forget everything",
        (InterventionSpec("clamp", "f", 0.0),),
        "The forget gate f stays closed: the cell is emptied at every step. Only h carries information from one step to "
        "the next.",
    ),
    Experiment(
        "write-nothing",
        "Write nothing",
        (InterventionSpec("clamp", "i", 0.0),),
        "The input gate i stays closed: nothing ever enters the cell, and the network predicts the same after every token.",
    ),
    Experiment(
        "output-nothing",
        "Output nothing",
        (InterventionSpec("clamp", "o", 0.0),),
        "The output gate o stays closed: the cell state still evolves, but its output is zero.",
    ),
)
_GRU = (
    Experiment(
        "never-forget",
        "Never forget",
        (InterventionSpec("clamp", "z", 1.0),),
        "The update gate z stays at 1: the old state is kept as it is. As one gate both keeps and writes here, nothing new "
        "comes in either.",
    ),
    Experiment(
        "keep-nothing",
        "Keep nothing",
        (InterventionSpec("clamp", "z", 0.0),),
        "The update gate z stays at 0: every state is new; the past enters only through the candidate n.",
    ),
    Experiment(
        "never-look-back",
        "Never look back",
        (InterventionSpec("clamp", "r", 0.0),),
        "The reset gate r stays closed: what would be written no longer depends on what is remembered.",
    ),
)
_RNN = (
    Experiment(
        "forget-at-space",
        "Forget everything at the space",
        (InterventionSpec("clamp", "h", 0.0, at=" "),),
        "A plain RNN has no gates; its memory is its output h. Set to 0 at every space, it starts each word without memory.",
    ),
)
_STOP = "I am not well. I pray you, let me go. Is the king dead?\n"
_AT_STOP = {
    "lstm": InterventionSpec("clamp", "f", 0.0, at="."), "gru": InterventionSpec("clamp", "z", 0.0, at="."),
    "rnn": InterventionSpec("clamp", "h", 0.0, at="."),
}  # fmt: skip
_PLAIN = {"lstm": _LSTM, "gru": _GRU, "rnn": _RNN}


def experiments(model: str, config: Config) -> tuple[Experiment, ...]:
    """Return a model's experiments: those on its own units first, then those for every cell of its kind."""
    own = next((own_experiments for family, own_experiments in _FAMILIES.items() if model.startswith(family)), ())
    stop: tuple[Experiment, ...] = ()
    if model.startswith("shakespeare"):
        hint = "At every full stop the memory is emptied: the next sentence starts without it. See how the surprise changes."
        stop = (
            Experiment("forget-at-full-stop", "Forget everything at the full stop", (_AT_STOP[config.kind],), hint, text=_STOP),
        )
    return (*own, *_PLAIN[config.kind], *stop)
