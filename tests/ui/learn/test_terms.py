"""The cheat sheet: nothing of the vocabulary is missing, and one finds what one looks for."""

from lstm_viz.gates import CELLS
from lstm_viz.ui.learn.terms import GENERAL, terms


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
        return {term.name for term in terms() if term.speaks_of(words)}

    assert found("FORGET gate") == {"forget gate (LSTM)"}
    assert "backpropagation through time" in found("bptt")
    assert "surprise" in found("unexpected symbol")
    assert found("no such thing anywhere") == set()
    assert len(found("")) == len(terms())
