"""What is looked up in a scan: phrases, the most surprising passages, stretches of the text, units."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from lstm_viz.corpus import Hit, Scan, result


def scanned(text: str, surprise: np.ndarray | None = None) -> Scan:
    nats = np.arange(len(text), dtype=np.float32) if surprise is None else surprise.astype(np.float32)
    nats[:1] = np.nan
    return Scan(text, "rnn", nats, np.zeros(1, int), np.zeros((1, 1, 1)), None, {})


def test_a_phrase_is_found_whatever_its_case() -> None:
    found = scanned("The cat. the hat; İ THE end.")
    assert found.find("the") == [0, 9, 20]
    assert found.find("the", most=2) == [0, 9]
    assert found.find(".") == [7, 27]
    assert found.find("(") == found.find("") == found.find("dog") == []


def test_passages_are_ranked_by_their_mean_surprise() -> None:
    nats = np.repeat([2.0, 5.0, 1.0, 9.0], [64, 64, 64, 10])
    found = scanned("x" * 202, nats)
    # The last ten are no whole passage.
    assert found.surprising(2) == [Hit(64, 5.0), Hit(0, 2.0)]
    assert found.surprising(5, least=True) == [Hit(128, 1.0), Hit(0, 2.0), Hit(64, 5.0)]
    assert scanned("abc", np.array([0.0, 1.0, 3.0])).surprising(5) == [Hit(0, 2.0)]
    assert scanned("a").surprising(5) == []


@pytest.mark.parametrize("length", [2, 3, 10, 64, 1001])
@pytest.mark.parametrize("count", [1, 2, 7, 500])
@pytest.mark.parametrize("piece", [1, 50, 1 << 16])
def test_stretches_hold_the_mean_of_their_own_symbols(
    length: int, count: int, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result, "PIECE", piece)
    nats = np.random.default_rng(length).random(length)
    found = scanned("x" * length, nats)
    begins, means = found.bins(count)
    assert begins[0] == 0
    assert len(begins) <= count
    for begin, end, mean in zip(begins, [*begins[1:], length], means, strict=True):
        own = found.surprise[begin:end]
        own = own[np.isfinite(own)]
        assert mean == pytest.approx(own.mean(), abs=1e-6) if own.size else np.isnan(mean)


def test_no_stretch_of_a_text_that_is_too_short() -> None:
    assert [len(each) for each in scanned("a").bins(10)] == [0, 0]


def test_looking_up_takes_no_memory_in_proportion_to_the_text() -> None:
    length = 1_000_000
    found = scanned("x" * length, np.ones(length))
    assert not found.counted.all()  # known from here on, one byte a letter
    tracemalloc.start()
    found.bins(500)
    found.surprising(5)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Beside the passages' means, a few arrays of one piece.
    assert peak < 3 * length


def test_what_the_network_lacks_is_named() -> None:
    with pytest.raises(KeyError, match="no 'c' of layer 3"):
        scanned("ab").top_activations(3, 0, "c")
