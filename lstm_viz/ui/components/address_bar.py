"""Write the page's settings into the address bar; ask before unsaved work is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping

from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.state import session, settings


def sync_address_bar(key: str = "address", unsaved: bool = False, more: Mapping[str, str | None] | None = None) -> None:
    """Write the page's settings and the parameters `more` into the address (None removes one).

    Call it at the end of a page without a text box, or of a fragment that reruns alone; each call on a page needs its own `key`.
    With `unsaved` the browser asks for confirmation before it leaves or reloads the page.
    """
    header = {"link": settings.link_parameters() | dict(more or {}), "unsaved": unsaved, "session": session.live_session().name}
    mount(json.dumps(header).encode(), key, part="address")
