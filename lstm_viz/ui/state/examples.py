"""Example sentences, each with a one-line hint on what to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lstm_viz.gates import Kind
from lstm_viz.ui.state.view import View, Zoom


@dataclass(frozen=True)
class Preset:
    """An example text for one family of models, with the unit to show where the model has it.

    `id` identifies it in the session state; the name may change, the id must not.
    """

    id: str
    name: str
    text: str
    hint: str
    colour: str = "mean.f"
    zoom: Zoom = "overview"
    layer: int = 0
    unit: int = 0
    step: int = -1
    #: True for presets about a gate that keeps the cell state, which a plain RNN does not have.
    gated: bool = False

    @property
    def unit_shown(self) -> tuple[int, int, str] | None:
        """Return layer, unit and colour of the unit that the hint is about; None if it is about no single unit."""
        return (self.layer, self.unit, self.colour) if self.colour.startswith("unit.") else None

    def apply_to(self, view: View) -> View:
        """Return the view as this preset shows it; model and objective stay."""
        return replace(view, text=self.text, colour=self.colour, zoom=self.zoom, layer=self.layer, unit=self.unit, step=self.step)


SHAKESPEARE = (
    Preset(
        "line-length", "The length of a line",
        "ROMEO:\nWhat light is on the hill tonight?\nI know not, lady, but it is not day.\n",
        "Unit 119 measures the line: every line break sets its cell to 1, and from there it runs down, letter by letter. "
        "Make a line longer.",
        colour="unit.c", zoom="unit", unit=119,
    ),
    Preset(
        "forgetting", "Where it lets go",
        "KING HENRY:\nGood morrow, cousin. Is the night so young?\n",
        "Coloured by the forget gate of the second layer: faint where it forgets, at a word's end, more at a line's.",
        layer=1, gated=True,
    ),
    Preset(
        "misspelling", "A word misspelt",
        "My gracious lord, I pray you pardqn me.",
        "Coloured by surprise: the network did not expect the q at all, and needs three more letters to find its way again.",
        colour="surprise",
    ),
)  # fmt: skip

PYTHON = (
    Preset(
        "brackets", "Brackets",
        "def total(prices):\n    ret",
        "This network was trained only to predict the next character of code, without any rule about brackets. "
        "Yet its unit 243 turns from blue to orange-red inside them.",
        colour="unit.c", zoom="unit", unit=243,
    ),
    Preset(
        "brackets-in-a-sentence", "Brackets in a sentence",
        "The cat (who was very old) sat on a mat.",
        "A network that only ever read program code meets a sentence: its unit 243 is orange-red inside brackets all the same.",
        colour="unit.c", zoom="unit", unit=243,
    ),
    Preset(
        "brackets-and-quotes", "Brackets and quotes",
        'print("a (b", x)\nprint(max(3, len(name)))\n',
        "A bracket inside quotes opens nothing: unit 243 stays as it is there, and waits for the one that closes.",
        colour="unit.c", zoom="unit", unit=243,
    ),
    Preset(
        "indentation", "Indentation",
        "for row in rows:\n    if row:\n        total = 0\n    else:\n        total = 1\n",
        "Unit 168 jumps at every line's end and counts down over the spaces that follow: it holds how far the code is indented.",
        colour="unit.c", zoom="unit", unit=168,
    ),
    Preset(
        "what-comes-next", "What comes next",
        "def area(width, height):\n    return width * height\n",
        "Coloured by surprise: names are hard to guess, but their second mention, the colon and the indentation are not.",
        colour="surprise",
    ),
)  # fmt: skip

COUNTING = (
    Preset(
        "five-and-five", "Five and five",
        "aaaaabbbbb\n",
        "Four units, one task: as many b as there were a. Unit 3 counts: its cell state climbs with every a and comes down "
        "with every b.",
        colour="unit.c", zoom="unit", unit=3,
    ),
    Preset(
        "longer-than-trained", "Longer than it ever saw",
        "aaaaaaaaaaaaaaabbbbbbbbbbbbbbb\n",
        "Training stopped at ten and ten. The counter, unit 3, counts on beyond that, and the line still ends where it must.",
        colour="unit.c", zoom="units", unit=3,
    ),
    Preset(
        "one-b-too-few", "One b too few",
        "aaaaaabbbbb\n",
        "The line ends one b too early: the last character is the surprise, and the counter, unit 3, was not down yet.",
        colour="surprise", zoom="unit", unit=3,
    ),
)  # fmt: skip

BRACKETS = (
    Preset(
        "nested", "Nested",
        "([()[]])\n",
        "Eight units remember which brackets are open. Unit 5 holds how many: a step down when one opens, a step up when one "
        "closes.",
        colour="unit.c", zoom="unit", unit=5,
    ),
    Preset(
        "wrong-bracket", "A wrong one",
        "([)]\n",
        "The third bracket closes the wrong kind: see how surprised the network is, and what it expected instead.",
        colour="surprise", zoom="units", step=1,
    ),
)  # fmt: skip

#: Sentences for the sentiment classifier. Where it fails, the hint says so.
SENTIMENT = (
    Preset(
        "but", "But",
        "The plot is thin, but the actors are wonderful.",
        "Negative first, positive last: the verdict ends on the side of the second half. See “but” soften what came before it.",
        step=5,
        colour="verdict",
    ),
    Preset(
        "but-reversed", "But, turned round",
        "The actors are wonderful, but the plot is thin.",
        "The same halves the other way round, and it ends negative: “but” takes half of the positive back, “thin” all.",
        step=5,
        colour="verdict",
    ),
    Preset(
        "not-good", "Not good",
        "The film is not good.",
        "“Good” alone is positive; after “not” it no longer lifts the sentence. Leave “not” out, and the verdict turns round.",
        step=3,
        colour="verdict",
    ),
    Preset(
        "isnt-bad", "Isn't bad",
        "The film isn't bad.",
        "Misclassified: “not” inverts a positive word, but only weakens a negative one.",
        step=3,
        colour="verdict",
    ),
    Preset(
        "double-negation", "Double negation",
        "I can't say that I didn't like it.",
        "Misclassified: two negations should cancel out, but to this network the second makes it worse.",
        step=7,
        colour="verdict",
    ),
    Preset(
        "never-better", "Never better",
        "I have never seen a better film.",
        "Misclassified, though it praises: “never” tips it to negative, and “better”, positive by itself, makes that worse.",
        step=2,
        colour="verdict",
    ),
    Preset(
        "sarcasm", "Sarcasm",
        "A masterpiece, if you like watching paint dry.",
        "Misclassified: it takes “masterpiece” at its word, and knows nothing of paint. Sarcasm needs to know the world.",
        step=1,
        colour="verdict",
    ),
    Preset(
        "positive", "Positive",
        "A wonderful film, full of warmth and wit.",
        "One word decides: after “wonderful” the verdict is positive, and what follows only makes it surer.",
        step=1,
        colour="verdict",
    ),
    Preset(
        "negative", "Negative",
        "A dull, lifeless film with no idea in its head.",
        "“Dull” tips the sentence at once. “With”, “in” and “its” say nothing by themselves, and change next to nothing.",
        step=1,
        colour="verdict",
    ),
    Preset(
        "unknown-word", "Never seen",
        "I loved this zorbly film 😡 :)",
        "Misclassified: words and emoji that it never saw are hatched, and do little. “:)” it knows, but takes for negative.",
        step=6,
    ),
)

FAMILIES = {"shakespeare": SHAKESPEARE, "python": PYTHON, "counting": COUNTING, "brackets": BRACKETS, "sst": SENTIMENT}


def presets(model: str, kind: Kind | None = None) -> tuple[Preset, ...]:
    """Return a model's presets; with `kind`, only those that apply to that cell kind.

    Session models get those of the Shakespeare networks.
    """
    family = next((named_presets for family, named_presets in FAMILIES.items() if model.startswith(family)), SHAKESPEARE)
    return tuple(preset for preset in family if kind != "rnn" or not preset.gated)


def is_example(text: str) -> bool:
    """Return True for the text of any model's preset: replacing it does not lose the user's own text."""
    return any(preset.text == text for family in FAMILIES.values() for preset in family)


def hint(view: View, kind: Kind, examples: Sequence[Preset]) -> str:
    """Return one line on what to look at.

    For an untouched example, its own hint; for the user's own text, the hint of the first example about the unit shown; otherwise
    an explanation of the chosen colours.
    """
    preset = next((each for each in examples if each.text == view.text), None)
    if preset is None or preset.colour != view.colour:
        preset = next((each for each in examples if each.unit_shown == (view.layer, view.unit, view.colour)), None)
    if preset is not None and (kind == "lstm" or preset.colour == "surprise"):
        return preset.hint
    return _HINTS.get(view.colour, "The text is coloured by the chosen quantity; click on it to see the cell at that step.")


# “Strong” and “faint” hold in both themes: the strong end of a scale is dark in one and bright in the other.
_HINTS = {
    "mean.f": "The text is coloured by the forget gate: strong where the cell state is kept, faint where it is forgotten.",
    "mean.z": "The text is coloured by the update gate: strong where the old state is kept, faint where it is overwritten.",
    "mean.i": "The text is coloured by the input gate: strong where much is written into the cell.",
    "mean.o": "The text is coloured by the output gate: strong where much of the cell is read out.",
    "verdict": "Each word is coloured by the verdict up to it: orange-red negative, blue positive. Click one for its cell.",
    "surprise": "The text is coloured by surprise: the stronger the colour, the less the network expected that character.",
    "norm.h": "The text is coloured by the gradient: the stronger the colour, the more the answer depends on the state there.",
    "unit.c": "The text is coloured by the selected unit's cell state: blue below zero, orange-red above.",
    "unit.h": "The text is coloured by the selected unit's hidden state: blue below zero, orange-red above.",
}
