"""Stores of rooms to test with: one in memory, and a real Redis server."""

import os
from collections.abc import Iterator

import pytest
import redis

from deploy.replicas import find_store, running_store
from lstm_viz.classroom.memory_store import MemoryRoomStore
from lstm_viz.classroom.redis_store import RedisRoomStore
from lstm_viz.classroom.store import RoomStore


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real server; tests skip where none is installed, unless LSTM_VIZ_REQUIRE_REDIS=1 says that one must be."""
    if find_store() is None and os.environ.get("LSTM_VIZ_REQUIRE_REDIS") != "1":
        pytest.skip("no Redis found; install it with: apt-get install redis-server")
    with running_store() as url:
        if url is None:
            raise FileNotFoundError("no Redis found; install it with: apt-get install redis-server")
        yield url


@pytest.fixture
def redis_store(redis_url: str) -> Iterator[RedisRoomStore]:
    """A store on an empty Redis server."""
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    store = RedisRoomStore.at(redis_url)
    yield store
    store.close()


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest) -> RoomStore:
    """Each kind of store, empty."""
    if request.param == "memory":
        return MemoryRoomStore()
    redis_store: RoomStore = request.getfixturevalue("redis_store")
    return redis_store
