"""Three tasks that need memory, each harder with a longer delay: recall the first symbol, copy a word, add two numbers.

After Hochreiter & Schmidhuber 1997, "Long short-term memory", experiments 2 and 4, and the copying task of Arjovsky et al.
2016, "Unitary evolution recurrent neural networks". Texts consist of single characters, so that a trained network is a
language model whose prediction of the next token is its answer.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Protocol

ASK = "?"


class InvalidExample(ValueError):
    """The text does not follow the task's rule and has no answer; the message says what came and what was wanted."""


class DelayTask(Protocol):
    """A task whose examples are a text that ends with the question, and the answer that should follow."""

    @property
    def name(self) -> str:
        """Return the task's name."""

    @property
    def rule(self) -> str:
        """Return the rule in a sentence."""

    def example(self, delay: int, draw: random.Random) -> tuple[str, str]:
        """Draw a random text ending with ASK, and its answer; `delay` symbols, 0 or more, separate the relevant part from ASK.

        All examples of one delay are equally long.
        """

    def solve(self, text: str) -> str:
        """Compute the right answer by the rule; raises InvalidExample for a text that does not follow it."""

    def memory_positions(self, text: str) -> tuple[int, ...]:
        """Return the positions of the symbols that the answer depends on, as far as a text has them."""

    @property
    def alphabet(self) -> str:
        """Return the symbols that may stand there."""

    def tokens(self) -> str:
        """Return every symbol that may occur."""

    @property
    def chance_accuracy(self) -> float:
        """Return the accuracy of the best guess without memory."""


@dataclass(frozen=True)
class Recall:
    """The first symbol is the answer; noise fills the delay."""

    alphabet: str = "ABCD"
    noise: str = "uvwxyz"
    name: str = "recall"
    rule: str = "Say at the ? which capital came first; the small letters mean nothing."

    def example(self, delay: int, draw: random.Random) -> tuple[str, str]:
        """Draw an example such as Bzxyvx? with the answer B."""
        first = draw.choice(self.alphabet)
        return first + "".join(draw.choices(self.noise, k=delay)) + ASK, first

    def solve(self, text: str) -> str:
        """Return the first symbol: it is the answer."""
        expected = f"one of {self.alphabet}, then any of {self.noise}, then {ASK}, as in {self.example(5, random.Random(0))[0]}"
        return _match(f"([{self.alphabet}])[{self.noise}]*", text, expected)[1]

    def memory_positions(self, text: str) -> tuple[int, ...]:
        """Return the first position, the only one to remember."""
        return tuple(position for position in range(len(text[:1])) if text[position] in self.alphabet)

    def tokens(self) -> str:
        """Return capitals, small letters and the question."""
        return self.alphabet + self.noise + ASK

    @property
    def chance_accuracy(self) -> float:
        """Return 1 / number of capitals."""
        return 1.0 / len(self.alphabet)


@dataclass(frozen=True)
class Copy:
    """Repeat a word of `length` symbols after a pause."""

    length: int = 4
    alphabet: str = "ABCD"
    pause: str = "."
    name: str = "copy"
    rule: str = "Repeat after the ? the word that stands at the beginning."

    def example(self, delay: int, draw: random.Random) -> tuple[str, str]:
        """Draw an example such as CABA......? with the answer CABA."""
        word = "".join(draw.choices(self.alphabet, k=self.length))
        return word + self.pause * delay + ASK, word

    def solve(self, text: str) -> str:
        """Return the word at the beginning."""
        example = self.example(6, random.Random(0))[0]
        expected = f"{self.length} letters out of {self.alphabet}, then any number of {self.pause}, then {ASK}, as in {example}"
        return _match(f"([{self.alphabet}]{{{self.length}}}){re.escape(self.pause)}*", text, expected)[1]

    def memory_positions(self, text: str) -> tuple[int, ...]:
        """Return the word's positions."""
        return tuple(position for position in range(len(text[: self.length])) if text[position] in self.alphabet)

    def tokens(self) -> str:
        """Return capitals, the pause and the question."""
        return self.alphabet + self.pause + ASK

    @property
    def chance_accuracy(self) -> float:
        """Return 1 / number of capitals."""
        return 1.0 / len(self.alphabet)


@dataclass(frozen=True)
class Add:
    """Add two digits marked by a plus among many others.

    One is in the first half and one in the second, as in the original, so that the network has to keep the first and combine
    it with the second; the digits are small enough that the sum is one digit.
    """

    largest: int = 4
    name: str = "add"
    rule: str = "Say at the ? the sum of the two digits that follow a plus."

    def example(self, delay: int, draw: random.Random) -> tuple[str, str]:
        """Draw an example such as 30+2141+30? with the answer 5; the delay is from the first marked digit to the question."""
        digits = [draw.randint(0, self.largest) for _ in range(delay + 2)]
        second = draw.randint(1, delay + 1)
        text = "".join(("+" if position in (0, second) else "") + str(digit) for position, digit in enumerate(digits))
        return text + ASK, str(digits[0] + digits[second])

    def solve(self, text: str) -> str:
        """Return the sum of the marked digits."""
        example = self.example(4, random.Random(0))[0]
        expected = f"digits from 0 to {self.largest}, two of them behind a +, the first at the start, then {ASK}, as in {example}"
        digit = f"[0-{self.largest}]"
        match = _match(rf"\+({digit}){digit}*\+({digit}){digit}*", text, expected)
        return str(int(match[1]) + int(match[2]))

    def memory_positions(self, text: str) -> tuple[int, ...]:
        """Return the positions of the first two marked digits."""
        marked = [position for position in range(1, len(text)) if text[position - 1] == "+" and text[position] in self.alphabet]
        return tuple(marked[:2])

    @property
    def alphabet(self) -> str:
        """Return the digits of the operands."""
        return "".join(map(str, range(self.largest + 1)))

    def tokens(self) -> str:
        """Return the digits of operands and sums, the plus and the question."""
        return "".join(map(str, range(2 * self.largest + 1))) + "+" + ASK

    @property
    def chance_accuracy(self) -> float:
        """Return the probability of the most frequent sum, `largest`, which has as many combinations as there are digits."""
        return 1.0 / (self.largest + 1)


def _match(pattern: str, text: str, expected: str) -> re.Match[str]:
    """Match a whole text up to and including the question."""
    match = re.fullmatch(pattern + re.escape(ASK), text)
    if match is None:
        example = text if len(text) <= 24 else f"{text[:20]} …"
        raise InvalidExample(f"“{example}” does not fit the task. Use: {expected}")
    return match


TASKS: dict[str, DelayTask] = {task.name: task for task in (Recall(), Copy(), Add())}
