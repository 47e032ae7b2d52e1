"""`python -m lstm_viz train sentiment` and `judge`: train and measure a sentiment classifier."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch

from lstm_viz.models.catalog import load
from lstm_viz.models.language import LanguageModel
from lstm_viz.models.serialization import UnreadableModel, read, save
from lstm_viz.text.vocabulary import WordVocabulary
from lstm_viz.training.cli.language_models import follow, publish
from lstm_viz.training.data.augmentation import augment
from lstm_viz.training.data.treebank import (
    CLASSES,
    NEUTRAL,
    LabelledPrefix,
    Tree,
    labelled_prefixes,
    read_lexicon,
    read_trees,
    single_words,
    vocabulary,
)
from lstm_viz.training.data.word_vectors import WordVectors, read_vectors
from lstm_viz.training.loop.checkpointing import TrainingRun
from lstm_viz.training.loop.model_card import describe
from lstm_viz.training.loop.trainer import Trainer, TrainerConfig
from lstm_viz.training.tasks.distillation import Teacher, TeacherTask, read_teacher, soft_labels
from lstm_viz.training.tasks.sentiment import (
    SentimentTask,
    SentimentTrainerModel,
    SentimentTrainingConfig,
    accuracies,
    ensemble_probabilities,
    final_probabilities,
    sentences,
    shape,
)

Sentence = tuple[np.ndarray, int]

#: GloVe's values are of order 1; they are scaled down so that the gates do not saturate before training.
SCALE = 0.25
#: The learning rate at which a pretrained teacher is fine-tuned; Devlin et al. 2019 recommend 2e-5 to 5e-5 for BERT.
TEACHER_LEARNING_RATE = 8e-5
#: Prefixes that the teacher labels at a time, between two updates of the progress bar.
PREFIX_BLOCK = 1000

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True)
class Data:
    """The training and held-out data as word ids."""

    vocabulary: WordVocabulary
    vectors: np.ndarray
    prefixes: tuple[LabelledPrefix, ...]
    dev: list[Sentence]

    @property
    def trained(self) -> np.ndarray:
        """Return the ids of the words in the training data, including the unknown token."""
        return np.unique(np.concatenate([np.zeros(1, np.int64), *(reading.ids for reading in self.prefixes)]))


@click.command()
@click.option("--train", "train_trees", type=_FILE, required=True, help="Labelled trees, one a line.")
@click.option("--dev", type=_FILE, required=True, help="Labelled trees for validation.")
@click.option("--test", type=_FILE, help="Labelled trees for the final test.")
@click.option("--vectors", type=click.Path(exists=True, path_type=Path), help="Pretrained GloVe vectors: a text file or folder.")
@click.option("--lexicon", type=_FILE, help="Words and valences from −4 to 4, for words that the trees lack.")
@click.option("--words", default=60_000, show_default=True, help="Number of words to add from the vectors.")
@click.option("--rarest", default=2, show_default=True, help="Minimum count of a word without a vector.")
@click.option("--embedding", default=128, show_default=True, help="Embedding size without vectors.")
@click.option("--hidden", default=168, show_default=True)
@click.option("--layers", default=1, show_default=True)
@click.option("--dropout", default=0.5, show_default=True)
@click.option("--epochs", default=5.0, show_default=True)
@click.option("--learning-rate", "--rate", "learning_rate", default=2e-3, show_default=True)
@click.option("--weight-decay", "--decay", "weight_decay", default=0.01, show_default=True, help="Weight decay.")
@click.option(
    "--embedding-dropout", "--blur", "embedding_dropout", default=SentimentTrainingConfig.embedding_dropout,
    show_default=True, help="Dropout of the embedding.",
)  # fmt: skip
@click.option(
    "--pretrained-only-probability",
    "--general",
    "pretrained_only_probability",
    default=SentimentTrainingConfig.pretrained_only_probability,
    show_default=True,
    help="Probability of reading a word by its pretrained vector only.",
)
@click.option(
    "--length-exponent",
    "--length",
    "length_exponent",
    default=SentimentTrainingConfig.length_exponent,
    show_default=True,
    help="A phrase of n words has the weight n to the power of this.",
)
@click.option(
    "--distillation-weight", "--trust", "distillation_weight", default=SentimentTrainingConfig.distillation_weight,
    show_default=True, help="The weight of the soft labels.",
)  # fmt: skip
@click.option("--teachers", default=0, show_default=True, help="Number of networks to train first as an ensemble of teachers.")
@click.option(
    "--teacher",
    "--tutor",
    "teacher_folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with a pretrained BERT "
    "(config.json, tokenizer.json, model.safetensors): fine-tuned first, then used as the teacher.",
)
@click.option("--teacher-epochs", "--tutor-epochs", "teacher_epochs", default=2.0, show_default=True)
@click.option(
    "--teacher-share", "--tutor-share", "teacher_share", default=0.22, show_default=True,
    help="Share of the shorter phrases in the teacher's training.",
)  # fmt: skip
@click.option(
    "--soft-label-share", "--asked", "soft_label_share", default=0.12, show_default=True,
    help="Share of prefixes with soft labels, besides whole readings.",
)  # fmt: skip
@click.option(
    "--augmented-variants", "--invented", "augmented_variants", default=1, show_default=True,
    help="Augmented variants of each long reading for soft labels.",
)  # fmt: skip
@click.option("--licence", default="not stated", help="The licences of all data, for the model card.")
@click.option("--seed", default=1, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
def sentiment(
    train_trees: Path, dev: Path, test: Path | None, vectors: Path | None, lexicon: Path | None, teacher_folder: Path | None,
    licence: str, seed: int, out: Path, **options: Any,
) -> None:  # fmt: skip
    """Train a sentiment classifier: five classes, from very negative to very positive, after every word."""
    torch.set_num_threads(1)
    try:
        word_vectors = None if vectors is None else read_vectors(vectors)
        trees, tested = read_trees(train_trees), () if test is None else read_trees(test)
        opinion = {} if lexicon is None else read_lexicon(lexicon)
        data = gather(trees, read_trees(dev), word_vectors, opinion, options["words"], options["rarest"], options["embedding"])
        learning = SentimentTraining(data, out, seed, options)
        if teacher_folder is not None and options["teachers"]:
            raise ValueError("--teachers and --teacher cannot be combined; leave one of the two out")
        teacher = None if teacher_folder is None else read_teacher(teacher_folder, data.vocabulary.tokens)
    except (ValueError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    try:
        if teacher is not None:
            learning.distil(teacher)
        teachers = range(1, options["teachers"] + 1)
        colleagues = [learning.train_classifier(f"-teacher-{number}", seed + 100 * number) for number in teachers]
        if colleagues:
            learning.soft_labels = ensemble_probabilities(colleagues, [reading.ids for reading in data.prefixes])
        last = learning.train_classifier("", seed, to_the_end=False)
    except Unfinished:
        return
    sources = [f"Stanford Sentiment Treebank (Socher et al. 2013), {len(trees):,} sentences with a label on every phrase"]
    if word_vectors is not None:
        sources.append(f"pretrained word vectors: {word_vectors.name}, {word_vectors.vectors.shape[1]} numbers each")
    if lexicon is not None:
        sources.append(f"labels of single words from {lexicon.name}")
    if teacher_folder is not None:
        sources.append(f"soft labels of a teacher, {teacher_folder.name}, fine-tuned on the same treebank")
    epochs = f"{learning.epochs:.1f}" + (f", after {len(colleagues)} teachers of as many" if colleagues else "")
    if teacher_folder is not None:
        epochs += f", after a teacher's {options['teacher_epochs']:g} ({learning.teacher_accuracy})"
    finish(last.folded(), data.dev, tested, out, {
        "task": "classify every phrase: very negative, negative, neutral, positive or very positive",
        "data": "; ".join(sources),
        "licence of the data": licence,
        "split": "the treebank's own: weights chosen on its dev part",
        "seed": str(seed),
        "epochs": epochs,
        "minutes": f"{learning.seconds / 60:.0f} on one core",
    })  # fmt: skip


class Unfinished(Exception):
    """A training was interrupted before its result could be used; its state is on disk."""


class SentimentTraining:
    """One classifier's training: its data, its options, and the seconds spent so far.

    `epochs` is the number of epochs of the last network.
    """

    def __init__(self, data: Data, out: Path, seed: int, options: Mapping[str, Any]) -> None:
        self.data, self.out, self.seed, self.options = data, out, seed, options
        self.prefixes = data.prefixes
        self.soft_labels: list[np.ndarray] | None = None
        self.teacher_accuracy = ""
        self.seconds = self.epochs = 0.0

    def distil(self, teacher: Teacher) -> None:
        """Train the teacher on the labelled phrases; store its soft labels of prefixes and of augmented sentences."""
        torch.manual_seed(self.seed)
        task = TeacherTask(teacher, self.prefixes, self.data.dev, self.seed, self.options["teacher_share"])
        steps = round(self.options["teacher_epochs"] * task.steps_an_epoch)
        trainer_config = TrainerConfig(steps, TEACHER_LEARNING_RATE, warmup=max(1, steps // 16), score_every=max(1, steps // 6))
        wrong = self._train(Trainer(task, trainer_config), "-tutor", to_the_end=True)
        self.teacher_accuracy = f"{1.0 - wrong:.2%} of the held-out sentences on the right side"
        began = time.perf_counter()
        others = list(augment(self.prefixes, self.data.vectors, self.options["augmented_variants"], self.seed))
        self.prefixes = (*self.prefixes, *others)
        draw = np.random.default_rng(self.seed)
        self.soft_labels = []
        with click.progressbar(length=len(self.prefixes), label="soft labels", file=sys.stderr) as bar:
            for start in range(0, len(self.prefixes), PREFIX_BLOCK):
                block = self.prefixes[start : start + PREFIX_BLOCK]
                block_ids = [reading.ids for reading in block]
                self.soft_labels += soft_labels(teacher, block_ids, self.options["soft_label_share"], draw)
                bar.update(len(block))
        self.seconds += time.perf_counter() - began

    def train_classifier(self, name: str, seed: int, to_the_end: bool = True) -> SentimentTrainerModel:
        """Train one network on the readings and their soft labels; `to_the_end`: refuse to go on if it was stopped early."""
        options = self.options
        config = shape(self.data.vectors.shape[1], options["hidden"], options["layers"], options["dropout"])
        training_config = SentimentTrainingConfig(
            embedding_dropout=options["embedding_dropout"],
            pretrained_only_probability=options["pretrained_only_probability"],
            length_exponent=options["length_exponent"],
            distillation_weight=options["distillation_weight"],
        )
        torch.manual_seed(seed)
        model = SentimentTrainerModel(config, self.data.vocabulary, self.data.vectors, self.data.trained, training_config)
        task = SentimentTask(model, self.prefixes, self.data.dev, seed, self.soft_labels)
        trainer_config = TrainerConfig(
            round(options["epochs"] * task.steps_an_epoch), options["learning_rate"], weight_decay=options["weight_decay"],
            score_every=max(1, task.steps_an_epoch // 2),
        )  # fmt: skip
        trainer = Trainer(task, trainer_config)
        self._train(trainer, name, to_the_end)
        self.epochs = trainer.step / trainer_config.steps * options["epochs"]
        return model.eval()

    def _train(self, trainer: Trainer, name: str, to_the_end: bool) -> float:
        """Train and load the best weights; return their error rate on held-out sentences."""
        follow(TrainingRun(self.out.with_name(f"{self.out.stem}{name}{self.out.suffix}")), trainer, "wrong")
        self.seconds += trainer.seconds
        if trainer.best is None or trainer.best_weights is None or (to_the_end and trainer.step < trainer.config.steps):
            click.echo("stopped before its end; no weights were written")
            raise Unfinished
        trainer.task.model.load_state_dict(trainer.best_weights)
        return trainer.best


def gather(
    trees: Sequence[Tree], dev: Sequence[Tree], word_vectors: WordVectors | None, lexicon: Mapping[str, int],
    words: int, rarest: int, embedding: int,
) -> Data:  # fmt: skip
    """Convert everything to word ids; equal readings count once, as frequency does not make "the film" more neutral."""
    others = set() if word_vectors is None else {*word_vectors.plain(words), *(set(lexicon) & set(word_vectors.words))}
    known = vocabulary(trees, rarest, others)
    unique = {(each.ids.tobytes(), each.labels.tobytes()): each for tree in trees for each in labelled_prefixes(tree, known)}
    known_ids = {int(number) for reading in unique.values() for number in reading.ids}
    vectors = np.zeros((len(known), embedding), np.float32) if word_vectors is None else SCALE * word_vectors.of(known.tokens)
    return Data(known, vectors, (*unique.values(), *single_words(lexicon, known, known_ids)), sentences(dev, known))


def finish(model: LanguageModel, dev: Sequence[Sentence], trees: Sequence[Tree], out: Path, metadata: dict[str, str]) -> None:
    """Write the weights, measure the written file, and write the model card."""
    save(model, out, {})
    shipped = read(out)
    scores = {"held out": dev} | ({"test": sentences(trees, model.vocabulary)} if trees else {})
    metadata |= {
        "summary": f"A sentiment classifier of English sentences, word by word: {describe(model)}.",
        "scores": "; ".join((*(f"{part}: {measure(shipped, texts)}" for part, texts in scores.items()), "float16 as shipped")),
    }
    publish(model, out, metadata, torch.float16)
    click.echo(f"{out}: {metadata['scores']}; {model.parameter_count:,} parameters, {out.stat().st_size:,} bytes")


def measure(model: LanguageModel, texts: Sequence[Sentence]) -> str:
    """Format both accuracies."""
    labels = [label for _, label in texts]
    sides, classes = accuracies(final_probabilities(model, [ids for ids, _ in texts]), labels)
    count = sum(label != NEUTRAL for label in labels)
    return f"{sides:.2%} of {count:,} sentences on the right side, {classes:.2%} of {len(labels):,} in the right class of five"


@click.command()
@click.argument("model")
@click.option("--trees", type=_FILE, required=True, help="Labelled trees, one a line.")
def judge(model: str, trees: Path) -> None:
    """Measure a sentiment classifier on the whole sentences of a treebank."""
    torch.set_num_threads(1)
    try:
        loaded, labelled_trees = load(model), read_trees(trees)
    except (KeyError, UnreadableModel, ValueError) as error:
        raise click.ClickException(error.args[0]) from error
    if loaded.outputs != CLASSES or not isinstance(loaded.vocabulary, WordVocabulary):
        raise click.ClickException(f"{model} is no sentiment classifier; the classes {', '.join(CLASSES)} were expected")
    click.echo(f"{model}: {measure(loaded, sentences(labelled_trees, loaded.vocabulary))}")
