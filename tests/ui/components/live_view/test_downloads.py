"""The figure that is downloaded shows what is on the screen, and says of what."""

from __future__ import annotations

import pytest

from lstm_viz.reader import Reader
from lstm_viz.ui.components.live_view.downloads import as_page
from lstm_viz.ui.components.live_view.from_text import scene_from_text
from lstm_viz.ui.state.models import get_model
from lstm_viz.ui.state.view import View, Zoom


def page(text: str, zoom: Zoom) -> str:
    view = View(text, "counting", unit=2, zoom=zoom)
    written = as_page(scene_from_text(view, Reader(get_model("counting").model))).decode()
    # Plotly's own code comes before the figure.
    return written[:400] + written[-60_000:]


@pytest.mark.parametrize(("zoom", "named"), [("overview", "mean of 4 units"), ("units", "all 4 units"), ("unit", "unit 2")])
def test_it_is_named_after_network_units_and_text(zoom: Zoom, named: str) -> None:
    written = page("aab\n", zoom)
    head = written.split("</title>")[0]
    assert "Counting" in head
    assert named in head
    assert "“aab”" in head
    # What hovering says of a heatmap, which no template says.
    assert ("unit %{customdata}" in written) == (zoom == "units")


def test_a_text_that_looks_like_markup_stays_text() -> None:
    written = page("</title><script>alert(1)</script>", "unit")
    assert "<script>alert(1)" not in written
    assert "&lt;script&gt;" in written.split("</title>")[0]


def test_nothing_in_it_sends_the_text_away() -> None:
    assert '"modeBarButtonsToRemove": ["sendChartToCloud", "sendDataToCloud"]' in page("aab", "unit")
