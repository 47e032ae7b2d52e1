"""Turn a state dict into parts: which tensors belong together, what each part is, and the order in which parts compute."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise, permutations, product
from typing import Any, Protocol

from torch import Tensor

from lstm_viz.gates import NAMES, Kind
from lstm_viz.models.importing.errors import SUPPORTED, UnsupportedCheckpoint, format_list
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


def parts_of_state(tensors: Mapping[str, Tensor], modules: Mapping[str, Described], name: str) -> list[Part]:
    """Return the parts of a state dict in the order of computation.

    Args:
        tensors: The state dict, in its own order.
        modules: What the file says of its modules, by their dotted names; empty for a bare state dict.
        name: What messages call the file.

    Returns:
        Embedding, recurrent layers, and the head's parts. Where a file does not say what is between two linear layers, an
        activation part without facts stands between them.

    Raises:
        UnsupportedCheckpoint: Tensors belong to none of these, or sizes allow no order; the message names them.
    """
    groups = _groups(tensors)
    recurrent = [part for stem, group in groups.items() for part in _recurrent_parts(stem, group, modules, name)]
    if not recurrent:
        raise UnsupportedCheckpoint(f"{name} holds no recurrent layer, but {format_list(tensors) or 'nothing'}; {SUPPORTED}")
    others = [part for stem, group in groups.items() if (part := _other_part(stem, group, modules, name)) is not None]
    return _ordered(others, recurrent, list(groups), modules, name)


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
    recurrent = list(dict.fromkeys(_stem(part) for part in parts if part.sort == "recurrent"))
    if len({re.sub(r"\d+", "", stem) for stem in recurrent}) > 1:
        notes.append(f"{format_list(recurrent)} are read one after the other, in the file's order")
    widths = [width_out(part) for part in parts if part.sort in ("embedding", "linear", "recurrent")]
    norms = [part.name for part in parts if part.sort == "norm" and widths.count(width_out(part)) > 1]
    if norms:
        notes.append(f"where {format_list(norms)} stands is taken from the order of names in the file, which does not say it")
    return notes


def _stem(part: Part) -> str:
    """Return the name of a part's module."""
    return re.sub(r" layer \d+$", "", part.name)


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


def _other_part(stem: str, group: Mapping[str, Tensor], modules: Mapping[str, Described], name: str) -> Part | None:
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
        eps = described.attributes.get("eps") if described is not None else None
        return Part(stem, "norm", group, {"eps": eps} if isinstance(eps, float) else {})
    listing = ", ".join(f"{f'{stem}.' if stem else ''}{parameter} {shape}" for parameter, shape in list(shapes.items())[:6])
    raise UnsupportedCheckpoint(
        f"{name} holds {listing[:300]}, which belongs to no supported layer{_guess(stem, shapes)}; {SUPPORTED}"
    )


def _guess(stem: str, shapes: Mapping[str, tuple[int, ...]]) -> str:
    if "running_mean" in shapes:
        return " (a batch normalization?)"
    if any(len(shape) > 2 for shape in shapes.values()):
        return " (a convolution?)"
    return " (attention?)" if re.search(r"att|query|key|value|in_proj", stem + " ".join(shapes), re.IGNORECASE) else ""


def _ordered(
    others: Sequence[Part], recurrent: Sequence[Part], stems: Sequence[str], modules: Mapping[str, Described], name: str
) -> list[Part]:
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
    by_name = [*embeddings, *sorted([*chain, *matrices], key=lambda part: places[_stem(part)])]
    orders += [order for order in (by_name,) if [part for part in order if part.sort == "recurrent"] == chain and _all_fit(order)]
    if (paired := _paired(chain, matrices)) and _all_fit([*embeddings, *paired]):
        orders = [[*embeddings, *paired]]
    if not orders:
        listing = ", ".join(f"{part.name} {tuple(part.tensors['weight'].shape)}" for part in others) or "nothing"
        raise UnsupportedCheckpoint(
            f"{name} holds {listing} beside recurrent layers from {reads} to {gives} numbers, which fit in no order; {SUPPORTED}"
        )
    return _with_activations(min(orders, key=lambda order: _disorder(order, stems)), modules)


def _paired(chain: Sequence[Part], matrices: Sequence[Part]) -> list[Part] | None:
    """Return the parts with each norm of a list behind the recurrent layer of its number, as a loop over both has them."""
    norms = {part.name.rpartition(".")[2]: part for part in matrices if part.sort == "norm"}
    numbers = [_stem(part).rpartition(".")[2] for part in chain]
    lists = {part.name.rpartition(".")[0] for part in norms.values()}
    if len(chain) < 2 or len(lists) != 1 or numbers != list(norms) or not all(map(str.isdecimal, numbers)):
        return None
    pairs = [each for part, number in zip(chain, numbers, strict=True) for each in (part, norms[number])]
    return [*pairs, *(part for part in matrices if part.sort != "norm")]


def _all_fit(parts: Sequence[Part]) -> bool:
    """Return True if each part reads what the one before gives."""
    return all(width_out(before) == width_in(part) for before, part in pairwise(parts))


def _splits(matrices: Sequence[Part], number: int) -> list[tuple[tuple[Part, ...], tuple[Part, ...]]]:
    """Return every order with `number` parts before the recurrent layers."""
    return [(order[:number], order[number:]) for order in permutations(matrices)]


def _disorder(order: Sequence[Part], stems: Sequence[str]) -> int:
    """Return how many pairs of parts are not in the file's order; a recurrent part stands where its module does."""
    places = {stem: index for index, stem in enumerate(stems)}
    row = [places.get(_stem(part), -1) for part in order]
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


def width_in(part: Part) -> int:
    """Return how many numbers a part reads."""
    weight = part.tensors["weight_ih_l0" if part.sort == "recurrent" else "weight"]
    return int(weight.shape[-1])


def width_out(part: Part) -> int:
    """Return how many numbers a part gives."""
    if part.sort == "recurrent":
        return int(part.tensors["weight_hh_l0"].shape[1]) * (2 if "weight_ih_l0_reverse" in part.tensors else 1)
    weight = part.tensors["weight"]
    return int(weight.shape[1] if part.sort == "embedding" else weight.shape[0])


def units_of(part: Part) -> int:
    """Return how many units a recurrent part has: those of its cell, before a projection."""
    projection = part.tensors.get("weight_hr_l0")
    return int(part.tensors["weight_hh_l0"].shape[1] if projection is None else projection.shape[1])


def _with_activations(parts: Sequence[Part], modules: Mapping[str, Described]) -> list[Part]:
    """Put an activation between consecutive linear layers and norms: the one that the file names, or one that is not known."""
    row: list[Part] = []
    for part in parts:
        before = row[-1] if row else None
        if before is not None and part.sort == "linear" and before.sort in ("linear", "norm", "recurrent"):
            activations = _activations_between(before, part, modules)
            if activations is not None:
                row += activations
            elif before.sort == "linear":
                row.append(Part(f"between {before.name} and {part.name}", "activation"))
        row.append(part)
    return row


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
