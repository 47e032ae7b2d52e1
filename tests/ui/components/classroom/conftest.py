"""The stores of the class's tests, and a quick clock."""

import pytest

from lstm_viz.ui.components.classroom import pupil_connection, room_feed, room_socket
from tests.classroom.conftest import redis_store, redis_url, store

__all__ = ["redis_store", "redis_url", "store"]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots as fast as they are made: nobody waits a second."""
    monkeypatch.setattr(room_feed, "INTERVAL", 0.03)
    monkeypatch.setattr(room_feed, "SOON", 0.01)
    monkeypatch.setattr(pupil_connection, "LINE_EVERY", 0.01)
    monkeypatch.setattr(room_socket, "PACE", 0.001)
