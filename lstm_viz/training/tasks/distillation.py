"""Distillation: a pretrained transformer learns to classify phrases, and its predictions are soft labels for a small network.

A small network learns more from the soft labels of a large one that was trained on much more text than from a few thousand
labelled sentences alone (Hinton et al. 2015, "Distilling the knowledge in a neural network"; Tang et al. 2019, for LSTMs).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from lstm_viz.training.data.treebank import CLASSES, NO_LABEL, LabelledPrefix
from lstm_viz.training.tasks.sentiment import accuracies, batches_of, pad

Ids = Int[np.ndarray, " time"]

#: Longer phrases are truncated; the treebank has none.
LONGEST = 128


class UnreadableTeacher(ValueError):
    """The folder holds no BERT model; the message says what is missing."""


@dataclass(frozen=True)
class Sizes:
    """The shape of a BERT (Devlin et al. 2019)."""

    pieces: int
    width: int
    inner: int
    heads: int
    layers: int
    places: int


class Teacher(nn.Module):
    """BERT's encoder with mean pooling and a linear classifier; `spelling[k]` are the word pieces of word k."""

    def __init__(self, sizes: Sizes, spelling: Sequence[tuple[int, ...]], ends: tuple[int, int]) -> None:
        super().__init__()
        self.spelling, self.ends = spelling, ends
        self.pieces = nn.Embedding(sizes.pieces, sizes.width)
        self.places = nn.Embedding(sizes.places, sizes.width)
        self.norm = nn.LayerNorm(sizes.width, eps=1e-12)
        self.dropout = nn.Dropout(0.1)
        layer = nn.TransformerEncoderLayer(sizes.width, sizes.heads, sizes.inner, 0.1, "gelu", 1e-12, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, sizes.layers, enable_nested_tensor=False)
        self.head = nn.Linear(sizes.width, len(CLASSES))

    def forward(self, pieces: Int[Tensor, "batch piece"], mask: Bool[Tensor, "batch piece"]) -> Float[Tensor, "batch class"]:
        """Return class logits for whole phrases; `mask` is False for padding."""
        places = torch.arange(pieces.shape[1])
        hidden = self.dropout(self.norm(self.pieces(pieces) + self.places(places)))
        hidden = self.encoder(hidden, src_key_padding_mask=~mask) * mask[..., None]
        logits: Tensor = self.head(self.dropout(hidden.sum(1) / mask.sum(1, keepdim=True)))
        return logits

    def spell(self, ids: Ids) -> Ids:
        """Return the word pieces of a phrase, between the start and end tokens."""
        inside = [piece for word_id in ids for piece in self.spelling[word_id]][: LONGEST - 2]
        return np.array([self.ends[0], *inside, self.ends[1]], np.int64)

    @torch.no_grad()
    def predict(self, phrases: Sequence[Ids], pieces: int = 2048) -> Float[np.ndarray, "phrase class"]:
        """Return the class probabilities of each phrase."""
        self.eval()
        spelt = [self.spell(phrase) for phrase in phrases]
        result = np.zeros((len(spelt), len(CLASSES)), np.float32)
        for picked in batches_of([len(each) for each in spelt], pieces):
            result[picked] = self(*side_by_side([spelt[k] for k in picked])).softmax(-1).numpy()
        return result


class TeacherTask:
    """Phrases of the treebank and their labels; the validation loss is the error rate on held-out sentences.

    An epoch includes every whole reading; a shorter phrase of n words is included with a probability that grows with n, at most
    `share`.
    """

    def __init__(
        self, model: Teacher, prefixes: Sequence[LabelledPrefix], held_out: Sequence[tuple[Ids, int]], seed: int, share: float
    ) -> None:
        self.model, self.held_out, self.seed, self.share = model, held_out, seed, share
        labelled = [(reading.ids[: t + 1], int(label), t + 1 == len(reading.ids))
                    for reading in prefixes for t, label in enumerate(reading.labels) if label != NO_LABEL]  # fmt: skip
        self._spelt = [model.spell(ids) for ids, _, _ in labelled]
        self._labels = torch.tensor([label for _, label, _ in labelled])
        words = np.array([len(ids) for ids, _, _ in labelled])
        whole = np.array([whole for _, _, whole in labelled]) & (words > 10)
        self._chance = np.where(whole, 1.0, share * np.minimum(1.0, 0.3 + 0.1 * words))
        self._epoch = 0, self._batches(0)
        self.steps_an_epoch = len(self._epoch[1])

    def _batches(self, epoch: int) -> list[Ids]:
        draw = np.random.default_rng((self.seed, epoch))
        picked = np.flatnonzero(draw.random(len(self._chance)) < self._chance)
        return [picked[batch] for batch in batches_of([len(self._spelt[k]) for k in picked], 1024, draw)]

    def loss(self, step: int) -> Tensor:
        """Return the mean cross-entropy of one batch of phrases, in nats."""
        epoch, batch_index = divmod(step, self.steps_an_epoch)
        if self._epoch[0] != epoch:
            self._epoch = epoch, self._batches(epoch)
        picked = self._epoch[1][batch_index % len(self._epoch[1])]
        torch.manual_seed(self.seed * 1_000_003 + step)
        return cross_entropy(self.model(*side_by_side([self._spelt[k] for k in picked])), self._labels[picked])

    def validation_loss(self) -> float:
        """Return the error rate on held-out sentences, positive or negative, without those labelled neutral."""
        texts, labels = zip(*self.held_out, strict=True)
        return 1.0 - accuracies(self.model.predict(texts), labels)[0]

    def state_dict(self) -> dict[str, Any]:
        """Return nothing: no state is carried between steps."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Do nothing: no state is carried between steps."""


def soft_labels(
    teacher: Teacher, texts: Sequence[Ids], prefix_share: float, draw: np.random.Generator
) -> list[Float[np.ndarray, "time class"]]:
    """Return a teacher's soft labels of each text, and with probability `prefix_share` of each of its prefixes; else zeros."""
    asked_prefixes = [np.append(draw.random(len(text) - 1) < prefix_share, True) for text in texts]
    probabilities = teacher.predict(
        [text[: t + 1] for text, here in zip(texts, asked_prefixes, strict=True) for t in np.flatnonzero(here)]
    )
    result = np.zeros((sum(map(len, texts)), len(CLASSES)), np.float32)
    result[np.concatenate(asked_prefixes)] = probabilities
    return np.split(result, np.cumsum([len(text) for text in texts])[:-1])


def side_by_side(rows: Sequence[Ids]) -> tuple[Int[Tensor, "batch piece"], Bool[Tensor, "batch piece"]]:
    """Pad phrases of different lengths to one batch; return it and its mask."""
    return pad(rows, 0).T.contiguous(), pad([np.ones(len(row), bool) for row in rows], False).T.contiguous()


def read_teacher(folder: Path, symbols: Sequence[str]) -> Teacher:
    """Load a pretrained BERT from config.json, tokenizer.json and model.safetensors, for a vocabulary's words.

    Raises UnreadableTeacher if one of the files is missing or is not BERT's.
    """
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        token_ids: dict[str, int] = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
        weights = load_file(folder / "model.safetensors")
        sizes = Sizes(*(config[key] for key in ("vocab_size", "hidden_size", "intermediate_size", "num_attention_heads",
                                                "num_hidden_layers", "max_position_embeddings")))  # fmt: skip
        teacher = Teacher(sizes, [spell(symbol, token_ids) for symbol in symbols], (token_ids["[CLS]"], token_ids["[SEP]"]))
        teacher.load_state_dict(teacher.state_dict() | _translated(weights, sizes.layers))
    except (OSError, KeyError, TypeError, ValueError, RuntimeError, SafetensorError) as error:
        expected = "a folder with config.json, tokenizer.json and model.safetensors of a BERT is wanted"
        raise UnreadableTeacher(f"{folder.name} holds no teacher ({type(error).__name__}: {error}); {expected}") from error
    return teacher


def spell(word: str, token_ids: dict[str, int]) -> tuple[int, ...]:
    """Split a lower-case word into WordPiece ids: accents removed, punctuation separate, greedy longest match."""
    plain = "".join(sign for sign in unicodedata.normalize("NFD", word) if unicodedata.category(sign) != "Mn")
    return tuple(piece for part in re.findall(r"\w+|[^\w\s]", plain) for piece in _longest(part, token_ids))


def _longest(part: str, token_ids: dict[str, int]) -> list[int]:
    result, start = [], 0
    while start < len(part):
        mark = "##" if start else ""
        end = next((end for end in range(len(part), start, -1) if mark + part[start:end] in token_ids), None)
        if end is None:
            return [token_ids["[UNK]"]]
        result.append(token_ids[mark + part[start:end]])
        start = end
    return result


def _translated(weights: dict[str, Tensor], layers: int) -> dict[str, Tensor]:
    """Rename BERT's weights to PyTorch's names; the first segment embedding is added to the position embeddings."""
    kind = weights["embeddings.token_type_embeddings.weight"][0]
    result = {
        "pieces.weight": weights["embeddings.word_embeddings.weight"],
        "places.weight": weights["embeddings.position_embeddings.weight"] + kind,
        "norm.weight": weights["embeddings.LayerNorm.weight"],
        "norm.bias": weights["embeddings.LayerNorm.bias"],
    }
    for layer in range(layers):
        theirs, ours = f"encoder.layer.{layer}.", f"encoder.layers.{layer}."
        for end in ("weight", "bias"):
            parts = [weights[f"{theirs}attention.self.{part}.{end}"] for part in ("query", "key", "value")]
            result[f"{ours}self_attn.in_proj_{end}"] = torch.cat(parts)
            for own, name in _NAMES.items():
                result[f"{ours}{own}.{end}"] = weights[f"{theirs}{name}.{end}"]
    return result


_NAMES = {
    "self_attn.out_proj": "attention.output.dense", "norm1": "attention.output.LayerNorm",
    "linear1": "intermediate.dense", "linear2": "output.dense", "norm2": "output.LayerNorm",
}  # fmt: skip
