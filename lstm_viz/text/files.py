"""The result of reading a text file, and the error for one that cannot be read."""

from __future__ import annotations

from dataclasses import dataclass

from lstm_viz.results import Result

#: Default maximum size of a file, in bytes.
LIMIT = 5 * 2**20

#: Unicode's replacement character (U+FFFD), for bytes that could not be decoded.
REPLACEMENT = "\ufffd"


class UnreadableText(ValueError):
    """The bytes are not a readable text; the message says what came, what was wanted and what to do."""


@dataclass(frozen=True, repr=False)
class TextFile(Result):
    """A text with \\n line ends, its encoding, and notes for the user.

    A text may have independent parts: the files of an archive, the rows of a table. `starts` holds the index of each part's
    first character, ascending from 0, and `part_names` their names ("" if there is only one). A network that reads across
    `text` should reset its state at each start.

    `candidates` are the possible encodings, the chosen one first; there are several only if the encoding is a guess. `form` is
    the text's format: "plain", or one of `lstm_viz.text.markup.FORMS`.

    Examples:
        >>> file = TextFile("ab\\ncd", "utf-8", starts=(0, 3), part_names=("one.txt", "two.txt"))
        >>> file.parts
        ('ab\\n', 'cd')
    """

    text: str
    encoding: str
    notes: tuple[str, ...] = ()
    starts: tuple[int, ...] = (0,)
    part_names: tuple[str, ...] = ("",)
    candidates: tuple[str, ...] = ()
    form: str = "plain"

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the text of each part; joined, they are `text`."""
        ends = (*self.starts[1:], len(self.text))
        return tuple(self.text[start:end] for start, end in zip(self.starts, ends, strict=True))
