"""Read a text or a series with an imported network: every layer and direction, the outputs after each step, and gradients."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from lstm_viz.capture import capture
from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.results import FrozenMapping
from lstm_viz.text.tokens import Tokens
from lstm_viz.trace import LayerTrace, Trace

#: The longest text of which a network in both directions reads every beginning anew; the work grows with the square.
BEGINNINGS = 400


def read_network(network: ImportedNetwork, text: str, target: int | None = None, gradients: bool = True) -> Trace:
    """Read a text with an imported network, as `trace` does with a `LanguageModel`.

    The layers are captured from PyTorch's own modules, and their gradients are autograd's.

    Args:
        network: The network; its parameters are not changed.
        text: The text; the network's vocabulary splits it.
        target: What is differentiated: the output with this number after the whole text; None for the text's mean surprise in
            nats (a network that predicts the next token) or for the output that is largest after the whole text.
        gradients: Whether to differentiate at all.

    Returns:
        The trace. `layers` has one entry for each layer and direction; `probs` [time, output] are the outputs after each step:
        probabilities of the next token or of the classes. A network in both directions reads each beginning of a text of up to
        400 tokens anew for them; of a longer text only the last row is computed, the others are NaN.

    Raises:
        ValueError: The network reads numbers, or it has no such output.

    Examples:
        >>> from lstm_viz.models.importing.assembly import assemble, build_network
        >>> from lstm_viz.models.importing.state_parts import parts_of_state
        >>> from lstm_viz.text.vocabulary import Vocabulary
        >>> theirs = torch.nn.ModuleDict({"e": torch.nn.Embedding(4, 5), "r": torch.nn.LSTM(5, 3), "d": torch.nn.Linear(3, 2)})
        >>> assembly = assemble(parts_of_state(theirs.state_dict(), {}, "theirs"), {}, {}, None, "theirs")
        >>> trace = read_network(build_network(assembly, Vocabulary.of("abc")), "abba")
        >>> trace.layers[0].h.shape, trace.probs.shape
        ((4, 1, 3), (4, 2))
    """
    if network.vocabulary is None:
        raise ValueError("this network reads numbers; use read_values")
    tokens = network.vocabulary.split(text)
    ids = network.vocabulary.encode(tokens.normalized)
    known = np.fromiter((form in network.vocabulary for form in tokens.normalized), dtype=bool, count=len(ids))
    return _read(network, torch.from_numpy(ids)[:, None], tokens, ids, known, target, gradients)


def read_values(
    network: ImportedNetwork, values: Float[np.ndarray, "time feature"], target: int | None = None, gradients: bool = True
) -> Trace:
    """Read a series with an imported network that reads numbers; `probs` of the trace holds the outputs themselves.

    Args:
        network: The network.
        values: The numbers of each step, as the network was trained on them.
        target: The output to differentiate after the last step; None for the first.
        gradients: Whether to differentiate at all.

    Returns:
        The trace; its tokens are the numbers of the steps.

    Raises:
        ValueError: The columns are not as many as the network reads, or it has no such output.
    """
    wanted = network.example().shape[-1]
    if network.vocabulary is not None or values.ndim != 2 or values.shape[1] != wanted:
        raise ValueError(f"got numbers of shape {values.shape}; the network reads {wanted} numbers at each step")
    surface = tuple(map(str, range(1, len(values) + 1)))
    steps = np.arange(len(values))
    tokens = Tokens(surface, surface, np.stack((steps, steps + 1), axis=1))
    x = torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))[:, None]
    return _read(network, x, tokens, steps, np.ones(len(values), dtype=bool), target, gradients)


def _read(
    network: ImportedNetwork, x: Tensor, tokens: Tokens, ids: np.ndarray, known: np.ndarray, target: int | None, gradients: bool
) -> Trace:  # fmt: skip
    if target is not None and not 0 <= target < len(network.outputs):
        raise ValueError(f"output {target} does not exist; the network has the outputs 0 to {len(network.outputs) - 1}")
    if not len(x):
        return _empty(network, tokens)
    with torch.enable_grad(), capture(network) as captured:
        # Nothing in the network asks for gradients, so its input does.
        start = network.body[0](x) if network.vocabulary is not None else x.clone()
        start.requires_grad_(gradients)
        hidden = network.hidden_from(start)
        last = network.answer_of(hidden)
        value, objective = _objective(network, hidden, last, ids, target)
        if gradients:
            value.backward()
    with torch.inference_mode():
        outputs = _after_each(network, x, hidden.detach(), last.detach())[:, 0]
    log_probs = outputs.double().log_softmax(-1).numpy() if network.answer != "values" else outputs.double().numpy()
    probs = (np.exp(log_probs) if network.answer != "values" else log_probs).astype(np.float32)
    surprise = np.full(len(ids), np.nan, np.float32)
    if network.predicts_next_token and len(ids) > 1:
        surprise[1:] = -log_probs[np.arange(len(ids) - 1), ids[1:]]
    return Trace(
        tokens.surface, ids, known, tokens.spans, tuple(_named(captured.layers)), probs, surprise,
        float(surprise[1:].mean()) if network.predicts_next_token and len(ids) > 1 else None,
        objective if gradients else None, FrozenMapping(dict(network.metadata)),
    )  # fmt: skip


def _objective(network: ImportedNetwork, hidden: Tensor, last: Tensor, ids: np.ndarray, target: int | None) -> tuple[Tensor, str]:
    """Return what is differentiated, and its description."""
    if network.predicts_next_token and target is None and len(ids) > 1:
        logits = network.head(hidden)[:-1, 0]
        return torch.nn.functional.cross_entropy(logits, torch.from_numpy(ids[1:])), "the mean surprise of the text"
    if target is None:
        target = 0 if network.answer == "values" else int(last[0].argmax())
    what = "output" if network.answer == "values" else "logit of"
    return last[0, target], f"the {what} {network.outputs[target]!r} after the last step"


def _after_each(network: ImportedNetwork, x: Tensor, hidden: Tensor, last: Tensor) -> Tensor:
    """Return the outputs after each step [time, batch, output]."""
    if network.causal or network.pooling == "steps":
        return network.head(network.pool_each(hidden))
    if len(x) <= BEGINNINGS:
        return network(x)
    outputs = torch.full((len(x), *last.shape), torch.nan)
    outputs[-1] = last
    return outputs


def _named(layers: Iterable[LayerTrace]) -> Iterable[LayerTrace]:
    """Number captured layers from below; the two directions of one layer share its number."""
    number = -1
    for layer in layers:
        if not layer.reverse:
            number += 1
        yield LayerTrace(
            "rnn", layer.kind, number, layer.reverse, layer.values, layer.h0, layer.c0, layer.grads, layer.lengths,
            layer.grads_missing, layer.changed,
        )  # fmt: skip


def _empty(network: ImportedNetwork, tokens: Tokens) -> Trace:
    nothing, outputs = np.zeros(0, np.float32), np.zeros((0, len(network.outputs)), np.float32)
    return Trace(
        tokens.surface, np.zeros(0, np.int64), np.zeros(0, bool), tokens.spans, (), outputs, nothing, None, None,
        FrozenMapping(dict(network.metadata)),
    )  # fmt: skip
