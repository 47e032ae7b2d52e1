"""Write the page's settings into the address bar; ask before unsaved work is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping

from lstm_viz.ui.components import tab_work
from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.live_session import live_session


def sync_address_bar(
    key: str = "address", unsaved: bool = False, more: Mapping[str, str | None] | None = None
) -> None:
    """Write the page's settings and the parameters `more` into the address (None removes one).

    Call it at the end of a page without a text box, or of a fragment that reruns alone; each call on a page needs its own `key`.
    With `unsaved` the browser asks for confirmation before it leaves or reloads the page.

    The tab also gets the secret by which it finds the session's work again after a reload (`tab_work.py`).
    """
    link = settings.link_parameters() | dict(more or {})
    header = {"link": link, "unsaved": unsaved, "session": live_session().name, "work": tab_work.header()}
    mount(json.dumps(header).encode(), key, part="address")
