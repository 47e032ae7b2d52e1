"""What the pages are put together from: the box one types into, the text as coloured letters, pictures that stay in place.

A keystroke or a click reruns the fragment that the piece stands in and nothing else; nothing that reruns touches what is
being typed, and a picture keeps its zoom.
"""

from lstm_viz.ui.components.address_bar import follow
from lstm_viz.ui.components.coloring import Letters
from lstm_viz.ui.components.links import jump
from lstm_viz.ui.components.passages import Passage, passages
from lstm_viz.ui.components.places import beside, control_row
from lstm_viz.ui.components.plotly_figure import Click, clicked, picture
from lstm_viz.ui.components.text_box import other, write, write_other

__all__ = [
    "Click", "Letters", "Passage", "beside", "clicked", "control_row", "follow", "jump", "other", "passages", "picture", "write",
    "write_other",
]  # fmt: skip
