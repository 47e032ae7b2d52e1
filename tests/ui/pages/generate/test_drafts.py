"""Drafts: what is written when, and what the browser may say about it."""

from __future__ import annotations

from typing import Any

import pytest

from lstm_viz.models.sampling import Sampling, sample
from lstm_viz.ui.pages.generate.drafts import Drafts, advance, apply_message, replace_token, resume, rewrite, start_drafts, stop
from tests.tiny import tiny

HOW = Sampling(0.9, 6)
MODELS = {"one": tiny("lstm"), "two": tiny("gru")}


def begun(count: int = 40, seed: int = 3) -> Drafts:
    return start_drafts(MODELS, "The h", seed, count, "two", 7)


def lengths(drafts: Drafts) -> list[int]:
    return [len(draft.tokens) for draft in drafts.generations]


def written(drafts: Drafts, shown: list[int], lead: int = 10, **more: Any) -> Drafts:
    """The drafts after the browser showed so much of it."""
    return advance(apply_message(drafts, {"epoch": drafts.epoch, "shown": shown, "chosen": None, **more}), HOW, lead)


def finished(drafts: Drafts) -> Drafts:
    """Written and shown to the end."""
    while drafts.is_running:
        drafts = written(drafts, lengths(drafts))
    return drafts


def test_no_more_is_written_than_somebody_waits_for() -> None:
    drafts = advance(begun(), HOW, 10)
    assert lengths(drafts) == [10, 10]
    # The same word twice, or another run without any, writes nothing more.
    assert lengths(advance(drafts, HOW, 10)) == [10, 10]
    drafts = written(drafts, [4, 8])
    assert lengths(drafts) == [14, 18]
    assert lengths(written(drafts, [4, 8])) == [14, 18]
    assert lengths(written(drafts, [14, 18], lead=99)) == [40, 40]


def test_what_comes_out_is_a_sample_however_it_was_asked_for() -> None:
    for lead in (1, 7, 100):
        drafts = begun()
        while drafts.is_running:
            drafts = written(drafts, lengths(drafts), lead)
        for draft, model in zip(drafts.generations, MODELS.values(), strict=True):
            assert "".join(draft.generated) == sample(model, "The h", 40, 0.9, 3, 6)
        assert drafts.finished


def test_it_goes_on_until_everything_was_shown() -> None:
    drafts = advance(begun(20), HOW, 100)
    assert drafts.is_running
    assert written(drafts, [20, 19]).is_running
    assert not written(drafts, [20, 20]).is_running


def test_stopping_keeps_what_was_written_and_going_on_ends_alike() -> None:
    drafts = stop(advance(begun(), HOW, 13))
    assert lengths(drafts) == [13, 13] == list(drafts.shown)
    assert lengths(advance(drafts, HOW, 50)) == [13, 13]
    whole = finished(resume(drafts, 30))
    assert lengths(whole) == [30, 30]
    assert "".join(whole.generations[0].generated) == sample(MODELS["one"], "The h", 30, 0.9, 3, 6)


def test_writing_again_from_a_letter_keeps_its_beginning_and_the_other_text() -> None:
    whole = finished(begun())
    drafts = apply_message(whole, {"epoch": 7, "shown": [40, 40], "chosen": [1, 12]})
    assert (drafts.focus, drafts.index, drafts.name) == (1, 12, "two")
    other = rewrite(drafts, 4, 40)
    assert (other.epoch, other.shown, other.is_running) == (8, (40, 12), True)
    end = finished(other)
    assert end.generations[0].tokens == whole.generations[0].tokens
    assert end.generation.generated[:12] == whole.generations[1].generated[:12]
    assert end.generation.generated != whole.generations[1].generated
    assert [pick.seed for pick in end.generation.tokens] == [3] * 12 + [4] * 28
    # The old seed brings the old text back.
    assert finished(rewrite(end, 3, 40)).generation.generated == whole.generations[1].generated


def test_another_letter_may_be_put_in_place() -> None:
    drafts = apply_message(finished(begun()), {"epoch": 7, "shown": [40, 40], "chosen": [0, 5]})
    number = MODELS["one"].vocabulary.index["?"]
    end = finished(replace_token(drafts, number, HOW, 40))
    assert end.generation.generated[:6] == (*drafts.generation.generated[:5], "?")
    assert len(end.generation.tokens) == 40
    assert [pick.seed for pick in end.generation.tokens[4:7]] == [3, None, 3]
    # At the last letter nothing is left to be written after it, but the letter stays.
    last = apply_message(drafts, {"epoch": 7, "shown": [40, 40], "chosen": [0, 39]})
    assert finished(replace_token(last, number, HOW, 20)).generation.generated == (*drafts.generation.generated[:39], "?")


@pytest.mark.parametrize(
    "sent",
    [
        None,
        {},
        {"epoch": 6, "shown": [9, 9], "chosen": [1, 2]},
        {"epoch": 7, "shown": [9], "chosen": [0, 99]},
        {"epoch": 7, "shown": "all", "chosen": [5, 0]},
        {"epoch": 7, "shown": [-1, True], "chosen": [0.5, 1]},
        {"epoch": 7, "shown": None, "chosen": {"a": 1}},
    ],
)
def test_what_makes_no_sense_changes_nothing(sent: dict[str, Any] | None) -> None:
    drafts = advance(begun(), HOW, 10)
    after = apply_message(drafts, sent)
    assert (after.shown, after.focus, after.index, after.is_running) == ((0, 0), 1, 0, True)


def test_the_browser_cannot_have_seen_more_than_was_written() -> None:
    assert apply_message(advance(begun(), HOW, 10), {"epoch": 7, "shown": [10**9, 5], "chosen": None}).shown == (10, 5)


def test_a_chosen_place_without_a_letter_has_no_pick() -> None:
    assert begun().token is None
    drafts = advance(begun(), HOW, 1)
    assert drafts.token is drafts.generations[1].tokens[0]
    assert drafts.prompt == "The h"
