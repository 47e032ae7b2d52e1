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

    def matches(self, words: str) -> bool:
        """True where each of the words stands somewhere in the term, in capitals or not."""
        told = f"{self.symbol} {self.name} {self.range} {self.formula} {self.plain}".lower()
        return all(word in told for word in words.lower().split())


GENERAL = (
    Term("RNN", "recurrent neural network", "", "h_t from x_t and h_{t−1}", "hands its state on to itself; plain: without gates"),
    Term("LSTM", "long short-term memory", "", "", "a recurrent network with a cell that three gates guard"),
    Term("GRU", "gated recurrent unit", "", "", "a recurrent network with two gates and one state for memory and output"),
    Term("", "unrolled", "", "", "the loop drawn once for each step, as a feed-forward network of equal layers"),
    Term("", "feed-forward network", "", "", "layers one after another, without a loop"),
    Term("", "shared weights", "", "", "every step uses the same weights, so that a text may have any length"),
    Term("", "symbol", "", "", "what is read at one step: a letter or other character, or a word; also called token"),
    Term("", "vocabulary", "", "", "all symbols that a network knows; any other counts as one unknown symbol"),
    Term("", "embedding", "any", "", "the learned list of numbers that stands for a symbol"),
    Term("t", "timestep", "1 … T", "", "one turn of the loop: one symbol is read; also called step"),
    Term("σ", "sigmoid", "0 … 1", "1 / (1 + e^−x)", "squeezes any number into a share: the curve of gates"),
    Term("tanh", "hyperbolic tangent", "−1 … 1", "", "squeezes any number, keeping its sign: the curve of what is written"),
    Term("ReLU", "rectified linear unit", "0 … ∞", "max(0, x)", "a curve without an upper bound, below zero flat"),
    Term("x_t", "input", "any", "", "what is read at a step: a character's learned vector, or the layer below"),
    Term("", "unit", "", "", "one number of a state with its own gates; a layer has many"),
    Term("", "layer", "", "", "a row of units; its hidden states are the next layer's inputs"),
    Term("W, b", "weights and biases", "any", "", "the parameters: what training changes, the same at every step"),
    Term("", "spectral radius", "0 … ∞", "max |eigenvalue of W_hh|", "how far the loop can stretch a state, again and again"),
    Term("z", "pre-activation", "any", "W x_t + b + W h_{t−1} + b", "what enters a gate's curve"),
    Term("", "saturation", "gate < 0.1 or > 0.9", "", "a gate so far shut or open that its slope is nearly zero"),
    Term("", "logit", "any", "", "the score of a possible next symbol, before the softmax"),
    Term("p", "softmax", "0 … 1, sum 1", "p_k = e^z_k / Σ_j e^z_j", "turns scores into probabilities"),
    Term("", "surprise", "0 … ∞ nat", "−ln p", "how unexpected a symbol was: 0 where it was certain"),
    Term("", "nat", "", "1 nat = 1.44 bit", "the unit of surprise, with the natural logarithm"),
    Term("", "perplexity", "1 … ∞", "e^(mean surprise)", "among how many equally likely symbols the network seems to choose"),
    Term("L", "loss", "0 … ∞ nat", "mean of −ln p", "what training makes small: the mean surprise"),
    Term("∂L/∂h_t", "gradient", "any", "", "how the answer changes when a state changes a little"),
    Term("", "slope", "any", "∂L/∂x", "a gradient by one number: by how much the answer rises where that number does"),
    Term("", "log-probability", "−∞ … 0 nat", "ln p", "how sure the network is of a symbol: what most gradients here are of"),
    Term("", "gradient norm", "0 … ∞", "‖∂L_u/∂s_t‖", "how much a later surprise depends on an earlier state"),
    Term("", "direct path, gate path", "", "∂c_T/∂c_t = ∏ f + rest", "through open gates, or by changing later gates"),
    Term("", "Frobenius norm", "0 … ∞", "√ of the sum of squares", "the length of a whole table of numbers"),
    Term("", "gradient × input", "any", "x · ∂L/∂x", "what a symbol brings to the answer, guessed from the slope alone"),
    Term("", "integrated gradients", "any", "", "slopes summed on the way from a symbol that says nothing: shares that add up"),
    Term("", "completeness", "", "", "the shares add up to the whole change of the answer"),
    Term("BPTT", "backpropagation through time", "", "", "the chain rule, from the last step of the unrolled network back"),
    Term("", "vanishing gradient", "→ 0", "wⁿ, |w| < 1", "what happened long ago no longer teaches anything"),
    Term("", "exploding gradient", "→ ∞", "wⁿ, |w| > 1", "one step of training jumps far too wide"),
    Term("", "clipping", "‖g‖ ≤ cap", "g · min(1, cap/‖g‖)", "a cap on the gradient's length, or on each weight's slope"),
    Term("", "gradient descent", "", "W ← W − rate · ∂L/∂W", "training: all weights move a little against their gradients"),
    Term("", "momentum", "0 … 1", "", "a step of training also goes on a little in the direction of the last ones"),
    Term("", "learning rate", "above 0", "", "how far one step of training moves the weights"),
    Term("", "dropout", "0 … 1", "", "this share of the numbers is set to zero at random in training, against learning by heart"),
    Term("", "seed", "0, 1, 2 …", "", "the number that chance begins with: the same seed gives the same dice"),
    Term("", "snapshot", "", "", "the weights as they were at one moment of the training"),
    Term("", "held-out part", "", "", "what training never saw, kept to measure by"),
    Term("", "epoch", "", "", "training has seen the whole text once"),
    Term("", "half-life", "0 … letters", "", "after so many letters half of what a unit wrote is gone"),
    Term("", "share of the memory", "any", "i_s g_s · ∏ f", "what a letter wrote and is still there: all add up to the cell"),
    Term("", "held gate", "", "", "What if: a gate stays at one value, whatever the network says, and the network runs on"),
    Term("", "cut out", "", "", "What if: a unit is silenced, to see what the network cannot do without it"),
    Term("", "distance of states", "0 … 2", "", "how far apart two texts leave the network: 0 the same, about 1.4 unrelated"),
    Term("", "verdict", "−2 … 2", "Σ class · p(class)", "how a sentence is meant, from very negative to very positive"),
    Term("", "prompt", "", "", "the text that a network writes on from"),
    Term("", "sample", "", "", "what a network writes: each symbol drawn by dice, likelier ones more often"),
    Term("", "guessing", "", "", "the share of right answers that chance alone would give"),
    Term("", "forecast", "", "", "the value expected next: one step ahead, or many, each read as if observed"),
    Term("", "season", "in steps", "", "when a series repeats itself; seasonal naive: repeats the value a season before"),
    Term("", "band", "", "", "80 of 100 futures lie in it; they differ by errors as large as the network made"),
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
