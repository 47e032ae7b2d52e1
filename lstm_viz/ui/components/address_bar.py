"""Write the page's settings into the address bar; ask before unsaved work is lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.live_session import live_session
from lstm_viz.ui.state.messages import last_message


def sync_address_bar(
    key: str = "address", unsaved: bool = False, more: Mapping[str, str | None] | None = None, claim: str | None = None,
    on_claim: Callable[[str], None] | None = None,
) -> None:  # fmt: skip
    """Write the page's settings and the parameters `more` into the address (None removes one).

    Call it at the end of a page without a text box, or of a fragment that reruns alone; each call on a page needs its own `key`.
    With `unsaved` the browser asks for confirmation before it leaves or reloads the page.

    `claim` is a secret that the browser keeps for this tab alone, not in the address; "" asks for the one that it has kept, which
    `on_claim` receives.
    """
    header = {"link": settings.link_parameters() | dict(more or {}), "unsaved": unsaved, "session": live_session().name}

    def on_message() -> None:
        kept = (last_message(key) or {}).get("claim")
        if on_claim is not None and isinstance(kept, str):
            on_claim(kept)

    mount(json.dumps(header | ({} if claim is None else {"claim": claim})).encode(), key, on_message, part="address")
