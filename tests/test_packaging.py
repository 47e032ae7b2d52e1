"""The source distribution and the wheel: each is built from the other one's contents, and holds what a user needs and no more."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.resources import files
from pathlib import Path

import pytest

import lstm_viz

ROOT = Path(__file__).parents[1]
CACHES = {
    "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache", "node_modules", "site",
}  # fmt: skip


def build(source: Path, target: Path, *options: str) -> None:
    """Run `python -m build` with the backend that is installed: nothing is fetched."""
    command = [sys.executable, "-m", "build", "--no-isolation", *options, "--outdir", str(target), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def names_in_tar(archive: Path) -> set[str]:
    with tarfile.open(archive) as tar:
        return {member.name.split("/", 1)[1] for member in tar.getmembers() if member.isfile()}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution of this tree."""
    target = tmp_path_factory.mktemp("first")
    build(ROOT, target, "--sdist")
    return next(target.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def second(first: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a source distribution and a wheel, both built from the first source distribution alone."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("second")
    with tarfile.open(first) as tar:
        if hasattr(tarfile, "data_filter"):
            tar.extraction_filter = tarfile.data_filter  # Python 3.11.4 and newer
        tar.extractall(source)
    build(next(source.iterdir()), target)
    return target


@pytest.fixture(scope="module")
def wheel(second: Path) -> set[str]:
    return set(zipfile.ZipFile(next(second.glob("*.whl"))).namelist())


def tracked() -> set[str]:
    """The files that git knows and that are there; none where this tree is not a checkout, as in a source distribution."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        return set()
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return {name for name in listing.split("\0") if name and (ROOT / name).is_file()}


def test_the_source_distribution_holds_the_whole_repository(first: Path) -> None:
    names = names_in_tar(first)
    assert tracked() - names == set()
    wanted = {"app.py", "pyproject.toml", "README.md", "LICENSE", "requirements.txt", ".ci/run", "static/README.md"}
    assert wanted - names == set()
    assert {name for name in names if CACHES & {*name.split("/")}} == set()


def test_a_source_distribution_builds_itself_again(first: Path, second: Path) -> None:
    assert names_in_tar(next(second.glob("*.tar.gz"))) == names_in_tar(first)


def test_the_wheel_holds_every_file_of_the_package(wheel: set[str]) -> None:
    package = {file.relative_to(ROOT).as_posix() for file in (ROOT / "lstm_viz").rglob("*") if file.is_file()}
    package = {name for name in package if not CACHES & {*name.split("/")}}
    kinds = {Path(name).suffix for name in package}
    assert kinds >= {".py", ".js", ".css", ".html", ".safetensors", ".md", ".csv", ".json", ".npz", ".txt", ".typed"}
    assert package - wheel == set()


def test_the_wheel_holds_the_app_and_nothing_of_the_workshop(wheel: set[str]) -> None:
    screen = {"app.py", ".streamlit/config.toml", "static/README.md"}
    screen |= {file.relative_to(ROOT).as_posix() for file in (ROOT / "pages").glob("*.py")}
    assert {f"lstm_viz/screen/{name}" for name in screen} - wheel == set()
    assert {name.split("/")[0] for name in wheel} == {"lstm_viz", f"lstm_viz-{lstm_viz.__version__}.dist-info"}
    assert {name for name in wheel if CACHES & {*name.split("/")} or name.endswith(".pyc")} == set()


def test_the_wheel_runs_without_the_repository(second: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(next(second.glob("*.whl"))).extractall(tmp_path)
    program = (
        "import lstm_viz; print(lstm_viz.__file__); print(lstm_viz.__version__);"
        "model = lstm_viz.load('counting'); print(lstm_viz.trace(model, 'aabb').layers[0].f.shape)"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    where, version, shape = done.stdout.splitlines()
    assert Path(where).is_relative_to(tmp_path)
    assert version == lstm_viz.__version__
    assert shape == "(4, 1, 4)"


def test_the_version_stands_in_one_place(second: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "version" not in project
    assert project["dynamic"] == ["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+(?:\.?(?:dev|rc|a|b)\d+)?", lstm_viz.__version__)
    assert {file.name.split("-")[1].removesuffix(".tar.gz") for file in second.iterdir()} == {lstm_viz.__version__}


def test_type_checkers_are_told_that_the_package_is_typed() -> None:
    assert (files("lstm_viz") / "py.typed").is_file()


def test_the_extras_are_those_that_the_documents_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(project["optional-dependencies"]) == {"docs", "test", "train"}
