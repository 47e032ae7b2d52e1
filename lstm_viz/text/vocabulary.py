"""The symbols a model knows, one code point each, and one more for everything it never saw."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Int

#: Stands for every character that training never showed; it is always symbol 0.
UNKNOWN = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Vocabulary:
    """An ordered set of symbols, `symbols[0]` being the unknown one."""

    symbols: tuple[str, ...]
    index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        single = all(isinstance(symbol, str) and len(symbol) == 1 for symbol in self.symbols)
        if not single or self.symbols[:1] != (UNKNOWN,) or len(set(self.symbols)) != len(self.symbols):
            raise ValueError(f"a vocabulary holds different single symbols, {UNKNOWN!r} first; got {self.symbols[:5]!r} …")
        object.__setattr__(self, "index", {symbol: number for number, symbol in enumerate(self.symbols)})

    @classmethod
    def of(cls, symbols: Iterable[str]) -> Vocabulary:
        """The vocabulary of everything in `symbols`, sorted, with the unknown symbol in front."""
        return cls((UNKNOWN, *sorted(set(symbols) - {UNKNOWN})))

    def __len__(self) -> int:
        return len(self.symbols)

    def __contains__(self, symbol: object) -> bool:
        return symbol != UNKNOWN and symbol in self.index

    def encode(self, text: Iterable[str]) -> Int[np.ndarray, " time"]:
        """The number of each symbol, int64 [time]; 0 where it is not known."""
        return np.fromiter((self.index.get(symbol, 0) for symbol in text), dtype=np.int64)

    def decode(self, ids: Iterable[int]) -> str:
        """The text that these numbers stand for."""
        return "".join(self.symbols[number] for number in ids)
