"""A network with a loop, folded and unrolled over a short text, with what the shipped network then expects."""

from __future__ import annotations

from functools import cache

from lstm_viz.figures.palette import Palette
from lstm_viz.figures.unrolled import unrolled
from lstm_viz.models.catalog import load
from lstm_viz.reader import trace
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_percent
from lstm_viz.ui.pages.learn.course.picture import Choice, Drawing, Picture, Settings, Slider

MODEL, TEXT = "shakespeare-lstm", "The king is"
#: Where the text has the same letter twice, and the network has to tell them apart.
FIRST, SECOND = 5, 9


def draw(settings: Settings, palette: Palette) -> Drawing:
    """Draw the folded network, and beside it the number of unrolled steps that the slider says."""
    steps = int(settings["steps"])
    shown = settings["expected"] == "shown"
    tokens = [token for token, _ in expected()[:steps]]
    drawing = unrolled(TEXT[:steps], tokens if shown else ["?"] * steps, palette)
    caption = "A square is the whole network; the arrow that leaves it and comes back is its **state h**."
    if steps:
        # Which weights are equal is asked before it is said.
        above = "the one it then finds likeliest (measured)" if shown else "its guess of the next one, not shown yet"
        caption = (
            f"Below each box the letter it reads, above it {above}. A network trained on Shakespeare; it "
            f"has {load(MODEL).config.layers} such boxes, one on top of the other, drawn as one."
        )
    return Drawing(drawing, "", caption)


@cache
def expected() -> tuple[tuple[str, float], ...]:
    """Return after each letter of the text the likeliest next one, and its probability."""
    model = load(MODEL)
    probabilities = trace(model, TEXT).probs
    return tuple((model.vocabulary.tokens[int(each.argmax())], float(each.max())) for each in probabilities)


@cache
def weights() -> int:
    """Return the number of weights of the network's recurrent layers."""
    return sum(each.numel() for each in load(MODEL).rnn.parameters())


def _answer(position: int) -> str:
    token, probability = expected()[position]
    return f"‘{label(token)}’ ({format_percent(probability)})"


PICTURE = Picture(
    draw,
    controls={
        "steps": Slider("Letters read", 0, len(TEXT), 1, 5),
        "expected": Choice("Its answers", {"shown": "shown", "hidden": "hidden"}, "hidden"),
    },
    facts={
        "weights": lambda settings: f"{weights():,}",
        "unshared": lambda settings: f"{weights() * max(int(settings['steps']), 1):,}",
        "steps": lambda settings: str(int(settings["steps"])),
        "first_answer": lambda settings: _answer(FIRST),
        "second_answer": lambda settings: _answer(SECOND),
        "another": lambda settings: "1" if expected()[FIRST][0] == expected()[SECOND][0] else "2",
    },
    right_options={"another": 2},
)
