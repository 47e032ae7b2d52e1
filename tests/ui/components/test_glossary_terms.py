"""The cheat sheet: nothing of the vocabulary is missing, and one finds what one looks for."""

import re
from pathlib import Path

import pytest

import lstm_viz
from lstm_viz.gates import CELLS
from lstm_viz.ui.components.glossary_terms import GENERAL, terms


def test_every_quantity_of_every_cell_is_there() -> None:
    told = {(term.symbol, term.formula): term for term in terms()}
    for cell in CELLS.values():
        for each in cell:
            term = told[each.symbol, each.formula]
            assert term.plain == each.plain
            assert term.name.startswith(each.name)
    assert told["i", CELLS["lstm"][0].formula].range == "0 … 1"
    assert told["h", CELLS["rnn"][0].formula].range == "−1 … 1"


def test_names_are_unique_and_words_plain() -> None:
    names = [term.name for term in terms()]
    assert len(set(names)) == len(names)
    assert all(term.plain for term in GENERAL)


def test_one_finds_by_symbol_name_or_words() -> None:
    def found(words: str) -> set[str]:
        return {term.name for term in terms() if term.matches(words)}

    assert found("FORGET gate") == {"forget gate (LSTM)"}
    assert "backpropagation through time" in found("bptt")
    assert "surprise" in found("unexpected token")
    assert found("no such thing anywhere") == set()
    assert len(found("")) == len(terms())


#: Words of the field that a newcomer cannot be expected to know.
JARGON = (
    "backpropagation", "baseline", "bias", "candidate", "cell state", "clipping", "completeness", "delay", "dropout",
    "eigenvalue", "embedding", "epoch", "feed-forward", "forget gate", "Frobenius norm", "gradient", "gradient × input",
    "gradient descent", "half-life", "held out", "hidden state", "input gate", "integrated gradients", "latching", "layer",
    "log-probability", "logit", "long-term", "loss", "MAE", "MASE", "momentum", "nats", "nucleus", "one step ahead",
    "output gate", "perplexity", "pre-activation", "prompt", "ReLU", "reset gate", "RNN", "saturated", "season",
    "seasonal naive", "seed", "shared weights", "slope", "snapshot", "softmax", "spectral radius", "forecast", "surprise",
    "symbol", "tanh", "temperature", "timestep", "token", "top-k", "top-p", "unit", "unknown", "unrolled", "update gate",
    "verdict", "vocabulary", "weights",
)  # fmt: skip
#: What a word is called in the cheat sheet where that is another form of it.
SAYS = {"held out": "held-out", "nats": "nat", "saturated": "saturation", "nucleus": "top-p"}


def spoken() -> str:
    """All texts in the code of the pages and of what they show."""
    folder = Path(lstm_viz.__file__).parent
    files = [*folder.glob("ui/**/*.py"), *folder.glob("ui/frontend/*.js"), *folder.glob("figures/*.py")]
    files.append(folder / "series/report_text.py")
    code = [file.read_text("utf-8") for file in files if file.name != "terms.py"]
    return "\n".join(text for each in code for text in re.findall(r"[\"'`]([^\"'`\n]+)[\"'`]", each))


@pytest.mark.parametrize("word", JARGON)
def test_every_word_of_the_field_that_a_page_uses_is_explained(word: str) -> None:
    if re.search(rf"\b{re.escape(word)}", spoken(), re.IGNORECASE):
        assert any(term.matches(SAYS.get(word, word)) for term in terms())
