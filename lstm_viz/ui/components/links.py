"""Links to a page of the app, opened at a view."""

from __future__ import annotations

from urllib.parse import urlencode

from lstm_viz.ui.state.view import View


def page_link(view: View, page: str = "", question: str = "") -> str:
    """Return the address of the explorer opened at a view, or of another page, optionally at one of its questions.

    It is relative, because the app may be served under any base path.
    """
    return f"./{page}?{urlencode(view.query() | ({'ask': question} if question else {}))}"
