"""Rooms in Redis or Valkey, shared by several processes.

A room is one hash with one expiry, so that nothing of it can outlive it. Each write is one Lua script, which the server runs
alone; times are the server's own. https://redis.io/docs/latest/develop/programmability/eval-intro/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from lstm_viz.classroom.store import MAX_AGE, REDIS_VARIABLE, RoomFull, RoomGone, StoreUnavailable

#: All keys of the store begin so.
PREFIX = "lstm-viz:"

#: Seconds until a server that does not answer counts as out of reach.
TIMEOUT = 2.0

#: The field with the time in ms after which the room ends in any case; it is no field of the interface.
_LAST = "\x00last"

_NOW = "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000) "

# KEYS: the room. ARGV: lease in ms, longest life in ms, the name of the end's field, then fields and values.
_CREATE = (
    _NOW
    + """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], ARGV[3], string.format('%.0f', now + ARGV[2]))
for n = 4, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[n], ARGV[n + 1]) end
redis.call('PEXPIRE', KEYS[1], math.min(ARGV[1], ARGV[2]))
return 1
"""
)

# KEYS: the room. ARGV: field, whether it was set, its value, whether to set it, the new value, the most fields or -1.
_SWAP = """
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
local value = redis.call('HGET', KEYS[1], ARGV[1])
if ARGV[2] == '0' then
  if value then return 0 end
elseif value ~= ARGV[3] then return 0 end
if ARGV[4] == '0' then redis.call('HDEL', KEYS[1], ARGV[1]) return 1 end
local most = tonumber(ARGV[6])
if not value and most >= 0 and redis.call('HLEN', KEYS[1]) - 1 >= most then return -2 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[5])
return 1
"""

# KEYS: the room. ARGV: lease in ms, the name of the end's field.
_EXTEND = (
    _NOW
    + """
local last = redis.call('HGET', KEYS[1], ARGV[2])
if not last then return -1 end
redis.call('PEXPIRE', KEYS[1], math.max(1, math.min(ARGV[1], last - now)))
return 1
"""
)

# KEYS: the count. ARGV: its life in ms, what to add.
_COUNT = """
if tonumber(ARGV[2]) <= 0 and redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local number = redis.call('INCRBY', KEYS[1], ARGV[2])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return math.max(0, number)
"""


class RedisRoomStore:
    """A `RoomStore` on a Redis or Valkey server.

    Args:
        client: A connection pool to the server that returns text.
        prefix: All keys begin so.
    """

    def __init__(self, client: redis.Redis, prefix: str = PREFIX) -> None:
        self._client, self._prefix = client, prefix
        self._create, self._swap, self._extend, self._count = map(client.register_script, (_CREATE, _SWAP, _EXTEND, _COUNT))

    @classmethod
    def at(cls, url: str, prefix: str = PREFIX) -> RedisRoomStore:
        """Return a store at a URL such as redis://localhost:6379/0; connections open when needed. ValueError for a wrong URL."""
        try:
            # A lost connection is opened again; a write that was carried out nevertheless is then answered as outdated.
            client = redis.Redis.from_url(
                url,
                decode_responses=True,
                socket_timeout=TIMEOUT,
                socket_connect_timeout=TIMEOUT,
                retry=Retry(ExponentialBackoff(cap=0.2, base=0.02), 2),
                retry_on_error=[RedisConnectionError, RedisTimeoutError],
                health_check_interval=30,
            )
        except ValueError:
            # The URL may hold a password: it is not repeated.
            raise ValueError(
                f"{REDIS_VARIABLE} is not the URL of a Redis or Valkey server; wanted is one such as redis://localhost:6379/0, "
                "rediss://… or unix://…"
            ) from None
        return cls(client, prefix)

    def create(self, code: str, fields: Mapping[str, str], lease: float) -> bool:
        """Create a room; False if the code is taken."""
        flat = [part for pair in fields.items() for part in pair]
        return self._call(self._create, self._room(code), _ms(lease), _ms(MAX_AGE), _LAST, *flat) == 1

    def read(self, code: str) -> dict[str, str]:
        """Return all fields of a room. Raises RoomGone."""
        with _translated_errors():
            stored = self._client.hgetall(self._room(code))
        fields = {str(name): str(value) for name, value in stored.items()}
        if fields.pop(_LAST, None) is None:
            raise RoomGone(code)
        return fields

    def get(self, code: str, field: str) -> str | None:
        """Return one field, None if it is not set. Raises RoomGone."""
        with _translated_errors():
            last, value = self._client.hmget(self._room(code), [_LAST, field])
        if last is None:
            raise RoomGone(code)
        return None if value is None else str(value)

    def swap(self, code: str, field: str, before: str | None, after: str | None, most: int | None = None) -> bool:
        """Set a field to `after` if it still is `before`. Raises RoomGone and RoomFull."""
        old, new = (("0", "") if each is None else ("1", each) for each in (before, after))
        answer = self._call(self._swap, self._room(code), field, *old, *new, -1 if most is None else most)
        if answer == -1:
            raise RoomGone(code)
        if answer == -2:
            raise RoomFull(f"room {code} has {most} fields already")
        return answer == 1

    def extend(self, code: str, lease: float) -> None:
        """Let a room end `lease` seconds from now, at most. Raises RoomGone."""
        if self._call(self._extend, self._room(code), _ms(lease), _LAST) == -1:
            raise RoomGone(code)

    def delete(self, code: str) -> None:
        """End a room; nothing if there is none."""
        with _translated_errors():
            self._client.delete(self._room(code))

    def count(self, name: str, seconds: float, add: int = 1) -> int:
        """Count events and return how many there are within `seconds`."""
        return self._call(self._count, f"{self._prefix}count:{name}", _ms(min(seconds, MAX_AGE)), add)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _room(self, code: str) -> str:
        return f"{self._prefix}room:{code}"

    def _call(self, script: Callable[..., Any], key: str, *arguments: str | int) -> int:
        with _translated_errors():
            return int(script(keys=[key], args=list(arguments)))


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Turn a lost connection into StoreUnavailable; the message does not hold the URL, which may hold a password."""
    try:
        yield
    except (RedisConnectionError, RedisTimeoutError) as error:
        raise StoreUnavailable(f"the store of rooms does not answer ({type(error).__name__})") from None


def _ms(seconds: float) -> int:
    return max(1, round(1000 * seconds))
