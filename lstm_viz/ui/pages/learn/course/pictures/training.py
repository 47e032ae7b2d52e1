"""One gate in training, and a hard switch beside it that learns nothing."""

from __future__ import annotations

from functools import lru_cache

from lstm_viz.figures.gate_training import GateTraining, gate_and_switch, train_gate
from lstm_viz.figures.palette import Palette
from lstm_viz.text.numbers import format_fixed, format_small
from lstm_viz.ui.pages.learn.course.picture import Choice, Drawing, Picture, Settings, Slider
from lstm_viz.ui.pages.learn.course.pictures.bracket_unit import TEXT, unit_steps

RATE, STEPS = 4.0, 60


def draw(settings: Settings, palette: Palette) -> Drawing:
    """Draw both after some training steps."""
    gate, switch = trained(float(settings["start"]), float(settings["target"]))
    caption = (
        f"Dashed: the slope of the loss at w. Each step moves w downhill by {RATE:g} times the slope; "
        f"the {RATE:g} is the learning rate."
    )
    shown = settings["answer"] == "shown"
    return Drawing(gate_and_switch(gate, switch, int(settings["steps"]), palette, shown), "", caption)


@lru_cache(maxsize=256)
def trained(start: float, target: float) -> tuple[GateTraining, GateTraining]:
    """Train a gate and a hard switch from the same weight to the same share."""
    return train_gate(start, target, RATE, STEPS), train_gate(start, target, RATE, STEPS, hard=True)


def _shares(settings: Settings) -> tuple[float, float]:
    gate, switch = trained(float(settings["start"]), float(settings["target"]))
    step = int(settings["steps"])
    return float(gate.share[step]), float(switch.share[step])


def _slope(settings: Settings) -> str:
    gate, _ = trained(float(settings["start"]), float(settings["target"]))
    return format_fixed(float(gate.slope[int(settings["steps"])]), 3)


def slopes() -> tuple[float, float]:
    """Return the smallest and the largest slope σ′ = f (1 − f) of the bracket unit's forget gate along its text."""
    values = [step.f * (1.0 - step.f) for _, step in unit_steps(TEXT)]
    return min(values), max(values)


PICTURE = Picture(
    draw,
    controls={
        "steps": Slider("Training steps", 0, STEPS, 1, 0),
        "start": Slider("Weight at the start", -4.0, 4.0, 0.5, -2.0),
        "target": Slider("Target share", 0.1, 0.9, 0.1, 0.8),
        "answer": Choice("The switch's slope", {"shown": "shown", "hidden": "hidden"}, "shown"),
    },
    facts={
        "steps": lambda settings: str(int(settings["steps"])),
        "gate": lambda settings: f"{_shares(settings)[0]:.2f}",
        "switch": lambda settings: f"{_shares(settings)[1]:.2f}",
        "slope": _slope,
        "target": lambda settings: f"{float(settings['target']):g}",
        "smallest": lambda settings: format_small(slopes()[0]),
        "largest": lambda settings: f"{slopes()[1]:.2f}",
        "learns": lambda settings: "2" if slopes()[0] > 0 else "1",
    },
    right_options={"learns": 2},
    relevant=lambda settings: ("steps", "start", "target"),
)
