"""Work after a reload: handed over whole, once, to nobody but its own tab, and never in place of newer work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lstm_viz.jobs import Pool
from lstm_viz.ui.components import tab_work
from lstm_viz.ui.state import session, settings
from lstm_viz.ui.state.address import Visit
from lstm_viz.ui.state.view import View
from tests.jobs import work
from tests.jobs.clock import ManualClock

State = dict[str, Any]
Visitor = Callable[..., State]


@pytest.fixture
def connected() -> set[int]:
    """The sessions whose browser is connected, by the number of their visitor."""
    return set()


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch, connected: set[int]) -> Visitor:
    """Begin a new session, or go on with an earlier one."""
    states: list[State] = []

    def visit(earlier: State | None = None, **requested: str) -> State:
        state: State = {"address_visit": Visit("", requested, True, {}, False)} if earlier is None else earlier
        if earlier is None:
            states.append(state)
            connected.add(len(states) - 1)
        number = next(index for index, each in enumerate(states) if each is state)
        monkeypatch.setattr("streamlit.session_state", state)
        monkeypatch.setattr(tab_work, "connection_check", lambda: lambda: number in connected)
        return state

    return visit


def secret(state: State) -> str:
    """The secret that this session's tab keeps, at the end of a run."""
    return str(tab_work.header()["claim"])


def left(visitor: Visitor, connected: set[int], **values: object) -> str:
    """The secret of a session that did some work, and whose page was then reloaded."""
    state = visitor()
    number = max(connected)
    state |= values
    for key in values:
        if not key.endswith(settings.SAVED):
            tab_work.keep(key)
    told = secret(state)
    connected.discard(number)
    return told


def test_a_reloaded_page_finds_its_work_and_its_choices_again(visitor: Visitor, connected: set[int]) -> None:
    book = object()
    told = left(visitor, connected, your_text_files=book, your_text_source_saved="A file")
    assert len(told) >= 32
    again = visitor()
    assert tab_work.header() == {"claim": "", "taken": []}
    tab_work.take([told])
    assert again["your_text_files"] is book
    assert again["your_text_source_saved"] == "A file"
    after = tab_work.header()
    assert after["taken"] == [told]
    assert after["claim"] not in ("", told)


def test_a_stranger_gets_nothing_nor_a_copied_tab_while_the_first_is_open_and_a_secret_serves_once(
    visitor: Visitor, connected: set[int]
) -> None:
    told = left(visitor, connected, book="mine")
    stranger = visitor()
    before = dict(stranger)
    for guess in ("", told[:-1], told.swapcase(), "x" * 10_000):
        tab_work.take([guess])
    connected.add(0)
    tab_work.take([told])
    connected.discard(0)
    assert {key: value for key, value in stranger.items() if key != "tab_work"} == before
    first, second = visitor(), visitor()
    visitor(first)
    tab_work.take([told])
    visitor(second)
    tab_work.take([told])
    assert first["book"] == "mine"
    assert "book" not in second


def test_two_quick_reloads_bring_both_works_and_the_newer_one_where_both_have_the_same(
    visitor: Visitor, connected: set[int]
) -> None:
    first = left(visitor, connected, book="old", series="mine", here_saved=1)
    second = left(visitor, connected, book="new", typed="a text", here_saved=2)
    again = visitor()
    tab_work.take([first, "unknown", second])
    assert {key: again[key] for key in ("book", "series", "typed", "here_saved")} == {
        "book": "new", "series": "mine", "typed": "a text", "here_saved": 2,
    }  # fmt: skip
    assert sorted(tab_work.header()["taken"]) == sorted([first, second])


def test_older_work_is_not_taken_before_newer_work_whose_page_is_still_connected(visitor: Visitor, connected: set[int]) -> None:
    first = left(visitor, connected, book="old")
    second = left(visitor, connected, book="new")
    connected.add(1)
    again = visitor()
    connected.add(2)
    tab_work.take([first, second])
    assert "book" not in again
    connected.discard(1)
    tab_work.take([first, second])
    assert again["book"] == "new"


def test_work_is_found_by_the_secret_that_the_tab_knew_before_another_page_took_it_and_was_reloaded_at_once(
    visitor: Visitor, connected: set[int]
) -> None:
    told = left(visitor, connected, book="mine")
    for _ in range(12):
        again = visitor()
        connected.clear()
        # Its answer does not reach the browser, which only knows the first secret.
        tab_work.take([told])
        assert again["book"] == "mine"
    assert told in tab_work.header()["taken"]


def test_what_belongs_together_is_handed_over_all_or_none_and_never_in_place_of_newer_work(
    visitor: Visitor, connected: set[int]
) -> None:
    earlier = visitor()
    earlier |= {"files": ("old",), "answers": {"cell": "lstm"}, "typed": "old", "source": "old"}
    tab_work.keep("files", "answers")
    tab_work.keep("typed")
    tab_work.keep("source")
    told = secret(earlier)
    connected.clear()
    newer = visitor()
    # An empty box and an example are no work.
    newer |= {"files": ("new",), "typed": "", "source": "an example"}
    tab_work.keep("files", "answers")
    tab_work.keep("typed")
    tab_work.keep("source", own=False)
    tab_work.take([told])
    assert (newer["files"], newer["typed"], newer["source"]) == (("new",), "old", "old")
    assert "answers" not in newer


def test_choices_of_the_page_that_a_link_has_opened_stay(visitor: Visitor, connected: set[int]) -> None:
    told = left(visitor, connected, book="mine", here_saved=1, there_saved=2)
    again = visitor()
    again["settings_used"] = {"": {"here": type("Setting", (), {"key": "here"})}}
    tab_work.take([told])
    assert "here_saved" not in again
    assert again["there_saved"] == 2


def test_work_that_was_taken_leaves_the_session_before(visitor: Visitor, connected: set[int]) -> None:
    earlier = visitor()
    earlier["book"] = "mine"
    tab_work.keep("book")
    told = secret(earlier)
    connected.clear()
    again = visitor()
    tab_work.take([told])
    # The first session was only cut off, and is back: it has nothing of the other one's any more, and a secret of its own.
    visitor(earlier)
    connected.add(0)
    tab_work.keep("book")
    assert "book" not in earlier
    assert tab_work.header() == {"claim": "", "taken": []}
    assert again["book"] == "mine"


def test_a_job_goes_on_with_the_session_that_took_it_and_ends_with_it(
    visitor: Visitor, connected: set[int], clocked: tuple[Pool, ManualClock]
) -> None:
    pool, clock = clocked
    job = pool.start(work.squares, 3, present=lambda: 0 in connected)
    told = left(visitor, connected, scan=("a request", job))
    visitor()
    tab_work.take([told])
    clock.advance(3600.0)
    pool.check()
    assert job.state == "waiting"
    connected.clear()
    pool.check()
    clock.advance(61.0)
    pool.check()
    assert job.state == "stopped"


def test_what_was_removed_is_not_brought_back(visitor: Visitor, connected: set[int]) -> None:
    earlier = visitor()
    earlier["book"] = "mine"
    tab_work.keep("book")
    assert secret(earlier)
    del earlier["book"]
    assert secret(earlier) == ""


def test_a_text_of_one_s_own_comes_back_and_is_offered_where_a_link_shows_another_view(
    visitor: Visitor, connected: set[int]
) -> None:
    own = View("what I have typed", "shakespeare-lstm")
    for requested in ({}, {"model": "brackets"}):
        connected.clear()
        earlier = visitor()
        session.save(own)
        told = secret(earlier)
        connected.clear()
        visitor(None, **requested)
        example = View("", "brackets")
        session.save(example)
        tab_work.take([told])
        assert session.is_text_replaced() == bool(requested)
        session.restore_text()
        assert session.current().text == own.text


def test_a_text_of_one_s_own_that_an_example_has_replaced_can_still_be_restored_and_the_newer_one_of_two(
    visitor: Visitor, connected: set[int]
) -> None:
    told = []
    for text in ("typed first", "typed later"):
        connected.clear()
        earlier = visitor()
        session.save(View(text, "shakespeare-lstm"))
        session.replace_text(View("", "brackets"))
        told.append(secret(earlier))
    connected.clear()
    visitor(None, model="brackets")
    session.save(View("", "brackets"))
    tab_work.take(told)
    assert session.is_text_replaced()
    session.restore_text()
    assert session.current().text == "typed later"


@pytest.fixture
def clocked(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Pool, ManualClock]]:
    """A pool without a worker, whose jobs wait, and its clock."""
    clock = ManualClock()
    monkeypatch.setattr(Pool, "warm", lambda self: None)
    pool = Pool(0, clock=clock)
    yield pool, clock
    pool.close()
