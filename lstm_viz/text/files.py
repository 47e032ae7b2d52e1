"""What a file of text becomes, and the error that says why one cannot be read."""

from __future__ import annotations

from dataclasses import dataclass

from lstm_viz.results import Result

#: The largest file read by default, in bytes.
LIMIT = 5 * 2**20

#: Stands for what could not be decoded (U+FFFD), as Unicode has it.
REPLACEMENT = "\ufffd"


class UnreadableText(ValueError):
    """The bytes are no text that can be read; the message says what came, what was wanted and what to do."""


@dataclass(frozen=True, repr=False)
class TextFile(Result):
    """A text with \\n line ends, the encoding it came in, and remarks for the person who brought it.

    A text may have parts that have nothing to do with each other: the files of an archive, the rows of a table. `starts` holds
    the index of each part's first character, ascending from 0, and `part_names` what each is called ("" where there is but
    one). Whoever reads on across `text` resets the network's state at each start.

    `candidates` are the encodings that the bytes may be in, the one that was taken first; there are several only where the
    encoding is a guess. `form` is what the text is written in: "plain", "html", "rtf" or "xml".

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
        """The text of each part; joined, they are `text`."""
        ends = (*self.starts[1:], len(self.text))
        return tuple(self.text[start:end] for start, end in zip(self.starts, ends, strict=True))
