"""Links from a page's numbers to the explorer."""

from __future__ import annotations

from urllib.parse import urlencode

from lstm_viz.ui.view.view import View


def jump(view: View) -> str:
    """The address of the explorer opened at a view; relative, as the app may be served under any base path."""
    return f"./?{urlencode(view.query())}"
