"""A vocabulary as a user types it: tokens in order, a list, a dictionary, or the text that the network learned from."""

from __future__ import annotations

from typing import Any

from lstm_viz.ui.pages.your_network.file_roles import numbered_rows, structure_of, tokens_in, vocabulary_rows


def parse_vocabulary(text: str, count: int) -> tuple[Any, str]:
    """Parse a vocabulary as `load_checkpoint` takes it; return it with a description of how it was read.

    Args:
        text: What was typed, or a file's text.
        count: How many tokens the network has.

    Returns:
        The list, dictionary or characters, and a sentence on how they were read.

    Raises:
        ValueError: It is neither `count` tokens nor a text with that many different characters or words.

    Examples:
        >>> parse_vocabulary("abba", 2)
        (['a', 'b'], 'Read as a text; its 2 different characters were sorted.')
    """
    entries = structure_of(text)
    if entries is not None:
        rows = vocabulary_rows(entries)
        entries = next((row for row in rows if len(row) == count), rows[0] if rows else entries)
        return entries, f"Read as a {'dictionary' if isinstance(entries, dict) else 'list'} of {len(entries):,} entries."
    tokens = tokens_in(text, count)
    if tokens is not None:
        return tokens[0], f"Read as {tokens[1]}."
    numbered = numbered_rows(text)
    if numbered is not None and len(numbered) == count:
        return numbered, f"Read as {count:,} tokens with their ids."
    for one in (text, text.removesuffix("\n")):
        if len(set(one)) == count:
            return sorted(set(one)), f"{AS_TEXT}; its {count:,} different characters were sorted."
    if len(set(text.split())) == count:
        return sorted(set(text.split())), f"{AS_TEXT}; its {count:,} different words were sorted."
    raise ValueError(
        f"{len(text):,} characters found, {len(set(text)):,} different ones; the network's vocabulary has {count:,}. "
        f"Give its training text or its list of {'characters' if count <= CHARACTERS else 'words'}"
    )


#: How the description of a text begins, whose tokens were only sorted.
AS_TEXT = "Read as a text"
#: Up to this many tokens are more likely characters than words.
CHARACTERS = 400
