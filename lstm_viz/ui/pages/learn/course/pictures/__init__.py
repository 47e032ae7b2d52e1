"""The pictures that a lesson can show, by the names that lesson files use."""

from __future__ import annotations

from collections.abc import Mapping

from lstm_viz.ui.pages.learn.course.picture import Picture
from lstm_viz.ui.pages.learn.course.pictures import cell, delays, depth, gradients, loop, park, sigmoid, tanh, training, uses

PICTURES: Mapping[str, Picture] = {
    "loop": loop.PICTURE,
    "depth": depth.PICTURE,
    "cell": cell.PICTURE,
    "sigmoid": sigmoid.PICTURE,
    "tanh": tanh.PICTURE,
    "park": park.PICTURE,
    "training": training.PICTURE,
    "gradients": gradients.PICTURE,
    "delays": delays.PICTURE,
    "uses": uses.PICTURE,
}
