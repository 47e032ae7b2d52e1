"""Building blocks of the pages: text boxes, colored tokens, figures that are updated in place, controls.

A keystroke or a click reruns only the fragment around the component. A rerun never touches text being typed, and a figure keeps
its zoom.
"""

from lstm_viz.figures.token_colors import TokenColors
from lstm_viz.ui.components.address_bar import sync_address_bar
from lstm_viz.ui.components.containers import answer_container, control_row, figure_and_text
from lstm_viz.ui.components.links import page_link
from lstm_viz.ui.components.passages import Passage, passages
from lstm_viz.ui.components.plotly_figure import Click, draw_figure, last_click
from lstm_viz.ui.components.text_box import second_text, second_text_box, shared_text_box

__all__ = [
    "Click",
    "Passage",
    "TokenColors",
    "answer_container",
    "control_row",
    "draw_figure",
    "figure_and_text",
    "last_click",
    "page_link",
    "passages",
    "second_text",
    "second_text_box",
    "shared_text_box",
    "sync_address_bar",
]  # fmt: skip
