"""The page's settings in the address bar, and the browser's question before something unsaved is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping

from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.state import session, settings


def sync_address_bar(key: str = "address", unsaved: bool = False, more: Mapping[str, str | None] | None = None) -> None:
    """Bring the address in step with the page's settings, and `more` parameters of its own (None takes one out).

    Call it at the end of a page without a box, or of a fragment that is drawn again by itself; each call on one page has a `key`
    of its own. With `unsaved` the browser asks before it leaves the page or loads it again, since something would be lost.
    """
    header = {"link": settings.link_parameters() | dict(more or {}), "unsaved": unsaved, "session": session.live_session().name}
    mount(json.dumps(header).encode(), key, part="address")
