"""The quantities of recurrent cells: symbol, name, range, formula and colour role of each.

Symbols are PyTorch's and the field's: i input (write), f forget, g cell candidate, o output (read), c cell state,
h hidden state, x input; the GRU's r reset, z update, n new. Sources: Hochreiter & Schmidhuber 1997, Gers et al. 2000,
Cho et al. 2014 and PyTorch's documentation of nn.LSTM, nn.GRU and nn.RNN.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["lstm", "gru", "rnn"]
Role = Literal["write", "keep", "candidate", "read", "cell", "hidden", "input"]

#: The names of the cell kinds, alone and with an article.
NAMES: dict[Kind, str] = {"lstm": "LSTM", "gru": "GRU", "rnn": "plain RNN"}
ONE_OF: dict[Kind, str] = {"lstm": "an LSTM", "gru": "a GRU", "rnn": "a plain RNN"}


@dataclass(frozen=True)
class Quantity:
    """One quantity of a cell: its name, its range, and its formula.

    `low` and `high` bound the drawn scale; `bounded` says that no value can leave them.

    Examples:
        >>> lstm_viz.gates.quantity("lstm", "f").name, lstm_viz.gates.quantity("lstm", "f").formula
        ('forget gate', 'f_t = σ(W_if x_t + b_if + W_hf h_{t−1} + b_hf)')
    """

    symbol: str
    name: str
    plain: str
    low: float
    high: float
    bounded: bool
    formula: str
    role: Role

    @property
    def signed(self) -> bool:
        """Return True if zero lies inside the range, so that a diverging colour scale fits."""
        return self.low < 0.0

    @property
    def label(self) -> str:
        """Return the name with its symbol, for axes and legends."""
        return f"{self.name} {self.symbol}"


_SIGMA, _TANH = (0.0, 1.0, True), (-1.0, 1.0, True)

LSTM: tuple[Quantity, ...] = (
    Quantity("i", "input gate", "how much of the candidate is written", *_SIGMA,
             "i_t = σ(W_ii x_t + b_ii + W_hi h_{t−1} + b_hi)", "write"),
    Quantity("f", "forget gate", "how much of the old cell state is kept", *_SIGMA,
             "f_t = σ(W_if x_t + b_if + W_hf h_{t−1} + b_hf)", "keep"),
    Quantity("g", "candidate", "what would be written", *_TANH,
             "g_t = tanh(W_ig x_t + b_ig + W_hg h_{t−1} + b_hg)", "candidate"),
    Quantity("o", "output gate", "how much of the cell is read out", *_SIGMA,
             "o_t = σ(W_io x_t + b_io + W_ho h_{t−1} + b_ho)", "read"),
    Quantity("c", "cell state", "what is remembered", -2.0, 2.0, False,
             "c_t = f_t c_{t−1} + i_t g_t", "cell"),
    Quantity("h", "hidden state", "what is handed on", *_TANH,
             "h_t = o_t tanh(c_t)", "hidden"),
)  # fmt: skip

GRU: tuple[Quantity, ...] = (
    Quantity("r", "reset gate", "how much of the old state the new one may see", *_SIGMA,
             "r_t = σ(W_ir x_t + b_ir + W_hr h_{t−1} + b_hr)", "read"),
    Quantity("z", "update gate", "how much of the old state is kept", *_SIGMA,
             "z_t = σ(W_iz x_t + b_iz + W_hz h_{t−1} + b_hz)", "keep"),
    Quantity("n", "new state", "what would be written", *_TANH,
             "n_t = tanh(W_in x_t + b_in + r_t (W_hn h_{t−1} + b_hn))", "candidate"),
    Quantity("h", "hidden state", "what is remembered and handed on", *_TANH,
             "h_t = (1 − z_t) n_t + z_t h_{t−1}", "hidden"),
)  # fmt: skip

RNN: tuple[Quantity, ...] = (
    Quantity("h", "hidden state", "what is remembered and handed on", *_TANH,
             "h_t = tanh(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh)", "hidden"),
)  # fmt: skip

CELLS: dict[Kind, tuple[Quantity, ...]] = {"lstm": LSTM, "gru": GRU, "rnn": RNN}

#: The state that is a cell's memory, and the gate that multiplies its previous value (a plain RNN has none).
MEMORY_STATE: dict[Kind, str] = {"lstm": "c", "gru": "h", "rnn": "h"}
KEEP_GATE: dict[Kind, str] = {"lstm": "f", "gru": "z"}

#: The gates in the order in which PyTorch stacks their rows in weight_ih and weight_hh.
PACKED: dict[Kind, tuple[str, ...]] = {"lstm": ("i", "f", "g", "o"), "gru": ("r", "z", "n"), "rnn": ("h",)}


def symbols(kind: Kind) -> tuple[str, ...]:
    """Return the symbols of a cell's quantities, gates first, in drawing order.

    Args:
        kind: The cell: "lstm", "gru" or "rnn".

    Returns:
        The symbols, such as "i" for the input gate.

    Raises:
        KeyError: There is no such cell.

    Examples:
        >>> lstm_viz.gates.symbols("lstm"), lstm_viz.gates.symbols("rnn")
        (('i', 'f', 'g', 'o', 'c', 'h'), ('h',))
    """
    if kind not in CELLS:
        raise KeyError(f"there is no cell {kind!r}; choose one of {', '.join(CELLS)}")
    return tuple(quantity.symbol for quantity in CELLS[kind])


def quantity(kind: Kind, symbol: str) -> Quantity:
    """Return one quantity of a cell: its name, range and formula.

    Args:
        kind: The cell: "lstm", "gru" or "rnn".
        symbol: The quantity's symbol.

    Returns:
        The quantity.

    Raises:
        KeyError: There is no such cell, or it has no such quantity; the message names those that it has.

    Examples:
        >>> lstm_viz.gates.quantity("gru", "z").bounded
        True
    """
    offered = symbols(kind)
    if symbol not in offered:
        raise KeyError(f"{kind} has no quantity {symbol!r}; it has {', '.join(offered)}")
    return CELLS[kind][offered.index(symbol)]
