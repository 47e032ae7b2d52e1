"""The page, for all tests of this room."""

from tests.ui.series.screen import opened

__all__ = ["opened"]
