"""The Streamlit components: each is registered once, mounted by key and fed with binary frames."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from lstm_viz.ui.frontend.plotly_asset import publish_plotly
from lstm_viz.ui.frontend.publish import modules, publish_live

#: The live view, the text box, a Plotly figure that is updated in place, generated texts, passages of a long text, the address
#: bar, scrolling to an element, what to take along, the link to share, the course, the class, and the page's tools; each has its
#: .html and .js here.
Part = Literal[
    "live", "text_box", "plotly_figure", "generated_texts", "passages", "address", "scroll", "take_along", "share", "course",
    "classroom", "page_tools",
]  # fmt: skip

# Streamlit sends this text with every frame and runs it from a blob: URL. It is therefore short, and resolves URLs relative to
# Streamlit's own script, whose address holds for any base path. All modules are imported at once; otherwise the browser would
# discover them in four round trips.
STUB = """
const own = [...document.scripts].find((script) => script.src.includes("/static/js/"));
const folder = new URL("../../app/static/", own ? own.src : document.baseURI + "static/js/");
const [part] = "{modules}".split(" ").map((name) => import(new URL("{folder}/" + name, folder)));
export default async (component) => (await part).show(component, folder);
"""


@cache
def _renderer(part: Part) -> Callable[..., Any]:
    """Publish the files and register the component, once per process."""
    publish_plotly()
    stub = STUB.replace("{folder}", publish_live()).replace("{modules}", " ".join(modules(f"{part}.js")))
    html = Path(__file__).with_name(f"{part}.html").read_text("utf-8")
    return st.components.v2.component(f"lstm_viz.{part}", html=html, js=stub, isolate_styles=False)


def mount(
    frame: bytes, key: str, on_view_change: Callable[[], None] = lambda: None, part: Part = "live"
) -> Mapping[str, Any] | None:
    """Mount a component with a frame (see `pack`). Returns its last message, or None before there is one."""
    result = _renderer(part)(key=key, data=frame, on_view_change=on_view_change)
    view: Mapping[str, Any] | None = result.get("view")
    return view
