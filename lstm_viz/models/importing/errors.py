"""Errors of importing a checkpoint."""

from __future__ import annotations

from collections.abc import Iterable

from lstm_viz.models.serialization import UnreadableModel

#: What is supported, for the end of a message.
SUPPORTED = (
    "supported is one chain: an embedding, one-hot input or numbers; LSTM, GRU or plain RNN layers or cells; a head of linear "
    "layers. Any other module can be looked into in Python by lstm_viz.capture(module)"
)
#: Maximum number of names in a message.
_NAMED = 6


class UnsafeCheckpoint(UnreadableModel):
    """The file names functions that act on a computer, or would exhaust the memory; the message says how to save it safely."""


class UnsupportedCheckpoint(UnreadableModel):
    """The file holds no supported network; the message names what it holds and what is supported."""


class Ambiguous(UnsupportedCheckpoint):
    """Two readings of a file fit its sizes and names alike, and give different numbers."""


class NoVocabulary(UnsupportedCheckpoint):
    """The architecture is supported, but the `count` tokens are unknown; `reason` says why, without advice for Python."""

    def __init__(self, reason: str, wish: str, count: int) -> None:
        super().__init__(f"{reason}; {wish}")
        self.reason = reason
        self.wish = wish
        self.count = count


class NeedsAnswer(UnsupportedCheckpoint):
    """The file leaves something open that changes the numbers; `answers={question: …}` of `load_checkpoint` says it.

    Attributes:
        reason: What is open.
        question: The question's id.
        options: The answers that are possible.
        usual: The most usual answer.
    """

    def __init__(self, reason: str, question: str, options: tuple[str, ...], usual: str) -> None:
        super().__init__(f'{reason}; say it by answers={{"{question}": …}}, one of {", ".join(options)}')
        self.reason, self.question, self.options, self.usual = reason, question, options, usual


def format_list(names: Iterable[str]) -> str:
    """Format names for a message: the first few, shortened, and how many more there are."""
    ordered = sorted(names)
    listing = ", ".join(repr(name[:60]) for name in ordered[:_NAMED])
    return f"{listing} and {len(ordered) - _NAMED} more" if len(ordered) > _NAMED else listing


def format_count(number: int, noun: str) -> str:
    """Format a number with its noun.

    Examples:
        >>> format_count(1, "output"), format_count(2000, "unit")
        ('1 output', '2,000 units')
    """
    return f"{number:,} {noun}{'s' * (number != 1)}"


def format_error(error: Exception) -> str:
    """Format a library's error for a message: its first line, shortened, in printable characters."""
    return str(error).split("\n")[0][:120].encode("ascii", "backslashreplace").decode()
