"""Example prompts, and the networks that generate side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lstm_viz.ui.state.examples import Preset, is_example


@dataclass(frozen=True)
class Prompt:
    """A prompt, and one line on what to look for in its continuation."""

    id: str
    name: str
    text: str
    hint: str


#: Networks trained on the same texts that differ only in their cell.
SIBLINGS = ("shakespeare-lstm", "shakespeare-gru", "shakespeare-rnn")

PROMPTS = {
    "shakespeare": (
        Prompt(
            "romeo",
            "Romeo speaks",
            "ROMEO:\n",
            "Three networks that learned the same plays, with the same seed: where they expect the same, they write the same.",
        ),
        Prompt(
            "king",
            "The king is …",
            "My lord, the king is ",
            "Click the first written letter: what else could the king have been?",
        ),
        Prompt(
            "question",
            "A question",
            "JULIET:\nWhat is thy name",
            "No rule about questions was given: see which networks find the question mark, and with what probability.",
        ),
        Prompt(
            "to-be",
            "To be, or not to be",
            "To be, or not to be: ",
            "The line is famous, but in none of the training plays: the networks must invent what follows.",
        ),
    ),
    "python": (
        Prompt(
            "function",
            "A function's body",
            "def read_lines(path):\n",
            "Look at the indentation, the brackets and the quotes: they nearly always fit, whatever the sense.",
        ),
        Prompt(
            "an-open-bracket",
            "An open bracket",
            "    if not isinstance(",
            "The bracket must be closed and the line end in a colon. Does it?",
        ),
        Prompt(
            "class",
            "A class",
            "class Stack:\n    def __init__(self):\n        ",
            "Click the letter behind a dot: that a name must follow is clear, which one is not.",
        ),
    ),
    "counting": (
        Prompt(
            "eight-a",
            "Eight a",
            "aaaaaaaa",
            "It learned: as many b as there were a. Once the first b stands, it has no choice left.",
        ),
        Prompt(
            "twenty-a",
            "Twenty a",
            "a" * 20,
            "Training stopped at ten. A network that counts continues beyond; check its output.",
        ),
    ),
    "brackets": (
        Prompt(
            "four-open", "Four open", "([[(", "Watch it close what you opened, in the right order, before anything new begins."
        ),
        Prompt(
            "eight-open",
            "Eight open",
            "([([([([",
            "Count how many it closes in the right order, and try other temperatures.",
        ),
    ),
}


def family(model: str) -> tuple[str, ...]:
    """Return the networks shown side by side with this one, including itself."""
    return SIBLINGS if model in SIBLINGS else (model,)


def prompts(model: str, examples: Iterable[Preset]) -> tuple[Prompt, ...]:
    """Return a model's prompts; a session model has its own examples."""
    family_prompts = next((family_prompts for kind, family_prompts in PROMPTS.items() if model.startswith(kind)), None)
    return family_prompts or tuple(Prompt(each.id, each.name, each.text, "") for each in examples)


def is_unedited(text: str, examples: Iterable[Preset] = ()) -> bool:
    """Return True for a prompt or example that the user has not edited."""
    offered = any(prompt.text == text for family_prompts in PROMPTS.values() for prompt in family_prompts)
    return offered or is_example(text) or any(preset.text == text for preset in examples)
