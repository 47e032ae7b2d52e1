"""A lesson on disk: all that came of it, so that it can be looked at without being learned again."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from lstm_viz.training.loop.checkpointing import Run
from lstm_viz.training.loop.trainer import Step
from lstm_viz.training.tasks.char_lm_config import Recipe
from lstm_viz.training.tasks.charlm import Streams
from lstm_viz.training.tasks.train_text import Item, Lesson, Snapshot, Written, learn

COURSE = "course.json"


def record(lesson: Lesson, folder: Path) -> None:
    """Train from the beginning and leave snapshots and course.json in a folder; the text itself is not written."""
    folder.mkdir(parents=True, exist_ok=True)
    state = Run(folder / "network").state
    state.unlink(missing_ok=True)
    items = list(learn(lesson, str(folder)))
    state.unlink()
    steps = [item for item in items if isinstance(item, Step)]
    course = {
        "name": lesson.name,
        "recipe": dataclasses.asdict(lesson.recipe),
        "seconds": round(steps[-1].seconds, 1),
        "loss": [float(f"{step.loss:.4g}") for step in steps],
        "norm": [float(f"{step.gradient_norm:.4g}") for step in steps],
        "held_out": {step.number: float(f"{step.score:.4g}") for step in steps if step.score is not None},
        "written": {item.step: item.text for item in items if isinstance(item, Written)},
        "snapshots": {item.file: item.step for item in items if isinstance(item, Snapshot)},
    }
    (folder / COURSE).write_text(json.dumps(course, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def recall(folder: Path, text: str) -> tuple[Lesson, tuple[Item, ...]]:
    """The lesson that `record` left in a folder, its numbers rounded to four digits; `text` is what was learned."""
    course: dict[str, Any] = json.loads((folder / COURSE).read_text(encoding="utf-8"))
    recipe = Recipe(**{**course["recipe"], "streams": Streams(**course["recipe"]["streams"])})
    scores = {int(step): score for step, score in course["held_out"].items()}
    steps = [
        Step(
            number, recipe.steps, loss, norm, recipe.plan.rate(number - 1),
            course["seconds"] * number / recipe.steps, scores.get(number), None,
        )
        for number, (loss, norm) in enumerate(zip(course["loss"], course["norm"], strict=True), start=1)
    ]  # fmt: skip
    written = [Written(int(step), words) for step, words in course["written"].items()]
    snapshots = [Snapshot(step, file, not file.startswith("step-")) for file, step in course["snapshots"].items()]
    return Lesson(text, course["name"], recipe), (*steps, *written, *snapshots)
