"""A view as code: a short PyTorch script that computes a unit's numbers anew, from the saved weights and nothing of lstm_viz."""

from __future__ import annotations

import pprint
from dataclasses import dataclass

import numpy as np
import torch
from safetensors.torch import save as save_tensors

from lstm_viz.cells import Weights
from lstm_viz.gates import Kind
from lstm_viz.models.language import LanguageModel
from lstm_viz.trace import LayerTrace, Trace

#: The names of the files beside the script.
WEIGHTS, TRACE = "lstm_viz_network.safetensors", "lstm_viz_trace.npz"

_STEP: dict[Kind, str] = {
    "lstm": """\
        i, f, g, o = (w_ih @ x_t + b_ih + w_hh @ h + b_hh).chunk(4)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c = f * c + i * g
        h = o * c.tanh()
        steps.append(dict(i=i, f=f, g=g, o=o, c=c, h=h))""",
    "gru": """\
        (a_r, a_z, a_n), (u_r, u_z, u_n) = (w_ih @ x_t + b_ih).chunk(3), (w_hh @ h + b_hh).chunk(3)
        r, z = (a_r + u_r).sigmoid(), (a_z + u_z).sigmoid()
        n = (a_n + r * u_n).tanh()
        h = (1 - z) * n + z * h
        steps.append(dict(r=r, z=z, n=n, h=h))""",
    "rnn": """\
        h = (w_ih @ x_t + b_ih + w_hh @ h + b_hh).tanh()
        steps.append(dict(h=h))""",
}

_SCRIPT = '''"""{title}.

Computes the numbers of one unit with PyTorch alone (torch, safetensors{numpy}); {files} beside this script.
The equations are those of PyTorch's nn.{module}.
"""
from pathlib import Path

{imports}import torch
from safetensors.torch import load_file
from torch import nn

TEXT = {text}
TOKEN_IDS = {ids}
LAYER, UNIT, STEP = {layer}, {unit}, {step}  # each from 0

here = Path(__file__).parent
weights = {{name: value.float() for name, value in load_file(here / "{weights}").items()}}
embedded = inputs = weights["embedding.weight"][torch.tensor(TOKEN_IDS)]
{start}for layer in range(LAYER + 1):
    w_ih, w_hh, b_ih, b_hh = (weights[f"rnn.{{name}}_l{{layer}}"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    {states}
    steps = []
    for x_t in inputs:
{equations}
    inputs = torch.stack([values["h"] for values in steps])

for symbol, values in steps[STEP].items():
    print(f"{{symbol}} {{values[UNIT].item():.9g}}")

rnn = nn.{module}({embedding}, {hidden}, {layers})
rnn.load_state_dict({{name.removeprefix("rnn."): value for name, value in weights.items() if name.startswith("rnn.")}})
with torch.inference_mode():
    hidden, _ = rnn(embedded[:, None]{initial})
    probabilities = nn.functional.linear(hidden[:, 0], weights["decoder.weight"], weights["decoder.bias"]).softmax(-1)
if LAYER == rnn.num_layers - 1:
    print(f"difference from nn.{module} {{(inputs - hidden[:, 0]).abs().max().item():.1e}}")
print(f"likeliest output {{probabilities[STEP].argmax().item()}} {{probabilities[STEP].max().item():.9g}}")
'''


_LAYER_SCRIPT = '''"""{title}.

Computes the numbers of one unit of one layer{direction} with PyTorch alone (torch, safetensors); {file} beside this script
holds the layer's weights, what it read at each step, and the states before the first one. The equations are those of PyTorch's
nn.{module}.
"""
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

UNIT, STEP = {unit}, {step}  # each from 0; steps as they stand in the text or series

saved = load_file(Path(__file__).parent / "{file}")
w_ih, w_hh, b_ih, b_hh = (saved[name] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
inputs, h = saved["x"], saved["h0"]{cell}{turned}
first, steps = h, []
with torch.inference_mode():
    for x_t in inputs:
{equations}

{turned_back}for symbol, values in steps[STEP].items():
    print(f"{{symbol}} {{values[UNIT].item():.9g}}")

rnn = nn.{module}({inputs}, {hidden}{relu})
rnn.load_state_dict({{f"{{name}}_l0": saved[name] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}})
with torch.inference_mode():
    hidden, _ = rnn(inputs[:, None], {initial})
ours = torch.stack([values["h"] for values in steps])
print(f"difference from nn.{module} {{(ours - hidden[:, 0]{flip}).abs().max().item():.1e}}")
'''
#: The name of the file beside the script of one layer.
LAYER = "lstm_viz_layer.safetensors"


@dataclass(frozen=True)
class ScriptView:
    """Which unit of which layer at which step, each from 0, and the script's title."""

    layer: int
    unit: int
    step: int
    title: str = "A view of lstm_viz"


def reproduction_script(model: LanguageModel, trace: Trace, text: str, view: ScriptView) -> str:
    """Write a script that prints every quantity of one unit at one step, and the likeliest output.

    Args:
        model: The network; `network_weights` saves what the script loads.
        trace: The text as read by it. If it did not start from zero, the script reads the first states from its .npz
            file.
        text: The text that was read.
        view: The layer, unit and step.

    Returns:
        The script. It prints a line for each symbol, such as `f 0.973124683`.

    Raises:
        ValueError: The trace has no steps, or the view is outside of it.
    """
    config, layers = model.config, len(trace.layers)
    if not (0 <= view.layer < layers and 0 <= view.unit < config.hidden and 0 <= view.step < len(trace.tokens)):
        raise ValueError(
            f"layer {view.layer}, unit {view.unit}, step {view.step} came; this trace has {layers} layers of {config.hidden} "
            f"units and {len(trace.tokens)} steps, each counted from 0"
        )
    started = any(np.any(state) for layer in trace.layers for state in (layer.h0, layer.c0) if state is not None)
    return _SCRIPT.format(
        title=repr(view.title)[1:-1].replace('"', "'"),
        numpy=", numpy" if started else "",
        files=f"{WEIGHTS} and {TRACE} lie" if started else f"{WEIGHTS} lies",
        module={"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}[config.kind],
        imports="import numpy as np\n" if started else "",
        text=pprint.pformat(text, width=120),
        ids=pprint.pformat(trace.ids.tolist(), width=125, compact=True),
        layer=view.layer, unit=view.unit, step=view.step, weights=WEIGHTS,
        start=_start(config.kind, layers) if started else "",
        states=_states(config.kind, started),
        equations=_STEP[config.kind],
        embedding=config.embedding, hidden=config.hidden, layers=config.layers,
        initial={True: ", (first_h, first_c)" if config.kind == "lstm" else ", first_h", False: ""}[started],
    )  # fmt: skip


def layer_script(layer: LayerTrace, view: ScriptView, relu: bool = False) -> str:
    """Write a script that prints every quantity of one unit at one step of one layer, in whatever network it stands.

    Args:
        layer: The layer and direction, read with one text or series.
        view: The unit, step and title; its layer is that of `layer`.
        relu: True for a plain RNN with relu in place of tanh.

    Returns:
        The script; it loads what `layer_file` saves, and prints a line for each symbol, such as `f 0.973124683`.

    Raises:
        ValueError: The view is outside the layer, or its states have several sizes because of a projection.

    Examples:
        >>> layer = lstm_viz.trace(lstm_viz.load("counting"), "aabb").layers[0]
        >>> layer_script(layer, ScriptView(0, 3, 1)).count("nn.LSTM")
        3
    """
    if layer.values["h"].shape[-1] != layer.units:
        raise ValueError("a layer with a projection (proj_size) is not written as a script")
    if not (0 <= view.unit < layer.units and 0 <= view.step < layer.steps):
        raise ValueError(
            f"unit {view.unit}, step {view.step} came; this layer has {layer.units} units and {layer.steps} steps, each from 0"
        )
    is_lstm, module = layer.kind == "lstm", {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}[layer.kind]
    equations = _STEP[layer.kind]
    return _LAYER_SCRIPT.format(
        title=repr(view.title)[1:-1].replace('"', "'"),
        direction=", which reads from the end," if layer.reverse else "",
        file=LAYER, module=module, unit=view.unit, step=view.step,
        cell='\nc = first_c = saved["c0"]' if is_lstm else "",
        turned="\ninputs = inputs.flip(0)" if layer.reverse else "",
        turned_back="steps.reverse()\n" if layer.reverse else "",
        equations=equations.replace(".tanh()", ".relu()") if relu else equations,
        inputs=layer.values["x"].shape[-1], hidden=layer.units,
        relu=', nonlinearity="relu"' if relu else "",
        initial="(first[None, None], first_c[None, None])" if is_lstm else "first[None, None]",
        flip=".flip(0)" if layer.reverse else "",
    )  # fmt: skip


def layer_file(layer: LayerTrace, weights: Weights) -> bytes:
    """Return a layer's weights, what it read [time, input] and its first states as a .safetensors file, in single precision."""
    nothing = np.zeros(len(weights.ih), np.float32)
    b_ih, b_hh = (nothing if each is None else each for each in (weights.b_ih, weights.b_hh))
    arrays = {
        "weight_ih": weights.ih, "weight_hh": weights.hh, "bias_ih": b_ih, "bias_hh": b_hh,
        "x": layer.values["x"][:, 0], "h0": layer.h0[0], **({} if layer.c0 is None else {"c0": layer.c0[0]}),
    }  # fmt: skip
    return save_tensors({name: torch.from_numpy(np.array(values, np.float32, order="C")) for name, values in arrays.items()})


def network_weights(model: LanguageModel) -> bytes:
    """Return the weights as a .safetensors file, by the names of `LanguageModel`; in half precision where that loses nothing."""
    weights = {name: value.detach().contiguous() for name, value in model.state_dict().items()}
    half = {name: value.half() for name, value in weights.items()}
    exact = all(torch.equal(half[name].to(value.dtype), value) for name, value in weights.items())
    return save_tensors(half if exact else weights)


def _start(kind: Kind, layers: int) -> str:
    lines = [
        f'first_{name} = torch.from_numpy(np.stack([saved[f"layer{{layer + 1}}.{name}0"] for layer in range({layers})]))'
        for name in ("h", *(("c",) if kind == "lstm" else ()))
    ]
    return "\n".join([f'saved = np.load(here / "{TRACE}")', *lines, ""])


def _states(kind: Kind, started: bool) -> str:
    if started:
        return "h, c = first_h[layer, 0], first_c[layer, 0]" if kind == "lstm" else "h = first_h[layer, 0]"
    return "h = c = torch.zeros(w_hh.shape[1])" if kind == "lstm" else "h = torch.zeros(w_hh.shape[1])"
