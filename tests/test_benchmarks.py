"""The benchmarks' commands: each script says how it is used, and takes the arguments that the documents give it."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py"))
DOCUMENTS = (ROOT / "README.md", ROOT / "docs" / "benchmarks.md")
PUBLISHED = sorted({found for file in DOCUMENTS for found in re.findall(r"`python -m benchmarks\.([^`]+)`", file.read_text())})


@pytest.fixture(autouse=True)
def _environment_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some scripts set the number of threads when they are imported."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def command_of(script: str) -> click.Command:
    """The command that a script runs."""
    command = import_module(f"benchmarks.{script}").main
    assert isinstance(command, click.Command)
    return command


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_says_how_it_is_used(script: str) -> None:
    answer = CliRunner().invoke(command_of(script), ["--help"])
    assert answer.exit_code == 0
    # The help shows the docstring whole, in lines of its own.
    told = import_module(f"benchmarks.{script}").__doc__
    assert "".join(told.split()) in "".join(answer.output.split())
    assert CliRunner().invoke(command_of(script), ["--no-such-option"]).exit_code == 2


@pytest.mark.parametrize("published", PUBLISHED)
def test_published_commands_are_taken(published: str, tmp_path: Path) -> None:
    script, *arguments = shlex.split(published.replace("FOLDER", str(tmp_path)))
    command_of(script).make_context(script, arguments)


def test_commands_are_published() -> None:
    assert {"keystroke", "corpus", "capture --quick"} <= set(PUBLISHED)


def test_arguments_without_an_option_are_lengths_and_pages() -> None:
    assert command_of("keystroke").make_context("keystroke", ["60", "300"]).params == {"lengths": (60, 300)}
    assert command_of("pages").make_context("pages", ["sentiment", "generate"]).params == {"names": ("sentiment", "generate")}
