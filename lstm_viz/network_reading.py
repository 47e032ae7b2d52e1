"""Read a text or a series with an imported network: every layer and direction, the outputs after each step, and gradients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from lstm_viz.gradients import LikeliestNext, NextToken, Objective, TextLoss, fix_target
from lstm_viz.gradients.objectives import require_objective
from lstm_viz.models.checks import require_text
from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.network_passes import NetworkPass
from lstm_viz.results import FrozenMapping
from lstm_viz.text.tokens import Tokens
from lstm_viz.trace import LayerTrace, Trace

#: The longest text of which a network in both directions reads every beginning anew; the work grows with the square.
BEGINNINGS = 400


def read_network(network: ImportedNetwork, text: str, objective: Objective | None = None, *, beginnings: bool = True) -> Trace:
    """Read a text with an imported network, as `trace` does with a `LanguageModel`.

    The layers run as PyTorch's own kernels; gradients come from the explicit backward passes of the cells.

    Args:
        network: The network; its parameters are not changed.
        text: The text; the network's vocabulary splits it.
        objective: What is differentiated: `TextLoss()`, `NextToken(…)` for the next token, `ClassLogit(…)` for classes; None for
            no gradients.
        beginnings: False computes the outputs of a network in both directions after the whole text only, which is far faster.

    Returns:
        The trace. `layers` has one entry for each layer and direction; `probs` [time, output] are the probabilities of the next
        token or of the classes after each step. A network in both directions reads each beginning of a text of up to 400 tokens
        anew for them; of a longer text, or without `beginnings`, only the last row is computed, the others are NaN.

    Raises:
        ValueError: The network reads numbers, the objective does not fit it, or it asks for outputs before the last step of a
            network in both directions.

    Examples:
        >>> from lstm_viz.models.importing.assembly import assemble, build_network
        >>> from lstm_viz.models.importing.state_parts import parts_of_state
        >>> from lstm_viz.text.vocabulary import Vocabulary
        >>> theirs = torch.nn.ModuleDict({"e": torch.nn.Embedding(4, 5), "r": torch.nn.LSTM(5, 3), "d": torch.nn.Linear(3, 2)})
        >>> assembly = assemble(parts_of_state(theirs.state_dict(), {}, "theirs"), {}, {}, None, "theirs")
        >>> read = read_network(build_network(assembly, Vocabulary.of("abc")), "abba", lstm_viz.ClassLogit(1))
        >>> read.layers[0].h.shape, read.probs.shape, read.layers[0].grads.c.shape
        ((4, 1, 3), (4, 2), (4, 1, 3))
    """
    require_text(text)
    require_objective(objective)
    if network.vocabulary is None:
        raise ValueError("this network reads numbers; use lstm_viz.network_reading.read_values")
    if isinstance(objective, (TextLoss, NextToken, LikeliestNext)) and not network.predicts_next_token:
        raise ValueError(f"this network predicts no next token, it gives {', '.join(network.outputs)[:200]}; use ClassLogit")
    vocabulary = network.vocabulary
    tokens = vocabulary.split(text)
    ids = vocabulary.encode(tokens.normalized)
    known = np.fromiter((form in vocabulary for form in tokens.normalized), dtype=bool, count=len(ids))
    steps = _Steps(tokens, ids, known, torch.from_numpy(ids)[:, None])
    if objective is None or not len(ids):
        return _read(network, steps, None, None if objective is None else objective.describe(tokens.surface), beginnings)

    def by_outputs(outputs: np.ndarray) -> np.ndarray:
        settled = fix_target(objective, outputs, network.outputs)
        return np.asarray(settled.by_logits(outputs, ids, vocabulary))

    return _read(network, steps, by_outputs, objective.describe(tokens.surface), beginnings)


def read_values(
    network: ImportedNetwork, values: Float[np.ndarray, "time feature"], target: int | None = None, *, beginnings: bool = True
) -> Trace:
    """Read a series with an imported network that reads numbers.

    Args:
        network: The network.
        values: The numbers of each step, as the network was trained on them.
        target: The output after the last step that is differentiated; None for no gradients.
        beginnings: As for `read_network`.

    Returns:
        The trace; its tokens are the numbers of the steps, and `probs` [time, output] holds the outputs themselves.

    Raises:
        ValueError: The columns are not as many as the network reads, or it has no such output.

    Examples:
        >>> from lstm_viz.models.importing.assembly import assemble, build_network
        >>> from lstm_viz.models.importing.state_parts import parts_of_state
        >>> theirs = torch.nn.ModuleDict({"lstm": torch.nn.LSTM(2, 3), "out": torch.nn.Linear(3, 1)})
        >>> network = build_network(assemble(parts_of_state(theirs.state_dict(), {}, "theirs"), {}, {}, None, "theirs"))
        >>> read_values(network, np.zeros((5, 2)), target=0).layers[0].grads.h.shape
        (5, 1, 3)
    """
    width = network.example().shape[-1]
    if network.reads_tokens or values.ndim != 2 or values.shape[1] != width:
        raise ValueError(f"got numbers of shape {values.shape}; the network reads {width} numbers at each step")
    if target is not None and not 0 <= target < len(network.outputs):
        raise ValueError(f"output {target} does not exist; the network has the outputs 0 to {len(network.outputs) - 1}")
    surface = tuple(map(str, range(1, len(values) + 1)))
    numbers = np.arange(len(values))
    tokens = Tokens(surface, surface, np.stack((numbers, numbers + 1), axis=1))
    x = torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))[:, None]
    steps = _Steps(tokens, numbers, np.ones(len(values), dtype=bool), x)
    if target is None:
        return _read(network, steps, None, None, beginnings)

    def by_outputs(outputs: np.ndarray) -> np.ndarray:
        gradients = np.zeros_like(outputs)
        gradients[-1, target] = 1
        return gradients

    return _read(network, steps, by_outputs, f"{network.outputs[target]} after the last step", beginnings)


@dataclass(frozen=True, eq=False)
class _Steps:
    """What is read: tokens, their ids, which are known, and the network's input [time, batch = 1, …]."""

    tokens: Tokens
    ids: np.ndarray
    known: np.ndarray
    x: Tensor


def _read(
    network: ImportedNetwork, steps: _Steps, by_outputs: Callable[[np.ndarray], np.ndarray] | None, objective: str | None,
    each: bool = True,
) -> Trace:  # fmt: skip
    """Capture one pass; `by_outputs` gives an objective's derivative by the outputs [time, output] at known probabilities."""
    if not len(steps.ids):
        return _trace(network, steps, (), np.zeros((0, len(network.outputs))), objective)
    at_each = network.causal or network.pooling == "steps"
    beginnings = _of_beginnings(network, steps.x) if each and not at_each and len(steps.x) <= BEGINNINGS else None
    with torch.inference_mode():
        x = network.body[0](steps.x) if network.reads_tokens else steps.x
    passed = NetworkPass(network, x, by_outputs is not None)
    with torch.enable_grad():
        hidden = passed.hidden.clone().requires_grad_(by_outputs is not None)
        outputs = network.head(network.pool_each(hidden)) if at_each else network.answer_of(hidden)[None]
    shown_outputs = outputs.detach() if beginnings is None else beginnings
    if len(shown_outputs) < len(steps.x):
        shown_outputs = _after_the_last(shown_outputs, len(steps.x))
    log_probs = (shown_outputs.double().log_softmax(-1) if network.answer != "values" else shown_outputs.double())[:, 0].numpy()
    gradients = None
    if by_outputs is not None:
        by_output = by_outputs(np.exp(log_probs) if network.answer != "values" else log_probs)
        if not at_each and by_output[:-1].any():
            raise ValueError("of a network in both directions only the outputs after the last step can be differentiated")
        by_each = torch.from_numpy(by_output if at_each else by_output[-1:]).to(outputs.dtype)[:, None]
        gradients = passed.gradients(torch.autograd.grad(outputs, hidden, by_each)[0].numpy())
    return _trace(network, steps, passed.traces(gradients), log_probs, objective)


def _of_beginnings(network: ImportedNetwork, x: Tensor) -> Tensor:
    """Return the outputs after each beginning of x, [time, batch, output]."""
    with torch.inference_mode():
        return network(x).clone()


def _after_the_last(outputs: Tensor, steps: int) -> Tensor:
    """Return outputs [time, batch, output] that are known after the last step only, NaN elsewhere."""
    padded = outputs.new_full((steps, *outputs.shape[1:]), torch.nan)
    padded[-1] = outputs[-1]
    return padded


def _trace(
    network: ImportedNetwork, steps: _Steps, layers: tuple[LayerTrace, ...], log_probs: np.ndarray, objective: str | None
) -> Trace:
    surprise = np.full(len(steps.ids), np.nan, np.float32)
    predicts = network.predicts_next_token and len(steps.ids) > 1
    if predicts:
        surprise[1:] = -log_probs[np.arange(len(steps.ids) - 1), steps.ids[1:]]
    return Trace(
        tokens=steps.tokens.surface,
        ids=steps.ids,
        known=steps.known,
        spans=steps.tokens.spans,
        layers=layers,
        probs=(np.exp(log_probs) if network.answer != "values" else log_probs).astype(np.float32),
        surprise=surprise,
        loss=float(surprise[1:].mean()) if predicts else None,
        objective=objective,
        metadata=FrozenMapping(dict(network.metadata)),
    )
