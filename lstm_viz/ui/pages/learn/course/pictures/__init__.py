"""The pictures that a lesson can show, by the names that lesson files use."""

from __future__ import annotations

from collections.abc import Mapping

from lstm_viz.ui.pages.learn.course.picture import Picture
from lstm_viz.ui.pages.learn.course.pictures import loop

PICTURES: Mapping[str, Picture] = {
    "loop": loop.PICTURE,
}
