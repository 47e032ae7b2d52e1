"""What stands around the code: container, workflows, hooks and citation agree with the project."""

import re
from pathlib import Path

import pytest
import torch
from torch import nn

import lstm_viz

ROOT = Path(__file__).parents[1]


def pinned(package: str) -> str:
    return re.findall(rf"^{package}==(\S+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE)[0]


def test_the_hook_before_a_commit_runs_the_linters_of_the_tests() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    assert re.findall(r"rev: v(\S+)", hooks) == [pinned("ruff"), pinned("typos")]


def test_the_container_installs_what_the_app_needs_and_no_more() -> None:
    container = (ROOT / "Dockerfile").read_text()
    border = re.findall(r"sed '/(\^[^/]+)/,\$d' requirements\.txt", container)[0]
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    end = next(number for number, line in enumerate(lines) if re.match(border, line))
    installed = {line.split("==")[0] for line in lines[:end] if "==" in line}
    needed = (ROOT / "pyproject.toml").read_text().split("dependencies = [")[1].split("]")[0]
    assert installed == set(re.findall(r'"([\w-]+)', needed))


def test_the_container_has_every_file_that_the_app_reads() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert kept >= {"app.py", "pages", "lstm_viz", ".streamlit/config.toml", "static/README.md", "requirements.txt"}
    assert [name for name in kept if not (ROOT / name).exists()] == []


def test_the_container_does_not_run_as_root_and_answers_for_its_health() -> None:
    container = (ROOT / "Dockerfile").read_text()
    assert container.index("\nUSER app") < container.index("\nCMD ")
    assert "/_stcore/health" in container


def test_workflows_run_the_same_checks_as_everybody() -> None:
    assert "bash .ci/run" in (ROOT / ".github" / "workflows" / "checks.yml").read_text()


@pytest.mark.parametrize("file", ["CITATION.cff", "pyproject.toml", "package.json"])
def test_no_second_version_is_written_down(file: str) -> None:
    versions = re.findall(r'^\s*"?version"?\s*[:=]\s*"?([^",\s]+)', (ROOT / file).read_text(), re.MULTILINE)
    assert lstm_viz.__version__ not in versions


def test_the_reference_has_every_public_name() -> None:
    pages = (ROOT / "docs" / "api").glob("*.md")
    named = {name for page in pages for name in re.findall(r"^::: lstm_viz[\w.]*\.(\w+)$", page.read_text(), re.MULTILINE)}
    assert set(lstm_viz.__all__) - named == set()


def test_every_page_of_the_documents_is_in_their_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text().split("\nnav:")[1]
    pages = {page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")}
    assert pages == set(re.findall(r"([\w/]+\.md)", navigation))


@pytest.mark.parametrize("file", ["README.md", "CONTRIBUTING.md"])
def test_guides_name_the_pinned_torch(file: str) -> None:
    assert re.findall(r"pip install torch==(\S+) --index-url", (ROOT / file).read_text()) == [pinned("torch")]


def test_the_guide_lists_every_page_of_the_app() -> None:
    titles = re.findall(r'st\.Page\("pages/\w+\.py", title="([^"]+)"', (ROOT / "app.py").read_text())
    table = (ROOT / "docs" / "guide.md").read_text().split("## The app")[1].split("\n## ")[0]
    assert re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)[1:] == titles


class Grown(nn.Module):
    """A module of somebody else's, as small as can be."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.embedding, self.lstm, self.decoder = nn.Embedding(inputs, 3), nn.LSTM(3, 4), nn.Linear(4, outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decoder(self.lstm(x)[0])


def test_the_code_of_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text, tokens = "To be, or not to be", ["a", "warm", "film"]
    torch.save(Grown(len(set(text)), len(set(text))).state_dict(), "char-rnn.pt")
    torch.save(Grown(len(tokens), 2).state_dict(), "reviews.keras")
    Path("novel.txt").write_text("Romeo, Romeo. " * 30)
    Path("play.txt").write_text("ROMEO:\nWhat light is on the hill?\n\nJULIET:\nI know not.\n\n" * 20)
    Path("my.csv").write_text("sales\n" + "\n".join(str(day % 7) for day in range(60)))
    known = {"module": Grown(3, 3), "x": torch.randn(5, 1, 3), "loss": torch.sum, "text": text, "tokens": tokens}
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "guide.md").read_text(), re.DOTALL)
    assert len(blocks) > 5
    for block in blocks:
        # A window of a short text, as a whole novel takes seconds.
        exec(compile(block.replace("40_000, 40_300", "200, 300"), "guide.md", "exec"), known)
