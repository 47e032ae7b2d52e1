"""The glossary's terms in plain language; the cells' own quantities come from `lstm_viz.gates`."""

from __future__ import annotations

from dataclasses import dataclass

from lstm_viz.gates import CELLS, Kind
from lstm_viz.ui.state.scales import format_range

KINDS: dict[Kind, str] = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}


@dataclass(frozen=True)
class Term:
    """One term; `symbol` and `formula` are empty if it has none."""

    symbol: str
    name: str
    range: str
    formula: str
    plain: str

    def matches(self, words: str) -> bool:
        """Return True if every word occurs in the term, ignoring case."""
        entry = f"{self.symbol} {self.name} {self.range} {self.formula} {self.plain}".lower()
        return all(word in entry for word in words.lower().split())


GENERAL = (
    Term("RNN", "recurrent neural network", "", "h_t from x_t and h_{t−1}", "feeds its state back into itself; plain: no gates"),
    Term("LSTM", "long short-term memory", "", "", "a recurrent network whose cell is controlled by three gates"),
    Term("GRU", "gated recurrent unit", "", "", "a recurrent network with two gates and one state for memory and output"),
    Term("", "folded", "", "", "a recurrent network drawn as one box with a loop"),
    Term("", "unrolled", "", "", "the loop drawn once for each step, as a feed-forward network of equal layers"),
    Term("", "feed-forward network", "", "", "layers one after another, without a loop"),
    Term("", "shared weights", "", "", "every step uses the same weights, so that a text may have any length"),
    Term("", "token", "", "", "what is read at one step: a character or a word; also called symbol"),
    Term("", "vocabulary", "", "", "all tokens that a network knows; any other counts as unknown"),
    Term("", "embedding", "any", "", "the learned vector that represents a token"),
    Term("t", "timestep", "1 … T", "", "one pass through the loop: one token is read; also called step"),
    Term("σ", "sigmoid", "0 … 1", "1 / (1 + e^−x)", "maps any number to 0 … 1: the activation of gates"),
    Term("tanh", "hyperbolic tangent", "−1 … 1", "(e^x − e^−x) / (e^x + e^−x)", "maps any number to −1 … 1: makes the candidate"),
    Term("ReLU", "rectified linear unit", "0 … ∞", "max(0, x)", "an activation that is zero below 0 and unbounded above"),
    Term("x_t", "input", "any", "", "what is read at a step: a character's learned vector, or the layer below"),
    Term("", "memory cell", "", "", "the part of an LSTM that keeps one number, the cell state; each unit has one"),
    Term("", "state", "any", "", "the numbers that a network hands on to itself from step to step"),
    Term("", "unit", "", "", "one number of a state with its own gates; a layer has many"),
    Term("", "layer", "", "", "a row of units; its hidden states are the next layer's inputs"),
    Term("W, b", "weights and biases", "any", "", "the parameters: what training changes, the same at every step"),
    Term("", "spectral radius", "0 … ∞", "max |eigenvalue of W_hh|", "how much the loop can amplify a state per step"),
    Term("z", "pre-activation", "any", "W x_t + b + W h_{t−1} + b", "the input of a gate's sigmoid or tanh"),
    Term("", "saturation", "gate < 0.1 or > 0.9", "", "a gate so far closed or open that its slope is nearly zero"),
    Term("", "logit", "any", "", "the score of a possible next token, before the softmax"),
    Term("p", "softmax", "0 … 1, sum 1", "p_k = e^z_k / Σ_j e^z_j", "turns scores into probabilities"),
    Term("", "surprise", "0 … ∞ nat", "−ln p", "how unexpected a token was: 0 where it was certain"),
    Term("", "nat", "", "1 nat = 1.44 bit", "the unit of surprise, with the natural logarithm"),
    Term("", "perplexity", "1 … ∞", "e^(mean surprise)", "the number of equally likely tokens that would be as hard to predict"),
    Term("L", "loss", "0 … ∞ nat", "mean of −ln p", "what training minimizes: the mean surprise"),
    Term("∂L/∂h_t", "gradient", "any", "", "how the loss, or an answer, changes when each number of a state changes a little"),
    Term("", "slope", "any", "∂L/∂x", "the derivative with respect to one number"),
    Term("", "differentiable", "", "", "has a slope everywhere, as σ and tanh have, and a hard switch has not"),
    Term("", "backpropagation", "", "∂L/∂w = ∂L/∂y · ∂y/∂w", "slopes multiplied from the loss back to each weight"),
    Term("", "log-probability", "−∞ … 0 nat", "ln p", "how sure the network is of a token: most gradients here are of it"),
    Term("", "gradient norm", "0 … ∞", "‖∂L_u/∂s_t‖", "how much a later surprise depends on an earlier state"),
    Term("", "direct path, gate path", "", "∂c_T/∂c_t = ∏ f + rest", "through the cell state, or by changing later gates"),
    Term("", "Frobenius norm", "0 … ∞", "√ of the sum of squares", "the length of a whole matrix"),
    Term("", "gradient × input", "any", "x · ∂L/∂x", "a token's contribution to the output, estimated from the slope alone"),
    Term("", "integrated gradients", "any", "", "slopes averaged between a neutral input and the token: shares that add up"),
    Term("", "completeness", "", "", "the shares add up to the whole change of the output"),
    Term("BPTT", "backpropagation through time", "", "", "the chain rule, from the last step of the unrolled network back"),
    Term("", "vanishing gradient", "→ 0", "wⁿ, |w| < 1", "early steps no longer influence training"),
    Term("", "exploding gradient", "→ ∞", "wⁿ, |w| > 1", "one training step changes the weights far too much"),
    Term("", "gradient clipping", "‖g‖ ≤ threshold", "g · min(1, threshold/‖g‖)", "keeps ‖g‖ within a threshold (a cap)"),
    Term("", "gradient descent", "", "W ← W − rate · ∂L/∂W", "training: all weights move a little against their gradients"),
    Term("", "momentum", "0 … 1", "", "a training step also follows the direction of earlier ones"),
    Term("", "learning rate", "above 0", "", "how far one training step moves the weights"),
    Term("", "dropout", "0 … 1", "", "this share of the values is set to zero at random in training, against overfitting"),
    Term("", "seed", "0, 1, 2 …", "", "the start of the random numbers: the same seed gives the same sample"),
    Term("", "snapshot", "", "", "the weights as they were at one moment of the training"),
    Term("", "held-out part", "", "", "data that training never saw, used to measure the error"),
    Term("", "epoch", "", "", "training has seen the whole text once"),
    Term("", "half-life", "0 … letters", "", "after so many characters half of a contribution is left"),
    Term("", "share of the memory", "any", "i_s g_s · ∏ f", "what a character wrote and is left: all add up to the cell"),
    Term("", "clamped gate", "", "", "What if: a gate is fixed at one value while the network runs"),
    Term("", "ablation", "", "", "a unit's output is set to 0, to see what depends on it"),
    Term("", "distance of states", "0 … 2", "", "how much two states differ: 0 equal, about 1.4 unrelated"),
    Term("", "verdict", "−2 … 2", "Σ class · p(class)", "the sentiment score, from very negative to very positive"),
    Term("", "prompt", "", "", "the text that a network continues"),
    Term("", "sample", "", "", "generated text: each token is drawn at random, likelier ones more often"),
    Term("", "guessing", "", "", "the accuracy of random answers"),
    Term("", "forecast", "", "", "the predicted next value: one step ahead, or many, each fed back as input"),
    Term("", "season", "in steps", "", "after how many steps a series repeats; seasonal naive: repeats the value one season ago"),
    Term("", "band", "", "", "a range that holds 80 of 100 simulated futures, from the network's own errors"),
    Term("", "long-term dependency", "", "", "the right output depends on something read long ago"),
    Term("", "delay", "0 … tokens", "", "how many tokens are between the information and the question"),
    Term("", "latching", "", "", "a unit stays at one end of its range, like a switch"),
    Term("", "top-k, top-p", "k ≥ 1, 0 < p ≤ 1", "", "draw only from the k likeliest, or from those that make up p"),
    Term("", "baseline", "", "", "a simple rule, such as repeating the last value, to compare a forecast with"),
    Term("MAE", "mean absolute error", "0 … ∞", "mean of |value − forecast|", "the mean size of the forecast error"),
    Term("MASE", "scaled error", "0 … ∞", "MAE / MAE of the last value", "below 1: better than repeating the last value"),
    Term("", "temperature", "above 0", "softmax(z / temperature)", "below 1 samples are more predictable, above 1 more varied"),
)  # fmt: skip


def terms() -> tuple[Term, ...]:
    """Return all terms: the quantities of each cell, then the general ones."""
    cells = tuple(
        Term(
            each.symbol, f"{each.name} ({KINDS[kind]})", format_range(each), each.formula, each.plain,
        )
        for kind, quantities in CELLS.items()
        for each in quantities
    )  # fmt: skip
    return cells + GENERAL
