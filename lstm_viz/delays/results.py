"""Results of delay experiments on disk: the snapshots as JSON, the networks as models; and the shipped ones."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Int

from lstm_viz.gates import MEMORY_STATE, Kind
from lstm_viz.models.catalog import WEIGHTS
from lstm_viz.models.language import LanguageModel
from lstm_viz.models.serialization import read, save
from lstm_viz.reader import trace
from lstm_viz.results import Result
from lstm_viz.training.tasks.delay_training import DelayExperiment, DelaySnapshot, restore_model
from lstm_viz.training.tasks.delays import TASKS
from lstm_viz.units.stats import cluster_order

#: The folder of the shipped results, one for each task.
SHIPPED = WEIGHTS / "delays"


@dataclass(frozen=True, eq=False, repr=False)
class DelayResult(Result):
    """The results of a delay experiment so far: its snapshots in the order in which they were taken."""

    experiment: DelayExperiment
    snapshots: tuple[DelaySnapshot, ...]

    def snapshots_of(self, kind: Kind) -> tuple[DelaySnapshot, ...]:
        """Return the snapshots of one network."""
        return tuple(each for each in self.snapshots if each.kind == kind)

    def latest(self) -> dict[Kind, DelaySnapshot]:
        """Return the last snapshot of each network that has one, in the experiment's order."""
        last = {each.kind: each for each in self.snapshots}
        return {kind: last[kind] for kind in self.experiment.kinds if kind in last}

    def mastered(self, kind: Kind) -> bool:
        """Return True if a network mastered the longest delay, so that its training ended early."""
        last = self.latest().get(kind)
        return last is not None and last.over and last.step < self.experiment.steps

    @property
    def seconds(self) -> float:
        """Return the training time so far, of all networks together."""
        return sum(each.seconds for each in self.latest().values())

    @cached_property
    def networks(self) -> Mapping[Kind, LanguageModel]:
        """Return the networks whose training has ended, read-only."""
        return {kind: restore_model(last, self.experiment) for kind, last in self.latest().items() if last.weights is not None}

    @cached_property
    def orders(self) -> Mapping[Kind, Int[np.ndarray, " unit"]]:
        """Return for each trained network an order of its units by similarity on one example."""
        task = TASKS[self.experiment.task]
        text = "".join(task.example(min(20, self.experiment.longest), random.Random(0)))
        read = {kind: trace(model, text).layers[-1] for kind, model in self.networks.items()}
        return {kind: cluster_order(layer.values[MEMORY_STATE[kind]][:, 0]) for kind, layer in read.items()}


def save_result(result: DelayResult, folder: Path, metadata: Mapping[str, str]) -> None:
    """Write finished results: <task>.json, and each network as <task>-<kind>.safetensors in float32."""
    folder.mkdir(parents=True, exist_ok=True)
    # One line for each snapshot, so that the file is readable.
    rows = ",\n".join(f"  {json.dumps(_to_dict(each))}" for each in result.snapshots)
    experiment, metadata_json = (
        json.dumps(dataclasses.asdict(result.experiment)),
        json.dumps(dict(metadata), ensure_ascii=False, indent=1),
    )
    text = f'{{"race": {experiment},\n"facts": {metadata_json},\n"snapshots": [\n{rows}\n]}}\n'
    (folder / f"{result.experiment.task}.json").write_text(text, encoding="utf-8")
    for kind, model in result.networks.items():
        save(model, folder / f"{result.experiment.task}-{kind}.safetensors", metadata, torch.float32)


def load_result(task: str, folder: Path = SHIPPED) -> DelayResult:
    """Load saved results with their networks; FileNotFoundError if there are none for this task."""
    stored = json.loads((folder / f"{task}.json").read_text(encoding="utf-8"))
    experiment = DelayExperiment(**{**stored["race"], "kinds": tuple(stored["race"]["kinds"])})
    return DelayResult(experiment, tuple(_snapshot(each, experiment, folder) for each in stored["snapshots"]))


@cache
def shipped(task: str) -> DelayResult:
    """Return the shipped results of a task, cached; its networks are read-only."""
    return load_result(task)


def metadata(task: str, folder: Path = SHIPPED) -> dict[str, str]:
    """Return the metadata of saved results, by the rows of their card."""
    stored: dict[str, str] = json.loads((folder / f"{task}.json").read_text(encoding="utf-8"))["facts"]
    return stored


def _to_dict(snapshot: DelaySnapshot) -> dict[str, Any]:
    right = {str(delay): round(share, 4) for delay, share in snapshot.right.items()}
    return {
        "kind": snapshot.kind, "step": snapshot.step, "seconds": round(snapshot.seconds, 2), "reach": snapshot.current_delay,
        "over": snapshot.over, "right": right,
    }  # fmt: skip


def _snapshot(stored: Mapping[str, Any], experiment: DelayExperiment, folder: Path) -> DelaySnapshot:
    weights = None
    if stored["over"]:
        model = read(folder / f"{experiment.task}-{stored['kind']}.safetensors")
        weights = {name: value.numpy() for name, value in model.state_dict().items()}
    right = {int(delay): share for delay, share in stored["right"].items()}
    return DelaySnapshot(stored["kind"], stored["step"], stored["seconds"], stored["reach"], right, stored["over"], weights)


def format_parameters(models: Iterable[LanguageModel]) -> str:
    """List the networks' numbers of parameters."""
    return ", ".join(f"{model.config.kind.upper()} {model.parameter_count:,}" for model in models)
