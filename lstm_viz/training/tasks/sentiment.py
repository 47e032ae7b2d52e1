"""Sentiment classification of every phrase of a treebank, by a forward network with an output after each word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import dropout

from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.text.vocabulary import Vocabulary, WordVocabulary
from lstm_viz.training.data.treebank import CLASSES, NEUTRAL, NO_LABEL, LabelledPrefix, Tree


@dataclass(frozen=True)
class SentimentTrainingConfig:
    """How a sentiment classifier is trained.

    `batch_tokens` is the approximate number of words in a batch. `unk_probability` is the probability that a word is replaced
    by the unknown token, `pretrained_only_probability` the probability that only its pretrained vector is used, as for words
    outside the training set; `embedding_dropout` the dropout probability of its embedding. A phrase of n words is weighted by
    n^`length_exponent`; `distillation_weight` is the weight of the teachers' soft labels, if there are teachers, against the
    treebank's labels.
    """

    batch_tokens: int = 2000
    unk_probability: float = 0.02
    pretrained_only_probability: float = 0.2
    embedding_dropout: float = 0.3
    length_exponent: float = 0.5
    distillation_weight: float = 0.7


class SentimentTrainerModel(nn.Module):
    """A classifier in training: each word's embedding is its fixed pretrained vector plus a trained difference."""

    places: Tensor

    def __init__(
        self, config: Config, vocabulary: WordVocabulary, vectors: Float[np.ndarray, "symbol dimension"],
        trained: Int[np.ndarray, " word"], training_config: SentimentTrainingConfig,
    ) -> None:  # fmt: skip
        super().__init__()
        self.training_config = training_config
        self.classifier = LanguageModel(config, vocabulary)
        self.classifier.embedding.weight.requires_grad_(False).copy_(torch.from_numpy(vectors))
        # Row 0 is for words outside the training set: it stays zero.
        places = np.zeros(len(vocabulary), np.int64)
        places[trained] = np.arange(1, len(trained) + 1)
        self.register_buffer("places", torch.from_numpy(places))
        self.added = nn.Embedding(len(trained) + 1, config.embedding, padding_idx=0)
        with torch.no_grad():
            self.added.weight[1:].normal_(std=0.02 if vectors.any() else 0.1)
        self.register_load_state_dict_pre_hook(_rename_old_weights)

    def forward(self, ids: Int[Tensor, "time batch"]) -> Float[Tensor, "time batch class"]:
        """Return class logits after every word."""
        if self.training:
            ids = ids.masked_fill(torch.rand(ids.shape) < self.training_config.unk_probability, 0)
        added = self.added(self.places[ids])
        if self.training:
            added = added * (torch.rand(ids.shape) >= self.training_config.pretrained_only_probability)[..., None]
        inputs = dropout(self.classifier.embedding(ids) + added, self.training_config.embedding_dropout, self.training)
        hidden: Tensor = self.classifier.dropout(self.classifier.rnn(inputs)[0])
        logits: Tensor = self.classifier.decoder(hidden)
        return logits

    def folded(self) -> LanguageModel:
        """Return the classifier as it ships, with the trained differences added to its embedding."""
        network = LanguageModel(self.classifier.config, self.classifier.vocabulary)
        network.load_state_dict(self.classifier.state_dict())
        with torch.no_grad():
            network.embedding.weight += self.added.weight[self.places]
        return network.eval().requires_grad_(False)


def _rename_old_weights(model: nn.Module, state: dict[str, Any], prefix: str, *_: Any) -> None:
    """Rename the weights in the state of a training that an older version began."""
    for key in [key for key in state if key.startswith(f"{prefix}judge.")]:
        state[f"{prefix}classifier.{key.removeprefix(f'{prefix}judge.')}"] = state.pop(key)


class SentimentTask:
    """Every phrase is an example; the loss is a mean cross-entropy in nats, the validation loss the error rate on held-out
    sentences.

    `soft_labels[k]` are the teachers' probabilities [time, class] for reading k, for every prefix, labelled or not.
    """

    def __init__(
        self, model: SentimentTrainerModel, prefixes: Sequence[LabelledPrefix], held_out: Sequence[tuple[Int[np.ndarray, " time"],
        int]], seed: int,
        soft_labels: Sequence[Float[np.ndarray, "time class"]] | None = None,
    ) -> None:  # fmt: skip
        self.model = model
        self.prefixes = prefixes
        self.held_out = held_out
        self.seed = seed
        self.soft_labels = soft_labels
        self._lengths = np.array([len(reading.ids) for reading in prefixes])
        self._epoch: tuple[int, list[Int[np.ndarray, " reading"]]] = (0, self._batches(0))
        self.steps_an_epoch = len(self._epoch[1])

    def _batches(self, epoch: int) -> list[Int[np.ndarray, " reading"]]:
        return batches_of(self._lengths, self.model.training_config.batch_tokens, np.random.default_rng((self.seed, epoch)))

    def loss(self, step: int) -> Tensor:
        """Return one batch's weighted mean cross-entropy: against the labels, and against the soft labels of every prefix."""
        epoch, batch_index = divmod(step, self.steps_an_epoch)
        if self._epoch[0] != epoch:
            self._epoch = (epoch, self._batches(epoch))
        # Some epochs have a few more or fewer batches than the first.
        batches = self._epoch[1]
        picked = batches[batch_index % len(batches)]
        ids, labels = pad([self.prefixes[k].ids for k in picked], 0), pad([self.prefixes[k].labels for k in picked], NO_LABEL)
        torch.manual_seed(self.seed * 1_000_003 + step)
        log_probs = self.model(ids).log_softmax(-1)
        weights = (torch.arange(len(ids)) + 1.0)[:, None] ** self.model.training_config.length_exponent
        labelled = weights * (labels != NO_LABEL)
        surprise = -log_probs.gather(-1, labels.clamp(min=0)[..., None])[..., 0]
        loss = (labelled * surprise).sum() / labelled.sum().clamp(min=1.0)
        if self.soft_labels is None:
            return loss
        soft_labels = pad([self.soft_labels[k] for k in picked], 0.0)
        read = weights * soft_labels.sum(-1)
        taught = -(weights * (soft_labels * log_probs).sum(-1)).sum() / read.sum()
        weight = self.model.training_config.distillation_weight
        return weight * taught + (1.0 - weight) * loss

    def validation_loss(self) -> float:
        """Return the error rate on held-out sentences, positive or negative, without those labelled neutral."""
        texts, labels = zip(*self.held_out, strict=True)
        return 1.0 - accuracies(final_probabilities(self.model, texts), labels)[0]

    def state_dict(self) -> dict[str, Any]:
        """Return nothing: no state is carried between steps."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Do nothing: no state is carried between steps."""


def batches_of(
    lengths: Sequence[int] | Int[np.ndarray, " row"], most: int, draw: np.random.Generator | None = None
) -> list[Int[np.ndarray, " row"]]:
    """Group rows of similar length into batches of at most `most` entries, padding included.

    With `draw`, batches are shuffled and grouped differently each time.
    """
    sizes = np.asarray(lengths)
    by = sizes if draw is None else sizes * draw.uniform(1.0, 1.1, len(sizes)) + draw.random(len(sizes))
    order = np.argsort(by, kind="stable")
    # A batch ends before the row that would exceed the limit; `width` is its longest row.
    starts, width = [0], 0
    for position, length in enumerate(sizes[order]):
        width = max(width, length)
        if position > starts[-1] and width * (position + 1 - starts[-1]) > most:
            starts.append(position)
            width = length
    batches = np.split(order, starts[1:])
    return batches if draw is None else [batches[index] for index in draw.permutation(len(batches))]


def pad(rows: Sequence[np.ndarray], filler: float) -> Tensor:
    """Pad arrays [time, …] of different lengths to [time, batch, …]."""
    padded = np.full((max(map(len, rows)), len(rows), *rows[0].shape[1:]), filler, rows[0].dtype)
    for column, row in enumerate(rows):
        padded[: len(row), column] = row
    return torch.from_numpy(padded)


@torch.no_grad()
def ensemble_probabilities(
    models: Sequence[nn.Module], texts: Sequence[Int[np.ndarray, " time"]], batch: int = 256
) -> list[np.ndarray]:
    """Return the models' mean probabilities after every word of every text, [time, class] each, in the given order."""
    probabilities: list[np.ndarray] = [np.zeros(0)] * len(texts)
    by_length = np.argsort([len(text) for text in texts], kind="stable")
    for picked in np.array_split(by_length, max(1, len(texts) // batch)):
        ids = pad([texts[k] for k in picked], 0)
        probs = torch.stack([_logits(model, ids).softmax(-1) for model in models]).mean(0).numpy()
        for column, k in enumerate(picked):
            probabilities[k] = probs[: len(texts[k]), column]
    return probabilities


def final_probabilities(model: nn.Module, texts: Sequence[Int[np.ndarray, " time"]]) -> Float[np.ndarray, "text class"]:
    """Return a model's probabilities after the last word of each text."""
    return np.stack([each[-1] for each in ensemble_probabilities([model], texts)])


def _logits(model: nn.Module, ids: Tensor) -> Tensor:
    answer = model(ids)
    return answer[0] if isinstance(answer, tuple) else answer


def accuracies(probs: Float[np.ndarray, "text class"], labels: Sequence[int]) -> tuple[float, float]:
    """Return the binary accuracy, without texts labelled neutral, and the five-class accuracy.

    A text is positive if p(positive) + p(very positive) > p(negative) + p(very negative), as in Tai et al. 2015 without
    the neutral class.
    """
    truth = np.asarray(labels)
    positive = probs[:, NEUTRAL + 1 :].sum(-1) > probs[:, :NEUTRAL].sum(-1)
    sided = truth != NEUTRAL
    return float((positive == (truth > NEUTRAL))[sided].mean()), float((probs.argmax(-1) == truth).mean())


def sentences(trees: Sequence[Tree], vocabulary: Vocabulary) -> list[tuple[Int[np.ndarray, " time"], int]]:
    """Return every tree's word ids, and the label of the whole sentence."""
    cut = [[form for leaf in tree.leaves for form in vocabulary.split(leaf).normalized] for tree in trees]
    return [(vocabulary.encode(forms), tree.label) for forms, tree in zip(cut, trees, strict=True)]


def shape(embedding: int, hidden: int, layers: int, share: float) -> Config:
    """Return the configuration of a word classifier, with a dropout of `share` in training."""
    return Config("lstm", embedding, hidden, layers, share, CLASSES, words=True)
