"""One gate trained by gradient descent, and a hard switch beside it that cannot learn: numbers, and a drawing of both.

A gate lets the share σ(w) through; the loss is its squared distance from a target. A switch is open where w > 0, else shut: its
slope is 0 wherever it has one, so that gradient descent never moves it (Rumelhart, Hinton & Williams 1986 for the descent;
Bengio, Léonard & Courville 2013 for units with a threshold).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from lstm_viz.figures.activations import ENDS, sigmoid, sigmoid_slope
from lstm_viz.figures.palette import Palette
from lstm_viz.figures.plot_area import PlotArea
from lstm_viz.figures.svg_elements import box, drawing, level, text
from lstm_viz.text.numbers import format_fixed, format_general

Reals = Float[np.ndarray, "..."]


@dataclass(frozen=True, eq=False, repr=False)
class GateTraining:
    """A gate's training: its weight before the first step and after each, [steps + 1], all float64."""

    hard: bool
    target: float
    weight: Float[np.ndarray, " steps"]

    def __repr__(self) -> str:
        kind = "switch" if self.hard else "gate"
        return f"GateTraining(a {kind} to {self.target:g} in {len(self.weight) - 1} steps)"

    @property
    def share(self) -> Reals:
        """What is let through: σ(w), or for a switch 1 where w > 0 and 0 elsewhere."""
        return gate_share(self.weight, self.hard)

    @property
    def share_slope(self) -> Reals:
        """∂share/∂w = σ(w) (1 − σ(w)); 0 for a switch."""
        return np.zeros_like(self.weight) if self.hard else sigmoid_slope(self.weight)

    @property
    def error(self) -> Reals:
        """∂loss/∂share = 2 (share − target)."""
        return 2.0 * (self.share - self.target)

    @property
    def loss(self) -> Reals:
        """The squared error, (share − target)²."""
        return (self.share - self.target) ** 2

    @property
    def slope(self) -> Reals:
        """∂loss/∂w by the chain rule: ∂loss/∂share · ∂share/∂w."""
        return self.error * self.share_slope


def gate_share(weight: Reals, hard: bool) -> Reals:
    """Return what a gate with this weight lets through: σ(w), or for a hard switch 1 where w > 0 and 0 elsewhere."""
    return (weight > 0.0).astype(np.float64) if hard else sigmoid(weight)


def train_gate(weight: float, target: float, rate: float, steps: int, hard: bool = False) -> GateTraining:
    """Train one gate by gradient descent: w ← w − rate · ∂loss/∂w.

    Args:
        weight: The weight at the beginning.
        target: The share that the gate should let through, 0..1.
        rate: The learning rate.
        steps: How many steps.
        hard: True trains a hard switch instead.

    Returns:
        The training, step by step.

    Raises:
        ValueError: The target is not in 0..1, or `steps` is negative.

    Examples:
        >>> soft, hard = (train_gate(-2.0, 0.8, 4.0, 60, hard) for hard in (False, True))
        >>> round(float(soft.share[-1]), 2), float(hard.share[-1])
        (0.8, 0.0)
    """
    if not 0.0 <= target <= 1.0 or steps < 0:
        raise ValueError(f"{steps} steps to a target of {target:g}; 0 or more steps to a target in 0..1 are wanted")
    weights = [weight]
    for _ in range(steps):
        slope = float(GateTraining(hard, target, np.array(weights[-1:])).slope[0])
        weights.append(weights[-1] - rate * slope)
    return GateTraining(hard, target, np.array(weights))


def gate_and_switch(gate: GateTraining, switch: GateTraining, step: int, palette: Palette, shown: bool = True) -> str:
    """Draw a gate (above) and a hard switch (below) after as many training steps: the loss by the weight, and the way back.

    Each half shows the curve of the loss, the weight reached as a point on it with its tangent, and backpropagation: the loss's
    slope by the share, times the share's slope by the weight.

    Args:
        gate: The training of a gate.
        switch: The training of a hard switch.
        step: After how many training steps.
        palette: The colours.
        shown: False hides the switch's slopes, while it is still to be guessed what they do.

    Returns:
        An SVG.
    """
    half = 206.0
    parts = [*_draw_half(gate, step, 0.0, palette), *_draw_half(switch, step, half, palette, shown)]
    words = " ".join((_describe(gate, step), _describe(switch, step, shown)))
    return drawing(400, 2 * half + 6, parts, words, widest=450)


def _describe(training: GateTraining, step: int, shown: bool = True) -> str:
    kind = "hard switch" if training.hard else "gate"
    return (
        f"A {kind} after {step} steps: weight {format_fixed(float(training.weight[step]))}, "
        f"share {training.share[step]:.2f}, loss {training.loss[step]:.3f}"
        + (f", slope {format_fixed(float(training.slope[step]), 3)}." if shown else ".")
    )


def _draw_half(training: GateTraining, step: int, top: float, palette: Palette, shown: bool = True) -> list[str]:
    colour, back = palette.roles["input" if training.hard else "keep"], palette.gradient
    w, loss, slope = (float(each[step]) for each in (training.weight, training.loss, training.slope))
    plot = PlotArea(44, top + 30, 196, 124, ENDS, (0.0, 1.0))
    ticks = {float(x): format_general(x) for x in (-6, -3, 0, 3, 6)}
    along = np.linspace(*ENDS, 961)
    near = np.linspace(w - 1.8, w + 1.8, 41)
    name = "a hard switch: open or shut" if training.hard else "a gate: σ(w)"
    return [
        text(8, top + 18, name, 15, "start", colour, bold=True),
        plot.axes(ticks, {0.0: "0", 0.5: "0.5", 1.0: "1"}, "", palette.roles["input"]),
        text(plot.left + plot.width, plot.top - 5, "loss", 14, "end"),
        *(_curves(plot, along, training, colour)),
        *([plot.curve(near, loss + slope * (near - w), back, 2, "6 4")] if shown else []),
        plot.point(w, loss, palette.roles["cell"], 7),
        *_draw_gradient(training, step, top, colour, palette, shown),
        text(plot.left, top + 190, f"slope {format_fixed(slope, 3) if shown else '?'}", 14, "start", back, bold=True),
        text(plot.left + plot.width, top + 190, "weight w", 14, "end"),
    ]


def _curves(plot: PlotArea, along: Reals, training: GateTraining, colour: str) -> list[str]:
    """Draw the loss by the weight; a switch's in two parts, as it jumps."""
    loss = (gate_share(along, training.hard) - training.target) ** 2
    parts = [along <= 0.0, along > 0.0] if training.hard else [np.ones_like(along, dtype=bool)]
    return [plot.curve(along[part], loss[part], colour) for part in parts]


def _draw_gradient(training: GateTraining, step: int, top: float, colour: str, palette: Palette, shown: bool) -> list[str]:
    """Draw what is let through, and the two slopes whose product is the slope for the weight."""
    share, error, gate_slope, slope = (
        float(each[step]) for each in (training.share, training.error, training.share_slope, training.slope)
    )
    back, left = palette.gradient, 256
    return [
        box(left, top + 32, 44, 44, colour, radius=6), level(left + 1, top + 33, 42, 42, share, colour),
        text(left + 54, top + 50, f"share {share:.2f}", 15, "start", bold=True),
        text(left + 54, top + 69, f"target {format_general(training.target)}", 14, "start"),
        text(left, top + 102, f"∂L/∂share {format_fixed(error)}", 14, "start", back),
        text(left, top + 122, f"× ∂share/∂w {format_fixed(gate_slope, 3) if shown else '?'}", 14, "start", back),
        f'<path d="M{left} {top + 130}H392" stroke="{back}"/>',
        text(left, top + 148, f"= ∂L/∂w {format_fixed(slope, 3) if shown else '?'}", 14, "start", back, bold=True),
        text(left, top + 172, f"w = {format_fixed(float(training.weight[step]))}", 15, "start", bold=True),
        text(left, top + 190, _moves(slope) if shown else "", 14, "start"),
    ]  # fmt: skip


def _moves(slope: float) -> str:
    """Say what the next step does to the weight."""
    if not slope:
        return "does not move"
    return "hardly moves" if abs(slope) < 0.0005 else "moves right" if slope < 0 else "moves left"
