"""The class's WebSocket: rooms that do not mix, pupils who see what they may, and strangers' messages."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from typing import Any

import numpy as np
import pytest
from websockets.exceptions import InvalidStatus

import lstm_viz
from lstm_viz.classroom import limits, rooms
from lstm_viz.classroom.memory_store import MemoryRoomStore
from lstm_viz.classroom.store import RoomStore
from lstm_viz.ui.components.classroom import room_feed
from tests.ui.components.classroom.room_server import Browser, browser, run, serving


def test_thirty_sockets_in_three_rooms_never_hear_of_another_room(store: RoomStore) -> None:
    """Every message to anybody is searched for the marks of the other rooms' lines."""

    async def lesson() -> None:
        async with serving(store) as host, AsyncExitStack() as stack:
            marks = "abc"
            teachers = [await stack.enter_async_context(browser(host, "open")) for _ in marks]
            codes = [(await teacher.until("leading"))["room"] for teacher in teachers]
            assert len(set(codes)) == 3
            pupils: list[tuple[str, Browser]] = []
            for index in range(27):
                room = index % 3
                page = await stack.enter_async_context(browser(host, "join", room=codes[room], name=f"is{marks[room]}{index}"))
                await page.until("joined")
                pupils.append((marks[room], page))
            for step in range(1, 6):
                for mark, page in pupils:
                    await page.send("line", line=f"={mark * step}=", clears=0)
            for room, teacher in enumerate(teachers):
                await teacher.send("choose", model="counting", spotlight=1 + room)
            for mark, teacher in zip(marks, teachers, strict=True):
                while set(teacher.lines().values()) != {f"={mark * 5}="} or len(teacher.cards) != 9:
                    await teacher.until("wall")
            for mark, page in pupils:
                await page.until("shown", lambda shown: shown["large"] is not None)
                assert page.latest["shown"]["large"]["name"].startswith(f"is{mark}")
            for mark, page in [*pupils, *zip(marks, teachers, strict=True)]:
                others = [f"={other}" for other in marks if other != mark] + [f'"is{other}' for other in marks if other != mark]
                # Tokens are sent one by one.
                told = "\n".join(page.raw).replace('","', "")
                assert f"={mark}" in told
                assert [other for other in others if other in told] == []

    run(lesson)


def test_the_wall_shows_what_trace_says(store: RoomStore) -> None:
    async def lesson() -> None:
        async with serving(store) as host, browser(host, "open") as teacher, AsyncExitStack() as stack:
            code = (await teacher.until("leading"))["room"]
            lines = ["([])", "([)]", ""]
            for line in lines:
                page = await stack.enter_async_context(browser(host, "join", room=code))
                await page.until("joined")
                await page.send("line", line=line, clears=0)
            model = lstm_viz.load("brackets")
            traces = [lstm_viz.trace(model, line) for line in lines]
            for colour, expected in (
                ("mean.f", [read.layers[0].f[:, 0].mean(axis=1) for read in traces]),
                ("unit.c", [read.layers[0].c[:, 0, 5] for read in traces]),
                ("surprise", [read.surprise for read in traces]),
            ):
                await teacher.send("choose", model="brackets", colour=colour, unit=5, sort="surprise")
                chosen = {"model": "brackets", "colour": colour}
                while not chosen.items() <= teacher.latest.get("wall", {}).get("room", {}).items():
                    await teacher.until("wall")
                while [teacher.lines().get(number) for number in (1, 2, 3)] != lines:
                    await teacher.until("wall")
                for number, values in enumerate(expected, 1):
                    sent = np.array([np.nan if value is None else value for value in teacher.cards[number]["values"]])
                    np.testing.assert_allclose(sent, values, atol=6e-5)
            surprise = [np.nanmean(read.surprise) for read in traces[:2]]
            assert teacher.latest["wall"]["order"] == ([1, 2] if surprise[0] > surprise[1] else [2, 1]) + [3]

    run(lesson)


def test_a_class_of_thirty_votes_and_sees_the_result_with_the_reveal_only(store: RoomStore) -> None:
    text = "([()[]])"
    forget = lstm_viz.trace(lstm_viz.load("brackets"), text).layers[0].f[:, 0].mean(axis=1)
    lowest = sorted(sorted(range(1, 8), key=lambda step: forget[step])[:1])

    async def lesson() -> None:
        async with serving(store) as host, browser(host, "open") as teacher, AsyncExitStack() as stack:
            code = (await teacher.until("leading"))["room"]
            await teacher.send("choose", model="brackets")
            await teacher.until("wall", lambda wall: wall["room"]["model"] == "brackets")
            await teacher.send("ask", kind="tap", text=text)
            pupils = [await stack.enter_async_context(browser(host, "join", room=code)) for _ in range(30)]
            for index, page in enumerate(pupils):
                await page.until("shown", lambda shown: shown["vote"] is not None)
                vote = page.latest["shown"]["vote"]
                assert (vote["options"], vote["gate"], vote["mine"], "result" in vote) == (list(text), "forget gate", [], False)
                await page.send("answer", vote=vote["id"], picks=[1 + index % 7])
            await teacher.until("wall", lambda wall: wall["vote"] and wall["vote"]["result"]["voters"] == 30)
            assert teacher.latest["wall"]["vote"]["result"]["counts"] == [0, 5, 5, 4, 4, 4, 4, 4]
            for index, page in enumerate(pupils):
                while page.latest["shown"]["vote"]["mine"] != [1 + index % 7]:
                    await page.until("shown")
                assert not any('"counts"' in raw for raw in page.raw)
            await teacher.send("reveal")
            for page in pupils:
                await page.until("shown", lambda shown: shown["vote"]["revealed"])
            result = pupils[0].latest["shown"]["vote"]["result"]
            np.testing.assert_allclose(result["values"], forget, atol=6e-5)
            assert result["aims"] == lowest
            assert result["right"] == sum(1 + index % 7 in lowest for index in range(30))
            assert result["byChance"] == pytest.approx(1 / 7)
            # Too late.
            await pupils[0].send("answer", vote=1, picks=[1])
            assert "closed" in (await pupils[0].until("notice"))["why"]
            await teacher.send("done")
            await pupils[0].until("shown", lambda shown: shown["vote"] is None)

    run(lesson)


def test_positive_or_negative_is_what_the_classifier_says() -> None:
    text = "The film is not good."
    probs = lstm_viz.trace(lstm_viz.load("sst-lstm"), text).probs[-1]

    async def lesson() -> None:
        async with serving(MemoryRoomStore()) as host, browser(host, "open") as teacher:
            code = (await teacher.until("leading"))["room"]
            await teacher.send("ask", kind="choice", text=text)
            async with browser(host, "join", room=code) as pupil:
                await pupil.until("shown", lambda shown: shown["vote"] is not None)
                await pupil.send("answer", vote=1, picks=[0])
                await teacher.until("wall", lambda wall: wall["vote"] and wall["vote"]["result"]["voters"] == 1)
                await teacher.send("reveal")
                await teacher.until("wall", lambda wall: wall["vote"]["revealed"])
            result = teacher.latest["wall"]["vote"]["result"]
            np.testing.assert_allclose(result["values"], [probs[:2].sum(), probs[3:].sum()], atol=6e-5)
            assert (result["right"], result["byChance"]) == (int(probs[:2].sum() > probs[3:].sum()), 0.5)

    run(lesson)


def test_hidden_lines_reach_no_pupil(store: RoomStore) -> None:
    async def lesson() -> None:
        async with serving(store) as host, browser(host, "open") as teacher:
            code = (await teacher.until("leading"))["room"]
            async with browser(host, "join", room=code, name="Ada") as ada, browser(host, "join", room=code) as other:
                number = (await ada.until("joined"))["number"]
                await teacher.send("choose", moderated=True, spotlight=number)
                await teacher.until("wall", lambda wall: wall["room"]["moderated"])
                await ada.send("line", line="secret", clears=0)
                await teacher.until("wall", lambda wall: "secret" in teacher.lines().values() and len(teacher.cards) == 2)
                assert [card["shown"] for card in teacher.cards.values()] == [False, False]
                await teacher.send("show", member=number, shown=True)
                await other.until("shown", lambda shown: shown["large"] is not None)
                assert not any('"tokens"' in raw for raw in other.raw[:-1])
                assert other.latest["shown"]["large"]["name"] == "Ada"
                await teacher.send("show", member=number, shown=False)
                await other.until("shown", lambda shown: shown["large"] is None)
                await teacher.send("show", member=99, shown=True)
                assert "left" in (await teacher.until("notice"))["why"]

    run(lesson)


def test_frozen_lines_come_afterwards_and_cleared_ones_do_not(store: RoomStore) -> None:
    async def lesson() -> None:
        async with serving(store) as host, browser(host, "open") as teacher:
            code = (await teacher.until("leading"))["room"]
            async with browser(host, "join", room=code) as pupil:
                await pupil.send("line", line="one", clears=0)
                await teacher.until("wall", lambda wall: teacher.lines().get(1) == "one")
                await teacher.send("choose", frozen=True)
                await pupil.until("shown", lambda shown: shown["frozen"])
                await pupil.send("line", line="two", clears=0)
                for _ in range(5):
                    await teacher.until("wall")
                    assert teacher.lines() == {1: "one"}
                await teacher.send("choose", frozen=False)
                await teacher.until("wall", lambda wall: teacher.lines().get(1) == "two")
                await teacher.send("clear")
                await pupil.until("shown", lambda shown: shown["clears"] == 1)
                await teacher.until("wall", lambda wall: teacher.lines().get(1) == "")
                await pupil.send("line", line="late", clears=0)
                await pupil.send("line", line="new", clears=1)
                await teacher.until("wall", lambda wall: teacher.lines().get(1) == "new")
                assert not any("late" in line for line in teacher.raw)

    run(lesson)


def test_teacher_and_pupil_reload_and_the_room_ends(store: RoomStore) -> None:
    async def lesson() -> None:
        async with serving(store) as host:
            async with browser(host, "open") as teacher:
                opened = await teacher.until("leading")
            code, token = opened["room"], opened["token"]
            assert opened["link"].endswith(f"/classroom?room={code}")
            assert {len(row) for row in opened["qr"]} == {len(opened["qr"])}
            async with browser(host, "join", room=code.lower(), name="Ada") as pupil:
                mine = await pupil.until("joined")
                await pupil.send("line", line="kept", clears=0)
                # Another browser of this pupil, or a reload that comes before the old connection is closed.
                async with browser(host, "join", room=code, token=mine["token"]) as again:
                    assert (await again.until("joined"))["number"] == 1
            async with (
                browser(host, "lead", room=code, token=token) as teacher,
                browser(host, "lead", room=code, token=token) as two,
            ):
                await teacher.until("wall", lambda wall: teacher.lines() == {1: "kept"})
                await two.until("wall", lambda wall: two.lines() == {1: "kept"})
                await two.send("choose", sort="typed")
                await teacher.until("wall", lambda wall: wall["room"]["sort"] == "typed")
                async with browser(host, "join", room=code, token=mine["token"]) as pupil:
                    back = await pupil.until("joined")
                    assert (back["number"], back["line"], back["name"]) == (1, "kept", "Ada")
                    await teacher.send("end")
                    assert await pupil.until_closed() == 4404
                assert await teacher.until_closed() == 4404
            attempts: list[tuple[str, dict[str, Any]]]
            attempts = [("lead", {"token": token}), ("join", {}), ("join", {"token": mine["token"]})]
            for do, fields in attempts:
                async with browser(host, do, room=code, **fields) as page:
                    assert "no room" in (await page.until("refused"))["why"]
                    assert await page.until_closed() == 4403

    run(lesson)


STRANGE = [
    ("not JSON", "{", 1008),
    ("a list", "[]", 1008),
    ("a number of many digits", '{"do": "line", "line": "a", "clears": ' + "9" * 3000 + "}", 1008),
    ("deep", "[" * 2000 + "]" * 2000, 1008),
    ("no line", '{"do": "line", "clears": 0}', 1008),
    ("a line of another kind", '{"do": "line", "line": ["a"], "clears": 0}', 1008),
    ("true as a number", '{"do": "line", "line": "a", "clears": true}', 1008),
    ("what a teacher sends", '{"do": "clear"}', 1008),
    ("choosing a network", '{"do": "choose", "model": "counting"}', 1008),
    ("joining twice", '{"do": "join", "room": "BCDF"}', 1008),
    ("too long", json.dumps({"do": "line", "line": "x" * 10**6, "clears": 0}), 1009),
]


def test_a_strange_message_closes_its_own_connection_only() -> None:
    async def lesson() -> None:
        async with serving(MemoryRoomStore()) as host, browser(host, "open") as teacher:
            room = (await teacher.until("leading"))["room"]
            async with browser(host, "join", room=room) as pupil:
                codes = {}
                for name, message, _ in STRANGE:
                    async with browser(host, "join", room=room) as stranger:
                        await stranger.until("joined")
                        await stranger.socket.send(message)
                        codes[name] = await stranger.until_closed()
                assert codes == {name: code for name, _, code in STRANGE}
                await pupil.send("line", line="still here", clears=0)
                await teacher.until("wall", lambda wall: "still here" in teacher.lines().values())

    run(lesson)


LINES = [
    ("\ud83d\x00\u202etxt", "txt"),
    ("مرحبا", "مرحبا"),
    ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
    ("y" * 3000, "y" * 200),
    ("a\nb", "a b"),
]


def test_a_strange_line_is_a_line() -> None:
    async def lesson() -> None:
        async with serving(MemoryRoomStore()) as host, browser(host, "open") as teacher:
            room = (await teacher.until("leading"))["room"]
            async with browser(host, "join", room=room, name="👩‍👩‍👧‍👦" * 30) as pupil:
                assert (await pupil.until("joined"))["name"] == "👩‍👩‍👧‍👦" * 3
                for typed, shown in LINES:
                    await pupil.send("line", line=typed, clears=0)
                    while teacher.lines().get(1) != shown:
                        await teacher.until("wall")

    run(lesson)


def test_the_first_message_and_the_page_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    async def lesson() -> None:
        async with serving(MemoryRoomStore()) as host:
            with pytest.raises(InvalidStatus):
                async with browser(host, "open", origin="http://elsewhere.example"):
                    pass
            firsts: list[tuple[str, dict[str, Any]]]
            firsts = [("line", {"line": "a", "clears": 0}), ("answer", {"vote": 1, "picks": []}), ("nothing", {})]
            for do, fields in firsts:
                async with browser(host, do, **fields) as page:
                    assert await page.until_closed() == 1008
            async with browser(host, "open") as teacher:
                room = (await teacher.until("leading"))["room"]
                async with browser(host, "lead", room=room, token="guess") as page:
                    assert "opened" in (await page.until("refused"))["why"]
                for wrong in ("", "BCD", "ÄÖÜß", "A" * 3000):
                    async with browser(host, "join", room=wrong) as page:
                        assert "no room" in (await page.until("refused"))["why"]
                monkeypatch.setattr(room_feed, "MAX_LISTENERS", 1)
                async with browser(host, "join", room=room) as page:
                    assert await page.until_closed() == 1013

    run(lesson)


def test_a_full_room_and_too_many_guesses_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MAX_MEMBERS", 3)
    monkeypatch.setattr(limits, "WRONG_CODES", limits.Limit(4, 600))

    async def lesson() -> None:
        store = MemoryRoomStore()
        async with serving(store) as host, browser(host, "open") as teacher, AsyncExitStack() as stack:
            room = (await teacher.until("leading"))["room"]
            for _ in range(3):
                page = await stack.enter_async_context(browser(host, "join", room=room))
                await page.until("joined")
            async with browser(host, "join", room=room) as late:
                assert "full" in (await late.until("refused"))["why"]
            why = ""
            for _ in range(5):
                async with browser(host, "join", room="BBBB" if room != "BBBB" else "CCCC") as page:
                    why = (await page.until("refused"))["why"]
            assert "Too many" in why

    run(lesson)


def test_a_failing_line_or_store_does_not_end_the_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    from lstm_viz.classroom.store import StoreUnavailable

    store = MemoryRoomStore()
    read, get, failures = store.read, store.get, 0

    def away(code: str, field: str) -> str | None:
        raise StoreUnavailable("away")

    def failing(code: str) -> dict[str, str]:
        nonlocal failures
        failures += 1
        if failures < 4:
            raise StoreUnavailable("away") if failures % 2 else ValueError("broken")
        return read(code)

    async def lesson() -> None:
        async with serving(store) as host, browser(host, "open") as teacher:
            room = (await teacher.until("leading"))["room"]
            monkeypatch.setattr(store, "get", away)
            async with browser(host, "join", room=room) as pupil:
                # The page comes back by itself.
                assert await pupil.until_closed() == 1013
            monkeypatch.setattr(store, "get", get)
            monkeypatch.setattr(store, "read", failing)
            async with browser(host, "join", room=room) as pupil:
                await pupil.send("line", line="after all", clears=0)
                await teacher.until("wall", lambda wall: teacher.lines().get(1) == "after all")

    run(lesson)
    assert failures >= 4
