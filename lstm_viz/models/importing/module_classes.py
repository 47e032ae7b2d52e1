"""What saved modules' classes say: a class that computes otherwise than the part it looks like is refused or asked about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from torch import Tensor

from lstm_viz.models.importing.architecture import is_recurrent
from lstm_viz.models.importing.errors import NeedsAnswer, UnsupportedCheckpoint, format_list
from lstm_viz.models.importing.gate_order import GATE_ORDERS, OTHERWISE
from lstm_viz.models.importing.records import ModuleFacts

#: PyTorch's classes with weights that are read; other layers with weights of the same shapes compute something else.
_READ = {
    *("Linear", "NonDynamicallyQuantizableLinear", "_LinearWithBias", "Embedding", "LayerNorm", "RMSNorm"),
    *("LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell", "RNNBase"),
}
#: Modules that compute something without weights of their own, wherever the program calls them.
_ACTING = ("Norm", "Pool", "Upsample", "Shrink", "Hardtanh", "Softmin", "Unfold", "Fold", "PixelShuffle", "CosineSimilarity")
#: Activations, which have no weights, and the functions that are offered for them.
ACTIVATION_CLASSES = {
    "ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu", "SELU": "selu", "GELU": "gelu", "SiLU": "silu", "Tanh": "tanh",
    "Sigmoid": "sigmoid", "Softplus": "softplus", "ReLU6": "", "Mish": "", "GLU": "", "Hardtanh": "", "Hardsigmoid": "",
    "Hardswish": "", "LogSigmoid": "", "CELU": "", "Softsign": "", "Threshold": "",
}  # fmt: skip
_AS_PYTORCHS = "as PyTorch's"


def check_classes(
    tensors: Mapping[str, Tensor], modules: Mapping[str, ModuleFacts], answers: Mapping[str, str], name: str
) -> dict[str, Tensor]:
    """Check that the classes of saved modules are those that their weights are read as.

    Args:
        tensors: The state dict.
        modules: What the file says of its modules, by the same dotted names; empty for a bare state dict.
        answers: Answers by the question's id: `own_class` and `gates`.
        name: What messages call the file.

    Returns:
        The state dict; an embedding's rows are as long as its `max_norm` allows, as they are when they are looked up.

    Raises:
        NeedsAnswer: A class of the file's own may compute otherwise than PyTorch's.
        UnsupportedCheckpoint: A module is of a class that is not read.
    """
    changed = dict(tensors)
    for path, facts in modules.items():
        own = {key.rpartition(".")[2]: key for key in tensors if key.rpartition(".")[0] == path}
        if is_pytorchs(facts):
            _check_pytorchs(path, facts, bool(own), modules, name)
        elif facts.module and any(map(is_recurrent, own)):
            _ask_recurrent(path, facts, {key: tensors[full] for key, full in own.items()}, answers, name)
        elif facts.module and own.keys() <= {"weight", "bias"} and "weight" in own:
            _ask(f"{path} is of the class {facts.class_name[:60]!r}, whose weights look like a plain layer's", answers, name)
        if facts.class_name == "Embedding" and facts.attributes.get("max_norm") is not None and "weight" in own:
            changed[own["weight"]] = _bounded(tensors[own["weight"]], facts)
    return changed


def is_pytorchs(facts: ModuleFacts) -> bool:
    """Return True for a class of PyTorch's own, also in TorchScript, where packages stand under `__torch__`."""
    return facts.module.removeprefix("__torch__.").startswith("torch.")


def unplaced_activations(modules: Mapping[str, ModuleFacts]) -> dict[str, str]:
    """Return activations that are no entry of an nn.Sequential, so that the file does not say where they are applied.

    Returns:
        The function of each by its name; empty text for one that is not read.
    """
    inside = {path for path, facts in modules.items() if facts.class_name == "Sequential"}
    return {
        path: ACTIVATION_CLASSES[facts.class_name]
        for path, facts in modules.items()
        if facts.class_name in ACTIVATION_CLASSES and path.rpartition(".")[0] not in inside
    }


def notes_on_reading(modules: Mapping[str, ModuleFacts], nested: Iterator[tuple[str, Mapping[object, object]]]) -> list[str]:
    """Return notes on what a file says that is not applied: functions without a place, and the direction of reading."""
    notes = []
    unread = [path for path, function in unplaced_activations(modules).items() if not function]
    if unread:
        notes.append(f"{format_list(unread)} is left out, as the file does not say where it is applied")
    entries = [(str(key), value) for _, each in nested for key, value in each.items()]
    if any(key == "is_forward_lm" and value is False for key, value in entries):
        notes.append("it learned texts from their end to their beginning (is_forward_lm is False), so give it reversed text")
    return notes


def notes_on_scales(nested: Iterator[tuple[str, Mapping[object, object]]]) -> list[str]:
    """Return a note on what a file holds to scale its inputs with, which is not applied."""
    entries = [(str(key), value) for _, each in nested for key, value in each.items()]
    scales = {key for key, value in entries if key.lower().rstrip("_") in _SCALES and not isinstance(value, (str, bool))}
    return [f"{format_list(scales)} not applied: give numbers scaled as for its training"] if scales else []


#: Names of what inputs are scaled with, which programs save beside the weights.
_SCALES = {
    *("mean", "std", "mu", "scaler", "x_scaler", "y_scaler", "scaler_x", "scaler_y", "mean_", "scale", "data_min", "data_max"),
    *("min", "max", "x_mean", "x_std", "y_mean", "y_std", "train_mean", "train_std", "obs_rms", "ret_rms", "norm_stats"),
    *("input_mean", "input_std", "feature_mean", "feature_std", "target_mean", "target_std", "normalizer", "stats"),
}


def _check_pytorchs(path: str, facts: ModuleFacts, has_weights: bool, modules: Mapping[str, ModuleFacts], name: str) -> None:
    leaf = not any(other.startswith(f"{path}.") for other in modules) if path else len(modules) == 1
    acts = any(each in facts.class_name for each in _ACTING) and facts.class_name not in ACTIVATION_CLASSES
    if (has_weights and leaf and facts.class_name not in _READ) or (not has_weights and leaf and acts):
        raise UnsupportedCheckpoint(
            f"{name}'s {path or 'network'} is a {facts.class_name[:60]}; read are Linear, Embedding, LayerNorm, RMSNorm, LSTM, "
            "GRU, RNN and their cells. Any other module can be looked into in Python by lstm_viz.capture(module)"
        )


def _ask_recurrent(
    path: str, facts: ModuleFacts, own: Mapping[str, Tensor], answers: Mapping[str, str], name: str
) -> None:
    """Ask how a class of the file's own computes; one that inherits from PyTorch's whole modules has their gates."""
    label = f"{path or 'the network'} is of the class {facts.class_name[:60]!r}"
    hidden = next((value for key, value in own.items() if key.startswith("weight_hh")), None)
    blocks = 0 if hidden is None or hidden.ndim != 2 else hidden.shape[0] // max(hidden.shape[1], 1)
    if "mode" in facts.attributes or blocks not in GATE_ORDERS:
        _ask(f"{label}, which has PyTorch's weights", answers, name)
    elif answers.get("gates") not in GATE_ORDERS[blocks]:
        _refuse_otherwise(answers.get("gates"), label, name)
        raise NeedsAnswer(
            f"{name}'s {label}, which has PyTorch's names; in which order do its gates come"
            + (", g the one with tanh?" if blocks == 4 else ", r the one that resets h behind its matrix product?"),
            "gates", (*GATE_ORDERS[blocks], OTHERWISE), GATE_ORDERS[blocks][0],
        )  # fmt: skip


def _ask(what: str, answers: Mapping[str, str], name: str) -> None:
    answer = answers.get("own_class")
    _refuse_otherwise(answer, what, name)
    if answer != _AS_PYTORCHS:
        raise NeedsAnswer(
            f"{name}'s {what}: does it compute as PyTorch's own class?", "own_class", (_AS_PYTORCHS, OTHERWISE), _AS_PYTORCHS
        )


def _refuse_otherwise(answer: str | None, what: str, name: str) -> None:
    if answer == OTHERWISE:
        raise UnsupportedCheckpoint(
            f"{name}'s {what}, and computes otherwise than PyTorch's, so its file alone cannot be read. Look into the program by "
            "lstm_viz.capture(module)"
        )


def _bounded(weight: Tensor, facts: ModuleFacts) -> Tensor:
    """Return an embedding's rows scaled down to its `max_norm`, as `torch.embedding_renorm_` does."""
    most, kind = float(facts.attributes["max_norm"]), float(facts.attributes.get("norm_type", 2.0))
    norms = weight.norm(p=kind, dim=1, keepdim=True)
    return weight.where(norms <= most, weight * (most / (norms + 1e-7)))
