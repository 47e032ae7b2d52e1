"""The page, for all tests of this room."""

from tests.ui.pages.series.series_page import opened

__all__ = ["opened"]
