"""The browser's files: where they are served from, and which of them belong to a part."""

from __future__ import annotations

from pathlib import Path

import pytest

from lstm_viz.ui.frontend.publish import SOURCES, copy_sources, modules

PARTS = [
    "live", "text_box", "plotly_figure", "generated_texts", "passages", "address", "scroll", "take_along", "share", "course",
    "classroom", "page_tools",
    "exploration",
]  # fmt: skip


def test_every_script_and_style_is_published_once(tmp_path: Path) -> None:
    name = copy_sources(tmp_path)
    published = {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
    assert published == {path.name: path.read_bytes() for path in SOURCES.iterdir() if path.suffix in {".js", ".css"}}
    assert copy_sources(tmp_path) == name
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("part", PARTS)
def test_all_modules_of_a_part_are_known_beforehand(part: str) -> None:
    """A mention of any kind counts here, so that an import written in another way would be noticed."""
    found = modules(f"{part}.js")
    texts = {name: (SOURCES / name).read_text("utf-8") for name in found}
    mentioned = {path.name for path in SOURCES.glob("*.js") if any(f'"./{path.name}"' in text for text in texts.values())}
    assert found[0] == f"{part}.js"
    assert len(set(found)) == len(found)
    assert {*found} == mentioned | {f"{part}.js"}


def test_every_module_belongs_to_a_part() -> None:
    assert {path.name for path in SOURCES.glob("*.js")} == {name for part in PARTS for name in modules(f"{part}.js")}
