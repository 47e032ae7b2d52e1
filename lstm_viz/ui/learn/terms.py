"""The words of the field in plain language; the cells' own quantities come from the vocabulary."""

from __future__ import annotations

from dataclasses import dataclass

from lstm_viz.gates import CELLS, Kind

KINDS: dict[Kind, str] = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}


@dataclass(frozen=True)
class Term:
    """One word: `symbol` and `formula` are empty where it has none."""

    symbol: str
    name: str
    range: str
    formula: str
    plain: str

    def speaks_of(self, words: str) -> bool:
        """True where each of the words stands somewhere in the term, in capitals or not."""
        told = f"{self.symbol} {self.name} {self.range} {self.formula} {self.plain}".lower()
        return all(word in told for word in words.lower().split())


GENERAL = (
    Term("t", "timestep", "1 … T", "", "one turn of the loop: one symbol is read"),
    Term("x_t", "input", "any", "", "what is read at a step: a character's learned vector, or the layer below"),
    Term("", "unit", "", "", "one number of a state with its own gates; a layer has many"),
    Term("", "layer", "", "", "a row of units; its hidden states are the next layer's inputs"),
    Term("W, b", "weights and biases", "any", "", "what training changes; the same at every step"),
    Term("z", "pre-activation", "any", "W x_t + b + W h_{t−1} + b", "what enters a gate's curve"),
    Term("", "saturation", "gate < 0.1 or > 0.9", "", "a gate so far shut or open that its slope is nearly zero"),
    Term("", "logit", "any", "", "the score of a possible next symbol, before the softmax"),
    Term("p", "softmax", "0 … 1, sum 1", "p_k = e^z_k / Σ_j e^z_j", "turns scores into probabilities"),
    Term("", "surprise", "0 … ∞ nat", "−ln p", "how unexpected a symbol was: 0 where it was certain"),
    Term("", "nat", "", "1 nat = 1.44 bit", "the unit of surprise, with the natural logarithm"),
    Term("", "perplexity", "1 … ∞", "e^(mean surprise)", "among how many equally likely symbols the network seems to choose"),
    Term("L", "loss", "0 … ∞ nat", "mean of −ln p", "what training makes small: the mean surprise"),
    Term("∂L/∂h_t", "gradient", "any", "", "how the answer changes when a state changes a little"),
    Term("BPTT", "backpropagation through time", "", "", "the chain rule, from the last step of the unrolled network back"),
    Term("", "vanishing gradient", "→ 0", "wⁿ, |w| < 1", "what happened long ago no longer teaches anything"),
    Term("", "exploding gradient", "→ ∞", "wⁿ, |w| > 1", "one step of training jumps far too wide"),
    Term("", "clipping", "‖g‖ ≤ cap", "g · min(1, cap/‖g‖)", "a cap on the gradient's length"),
    Term("", "epoch", "", "", "training has seen the whole text once"),
    Term("", "long-term dependency", "", "", "what is right now hangs on something read long ago"),
    Term("", "delay", "0 … symbols", "", "how many symbols stand between what counts and the question"),
    Term("", "latching", "", "", "a unit at an end of its range holds one thing, like a switch"),
    Term("", "top-k, top-p", "k ≥ 1, 0 < p ≤ 1", "", "draw only from the k likeliest, or from those that make up p"),
    Term("", "baseline", "", "", "a simple rule, such as the last value again, that a forecast has to beat"),
    Term("MAE", "mean absolute error", "0 … ∞", "mean of |value − forecast|", "by how much forecasts are off"),
    Term("MASE", "scaled error", "0 … ∞", "MAE / MAE of the last value", "below 1: better than saying the last value again"),
    Term("", "temperature", "above 0", "softmax(z / temperature)", "below 1 samples are careful, above 1 bold"),
)  # fmt: skip


def terms() -> tuple[Term, ...]:
    """All terms: the quantities of each cell, then the general words."""
    cells = tuple(
        Term(
            each.symbol, f"{each.name} ({KINDS[kind]})",
            f"{each.low:g} … {each.high:g}".replace("-", "−") if each.bounded else "any", each.formula, each.plain,
        )
        for kind, quantities in CELLS.items()
        for each in quantities
    )  # fmt: skip
    return cells + GENERAL
