"""The pictures that a lesson can show, by the names that lesson files use."""

from __future__ import annotations

from collections.abc import Mapping

from lstm_viz.ui.pages.learn.course.picture import Picture
from lstm_viz.ui.pages.learn.course.pictures import delays, gradients, loop, uses

PICTURES: Mapping[str, Picture] = {
    "loop": loop.PICTURE,
    "gradients": gradients.PICTURE,
    "delays": delays.PICTURE,
    "uses": uses.PICTURE,
}
