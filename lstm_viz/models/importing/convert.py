"""Convert another project's weights to an equivalent model of this project.

Parts that this project's model lacks are folded into others, exactly: one-hot input becomes an identity embedding; a linear
projection before or after the layers is multiplied into its neighbour; and the LSTM's own projection h = W_hr (o tanh c)
(Sak et al. 2014) is multiplied into everything that reads h, as W_hh h = (W_hh W_hr) (o tanh c).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor

from lstm_viz.gates import NAMES, PACKED
from lstm_viz.models.importing.architecture import InferredArchitecture, Linear, infer_architecture, is_recurrent
from lstm_viz.models.importing.errors import SUPPORTED, NoVocabulary, UnsupportedCheckpoint, format_list
from lstm_viz.models.importing.safe_reader import Contents, nested, parsed, read_archive, tensors_of
from lstm_viz.models.importing.vocabulary import Given, ImportedVocabulary, build_vocabulary, ordered, symbols_in
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.models.serialization import FORMAT, LIMITS, UnreadableModel, check_finite, check_size, read
from lstm_viz.text.vocabulary import WordVocabulary

#: Where attributes of saved modules stand among what is beside the weights.
_OF_MODULES = "attributes of modules"
#: Activations, which have no weights: where they are applied is not in a file.
_ACTIVATIONS = {"ReLU", "ReLU6", "LeakyReLU", "ELU", "SELU", "GELU", "SiLU", "Mish", "Tanh", "Sigmoid", "Softplus", "GLU"}

#: If a file holds several sets of weights, the one with such a name is used.
_USUAL = ("state_dict.", "model_state_dict.", "model_state.", "model.", "net.", "weights.")

#: Default maximum number of weights of a converted network: half a gigabyte.
MOST = 2**27

#: How far the unknown token's logit is below the mean of all: e^−30 is far less than the last digit of a sum.
_NEVER = 30.0


def load_checkpoint(path: str | Path, *, vocabulary: Given | None = None) -> LanguageModel:
    """Load another project's character or word model from a file of weights, read-only, in float32.

    The file is what `torch.save`, `torch.jit.save` or `pickle.dump` wrote, .safetensors or .npz: a state dict, bare or within
    a dictionary or list, or a whole module. Its parts have any names: an embedding or one-hot input, an nn.LSTM, nn.GRU, nn.RNN
    (assumed to be tanh) or their cells in one direction, and a linear layer to the next token; tied weights and projections
    are supported. Nothing in the file is executed: classes and functions that it names are neither imported nor called.

    Args:
        path: The file.
        vocabulary: The tokens in the order of their ids, as a string, a list or a dictionary to or from ids; None looks for
            it in the file.

    Returns:
        The model, for use with `trace` like the shipped ones.

    Raises:
        UnsafeCheckpoint: The file names functions that could act on the computer, or would exhaust the memory.
        UnsupportedCheckpoint: The architecture is not supported, or the file has no vocabulary.
        FileNotFoundError: There is no such file.

    Examples:
        >>> parts = torch.nn.ModuleDict({"e": torch.nn.Embedding(3, 4), "r": torch.nn.LSTM(4, 5), "d": torch.nn.Linear(5, 3)})
        >>> torch.save(parts.state_dict(), folder / "theirs.pt")
        >>> lstm_viz.trace(lstm_viz.load_checkpoint(folder / "theirs.pt", vocabulary="abc"), "abba").layers[0].f.shape
        (4, 1, 5)
    """
    return _load(Path(path), Path(path).name, vocabulary, MOST)


def load_checkpoint_bytes(data: bytes, name: str, vocabulary: Given | None = None, most: int = MOST) -> LanguageModel:
    """Load a checkpoint of up to `most` weights from a file's content, as `load_checkpoint` does; messages call it `name`."""
    # Tensors are mapped from a file, so that none is larger than the content.
    with TemporaryDirectory(prefix="lstm_viz-") as folder:
        path = Path(folder) / "checkpoint"
        path.write_bytes(data)
        return _load(path, name, vocabulary, most)


def _load(path: Path, name: str, vocabulary: Given | None, most: int) -> LanguageModel:
    if not path.exists():
        raise FileNotFoundError(f"there is no file {path}")
    contents = read_archive(path, name)
    if contents.metadata.get("format") == FORMAT:
        try:
            return read(path)
        except UnreadableModel as error:
            raise UnsupportedCheckpoint(str(error)) from error
    tensors, beside = _state(contents, name)
    architecture = infer_architecture(tensors, name)
    _check_limits(architecture, tensors, contents.held, most, name)
    if architecture.kind == "rnn" and _says_relu(beside):
        raise UnsupportedCheckpoint(f"{name} says that its RNN uses ReLU; tanh is supported")
    imported = _vocabulary(beside, architecture.vocabulary_size, vocabulary, name)
    try:
        return _model(architecture, imported, _unplaced(contents), name)
    except ValueError as error:
        raise UnsupportedCheckpoint(f"{name}: {error}") from error


def _state(contents: Contents, name: str) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return the one set of weights in a file, and the dictionary that contained it, with a safetensors file's metadata."""
    sets = {path: imported for path, each in nested(contents.values) if any(map(is_recurrent, imported := tensors_of(each)))}
    beside = {**contents.values, **parsed(contents.metadata)}
    if contents.modules:
        beside[_OF_MODULES] = {path: facts.attributes for path, facts in contents.modules.items()}
    if not sets:
        every = [path + key for path, each in nested(contents.values) for key in tensors_of(each)]
        raise UnsupportedCheckpoint(
            f"{name} holds no recurrent layer, but {format_list(every) or 'no tensor at all'}; {SUPPORTED}"
        )
    usual = next((path for path in ("", *_USUAL) if path in sets), None)
    if usual is None and len(sets) > 1:
        raise UnsupportedCheckpoint(f"{name} holds several sets of weights ({format_list(sets)}); save only the one to load")
    return sets[usual if usual is not None else next(iter(sets))], beside


def _check_limits(architecture: InferredArchitecture, tensors: Mapping[str, Tensor], size: int, most: int, name: str) -> None:
    """Check, before memory is allocated, that sizes are within limits and that the file really holds its data."""
    sizes = {
        "embedding": architecture.inputs,
        "hidden": architecture.hidden,
        "layers": len(architecture.layers),
        "symbols": architecture.vocabulary_size,
    }
    for part, limit in LIMITS.items():
        if not 1 <= sizes[part] <= limit:
            raise UnsupportedCheckpoint(f"{name} has {part} = {sizes[part]:,}; 1 to {limit:,} are read")
    # Folding may need more weights than the file has, so the resulting ones are counted.
    blocks = architecture.hidden * len(PACKED[architecture.kind])
    count = architecture.vocabulary_size * (architecture.inputs + architecture.hidden) + len(architecture.layers) * blocks * (
        2 * architecture.hidden + 2
    )
    count += blocks * (architecture.inputs - architecture.hidden) + architecture.vocabulary_size
    if count > most:
        raise UnsupportedCheckpoint(f"{name} makes a network of {count:,} weights; up to {most:,} are read here")
    parameters = {(value.untyped_storage().data_ptr(), value.storage_offset()): value for value in tensors.values()}
    if any(not value.is_floating_point() for value in tensors.values()):
        whole = [key for key, value in tensors.items() if not value.is_floating_point()]
        raise UnsupportedCheckpoint(f"{name} holds {format_list(whole)} as integers; weights in floating point were wanted")
    if sum(value.numel() * value.element_size() for value in parameters.values()) > size or any(
        value.numel() * value.element_size() > value.untyped_storage().nbytes() for value in tensors.values()
    ):
        raise UnsupportedCheckpoint(f"{name} claims more numbers than it holds; save it again with contiguous tensors")


def _says_relu(beside: Mapping[str, Any]) -> bool:
    named = [(str(key).lower(), value) for _, each in nested(beside) for key, value in each.items() if isinstance(value, str)]
    says = ("nonlinearity", "rnn_type", "model", "mode")
    return any(key in says and value.lower() in ("relu", "rnn_relu") for key, value in named)


def _unplaced(contents: Contents) -> list[str]:
    """Return a note on activations that a saved module holds beside its weights."""
    found = [path for path, facts in contents.modules.items() if facts.class_name in _ACTIVATIONS]
    return [f"{format_list(found)} is left out, as the file does not say where it is applied"] if found else []


def _vocabulary(beside: Mapping[str, Any], count: int, vocabulary: Given | None, name: str) -> ImportedVocabulary:
    wish = f"give vocabulary=, its {count:,} tokens in the order of their ids; often that is sorted(set(text)) of its text"
    try:
        row = symbols_in(beside, count) if vocabulary is None else ordered(vocabulary, count)
        if row is not None:
            return build_vocabulary(row)
    except ValueError as error:
        reason = f"{name}: {error}" if vocabulary is None else f"the given vocabulary {error}"
        raise NoVocabulary(reason, wish, count) from error
    raise NoVocabulary(f"{name} does not say what its {count:,} tokens are", wish, count)


def _model(architecture: InferredArchitecture, imported: ImportedVocabulary, doubts: list[str], name: str) -> LanguageModel:
    """Build this project's model; ValueError for weights that are not finite or too large."""
    weights, notes = _fold_projections(architecture)
    order = [number for number in imported.order if number is not None]
    for part in ("embedding.weight", "decoder.weight", "decoder.bias"):
        own = weights[part][order]
        if imported.order[0] is None:
            # The unknown token's embedding is the mean of all tokens, and it is never predicted.
            own = torch.cat((own.mean(0, keepdim=True) - (_NEVER if part == "decoder.bias" else 0.0), own))
        weights[part] = own
    weights = {part: value.float().contiguous() for part, value in weights.items()}
    check_finite(weights)
    check_size(weights)
    config = Config(
        architecture.kind, weights["embedding.weight"].shape[1], architecture.hidden, len(architecture.layers),
        words=isinstance(imported.vocabulary, WordVocabulary),
    )  # fmt: skip
    model = LanguageModel(config, imported.vocabulary)
    model.load_state_dict(weights)
    model.metadata = _metadata(architecture, config, [*doubts, *notes, *imported.notes], name)
    return model.eval().requires_grad_(False)


def _fold_projections(architecture: InferredArchitecture) -> tuple[dict[str, Tensor], list[str]]:
    """Return the weights by this project's names, float64, with other parts folded in; and a note on each such step."""
    notes: list[str] = []
    given, before = architecture.embedding, architecture.before
    if given is None:
        notes.append("it reads tokens one-hot, without an embedding")
    if architecture.tied:
        notes.append(f"{format_list([architecture.decoder.name])} is both embedding and decoder")
    if before is None:
        embedding = torch.eye(architecture.vocabulary_size, dtype=torch.float64) if given is None else given.weight.double()
    else:
        matrix = before.weight.double().T
        embedding = (matrix if given is None else given.weight.double() @ matrix) + _bias(before)
        notes.append(f"{format_list([before.name])} is multiplied into the embedding")
    decoder, bias = architecture.decoder.weight.double(), _bias(architecture.decoder)
    if architecture.after is not None:
        decoder, bias = decoder @ architecture.after.weight.double(), bias + decoder @ _bias(architecture.after)
        notes.append(f"{format_list([architecture.after.name])} is multiplied into the decoder")
    weights: dict[str, Tensor] = {}
    below: Tensor | None = None
    for number, layer in enumerate(architecture.layers):
        own = {part: value.double() for part, value in layer.items()}
        projection = own.get("weight_hr")
        into = own["weight_ih"] if below is None else own["weight_ih"] @ below
        again = own["weight_hh"] if projection is None else own["weight_hh"] @ projection
        nothing = torch.zeros(len(into), dtype=torch.float64)
        weights |= {
            f"rnn.weight_ih_l{number}": into, f"rnn.weight_hh_l{number}": again,
            f"rnn.bias_ih_l{number}": own.get("bias_ih", nothing), f"rnn.bias_hh_l{number}": own.get("bias_hh", nothing),
        }  # fmt: skip
        below = projection
    if below is not None:
        decoder = decoder @ below
        notes.append("its projections are multiplied into what reads them: the hidden state is shown before projection")
    if architecture.kind == "rnn":
        notes.append("weights do not show the non-linearity; it is assumed to be tanh")
    return weights | {"embedding.weight": embedding, "decoder.weight": decoder, "decoder.bias": bias}, notes


def _bias(linear: Linear) -> Tensor:
    return torch.zeros(len(linear.weight), dtype=torch.float64) if linear.bias is None else linear.bias.double()


def _metadata(architecture: InferredArchitecture, config: Config, notes: list[str], name: str) -> dict[str, str]:
    layers = f"{config.layers} layer{'s' * (config.layers > 1)} of {config.hidden:,} units"
    reads = f"{architecture.vocabulary_size:,} {'words' if config.words else 'characters'}"
    metadata = {"summary": f"{NAMES[architecture.kind]}, {layers}, {reads}, loaded from {name[:80]}"}
    return metadata | ({"notes": "; ".join(notes)[:1000]} if notes else {})
