"""What the pages are put together from: the box one types into, the text as coloured letters, pictures that stay in place.

A keystroke or a click reruns the fragment that the piece stands in and nothing else; nothing that reruns touches what is
being typed, and a picture keeps its zoom.
"""

from lstm_viz.ui.board.address import follow
from lstm_viz.ui.board.boxes import other, write, write_other
from lstm_viz.ui.board.jump import jump
from lstm_viz.ui.board.letters import Letters
from lstm_viz.ui.board.passages import Passage, passages
from lstm_viz.ui.board.pictures import Click, clicked, picture
from lstm_viz.ui.board.places import beside, controls

__all__ = [
    "Click", "Letters", "Passage", "beside", "clicked", "controls", "follow", "jump", "other", "passages", "picture", "write",
    "write_other",
]  # fmt: skip
