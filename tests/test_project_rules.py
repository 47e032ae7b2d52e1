"""The rules of the house: imports, sizes, settings, and that README, requirements and CI tell the same story."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from streamlit import config

from tests.sources import parse_source

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
SCREEN = ("app.py", "pages/", "lstm_viz/ui/")
HOMES = {"streamlit": SCREEN, "plotly": ("lstm_viz/figures/", "lstm_viz/ui/")}
TEXTS = {".py", ".md", ".toml", ".txt", ".js", ".css", ".html", ".json", ".cff", ""}


def product() -> list[Path]:
    """Every Python file that a user runs."""
    return [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py")), *sorted((ROOT / "lstm_viz").rglob("*.py"))]


def imported(file: Path) -> set[str]:
    """The top-level packages that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(parse_source(file)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_imports_run_one_way() -> None:
    # In a process of its own: the linter writes to a console of its own, which does not outlive pytest's capture.
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("package", HOMES)
def test_the_screen_libraries_stay_in_their_rooms(package: str) -> None:
    users = [file.relative_to(ROOT).as_posix() for file in product() if package in imported(file)]
    assert [user for user in users if not user.startswith(HOMES[package])] == []


def test_scipy_is_entered_by_one_door() -> None:
    """Two threads that import `scipy.signal` and `scipy.cluster` at once would each get half of `scipy.spatial`."""
    door = re.compile(r"^\s*(?:from|import) (scipy\.(?!special)\w+)", re.MULTILINE)
    entered = {file.relative_to(ROOT).as_posix(): door.findall(file.read_text()) for file in product()}
    assert {file: names for file, names in entered.items() if names and names[0] != "scipy.cluster"} == {}
    assert any("scipy.signal" in names for names in entered.values())


def test_no_file_outgrows_a_head() -> None:
    sizes = {file.relative_to(ROOT).as_posix(): len(file.read_text().splitlines()) for file in product()}
    assert {name: lines for name, lines in sizes.items() if lines > 400} == {}


def test_percentages_have_one_form() -> None:
    """`format_percent` writes 0% and 100% for exactly none and all; Plotly's hover templates have a format of their own."""
    by_hand = re.compile(r"(?<!%)\{{1,2}(?!y:|x:|z:)[^{}]*:\.\d%\}|100 \* \w[^{}\n]*:[^{}\n]*\}%")
    # Scores in a model card are read by programs too, and a guess's distance is formatted as in `curve.js`.
    others = ("lstm_viz/text/numbers.py", "lstm_viz/training/cli/", "lstm_viz/ui/pages/learn/course/measures.py")
    found = {file.relative_to(ROOT).as_posix(): by_hand.findall(file.read_text()) for file in product()}
    assert {name: parts for name, parts in found.items() if parts and not name.startswith(others)} == {}
    # The rule sees what it is meant to see.
    assert all(by_hand.search(bad) for bad in ('f"{share:.0%}"', 'f"{100 * share:.0f}%"', 'f"{1 - a / b:.1%} of"'))
    assert not by_hand.search('f"delay %{{x}}: %{{y:.0%}} right"')


def test_every_setting_is_one_that_streamlit_knows() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    # postScriptGC is not documented and could vanish: every run would then wait for the garbage collector.
    assert settings["runner"]["postScriptGC"] is False
    # Without it every page is parsed as a tree, which fails now and then where two threads do so (see `parse_source`).
    assert settings["runner"]["magicEnabled"] is False
    assert flatten(settings) - set(config.get_config_options()) == set()


def test_no_control_s_callback_fails_where_the_control_is_gone() -> None:
    # `settings.saver` passes the value of a control that is there; Streamlit also calls back for those of a page that was left.
    reading = []
    for file in product():
        tree = parse_source(file)
        keywords = [each for node in ast.walk(tree) if isinstance(node, ast.Call) for each in node.keywords]
        called = {each.value.id for each in keywords if each.arg == "on_change" and isinstance(each.value, ast.Name)}
        functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and each.name in called]
        reading += [f"{file.name}: {each.name}" for each in functions if reads_session_state(each)]
    assert reading == []


def reads_session_state(function: ast.FunctionDef) -> bool:
    """Whether a function takes a value out of the session's state that must be there."""
    parts = [each for each in ast.walk(function) if isinstance(each, ast.Subscript) and isinstance(each.ctx, ast.Load)]
    return any(isinstance(each.value, ast.Attribute) and each.value.attr == "session_state" for each in parts)


def flatten(table: dict[str, object], prefix: str = "") -> set[str]:
    names: set[str] = set()
    for key, value in table.items():
        names |= flatten(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key}
    return names


def pins(file: Path) -> dict[str, str]:
    """The versions that a requirements file pins, by package."""
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    found = [line.split("==") for line in lines]
    assert len(dict(found)) == len(found)
    return {name.split("[")[0]: version for name, version in found}


def asked(*groups: list[str]) -> dict[str, Requirement]:
    """What lists of pyproject.toml ask for, by package."""
    return {wish.name: wish for wish in map(Requirement, [text for group in groups for text in group])}


def test_requirements_pin_what_the_project_asks_for() -> None:
    project = PYPROJECT["project"]
    extras = project["optional-dependencies"]
    wishes = asked(project["dependencies"], extras["test"], extras["train"])
    pinned = pins(ROOT / "requirements.txt")
    assert sorted(pinned) == sorted(wishes)
    assert {name: version for name, version in pinned.items() if not wishes[name].specifier.contains(version)} == {}


def test_requirements_of_the_documents_pin_what_their_extra_asks_for() -> None:
    wishes, pinned = asked(PYPROJECT["project"]["optional-dependencies"]["docs"]), pins(ROOT / "docs" / "requirements.txt")
    assert sorted(pinned) == sorted(wishes)
    assert {name: version for name, version in pinned.items() if not wishes[name].specifier.contains(version)} == {}


def test_the_backend_that_builds_is_the_one_that_the_tests_pin() -> None:
    (backend,) = map(Requirement, PYPROJECT["build-system"]["requires"])
    assert backend.specifier.contains(pins(ROOT / "requirements.txt")[backend.name])


def test_ci_runs_the_commands_of_the_readme() -> None:
    shell = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    lines = [line.split("#")[0] for block in shell for line in block.splitlines()]
    told = {command.strip() for line in lines for command in line.split("&&") if command.strip()}
    run = {line.strip() for line in (ROOT / ".ci" / "run").read_text().splitlines()}
    assert told - run == {"streamlit run app.py"}
    assert {"pip install -r requirements.txt", "pytest"} <= told & run


def test_no_path_of_a_machine_is_written_down() -> None:
    folders = ("lstm_viz", "pages", "tests", "benchmarks", "docs", ".ci", ".streamlit")
    files = [file for folder in folders for file in (ROOT / folder).rglob("*")] + list(ROOT.glob("*"))
    # In a work tree beside another, .git is a file that says where.
    texts = [file for file in files if file.is_file() and file.suffix in TEXTS and not {"__pycache__", ".git"} & {*file.parts}]
    path = re.compile(r"(?<![\w.])/(?:home|root|Users|work|farm|tmp|opt|mnt)/\w")
    assert len(texts) > 20
    assert {file.name: found[0] for file in texts if (found := path.findall(file.read_text()))} == {}
