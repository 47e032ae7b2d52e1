"""Load another project's network from a file: read it as data, find what it is made of, and build the same network here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from torch import Tensor

from lstm_viz.gates import Kind
from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.models.importing.architecture import InferredArchitecture, infer_architecture, is_recurrent
from lstm_viz.models.importing.assembly import Fact, Origin, assemble
from lstm_viz.models.importing.convert import convert
from lstm_viz.models.importing.equivalence import as_architecture, compare, plain_parts, with_rows
from lstm_viz.models.importing.errors import (
    SUPPORTED,
    Ambiguous,
    NamedRefusal,
    NeedsAnswer,
    NoVocabulary,
    UnsupportedCheckpoint,
    format_count,
    format_list,
)
from lstm_viz.models.importing.gate_order import reorder_gates
from lstm_viz.models.importing.handwritten import CELL, rename_handwritten
from lstm_viz.models.importing.keras_file import is_keras, read_keras
from lstm_viz.models.importing.known_facts import facts_of_cell, facts_of_language_model
from lstm_viz.models.importing.limits import MOST, check_architecture, check_parts, check_tensors
from lstm_viz.models.importing.module_classes import check_classes, notes_on_reading, notes_on_scales, unplaced_activations
from lstm_viz.models.importing.open_places import BETWEEN
from lstm_viz.models.importing.parametrization import plain_weights
from lstm_viz.models.importing.part_widths import width_in
from lstm_viz.models.importing.projections import build_unprojected
from lstm_viz.models.importing.readings import check_assumptions, measure_options
from lstm_viz.models.importing.safe_reader import Contents, nested, parsed, read_archive, tensors_of
from lstm_viz.models.importing.state_parts import check_one_network, notes_on_order, parts_of_state
from lstm_viz.models.importing.token_order import choose_order, doubt_about
from lstm_viz.models.importing.vocabulary import Given, ImportedVocabulary, build_vocabulary, ordered, tokens_of_entries
from lstm_viz.models.language import LanguageModel
from lstm_viz.models.parts import Part
from lstm_viz.models.serialization import FORMAT, UnreadableModel
from lstm_viz.models.serialization import read as read_own

#: The key of saved modules' attributes among the extras, which is what a file holds beside its weights.
_OF_MODULES = "attributes of modules"
#: If a file holds several sets of weights, the one with such a name is used.
_USUAL = ("state_dict.", "model_state_dict.", "model_state.", "model.", "net.", "weights.")
#: Up to this many inputs without an embedding may be columns of numbers as well as tokens.
_FEW = 12
#: The largest difference of a log-probability from PyTorch's own modules.
_LARGEST_DIFFERENCE = 1e-3


@dataclass(frozen=True, eq=False)
class _Request:
    """What a person gave beside a file.

    Attributes:
        name: What messages call the file.
        vocabulary: The tokens in the order of their ids, or None.
        answers: Answers to what a file leaves open, by the question's id.
        text: A text like the one that the network learned from, or None.
        most: The most weights that are read.
    """

    name: str
    vocabulary: Given | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    most: int = MOST


def load_checkpoint(
    path: str | Path, *, vocabulary: Given | None = None, answers: Mapping[str, str] | None = None, text: str | None = None
) -> LanguageModel | ImportedNetwork:
    """Load another project's network from its file, read-only, in float32.

    The file is what `torch.save`, `torch.jit.save` or `pickle.dump` wrote, .safetensors, .npz, or Keras's .keras, .h5 and
    .weights.h5: a state dict, bare or within a dictionary or list, or a whole module. Its parts have any names: an embedding or
    one-hot input or numbers; nn.LSTM, nn.GRU, nn.RNN or their cells; and a head to the next token, to classes or to numbers.
    Nothing in the file is executed: classes and functions that it names are neither imported nor called.

    Args:
        path: The file.
        vocabulary: The tokens in the order of their ids, as a string, a list or a dictionary to or from ids; None looks for
            it in the file.
        answers: Answers to what the file leaves open, by the question's id, such as {"activation": "relu"}. What is assumed
            has a fact in `metadata["import_facts"]`; `gates`, `before_layers`, `before_head`, `at_end`, `between` change it.
        text: A text like the one that the network learned from. Without a vocabulary the usual orders of its characters are
            tried on it; with one, the order and other readings of the file are. Questions then say what each answer gives.

    Returns:
        A `LanguageModel`, for use like the shipped ones, if the network is embedding, layers of one size and a linear decoder,
        possibly with projections; otherwise an `ImportedNetwork`, for `trace`.

    Raises:
        UnsafeCheckpoint: The file names functions that could act on the computer, or would exhaust the memory.
        UnsupportedCheckpoint: The architecture is not supported, or the file leaves something open: then it is a `NoVocabulary`
            or a `NeedsAnswer`.
        FileNotFoundError: There is no such file.

    Examples:
        >>> parts = torch.nn.ModuleDict({"e": torch.nn.Embedding(3, 4), "r": torch.nn.LSTM(4, 5), "d": torch.nn.Linear(5, 3)})
        >>> torch.save(parts.state_dict(), folder / "theirs.pt")
        >>> lstm_viz.trace(lstm_viz.load_checkpoint(folder / "theirs.pt", vocabulary="abc"), "abba").layers[0].f.shape
        (4, 1, 5)
    """
    return _load(Path(path), _Request(Path(path).name, vocabulary, answers or {}, text))


def load_checkpoint_bytes(
    data: bytes, name: str, vocabulary: Given | None = None, most: int = MOST, answers: Mapping[str, str] | None = None,
    text: str | None = None,
) -> LanguageModel | ImportedNetwork:  # fmt: skip
    """Load a checkpoint from a file's content, as `load_checkpoint` does.

    Args:
        data: The content.
        name: What messages call the file.
        vocabulary: As for `load_checkpoint`.
        most: The most weights that are read.
        answers: As for `load_checkpoint`.
        text: As for `load_checkpoint`.

    Returns:
        A `LanguageModel` or an `ImportedNetwork`, as `load_checkpoint` does.

    Raises:
        UnsafeCheckpoint: As for `load_checkpoint`.
        UnsupportedCheckpoint: As for `load_checkpoint`, and for more than `most` weights.

    Examples:
        >>> import io
        >>> from lstm_viz.models.importing import load_checkpoint_bytes
        >>> parts = torch.nn.ModuleDict({"e": torch.nn.Embedding(3, 4), "r": torch.nn.LSTM(4, 5), "d": torch.nn.Linear(5, 3)})
        >>> torch.save(parts.state_dict(), file := io.BytesIO())
        >>> lstm_viz.trace(load_checkpoint_bytes(file.getvalue(), "theirs.pt", vocabulary="abc"), "abba").layers[0].f.shape
        (4, 1, 5)
    """
    # Tensors are mapped from a file, so that none is larger than the content.
    with TemporaryDirectory(prefix="lstm_viz-") as folder:
        path = Path(folder) / "checkpoint"
        path.write_bytes(data)
        return _load(path, _Request(name, vocabulary, answers or {}, text, most))


@dataclass(frozen=True, eq=False)
class _Beside:
    """What a file says beside its parts.

    Attributes:
        extras: What it holds beside the weights, such as a vocabulary.
        doubts: Notes on what is not applied.
        facts: What is known of its cells.
        unplaced: Functions without a place; None if the file describes all that is computed.
    """

    extras: Mapping[str, Any]
    doubts: Sequence[str]
    facts: Sequence[Fact] = ()
    unplaced: Sequence[str] | None = ()


def _load(path: Path, request: _Request) -> LanguageModel | ImportedNetwork:
    if not path.exists():
        raise FileNotFoundError(f"there is no file {path}")

    def read(further: Mapping[str, str]) -> LanguageModel | ImportedNetwork:
        return _read(path, replace(request, answers={**request.answers, **further}, text=None))

    try:
        network = _read(path, request)
        if request.text:
            check_assumptions(network, read, request.text)
        return network
    except NeedsAnswer as question:
        raise (measure_options(question, read, request.text) if request.text else question) from None
    except UnsupportedCheckpoint:
        raise
    except ValueError as error:
        if isinstance(error, UnreadableModel):
            raise
        raise UnsupportedCheckpoint(f"{request.name}: {error}") from error


def _read(path: Path, request: _Request) -> LanguageModel | ImportedNetwork:
    name = request.name
    if is_keras(path):
        keras = read_keras(path, name, request.answers)
        check_parts(keras.parts, request.most, name)
        extras = {} if keras.vocabulary is None else {"vocabulary": list(keras.vocabulary)}
        beside = _Beside(extras, keras.notes, keras.facts, None if keras.described else ())
        return _from_parts(keras.parts, beside, request)
    contents = read_archive(path, name)
    if contents.metadata.get("format") == FORMAT:
        try:
            return read_own(path)
        except UnreadableModel as error:
            raise UnsupportedCheckpoint(str(error)) from error
    tensors, place, extras, by_hand = _state(contents, request)
    check_tensors(tensors, contents.max_bytes, name)
    check_one_network(tensors, name)
    modules = {key.removeprefix(place): facts for key, facts in contents.modules.items() if key.startswith(place)}
    # A cell written by hand was found by its own names, and is no class with PyTorch's.
    classes = {path: facts for path, facts in modules.items() if not by_hand or path != CELL}
    tensors = check_classes(tensors, classes, request.answers, name)
    tensors = tensors if by_hand else reorder_gates(tensors, request.answers)
    functions = tuple(dict.fromkeys(each for each in unplaced_activations(modules).values() if each))
    beside = _Beside(extras, notes_on_reading(modules, nested(contents.values)), (), functions)

    def known(kind: Kind) -> _Beside:
        return replace(beside, facts=facts_of_cell(kind, tensors, modules, request.answers, by_hand))

    architecture = _language_model(tensors, extras, request)
    if isinstance(architecture, InferredArchitecture) and not (functions or _says_more(request.answers)):
        check_architecture(architecture, request.most, name)
        about = known(architecture.kind)
        facts = [*facts_of_language_model(architecture, tensors, request.answers), *about.facts]
        return _finish_language_model(architecture, plain_parts(architecture), (), about, request, facts)
    try:
        parts = parts_of_state(tensors, modules, name, request.answers)
    except (NeedsAnswer, NamedRefusal):
        raise
    except UnsupportedCheckpoint as strange:
        # A network in both directions is no language model, so what else it holds is the reason.
        both = any(key.endswith("_reverse") for key in tensors)
        raise (architecture if isinstance(architecture, UnsupportedCheckpoint) and not both else strange) from None
    check_parts(parts, request.most, name)
    about = known(next(part.facts["kind"] for part in parts if part.sort == "recurrent"))
    return _from_parts(parts, replace(about, doubts=[*about.doubts, *notes_on_order(parts)]), request)


def _says_more(answers: Mapping[str, str]) -> bool:
    """Return True for answers that no plain language model has a place for."""
    usual = {"before_layers": "none", "before_head": "none", "between": BETWEEN[0], "nonlinearity": "tanh"}
    return any(answers.get(question, answer) != answer for question, answer in usual.items())


def _language_model(
    tensors: Mapping[str, Tensor], extras: Mapping[str, Any], request: _Request
) -> InferredArchitecture | UnsupportedCheckpoint | None:
    """Return the architecture if it is surely a language model's; else why it is none, or None if it may be another network."""
    try:
        architecture = infer_architecture(tensors, request.name)
    except Ambiguous:
        raise
    except UnsupportedCheckpoint as error:
        return error
    few = architecture.embedding is None and architecture.vocabulary_size <= _FEW
    if few and request.vocabulary is None and _count_in_file(extras, architecture.vocabulary_size) is None:
        return None
    return None if architecture.kind == "rnn" and _says_relu(extras) else architecture


def _from_parts(parts: Sequence[Part], beside: _Beside, request: _Request) -> LanguageModel | ImportedNetwork:
    """Decide what the parts are, and build a language model where they allow it."""
    name, extras, doubts = request.name, beside.extras, list(beside.doubts)
    if _says_relu(extras):
        parts = [
            replace(part, facts={"nonlinearity": "relu", **part.facts}) if part.facts.get("kind") == "rnn" else part
            for part in parts
        ]
    assembly = assemble(parts, request.answers, extras, _known_count(extras, parts, request), name, beside.unplaced)
    assembly.facts += beside.facts
    if assembly.answer == "values":
        network = build_unprojected(assembly)
        doubts += notes_on_scales(nested(extras))
        network.metadata |= _metadata(network, assembly.facts, doubts, name)
        return network
    architecture = as_architecture(assembly)
    if architecture is not None:
        check_architecture(architecture, request.most, name)
        return _finish_language_model(architecture, assembly.parts, assembly.classes, beside, request, assembly.facts)
    imported = _vocabulary(extras, assembly.token_count, request)
    completed = with_rows(assembly, imported)
    network = build_unprojected(completed, imported.vocabulary)
    network.metadata |= _metadata(network, assembly.facts, [*doubts, *imported.notes], name)
    return network


def _finish_language_model(
    architecture: InferredArchitecture, parts: Sequence[Part], classes: tuple[str, ...], beside: _Beside, request: _Request,
    known_facts: Sequence[Fact],
) -> LanguageModel:  # fmt: skip
    """Convert, with the vocabulary found, given, or chosen by a text; and compare with PyTorch's own modules."""
    name = request.name

    def build(imported: ImportedVocabulary) -> LanguageModel:
        return convert(architecture, imported, classes, beside.doubts, name)

    facts = list(known_facts)
    try:
        imported = _vocabulary(beside.extras, architecture.vocabulary_size, request)
        model = build(imported)
        origin: Origin = "asked" if request.vocabulary is not None else "found"
        facts.append(Fact("vocabulary", f"{architecture.vocabulary_size:,} tokens", origin))
        if request.text and not classes and (doubt := doubt_about(model, request.text)):
            facts.append(Fact("order of the vocabulary", doubt, "inferred"))
            model.metadata["doubt"] = doubt
    except NoVocabulary as missing:
        if not request.text or classes:
            raise
        best_order = choose_order(build, architecture.vocabulary_size, request.text)
        if best_order is None:
            failure = "no usual order of the text's characters or words has as many tokens and predicts it better than guessing"
            raise NoVocabulary(f"{missing.reason}, and {failure}", missing.wish, missing.count) from None
        model, imported, how = best_order
        facts.append(Fact("vocabulary", how, "inferred"))
    difference = compare(model, parts, imported)
    if not difference <= _LARGEST_DIFFERENCE:
        raise UnsupportedCheckpoint(
            f"{name} could not be converted exactly: a log-probability differs by {difference:.1e} from PyTorch's own modules"
        )
    model.metadata["parity"] = f"{difference:.0e}"
    model.metadata["import_facts"] = json.dumps([asdict(fact) for fact in facts])
    return model


def _state(contents: Contents, request: _Request) -> tuple[dict[str, Tensor], str, dict[str, Any], bool]:
    """Return the one set of weights in a file, its path there, the extras beside it, and True for a cell written by hand."""
    sets = {
        path: imported
        for path, each in nested(contents.values)
        if any(map(is_recurrent, imported := plain_weights(tensors_of(each))))
    }
    extras = {**contents.values, **parsed(contents.metadata)}
    if contents.modules:
        extras[_OF_MODULES] = {path: facts.attributes for path, facts in contents.modules.items()}
    name = request.name
    if not sets:
        for path, each in nested(contents.values):
            renamed = rename_handwritten(tensors_of(each), request.answers, name)
            if renamed is not None:
                return renamed, path, extras, True
        every = [path + key for path, each in nested(contents.values) for key in tensors_of(each)]
        raise UnsupportedCheckpoint(
            f"{name} holds no recurrent layer, but {format_list(every) or 'no tensor at all'}; {SUPPORTED}"
        )
    usual = next((path for path in ("", *_USUAL) if path in sets), None)
    if usual is None and len(sets) > 1:
        raise UnsupportedCheckpoint(f"{name} holds several sets of weights ({format_list(sets)}); save only the one to load")
    place = usual if usual is not None else next(iter(sets))
    return sets[place], place, extras, False


def _says_relu(extras: Mapping[str, Any]) -> bool:
    named = [(str(key).lower(), value) for _, each in nested(extras) for key, value in each.items() if isinstance(value, str)]
    says = ("nonlinearity", "rnn_type", "model", "mode")
    return any(key in says and value.lower() in ("relu", "rnn_relu") for key, value in named)


def _vocabulary(extras: Mapping[str, Any], count: int, request: _Request) -> ImportedVocabulary:
    wish = (
        f"give vocabulary=, its {count:,} tokens in the order of their ids, often sorted(set(text)) of its text; or text=, a "
        "text like the one that it learned from, on which the usual orders are tried"
    )
    try:
        row = tokens_of_entries(extras, count) if request.vocabulary is None else ordered(request.vocabulary, count)
        if row is not None:
            return build_vocabulary(row)
    except ValueError as error:
        reason = f"{request.name}: {error}" if request.vocabulary is None else f"the given vocabulary {error}"
        raise NoVocabulary(reason, wish, count) from error
    raise NoVocabulary(f"{request.name} does not say what its {count:,} tokens are", wish, count)


def _count_in_file(extras: Mapping[str, Any], count: int) -> int | None:
    """Return `count` if the file names that many tokens."""
    try:
        return None if tokens_of_entries(extras, count) is None else count
    except ValueError:
        return None


def _known_count(extras: Mapping[str, Any], parts: Sequence[Part], request: _Request) -> int | None:
    """Return how many tokens the vocabulary has that is given, or found for what the first part reads."""
    if request.vocabulary is not None:
        vocabulary = request.vocabulary
        return len(vocabulary)
    return None if parts[0].sort == "embedding" else _count_in_file(extras, width_in(parts[0]))


def _metadata(network: ImportedNetwork, facts: Sequence[Fact], notes: Sequence[str], name: str) -> dict[str, str]:
    layers = ", ".join(
        f"{type(each).__name__} of {format_count(each.hidden_size, 'unit')}{' in both directions' if each.bidirectional else ''}"
        for each in network.recurrent
    )
    metadata = {
        "summary": f"{layers}; {format_count(len(network.outputs), 'output')}; loaded from {name[:80]}",
        "import_facts": json.dumps([asdict(fact) for fact in facts]),
    }
    return metadata | ({"notes": "; ".join(notes)[:1000]} if notes else {})
