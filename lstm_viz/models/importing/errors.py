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
    """The file names functions that act on a computer, or would exhaust the memory; the message says how to save it safely.

    Examples:
        >>> import pickle
        >>> import subprocess
        >>> _ = (folder / "theirs.pt").write_bytes(pickle.dumps({"weights": subprocess.run}))
        >>> try:
        ...     lstm_viz.load_checkpoint(folder / "theirs.pt")
        ... except lstm_viz.UnsafeCheckpoint as error:
        ...     print("subprocess" in str(error))
        True
    """


class UnsupportedCheckpoint(UnreadableModel):
    """The file holds no supported network; the message names what it holds and what is supported.

    Examples:
        >>> torch.save(torch.nn.Linear(2, 3).state_dict(), folder / "theirs.pt")
        >>> try:
        ...     lstm_viz.load_checkpoint(folder / "theirs.pt")
        ... except lstm_viz.UnsupportedCheckpoint as error:
        ...     print(str(error)[:54])
        theirs.pt holds no recurrent layer, but 'bias', 'weigh
    """


class Ambiguous(UnsupportedCheckpoint):
    """Two readings of a file fit its sizes and names alike, and give different numbers."""


class NamedRefusal(UnsupportedCheckpoint):
    """It holds a part that is not read, which is known by its name or by an answer, so that no other reason is looked for."""


class NoVocabulary(UnsupportedCheckpoint):
    """The architecture is supported, but its tokens are unknown: give them by `vocabulary=` or `text=` of `load_checkpoint`.

    Attributes:
        reason: Why they are unknown, without advice.
        wish: What to give in Python.
        count: How many tokens the network has.

    Examples:
        >>> from lstm_viz.models.importing import NoVocabulary
        >>> parts = torch.nn.ModuleDict({"e": torch.nn.Embedding(30, 4), "r": torch.nn.LSTM(4, 5), "d": torch.nn.Linear(5, 30)})
        >>> torch.save(parts.state_dict(), folder / "theirs.pt")
        >>> try:
        ...     lstm_viz.load_checkpoint(folder / "theirs.pt")
        ... except NoVocabulary as error:
        ...     print(error.reason, error.count)
        theirs.pt does not say what its 30 tokens are 30
    """

    def __init__(self, reason: str, wish: str, count: int) -> None:
        super().__init__(f"{reason}; {wish}")
        self.reason = reason
        self.wish = wish
        self.count = count


class NeedsAnswer(UnsupportedCheckpoint):
    """The file leaves something open that changes the numbers; give it by `answers={question: …}` of `load_checkpoint`.

    Attributes:
        reason: What is open.
        question: The question's id.
        options: The answers that are possible.
        usual: The most usual answer.

    Examples:
        >>> from lstm_viz.models.importing import NeedsAnswer
        >>> error = NeedsAnswer("theirs.pt does not say the activation", "activation", ("relu", "tanh"), "relu")
        >>> print(error)
        theirs.pt does not say the activation; say it by answers={"activation": …}, one of relu, tanh
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
