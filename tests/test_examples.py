"""The examples in docstrings run and give what they say; every public name has one, and sections on what goes in and out."""

import doctest
import inspect
import pkgutil
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

import lstm_viz

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
#: What every example may use without an import; `folder` is an empty one.
NAMES = {"lstm_viz": lstm_viz, "np": np, "torch": torch}
PACKAGES = sorted(
    each.name
    for each in pkgutil.walk_packages(lstm_viz.__path__, "lstm_viz.")
    if not each.name.startswith(("lstm_viz.ui", "lstm_viz.__main__", "lstm_viz.screen"))
)


def exported() -> dict[str, Any]:
    """What packages list in `__all__`, what the API reference shows, and what is public in the modules of `lstm_viz`."""
    found: dict[str, Any] = {}
    for name in ("lstm_viz", *PACKAGES):
        module = import_module(name)
        found |= {f"{name}.{each}": getattr(module, each) for each in getattr(module, "__all__", ())}
    for file in sorted((Path(__file__).parents[1] / "docs" / "api").glob("*.md")):
        for path in re.findall(r"^::: (\S+)$", file.read_text(), re.MULTILINE):
            home, _, name = path.rpartition(".")
            found[path] = getattr(import_module(home), name, None)
    for module in (import_module(f"lstm_viz.{name}") for name in lstm_viz._SUBMODULES):
        own = {name: each for name, each in vars(module).items() if getattr(each, "__module__", "") == module.__name__}
        found |= {f"{module.__name__}.{name}": each for name, each in own.items() if not name.startswith("_")}
    return found


def examples() -> list[doctest.DocTest]:
    finder = doctest.DocTestFinder(exclude_empty=True)
    found: dict[str, doctest.DocTest] = {}
    for name in PACKAGES:
        module = import_module(name)
        for test in finder.find(module, name, module=module, extraglobs=NAMES):
            if test.examples:
                found[test.name] = test
    return list(found.values())


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name.removeprefix("lstm_viz."))
def test_an_example_gives_what_it_says(example: doctest.DocTest, tmp_path: Path) -> None:
    torch.manual_seed(0)
    example.globs["folder"] = tmp_path
    told: list[str] = []
    result = doctest.DocTestRunner(optionflags=FLAGS).run(example, out=told.append)
    assert not result.failed, "".join(told)


@pytest.mark.parametrize("name", lstm_viz.__all__)
def test_a_public_name_says_what_it_does_and_how(name: str) -> None:
    public = getattr(lstm_viz, name)
    text = inspect.getdoc(public) or ""
    assert text.split("\n\n")[0].endswith((".", ":")), "begin with one sentence"
    if inspect.isclass(public) and issubclass(public, Exception):
        return
    assert "\nExamples:\n    >>> " in text, "give an example, under Examples:"
    if inspect.isfunction(public):
        given = list(inspect.signature(public).parameters)
        if given:
            arguments = re.findall(r"^Args:\n((?:    .*\n?|\n)*)", text, re.MULTILINE)
            assert arguments, "say what goes in, under Args:"
            assert [each for each in given if not re.search(rf"^    {each}: ", arguments[0], re.MULTILINE)] == []
        assert "\nReturns:\n" in text, "say what comes out, under Returns:"


def test_an_exported_function_says_what_goes_in_and_out() -> None:
    lacking = []
    for name, public in exported().items():
        if not inspect.isfunction(public) or not public.__module__.startswith("lstm_viz"):
            continue
        text, signature = inspect.getdoc(public) or "", inspect.signature(public)
        lacking += [f"{name}: {each}" for each in signature.parameters if not re.search(rf"^    {each}: ", text, re.MULTILINE)]
        if signature.return_annotation not in ("None", None) and "\nReturns:\n" not in text:
            lacking.append(f"{name}: Returns")
    assert lacking == []


def test_whatever_is_exported_has_an_example() -> None:
    found = exported()
    assert {"lstm_viz.trace", "lstm_viz.corpus.window", "lstm_viz.export.to_npz", "lstm_viz.what_if.rerun.WhatIf"} <= {*found}
    # Errors are raised, not called; types of arrays and numbers have no docstring of their own.
    called = {
        name: inspect.getdoc(each) or ""
        for name, each in found.items()
        if (inspect.isroutine(each) or (inspect.isclass(each) and not issubclass(each, Exception)))
        and each.__module__.startswith("lstm_viz")
    }
    assert len(called) > 150
    assert [name for name, text in called.items() if "Examples:\n    >>> " not in text] == []


@pytest.mark.parametrize("file", ["README.md", "docs/index.md"])
def test_the_programs_on_the_first_pages_run_as_they_stand(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[go.Figure] = []
    monkeypatch.setattr(go.Figure, "show", lambda figure: shown.append(figure))
    text = (Path(__file__).parents[1] / file).read_text()
    programs = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert programs
    for program in programs:
        exec(compile(program, file, "exec"), {})
    assert all(figure.data for figure in shown)
    assert len(shown) == text.count(".show()")
