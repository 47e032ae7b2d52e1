"""What every store of rooms does, in memory and on a real server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstm_viz.classroom.memory_store import MemoryRoomStore
from lstm_viz.classroom.process_store import room_store
from lstm_viz.classroom.redis_store import RedisRoomStore
from lstm_viz.classroom.store import MAX_AGE, REDIS_VARIABLE, RoomFull, RoomGone, RoomStore, StoreUnavailable


def test_a_code_is_given_once(store: RoomStore) -> None:
    assert store.create("BCDF", {"room": "1"}, 60)
    assert not store.create("BCDF", {"room": "2"}, 60)
    assert store.create("BCDG", {"room": "3"}, 60)
    assert store.read("BCDF") == {"room": "1"}
    assert store.get("BCDG", "room") == "3"
    assert store.get("BCDG", "other") is None


def test_a_room_that_is_not_there_is_neither_read_nor_written(store: RoomStore) -> None:
    store.create("BCDF", {"room": "1"}, 60)
    store.delete("BCDF")
    for act in (
        lambda: store.read("BCDF"),
        lambda: store.get("BCDF", "room"),
        lambda: store.swap("BCDF", "room", None, "2"),
        lambda: store.extend("BCDF", 60),
    ):
        with pytest.raises(RoomGone):
            act()
    store.delete("BCDF")
    assert store.create("BCDF", {}, 60)
    assert store.read("BCDF") == {}


def test_a_field_changes_only_from_what_was_read(store: RoomStore) -> None:
    store.create("BCDF", {"room": "1"}, 60)
    assert not store.swap("BCDF", "room", "0", "2")
    assert not store.swap("BCDF", "room", None, "2")
    assert store.swap("BCDF", "room", "1", "2")
    assert not store.swap("BCDF", "m:1", "x", "y")
    assert store.swap("BCDF", "m:1", None, "")
    assert not store.swap("BCDF", "m:1", None, "again")
    assert store.swap("BCDF", "m:1", "", "line")
    assert store.read("BCDF") == {"room": "2", "m:1": "line"}
    assert store.swap("BCDF", "m:1", "line", None)
    assert store.swap("BCDF", "m:1", None, None)
    assert store.read("BCDF") == {"room": "2"}


def test_a_full_room_takes_no_new_field_but_changes_the_old_ones(store: RoomStore) -> None:
    store.create("BCDF", {"room": "1"}, 60)
    assert store.swap("BCDF", "m:1", None, "a", most=2)
    with pytest.raises(RoomFull):
        store.swap("BCDF", "m:2", None, "b", most=2)
    assert store.swap("BCDF", "m:1", "a", "c", most=2)
    assert store.swap("BCDF", "m:1", "c", None, most=2)
    assert store.swap("BCDF", "m:2", None, "b", most=2)


@given(text=st.text(st.characters(exclude_categories=["Cs"])), name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_any_text_comes_back_as_it_went(store: RoomStore, text: str, name: str) -> None:
    store.delete("BCDF")
    store.create("BCDF", {"room": text}, 60)
    store.swap("BCDF", f"m:{name}", None, text)
    assert store.read("BCDF") == {"room": text, f"m:{name}": text}
    assert store.swap("BCDF", "room", text, text + "!")


def test_no_write_is_lost_between_threads(store: RoomStore) -> None:
    store.create("BCDF", {"n": "0"}, 60)

    def add() -> None:
        for _ in range(10):
            while True:
                before = store.get("BCDF", "n")
                assert before is not None
                if store.swap("BCDF", "n", before, str(int(before) + 1)):
                    break

    with ThreadPoolExecutor(6) as threads:
        for done in [threads.submit(add) for _ in range(6)]:
            done.result()
    assert store.get("BCDF", "n") == "60"


def test_events_are_counted_by_name(store: RoomStore) -> None:
    assert [store.count("a", 60) for _ in range(3)] == [1, 2, 3]
    assert store.count("b", 60) == 1
    assert store.count("a", 60, -1) == 2
    assert store.count("a", 60, 0) == 2
    # What was never counted cannot be taken back, and leaves nothing.
    assert store.count("c", 60, -1) == 0
    assert store.count("c", 60) == 1


def test_leases_and_counts_end_by_the_stores_own_clock() -> None:
    now = 100.0
    store = MemoryRoomStore(lambda: now)
    store.create("BCDF", {"room": "1"}, 600)
    store.count("a", 60)
    now += 599
    store.extend("BCDF", 600)
    now += 599
    assert store.read("BCDF") == {"room": "1"}
    assert store.count("a", 60) == 1
    store.extend("BCDF", 600)
    while now < 100 + MAX_AGE - 500:
        now += 500
        store.extend("BCDF", 600)
    now = 100 + MAX_AGE
    with pytest.raises(RoomGone):
        store.read("BCDF")
    assert store.names() == []


def test_everything_on_the_server_has_an_end_of_at_most_four_hours(redis_store: RedisRoomStore, redis_url: str) -> None:
    redis_store.create("BCDF", {"room": "1"}, 600)
    redis_store.create("BCDG", {"room": "1"}, 10 * MAX_AGE)
    redis_store.swap("BCDF", "m:1", None, "line")
    redis_store.count("a", 60)
    redis_store.count("b", 10 * MAX_AGE)
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        ends = {name: client.pttl(name) / 1000 for name in client.keys("*")}
        wanted = {"room:BCDF": 600, "room:BCDG": MAX_AGE, "count:a": 60, "count:b": MAX_AGE}
        assert {name.split(":", 1)[1] for name in ends} == set(wanted)
        # However long this test has taken until here, within reason.
        assert all(0 <= wanted[name.split(":", 1)[1]] - seconds < 60 for name, seconds in ends.items())
        redis_store.extend("BCDF", 10 * MAX_AGE)
        assert MAX_AGE - 60 < client.pttl("lstm-viz:room:BCDF") / 1000 <= MAX_AGE
        # As if the room had been created four hours ago, but for a second.
        client.hset("lstm-viz:room:BCDG", "\0last", str(int(1000 * (client.time()[0] + 1))))
        redis_store.extend("BCDG", 600)
        assert client.pttl("lstm-viz:room:BCDG") <= 2000
        redis_store.delete("BCDF")
        redis_store.delete("BCDG")
        assert sorted(client.keys("*")) == ["lstm-viz:count:a", "lstm-viz:count:b"]


def test_a_server_out_of_reach_is_said_without_its_password() -> None:
    store = RedisRoomStore.at("redis://:secret@127.0.0.1:1/0")
    with pytest.raises(StoreUnavailable) as refused:
        store.read("BCDF")
    assert "secret" not in str(refused.value)
    store.close()


@pytest.mark.parametrize("url", ["localhost:6379", "http://:secret@here", "redis://:secret@here:port/0", "secret"])
def test_a_wrong_url_is_refused_without_its_password(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    room_store.cache_clear()
    monkeypatch.setenv(REDIS_VARIABLE, url)
    with pytest.raises(ValueError, match=REDIS_VARIABLE) as refused:
        room_store()
    assert "secret" not in str(refused.value)


def test_the_environment_chooses_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    room_store.cache_clear()
    monkeypatch.delenv(REDIS_VARIABLE, raising=False)
    assert isinstance(room_store(), MemoryRoomStore)
    assert room_store() is room_store()
    room_store.cache_clear()
    monkeypatch.setenv(REDIS_VARIABLE, "redis://127.0.0.1:1/0")
    assert isinstance(room_store(), RedisRoomStore)
    room_store.cache_clear()
