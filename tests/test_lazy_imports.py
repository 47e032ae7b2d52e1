"""What is imported when: nothing heavy before it is used, and every public name in the end."""

from __future__ import annotations

import subprocess
import sys

import pytest

import lstm_viz
from lstm_viz.__main__ import LAZY, main

HEAVY = "torch, plotly, streamlit, scipy"


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    "code",
    [
        "import lstm_viz; dir(lstm_viz); lstm_viz.gates",
        "import lstm_viz.gates, lstm_viz.trace",
        "from lstm_viz import Trace, LayerTrace",
        "from lstm_viz.__main__ import main; main(['--help'], standalone_mode=False)",
    ],
)
def test_nothing_heavy_is_imported(code: str) -> None:
    said = run(f"{code}; import sys; print('|', *sorted({{*sys.modules}} & set('{HEAVY}'.split(', '))))")
    assert said.splitlines()[-1] == "|"


def test_figures_load_no_torch() -> None:
    code = "import importlib, pkgutil, sys, lstm_viz.figures as f\n"
    code += "for m in pkgutil.iter_modules(f.__path__): importlib.import_module('lstm_viz.figures.' + m.name)\n"
    assert run(code + "print('torch' in sys.modules)") == "False\n"


def test_every_public_name_is_there() -> None:
    for name in lstm_viz.__all__:
        assert getattr(lstm_viz, name).__name__.split(".")[-1] == name
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = lstm_viz.nothing_of_the_kind
    assert {*lstm_viz.__all__, "gates", "series"} <= {*dir(lstm_viz)}


def test_functions_that_are_named_as_a_module_stay_functions() -> None:
    code = "import lstm_viz, lstm_viz.capture.mode, lstm_viz.trace, lstm_viz.models.catalog, lstm_viz.what_if.rerun\n"
    code += "print(*(callable(each) for each in (lstm_viz.capture, lstm_viz.trace, lstm_viz.models, lstm_viz.what_if)))"
    assert run(code) == "True True True True\n"


@pytest.mark.parametrize("name", LAZY)
def test_every_command_of_the_help_can_be_called(name: str) -> None:
    import click

    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name
