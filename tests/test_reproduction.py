"""The script that is taken along runs without lstm_viz and prints the numbers of the view."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from lstm_viz.capture.layers import layers_of
from lstm_viz.cells import Weights
from lstm_viz.corpus import scan, state_at
from lstm_viz.export import to_npz
from lstm_viz.gates import Kind, symbols
from lstm_viz.models.catalog import load
from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.models.importing import load_checkpoint_bytes
from lstm_viz.models.language import LanguageModel
from lstm_viz.reader import Reader, trace
from lstm_viz.reproduction import (
    LAYER,
    TRACE,
    WEIGHTS,
    ScriptView,
    layer_file,
    layer_script,
    network_weights,
    reproduction_script,
)  # fmt: skip
from lstm_viz.trace import LayerTrace, Trace
from tests.tiny import KINDS, tiny

#: Quotes, backslashes, braces and ends of lines: all of Python's own signs.
TEXT = 'a "b" \'\'\' {x} \\n\n\ttail\u2028 é 😀 """'


#: Runs one script after another, each in its folder, in a process that has loaded PyTorch once.
RUNNER = """
import contextlib, io, json, os, runpy, sys, traceback
for line in sys.stdin:
    folder, name = json.loads(line)
    os.chdir(folder)
    printed, error = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(printed):
            runpy.run_path(name, run_name="__main__")
    except BaseException:
        error = traceback.format_exc()
    print(json.dumps([printed.getvalue(), error]), flush=True)
"""
Run = Callable[[Path, str], str]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """What a script prints, without this project on the path."""
    command = [sys.executable, "-I", "-c", RUNNER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8") as runner:
        assert runner.stdin is not None
        assert runner.stdout is not None
        asked, answers = runner.stdin, runner.stdout

        def output(folder: Path, name: str) -> str:
            asked.write(json.dumps([str(folder), name]) + "\n")
            asked.flush()
            printed, error = json.loads(answers.readline())
            assert not error, error
            return str(printed)

        yield output
        asked.close()


def alone(folder: Path, name: str) -> str:
    """What a script prints in a process of its own."""
    done = subprocess.run([sys.executable, "-I", name], cwd=folder, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stdout


def printed(run: Run, folder: Path, model: LanguageModel, read: Trace, text: str, view: ScriptView) -> dict[str, list[str]]:
    """Run the script in a folder of its own."""
    (folder / "view.py").write_text(reproduction_script(model, read, text, view), encoding="utf-8")
    (folder / WEIGHTS).write_bytes(network_weights(model))
    (folder / TRACE).write_bytes(to_npz(read))
    return {line.split()[0]: line.split()[1:] for line in run(folder, "view.py").splitlines()}


def check(run: Run, folder: Path, model: LanguageModel, text: str, view: ScriptView, read: Trace | None = None) -> None:
    read = trace(model, text) if read is None else read
    lines = printed(run, folder, model, read, text, view)
    for symbol in symbols(model.config.kind):
        expected = read.layers[view.layer].values[symbol][view.step, 0, view.unit]
        assert float(lines[symbol][0]) == pytest.approx(float(expected), abs=2e-6), symbol
    output, probability = lines["likeliest"][1:]
    assert int(output) == read.probs[view.step].argmax()
    assert float(probability) == pytest.approx(float(read.probs[view.step].max()), abs=2e-6)
    if view.layer == model.config.layers - 1:
        assert float(lines["difference"][-1]) < 1e-5


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layer", [0, 1])
def test_it_prints_every_quantity_of_the_unit(kind: Kind, layer: int, run: Run, tmp_path: Path) -> None:
    check(run, tmp_path, tiny(kind), TEXT, ScriptView(layer, 3, 7, 'a """title""" \\'))


def test_it_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    check(alone, tmp_path, tiny("gru"), TEXT, ScriptView(0, 1, 2))


@pytest.mark.parametrize("name", ["shakespeare-lstm", "shakespeare-gru", "sst-lstm", "counting"])
def test_it_reproduces_the_shipped_networks(name: str, run: Run, tmp_path: Path) -> None:
    model = load(name)
    check(run, tmp_path, model, "aabb to be, or not", ScriptView(model.config.layers - 1, 2, 3))


@pytest.mark.parametrize("kind", KINDS)
def test_it_goes_on_from_the_state_that_a_passage_starts_with(kind: Kind, run: Run, tmp_path: Path) -> None:
    model = tiny(kind)
    text = TEXT * 4
    read = Reader(model, state_at(model, scan(model, text), 20)).read(text[20:40])
    assert read.layers[1].h0.any()
    check(run, tmp_path, model, text[20:40], ScriptView(1, 1, 5), read)


def test_the_saved_weights_are_exact() -> None:
    from safetensors.torch import load as load_tensors

    for model, dtype in ((load("shakespeare-lstm"), torch.float16), (tiny("gru"), torch.float32)):
        saved = load_tensors(network_weights(model))
        assert {value.dtype for value in saved.values()} == {dtype}
        for name, value in model.state_dict().items():
            assert torch.equal(saved[name].float(), value)


def test_a_view_outside_the_trace_is_refused() -> None:
    model = tiny()
    with pytest.raises(ValueError, match="0 steps"):
        reproduction_script(model, trace(model, ""), "", ScriptView(0, 0, 0))


def strange(kind: str, both: bool = False, relu: bool = False) -> ImportedNetwork:
    """Somebody's classifier, with names of their own."""
    extra = {"nonlinearity": "relu"} if relu else {}
    theirs = nn.ModuleDict({
        "lookup_tbl": nn.Embedding(5, 4), "myBrain": getattr(nn, kind)(4, 6, 2, bidirectional=both, bias=not relu, **extra),
        "verdict": nn.Linear(12 if both else 6, 3),
    })  # fmt: skip
    file = io.BytesIO()
    torch.save(theirs.state_dict(), file)
    answers = {"nonlinearity": "relu"} if relu else {}
    network = load_checkpoint_bytes(file.getvalue(), "theirs.pt", "abcde", answers=answers)
    assert isinstance(network, ImportedNetwork) == (both or relu)
    return network


@pytest.mark.parametrize(
    ("kind", "both", "relu", "layer"),
    [("LSTM", True, False, 3), ("GRU", True, False, 1), ("RNN", False, True, 1), ("LSTM", False, False, 0)],
)
def test_a_layer_of_any_network_is_reproduced(kind: str, both: bool, relu: bool, layer: int, run: Run, tmp_path: Path) -> None:
    network = strange(kind, both, relu)
    read = trace(network, "abecdabead")
    modules = network.recurrent if isinstance(network, ImportedNetwork) else (network.rnn,)
    weights = [each for module in modules for each in layers_of(module)][layer].weights
    check_layer(run, tmp_path, read.layers[layer], weights)


def check_layer(run: Run, folder: Path, layer: LayerTrace, weights: Weights) -> None:
    view = ScriptView(0, 2, 3, 'a "view"')
    (folder / "layer.py").write_text(layer_script(layer, view, weights.relu), encoding="utf-8")
    (folder / LAYER).write_bytes(layer_file(layer, weights))
    lines = {line.split()[0]: line.split()[-1] for line in run(folder, "layer.py").splitlines()}
    for symbol in symbols(layer.kind):
        assert float(lines[symbol]) == pytest.approx(float(layer.values[symbol][3, 0, 2]), abs=2e-6), symbol
    assert float(lines["difference"]) < 2e-6


def test_a_view_outside_a_layer_is_refused() -> None:
    with pytest.raises(ValueError, match="6 units and 3 steps"):
        layer_script(trace(strange("GRU", True), "abc").layers[0], ScriptView(0, 6, 0))
