"""Turn a state dict into parts: which tensors belong together, what each part is, and the order in which parts compute."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise, permutations, product
from typing import Any, Protocol

from torch import Tensor

from lstm_viz.gates import NAMES, Kind
from lstm_viz.models.importing.errors import SUPPORTED, NamedRefusal, NeedsAnswer, UnsupportedCheckpoint, format_list
from lstm_viz.models.importing.gate_order import are_cells
from lstm_viz.models.importing.norm_places import place_norms
from lstm_viz.models.importing.part_widths import stem_of, width_in, width_out
from lstm_viz.models.importing.recurrent_shapes import check_recurrent
from lstm_viz.models.parts import Part

_LAYER = re.compile(r"^(?P<own>(?:weight|bias)_(?:ih|hh|hr))(?:_l(?P<layer>\d{1,3}))?(?P<reverse>_reverse)?$")
#: Classes of modules without parameters that change nothing when a network is used.
_PASSIVE = frozenset({"Dropout", "Dropout1d", "Identity", "Flatten", "Softmax", "LogSoftmax", "AlphaDropout"})
_FUNCTIONS = {
    "ReLU": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "GELU": "gelu", "ELU": "elu", "SELU": "selu", "SiLU": "silu",
    "Softplus": "softplus", "LeakyReLU": "leaky_relu",
}  # fmt: skip
#: The setting of such a class that its function depends on, and PyTorch's default.
_SETTINGS: dict[str, tuple[str, Any]] = {
    "LeakyReLU": ("negative_slope", 0.01), "ELU": ("alpha", 1.0), "GELU": ("approximate", "none"), "Softplus": ("beta", 1),
}  # fmt: skip
_EMBEDDING = re.compile(r"emb|wte|encoder|lookup", re.IGNORECASE)
#: Words that name two networks side by side, or one behind the other's last state, rather than two layers of one chain.
_OPPOSED = (
    ("enc", "dec"), ("fwd", "bwd"), ("forward", "backward"), ("left", "right"), ("src", "tgt"), ("source", "target"),
    ("actor", "critic"), ("teacher", "student"), ("online", "target"), ("query", "doc"), ("question", "answer"),
    ("model", "ema(?![a-z])"),
)
#: Words that name two heads that read the same.
_SIDE_BY_SIDE = (
    ("mu|mean|loc", "sigma|std|scale|var|logvar|log_var|logstd|log_std"), ("actor|action|policy|pi", "critic|value|vf|baseline"),
)  # fmt: skip
_NO_CHAIN = re.compile(r"attn|attention|(^|[._])(query|highway|gate|gating|skip|shortcut|residual)(\d|[._]|$)", re.IGNORECASE)
_OTHER_NORM = re.compile(r"(^|[._])(gn|bn|group_?norm|batch_?norm|instance_?norm|inorm)\d*([._]|$)", re.IGNORECASE)
#: What a weight of one dimension without a shift may be, as a question's options.
_NORMS = ("layer normalization", "root mean square norm (RMSNorm)")
_NORM_OPTIONS = (*_NORMS, "something else")
#: The ε of nn.RMSNorm unless it is given: the smallest difference from 1 in single precision.
_RMS_EPS = 2.0**-23
#: The most parts after the recurrent layers whose order is looked for.
_PERMUTED = 5


class Described(Protocol):
    """What a file says of one module: its class and its plain attributes."""

    @property
    def class_name(self) -> str:
        """Return the name of its class, without the module."""
        ...

    @property
    def attributes(self) -> Mapping[str, Any]:
        """Return its plain attributes."""
        ...


def parts_of_state(
    tensors: Mapping[str, Tensor], modules: Mapping[str, Described], name: str, answers: Mapping[str, str] | None = None
) -> list[Part]:
    """Return the parts of a state dict in the order of computation.

    Args:
        tensors: The state dict, in its own order.
        modules: What the file says of its modules, by their dotted names; empty for a bare state dict.
        name: What messages call the file.
        answers: Answers by the question's id: `norm:<name>` and `norms`, where a norm stands; `norm_kind:<name>`.

    Returns:
        Embedding, recurrent layers, and the head's parts. Where a file does not say what is between two linear layers, an
        activation part without facts stands between them.

    Raises:
        NeedsAnswer: It is open where a norm stands, or which norm it is.
        UnsupportedCheckpoint: Tensors belong to none of these, or sizes allow no order; the message names them.
    """
    answers = answers or {}
    groups = _groups(tensors)
    recurrent = [part for stem, group in groups.items() for part in _recurrent_parts(stem, group, modules, name)]
    if not recurrent:
        raise UnsupportedCheckpoint(f"{name} holds no recurrent layer, but {format_list(tensors) or 'nothing'}; {SUPPORTED}")
    others = [part for stem, group in groups.items() if (part := _other_part(stem, group, modules, answers, name)) is not None]
    check_heads([part.name for part in others if part.sort == "linear"], name)
    norms = [part for part in others if part.sort == "norm"]
    row = _ordered([part for part in others if part.sort != "norm"], recurrent, list(groups), name)
    row = place_norms(row, norms, list(groups), answers, are_cells(tensors), name) if norms else row
    return _with_activations(row, modules)


def check_one_network(tensors: Mapping[str, Tensor], name: str) -> None:
    """Refuse two recurrent networks that their names tell apart: sizes would let the one be read as a layer upon the other."""
    stems = {stem for key in tensors for stem, _, own in [key.rpartition(".")] if _LAYER.match(own)}
    for one, other in _OPPOSED:
        first = {stem for stem in stems if _has_word(stem, one) and not _has_word(stem, other)}
        second = {stem for stem in stems if _has_word(stem, other)}
        if first and second:
            raise UnsupportedCheckpoint(
                f"{name} holds recurrent networks of two sorts ({format_list(first)}; {format_list(second)}), and does not say "
                "how one reads the other. Save the weights of one alone, or look into the program by lstm_viz.capture(module)"
            )


def _has_word(stem: str, word: str) -> bool:
    """Return True if a part of a dotted name begins with a word, or has it behind an underscore."""
    return re.search(rf"(^|[._]){word}", stem, re.IGNORECASE) is not None


def notes_on_order(parts: Sequence[Part]) -> list[str]:
    """Return what sizes do not settle of the order of parts: it is taken from the file's names, which may be otherwise."""
    notes = []
    recurrent = list(dict.fromkeys(stem_of(part) for part in parts if part.sort == "recurrent"))
    if len({re.sub(r"\d+", "", stem) for stem in recurrent}) > 1:
        notes.append(f"{format_list(recurrent)} are read one after the other, in the file's order")
    return notes


def _groups(tensors: Mapping[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    """Return each module's tensors by their own names, modules in the file's order."""
    groups: dict[str, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        stem, _, parameter = key.rpartition(".")
        if parameter == "num_batches_tracked":
            continue
        groups.setdefault(stem, {})[parameter] = value
    return groups


def _recurrent_parts(stem: str, group: Mapping[str, Tensor], modules: Mapping[str, Described], name: str) -> list[Part]:
    """Return a module's recurrent layers, one part a layer; none if it is another module."""
    layers: dict[int, dict[str, Tensor]] = {}
    for parameter, value in group.items():
        match = _LAYER.match(parameter)
        if match is None:
            continue
        layers.setdefault(int(match["layer"] or 0), {})[f"{match['own']}_l0{match['reverse'] or ''}"] = value
    strange = [parameter for parameter in group if not _LAYER.match(parameter)] if layers else []
    if strange:
        raise UnsupportedCheckpoint(
            f"{name}'s {stem[:60] or 'network'} holds {format_list(strange)} beside its recurrent weights"
        )
    described = modules.get(stem)
    parts = []
    for number, layer in sorted(layers.items()):
        called = f"{stem or 'the network'} layer {number}" if len(layers) > 1 else stem or "the network"
        kind = _kind(layer, called, name)
        facts: dict[str, Any] = {"kind": kind}
        if described is not None and kind == "rnn":
            facts["nonlinearity"] = _nonlinearity(described)
        parts.append(Part(called, "recurrent", layer, facts))
    return parts


def _kind(layer: Mapping[str, Tensor], called: str, name: str) -> Kind:
    """Check each direction of a layer; return the kind of its cell."""
    shapes = []
    for ending in ("_l0", "_l0_reverse") if any(key.endswith("_reverse") for key in layer) else ("_l0",):
        tensors = {key.removesuffix(ending): value for key, value in layer.items() if key.endswith(ending)}
        shapes.append(check_recurrent(tensors, f"{name}'s {called}", ending))
    if len(set(shapes)) > 1:
        listing = " and ".join(f"{NAMES[each.kind]} from {each.inputs} to {each.state} numbers" for each in shapes)
        raise UnsupportedCheckpoint(f"{name}'s {called} has two directions that differ: {listing}; {SUPPORTED}")
    return shapes[0].kind


def _nonlinearity(described: Described) -> str:
    function = described.attributes.get("nonlinearity", described.attributes.get("mode", "tanh"))
    return "relu" if "relu" in str(function).lower() else "tanh"


def _other_part(
    stem: str, group: Mapping[str, Tensor], modules: Mapping[str, Described], answers: Mapping[str, str], name: str
) -> Part | None:
    """Return the part of a module that is not recurrent."""
    if any(map(_LAYER.match, group)):
        return None
    shapes = {parameter: tuple(value.shape) for parameter, value in group.items()}
    weight = shapes.get("weight", ())
    described = modules.get(stem)
    if set(shapes) <= {"weight", "bias"} and len(weight) == 2 and shapes.get("bias", weight[:1]) == weight[:1]:
        class_name = described.class_name if described is not None else ""
        looks_embedding = "bias" not in shapes and _EMBEDDING.search(stem.rpartition(".")[2] or stem)
        embeds = class_name == "Embedding" or (not class_name and looks_embedding)
        return Part(stem, "embedding" if embeds else "linear", group)
    if set(shapes) <= {"weight", "bias"} and len(weight) == 1 and shapes.get("bias", weight) == weight:
        return Part(stem, "norm", group, _norm_facts(stem, group, described, answers, name))
    listing = ", ".join(f"{f'{stem}.' if stem else ''}{parameter} {shape}" for parameter, shape in list(shapes.items())[:6])
    raise UnsupportedCheckpoint(
        f"{name} holds {listing[:300]}, which belongs to no supported layer{_guess(stem, shapes)}; {SUPPORTED}"
    )


def _norm_facts(
    stem: str, group: Mapping[str, Tensor], described: Described | None, answers: Mapping[str, str], name: str
) -> dict[str, Any]:
    """Return which norm it is and its ε; one without a shift may also be a root mean square norm, or no norm at all."""
    if _OTHER_NORM.search(stem):
        raise NamedRefusal(f"{name} holds {stem}, by its name no layer normalization; {SUPPORTED}")
    if described is not None:
        eps, rms = described.attributes.get("eps"), described.class_name == "RMSNorm"
        return {"rms": rms, "eps": eps if isinstance(eps, float) else _RMS_EPS if rms else 1e-5, "eps_origin": "found"}
    answer = answers.get(f"norm_kind:{stem}", _NORMS[0] if "bias" in group else None)
    if answer not in _NORMS:
        if answer == _NORM_OPTIONS[-1]:
            raise NamedRefusal(f"{name} holds {stem}, which is no norm that is read; {SUPPORTED}")
        raise NeedsAnswer(
            f"{name} holds {stem} with one number for each of {len(group['weight'])} values and no shift, and does not say what "
            "it is", f"norm_kind:{stem}", _NORM_OPTIONS, _NORMS[1],
        )  # fmt: skip
    rms = answer == _NORMS[1]
    return {"rms": rms, "eps": _RMS_EPS if rms else 1e-5, "eps_origin": "assumed"}


def check_heads(linears: Sequence[str], name: str) -> None:
    """Refuse linear layers that their names put side by side, or inside attention or a gate, though sizes allow a chain."""
    own = {each: [part for part in each.split(".") if not part.isdecimal()][-1:] or [""] for each in linears}
    for one, other in _SIDE_BY_SIDE:
        words = [re.compile(rf"(^|_)({each})(_|$)") for each in (one, other)]
        pair = [[each for each, (last,) in own.items() if word.search(last.lower())] for word in words]
        if all(pair):
            raise NamedRefusal(
                f"{name} holds {format_list(pair[0] + pair[1])}, by their names two heads side by side; one head is read. Save "
                "the weights without one of them, or look into the program by lstm_viz.capture(module)"
            )
    inside = [each for each in linears if _NO_CHAIN.search(each)]
    if inside:
        raise NamedRefusal(f"{name} holds {format_list(inside)}, by its name attention or a gate; {SUPPORTED}")


def _guess(stem: str, shapes: Mapping[str, tuple[int, ...]]) -> str:
    if "running_mean" in shapes:
        return " (a batch normalization?)"
    if any(len(shape) > 2 for shape in shapes.values()):
        return " (a convolution?)"
    return " (attention?)" if re.search(r"att|query|key|value|in_proj", stem + " ".join(shapes), re.IGNORECASE) else ""


def _ordered(others: Sequence[Part], recurrent: Sequence[Part], stems: Sequence[str], name: str) -> list[Part]:
    """Return all parts in an order that sizes allow; of several, in the one nearest to the file's own."""
    chain = _chained(recurrent, name)
    reads, gives = width_in(chain[0]), width_out(chain[-1])
    embeddings = [part for part in others if part.sort == "embedding"]
    matrices = [part for part in others if part.sort != "embedding"]
    if not embeddings:
        embeddings = [part for part in matrices if part.sort == "linear" and "bias" not in part.tensors][:1]
        embeddings = [part for part in embeddings if width_out(part) != gives and part.tensors["weight"].shape[1] == reads]
        embeddings = [Part(part.name, "embedding", part.tensors) for part in embeddings]
        matrices = [part for part in matrices if part.name not in {each.name for each in embeddings}]
    if len(embeddings) > 1 or len(matrices) > _PERMUTED:
        listing = format_list(part.name for part in others)
        raise UnsupportedCheckpoint(f"{name} holds {listing} beside its recurrent layers; {SUPPORTED}")
    embedding_width = embeddings[0].tensors["weight"].shape[1] if embeddings else None
    orders = [
        [*embeddings, *before, *chain, *after]
        for number in (0, 1)  # at most one part stands before the recurrent layers
        for before, after in _splits(matrices, number)
        if _sizes_fit(before, embedding_width, reads) and _sizes_fit(after, gives, None)
    ]
    places = {stem or "the network": number for number, stem in enumerate(stems)}
    by_name = [*embeddings, *sorted([*chain, *matrices], key=lambda part: places[stem_of(part)])]
    orders += [order for order in (by_name,) if [part for part in order if part.sort == "recurrent"] == chain and _all_fit(order)]
    if not orders:
        listing = ", ".join(f"{part.name} {tuple(part.tensors['weight'].shape)}" for part in others) or "nothing"
        raise UnsupportedCheckpoint(
            f"{name} holds {listing} beside recurrent layers from {reads} to {gives} numbers, which fit in no order; {SUPPORTED}"
        )
    return min(orders, key=lambda order: _disorder(order, stems))


def _all_fit(parts: Sequence[Part]) -> bool:
    """Return True if each part reads what the one before gives."""
    return all(width_out(before) == width_in(part) for before, part in pairwise(parts))


def _splits(matrices: Sequence[Part], number: int) -> list[tuple[tuple[Part, ...], tuple[Part, ...]]]:
    """Return every order with `number` parts before the recurrent layers."""
    return [(order[:number], order[number:]) for order in permutations(matrices)]


def _disorder(order: Sequence[Part], stems: Sequence[str]) -> int:
    """Return how many pairs of parts are not in the file's order; a recurrent part stands where its module does."""
    places = {stem: index for index, stem in enumerate(stems)}
    row = [places.get(stem_of(part), -1) for part in order]
    return sum(first > last for (at, first), (later, last) in product(enumerate(row), repeat=2) if at < later)


def _sizes_fit(parts: Sequence[Part], width: int | None, last_width: int | None) -> bool:
    """Return True if each part reads what the one before gives, from `width` to `last_width` numbers (None: any)."""
    for part in parts:
        if width is not None and width_in(part) != width:
            return False
        width = width_out(part)
    return last_width is None or width is None or width == last_width


def _chained(recurrent: Sequence[Part], name: str) -> list[Part]:
    """Return the recurrent layers in the file's order, or in the one other order that their sizes allow."""
    orders = [list(order) for order in permutations(recurrent)] if len(recurrent) <= _PERMUTED else [list(recurrent)]
    fitting = [order for order in orders if all(width_out(a) == width_in(b) for a, b in pairwise(order))]
    if not fitting or (list(recurrent) != fitting[0] and len(fitting) > 1):
        listing = ", ".join(f"{part.name} from {width_in(part)} to {width_out(part)}" for part in recurrent)
        raise UnsupportedCheckpoint(f"{name} has recurrent layers that form no one chain ({listing[:300]}); {SUPPORTED}")
    return fitting[0]


def _with_activations(parts: Sequence[Part], modules: Mapping[str, Described]) -> list[Part]:
    """Put an activation between consecutive linear layers, also around a norm: the one that the file names, or an unknown one."""
    row: list[Part] = []
    for number, part in enumerate(parts):
        before = row[-1] if row else None
        if before is not None and part.sort in ("linear", "norm") and before.sort in ("linear", "norm", "recurrent"):
            activations = _activations_between(before, part, modules)
            if activations is not None:
                row += activations
            elif _may_differ(before, part, parts[number - 2] if number > 1 else None):
                row.append(Part(f"between {before.name} and {part.name}", "activation"))
        row.append(part)
    return row


def _may_differ(before: Part, part: Part, earlier: Part | None) -> bool:
    """Return True if a function without weights may stand between two parts of a head."""
    if before.sort == "linear":
        return part.sort == "linear" or _apart(before, part)
    return before.sort == "norm" and earlier is not None and earlier.sort == "linear" and not _adjacent(before, part)


def _numbers_of(before: Part, part: Part) -> tuple[int, int] | None:
    """Return the numbers of two entries of one list, such as head.0 and head.1; None if they are none."""
    (stem, _, first), (next_stem, _, last) = before.name.rpartition("."), part.name.rpartition(".")
    return (int(first), int(last)) if stem == next_stem and first.isdecimal() and last.isdecimal() else None


def _apart(before: Part, part: Part) -> bool:
    """Return True if the numbers of two entries leave room for one without weights."""
    numbers = _numbers_of(before, part)
    return numbers is not None and numbers[1] - numbers[0] > 1


def _adjacent(before: Part, part: Part) -> bool:
    """Return True if the numbers of two entries leave no room for another."""
    numbers = _numbers_of(before, part)
    return numbers is not None and numbers[1] - numbers[0] == 1


def _activations_between(before: Part, part: Part, modules: Mapping[str, Described]) -> list[Part] | None:
    """Return the activations that stand between two entries of one nn.Sequential; None if the file does not say."""
    (stem, _, first), (next_stem, _, last) = before.name.rpartition("."), part.name.rpartition(".")
    if (
        stem != next_stem
        or not first.isdecimal()
        or not last.isdecimal()
        or getattr(modules.get(stem), "class_name", "") != "Sequential"
    ):
        return None
    activations = []
    for number in range(int(first) + 1, int(last)):
        called = f"{stem}.{number}" if stem else str(number)
        module = modules.get(called)
        if module is None or module.class_name in _PASSIVE:
            continue
        key, usual = _SETTINGS.get(module.class_name, ("", None))
        if module.class_name not in _FUNCTIONS or module.attributes.get(key, usual) != usual:
            raise UnsupportedCheckpoint(
                f"{called} is a {module.class_name[:40]} with settings of its own, which is not supported"
            )
        activations.append(Part(called, "activation", facts={"activation": _FUNCTIONS[module.class_name]}))
    return activations
