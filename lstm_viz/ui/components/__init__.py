"""What the pages are put together from: the box one types into, the text as coloured letters, pictures that stay in place.

A keystroke or a click reruns the fragment that the piece stands in and nothing else; nothing that reruns touches what is
being typed, and a picture keeps its zoom.
"""

from lstm_viz.ui.components.address_bar import sync_address_bar
from lstm_viz.ui.components.coloring import TokenColors
from lstm_viz.ui.components.links import page_link
from lstm_viz.ui.components.passages import Passage, passages
from lstm_viz.ui.components.places import control_row, figure_and_text
from lstm_viz.ui.components.plotly_figure import Click, draw_figure, last_click
from lstm_viz.ui.components.text_box import second_text, second_text_box, shared_text_box

__all__ = [
    "Click",
    "Passage",
    "TokenColors",
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
