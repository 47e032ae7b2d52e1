"""Plotly's JavaScript is put in place whole, once, and again when another version lies there."""

from pathlib import Path

import plotly
import pytest

from lstm_viz.ui.frontend import plotly_asset

INSTALLED = (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_bytes()


def test_the_installed_script_is_copied_and_nothing_else(tmp_path: Path) -> None:
    target = plotly_asset.copy_plotly(tmp_path / "static")
    assert target.read_bytes() == INSTALLED
    assert list(target.parent.iterdir()) == [target]


def test_a_current_copy_is_left_alone_and_an_old_one_replaced(tmp_path: Path) -> None:
    target = plotly_asset.copy_plotly(tmp_path)
    written = target.stat().st_ino
    assert plotly_asset.copy_plotly(tmp_path).stat().st_ino == written
    target.write_text("plotly.js of long ago")
    assert plotly_asset.copy_plotly(tmp_path).read_bytes() == INSTALLED


def test_a_failure_leaves_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(OSError, match="disk full"):
        plotly_asset.copy_plotly(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_app_is_found_beside_the_package() -> None:
    assert (plotly_asset.app_folder() / "app.py").is_file()
