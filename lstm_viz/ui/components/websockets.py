"""What the app's WebSockets have in common: which pages may open one, and the codes with which the server closes it."""

from __future__ import annotations

from urllib.parse import urlsplit

#: Standard close codes: an invalid message or a page of another origin, a too long message, a failure, try again later.
INVALID, TOO_LONG, FAILED, TRY_AGAIN = 1008, 1009, 1011, 1013
#: The app's own close codes: refused, with a reason sent before; the room, session or model does not exist any more.
REFUSED, GONE = 4403, 4404


def is_same_origin(origin: str | None, host: str | None) -> bool:
    """Return True if the page is of this host. Browsers let any page open a WebSocket and send its origin in `Origin`."""
    return bool(host) and origin is not None and urlsplit(origin).netloc == host
