"""The one store of rooms that this process uses."""

from __future__ import annotations

import os
from functools import cache

from lstm_viz.classroom.memory_store import MemoryRoomStore
from lstm_viz.classroom.store import REDIS_VARIABLE, RoomStore


@cache
def room_store() -> RoomStore:
    """Return this process's store: Redis if LSTM_VIZ_REDIS is set, else in memory. Raises ValueError for a wrong URL."""
    url = os.environ.get(REDIS_VARIABLE, "").strip()
    if not url:
        return MemoryRoomStore()
    # Imported here: an app of one process needs no client.
    from lstm_viz.classroom.redis_store import RedisRoomStore

    return RedisRoomStore.at(url)
