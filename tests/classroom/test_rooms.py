"""What teachers and pupils may do in a room, in either store."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import redis

from lstm_viz.classroom import limits, rooms
from lstm_viz.classroom.codes import LETTERS, digest, is_token, new_code, read_code
from lstm_viz.classroom.memory_store import MemoryRoomStore
from lstm_viz.classroom.redis_store import RedisRoomStore
from lstm_viz.classroom.room import Member, Room, Vote
from lstm_viz.classroom.rooms import MAX_MEMBERS, NotAllowed
from lstm_viz.classroom.store import RoomFull, RoomGone, RoomStore
from lstm_viz.classroom.wall import order, wall

HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"
VOTE = Vote(1, "choice", "A dull film.", ("negative", "positive"), "sst-lstm")


def opened(store: RoomStore) -> tuple[str, str]:
    return rooms.open_room(store, HERE, "counting", "mean.f")


def test_a_room_is_led_with_its_token_only(store: RoomStore) -> None:
    (code, token), (other, other_token) = opened(store), opened(store)
    assert rooms.authorize_teacher(store, code, token, HERE).model == "counting"
    for wrong in (other_token, "", token + "x", token[:-1], "\ud800"):
        with pytest.raises(NotAllowed):
            rooms.authorize_teacher(store, code, wrong, HERE)
    store.delete(code)
    with pytest.raises(RoomGone):
        rooms.authorize_teacher(store, code, token, HERE)
    assert rooms.read_room(store, other).members == {}


def test_pupils_are_numbered_and_come_back_as_who_they_were(store: RoomStore) -> None:
    code, _ = opened(store)
    (ada, ada_token), (second, second_token) = rooms.join(store, code, " Ada\x00 ", HERE), rooms.join(store, code, "", HERE)
    assert (ada.number, ada.name, second.number, second.name) == (1, "Ada", 2, "")
    assert rooms.set_line(store, code, 1, "to be\u202e", 0)
    rooms.leave(store, code, 1, 0)
    assert rooms.read_room(store, code).members[1].left is not None
    back = rooms.rejoin(store, code, ada_token, HERE)
    assert (back.line, back.left, back.number) == ("to be", None, 1)
    # A reload: the new connection comes before the old one is noticed to be closed.
    rooms.leave(store, code, 1, 0)
    assert rooms.read_room(store, code).members[1].left is None
    for wrong in ("1.", "2." + ada_token[2:], "", "x", "²." + ada_token[2:], "9" * 30, second_token + " "):
        with pytest.raises(NotAllowed):
            rooms.rejoin(store, code, wrong, HERE)


def test_many_join_at_once_and_none_twice(store: RoomStore) -> None:
    code, _ = opened(store)
    with ThreadPoolExecutor(8) as threads:
        joined = list(threads.map(lambda _: rooms.join(store, code, "", HERE)[0].number, range(30)))
    assert sorted(joined) == list(range(1, 31))
    assert sorted(rooms.read_room(store, code).members) == list(range(1, 31))


def test_a_full_room_takes_nobody_until_somebody_leaves(store: RoomStore) -> None:
    code, _ = opened(store)
    for _ in range(MAX_MEMBERS):
        rooms.join(store, code, "", HERE)
    with pytest.raises(RoomFull):
        rooms.join(store, code, "", HERE)
    rooms.leave(store, code, 7, 0)
    member, _ = rooms.join(store, code, "", HERE)
    numbers = rooms.read_room(store, code).members
    assert member.number in numbers
    assert 7 not in numbers
    assert len(numbers) == MAX_MEMBERS
    with pytest.raises(RoomGone):
        rooms.set_line(store, code, 7, "a ghost", 0)


def test_lines_wait_while_frozen_and_go_when_cleared(store: RoomStore) -> None:
    code, _ = opened(store)
    rooms.join(store, code, "", HERE)
    assert rooms.set_line(store, code, 1, "first", 0)
    rooms.change_room(store, code, lambda room: replace(room, frozen=True))
    assert not rooms.set_line(store, code, 1, "second", 0)
    room = rooms.change_room(store, code, lambda room: replace(room, frozen=False, clears=room.clears + 1))
    member = rooms.read_room(store, code).members[1]
    assert (member.line, member.current_line(room)) == ("first", "")
    # Typed before the pupil heard of it.
    assert rooms.set_line(store, code, 1, "late", 0)
    assert rooms.read_room(store, code).members[1].current_line(room) == ""


def test_a_vote_takes_answers_while_it_is_open(store: RoomStore) -> None:
    code, _ = opened(store)
    rooms.join(store, code, "", HERE)
    assert not rooms.answer_vote(store, code, 1, 1, [0])
    rooms.change_room(store, code, lambda room: replace(room, vote=VOTE, votes=1))
    assert not rooms.answer_vote(store, code, 1, 2, [0])
    assert not rooms.answer_vote(store, code, 1, 1, [2])
    assert not rooms.answer_vote(store, code, 1, 1, [])
    assert rooms.answer_vote(store, code, 1, 1, [0])
    assert rooms.answer_vote(store, code, 1, 1, [1])
    for shut in (replace(VOTE, open=False), replace(VOTE, values=(0.2, 0.8))):
        rooms.change_room(store, code, lambda room, shut=shut: replace(room, vote=shut))
        assert not rooms.answer_vote(store, code, 1, 1, [0])
    assert rooms.read_room(store, code).members[1].picks == (1,)


def test_writers_of_one_room_lose_nothing(store: RoomStore) -> None:
    code, _ = opened(store)
    rooms.join(store, code, "", HERE)

    def write(index: int) -> None:
        rooms.change_room(store, code, lambda room: replace(room, clears=room.clears + 1))
        rooms.set_line(store, code, 1, f"line {index}", 0)
        rooms.change_member(store, code, 1, lambda member: replace(member, shown=True))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(write, range(24)))
    state = rooms.read_room(store, code)
    assert state.room.clears == 24
    assert state.members[1].shown is True
    assert state.members[1].line.startswith("line ")


def test_codes_cannot_be_guessed_by_trying(store: RoomStore) -> None:
    code, token = opened(store)
    wrong = "BBBB" if code != "BBBB" else "CCCC"
    for _ in range(limits.WRONG_CODES.most):
        rooms.join(store, code, "", HERE)[0] if _ < 3 else None
        with pytest.raises(RoomGone):
            rooms.join(store, wrong, "", HERE)
    # Now even the right code, the teacher's way in or coming back tell nothing more.
    for act in (
        lambda: rooms.join(store, wrong, "", HERE),
        lambda: rooms.join(store, code, "", HERE),
        lambda: rooms.rejoin(store, wrong, "1.x", HERE),
        lambda: rooms.authorize_teacher(store, wrong, token, HERE),
    ):
        with pytest.raises(limits.TooMany):
            act()
    assert rooms.join(store, code, "", ELSEWHERE)[0].number == 4


def test_many_addresses_together_are_limited_too(store: RoomStore) -> None:
    code, _ = opened(store)
    wrong = "BBBB" if code != "BBBB" else "CCCC"
    for index in range(limits.ALL_WRONG_CODES.most):
        with pytest.raises(RoomGone):
            rooms.join(store, wrong, "", f"192.0.2.{index // 30}")
    with pytest.raises(limits.TooMany):
        rooms.join(store, wrong, "", "198.51.100.9")


def test_guesses_at_the_same_time_are_limited_too(store: RoomStore) -> None:
    def guess(_: int) -> str:
        try:
            rooms.join(store, "BBBB", "", HERE)
        except (RoomGone, limits.TooMany) as error:
            return type(error).__name__
        return "in"

    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(guess, range(80)))
    assert told.count("RoomGone") <= limits.WRONG_CODES.most


def test_rooms_are_not_opened_without_end(store: RoomStore) -> None:
    for _ in range(limits.OPENED.most):
        opened(store)
    with pytest.raises(limits.TooMany):
        opened(store)
    rooms.open_room(store, ELSEWHERE, "counting", "mean.f")


def test_an_ended_room_leaves_nothing(redis_store: RedisRoomStore, redis_url: str) -> None:
    memory = MemoryRoomStore()
    for store in (memory, redis_store):
        code, _ = opened(store)
        rooms.join(store, code, "Ada", HERE)
        rooms.set_line(store, code, 1, "to be", 0)
        store.delete(code)
        rooms.leave(store, code, 1, 0)
        with pytest.raises(RoomGone):
            rooms.set_line(store, code, 1, "a ghost", 0)
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        left = [name.removeprefix("lstm-viz:count:") for name in client.keys("*")]
        assert all(client.pttl(f"lstm-viz:count:{name}") > 0 for name in left)
    # Counts of attempts by address, for an hour at most; nothing of the room.
    assert sorted(left) == sorted(memory.names()) == ["open", f"open:{HERE}", "wrong", f"wrong-hour:{HERE}", f"wrong:{HERE}"]


def test_a_room_ends_without_its_teacher_and_after_four_hours() -> None:
    now = 0.0
    store = MemoryRoomStore(lambda: now)
    code, _ = opened(store)
    now += rooms.LEASE - 1
    rooms.extend(store, code)
    now += rooms.LEASE + 1
    with pytest.raises(RoomGone):
        rooms.extend(store, code)
    code, _ = opened(store)
    first = now
    while now < first + 4 * 3600 - 300:
        now += 300
        rooms.extend(store, code)
    now += 300
    with pytest.raises(RoomGone):
        rooms.read_room(store, code)
    now += 4 * 3600
    assert store.names() == []


def test_codes_and_tokens() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) > 190
    assert all(read_code(f" {code.lower()[:2]} {code.lower()[2:]}\n") == code for code in codes)
    assert not set(LETTERS) & set("AEIOUQ0158")
    assert [read_code(wrong) for wrong in ("", "BCD", "BCDFH", "B0DF", "BCD\u202e", "ＢＣＤＦ", "b" * 10**6)] == [None] * 7
    assert is_token("secret", digest("secret"))
    assert not is_token("secret ", digest("secret"))


def test_rooms_and_members_come_back_as_they_were_stored() -> None:
    tap = Vote(2, "tap", "a\ud83db", ("a", "\ud83d", "b"), "counting", 1, "f", False, (0.5, 0.1, 0.2))
    room = Room("t", "counting", "unit.c", 1, 3, "surprise", True, True, 4, 5, 2, tap)
    member = Member("d", 3, "Ada", "né 👩‍👧", 4, 1.5, False, 2.5, 7, 2, (1, 2))
    assert Room.from_json(room.to_json()) == room
    assert Room.from_json(replace(room, vote=None).to_json()).vote is None
    assert Member.from_json(member.to_json()) == member


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "unknown"),
        ("", "unknown"),
    ],
)
def test_one_visitor_is_one_address(address: str, name: str) -> None:
    assert limits.network(address) == name


def test_a_code_that_is_used_again_lets_nobody_of_the_old_room_in(store: RoomStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "new_code", lambda: "BCDF")
    code, token = opened(store)
    ada, ada_token = rooms.join(store, code, "Ada", HERE)
    store.delete(code)
    assert opened(store)[0] == code
    with pytest.raises(NotAllowed):
        rooms.authorize_teacher(store, code, token, HERE)
    with pytest.raises(NotAllowed):
        rooms.rejoin(store, code, ada_token, HERE)
    bo, _ = rooms.join(store, code, "Bo", HERE)
    assert bo.number == ada.number
    with pytest.raises(NotAllowed):
        rooms.rejoin(store, code, ada_token, HERE)


def test_a_clock_that_jumps_changes_the_order_at_most(store: RoomStore, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _ = opened(store)
    for number, now in ((1, 1e9), (2, -5.0), (3, 4e9)):
        monkeypatch.setattr(rooms, "time", lambda now=now: now)
        rooms.join(store, code, "", HERE)
        assert rooms.set_line(store, code, number, f"line {number}", 0)
        rooms.leave(store, code, number, 0)
    state = rooms.read_room(store, code)
    room = replace(state.room, sort="typed")
    cards = wall(room, state.members.values())
    assert order(room, cards, state.members, {}) == [3, 1, 2]
    # Whoever is absent since the earliest time makes room first.
    monkeypatch.setattr(rooms, "MAX_MEMBERS", 3)
    rooms.join(store, code, "", HERE)
    assert sorted(rooms.read_room(store, code).members) == [1, 3, 4]
