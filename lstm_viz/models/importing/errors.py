"""Why a checkpoint is not opened, or not understood."""

from __future__ import annotations

from collections.abc import Iterable

from lstm_viz.models.serialization import UnreadableModel

#: What is understood, for the end of a message.
SUPPORTED = (
    "supported are an embedding or one-hot input, an nn.LSTM, nn.GRU, nn.RNN (or their cells) in one direction, and one linear "
    "layer to the next symbol"
)
#: How many names a message lists.
_NAMED = 6


class UnsafeCheckpoint(UnreadableModel):
    """Opening the file could run code or fill the memory, so it was not opened; the message says how to save it safely."""


class UnsupportedCheckpoint(UnreadableModel):
    """The file holds no network that is understood; the message names what it holds and what is supported."""


class NoVocabulary(UnsupportedCheckpoint):
    """The weights are understood, but not what the network's `count` symbols are; `said` is why, without what to do in Python."""

    def __init__(self, said: str, wish: str, count: int) -> None:
        super().__init__(f"{said}; {wish}")
        self.said = said
        self.count = count


def listed(names: Iterable[str]) -> str:
    """Names for a message: the first few, shortened, and how many more there are."""
    found = sorted(names)
    shown = ", ".join(repr(name[:60]) for name in found[:_NAMED])
    return f"{shown} and {len(found) - _NAMED} more" if len(found) > _NAMED else shown


def told(error: Exception) -> str:
    """What a library said of a stranger's bytes: its first line, shortened, in letters that any screen can hold."""
    return str(error).split("\n")[0][:120].encode("ascii", "backslashreplace").decode()
