"""`python -m lstm_viz train sentiment` and `judge`: the network that judges sentences, trained and measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import torch

from lstm_viz.models.catalog import load
from lstm_viz.models.language import LanguageModel
from lstm_viz.models.store import UnreadableModel, read, save
from lstm_viz.text.vocabulary import WordVocabulary
from lstm_viz.training.card import describe
from lstm_viz.training.cli import follow, publish
from lstm_viz.training.run import Run
from lstm_viz.training.sentiment import Habits, Learner, SentimentTask, accuracies, judgements, opinions, sentences, shape
from lstm_viz.training.trainer import Plan, Trainer
from lstm_viz.training.treebank import CLASSES, NEUTRAL, Reading, Tree, lone_words, read_lexicon, read_trees, readings, vocabulary
from lstm_viz.training.vectors import WordVectors, read_vectors

Sentence = tuple[np.ndarray, int]

#: GloVe's numbers spread over about ±1 each; smaller ones leave the gates open to what training adds.
SCALE = 0.25

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True)
class Data:
    """What is learned from and what is held out, in numbers."""

    vocabulary: WordVocabulary
    vectors: np.ndarray
    readings: tuple[Reading, ...]
    dev: list[Sentence]

    @property
    def trained(self) -> np.ndarray:
        """The numbers of the words that training shows, the unknown one among them."""
        return np.unique(np.concatenate([np.zeros(1, np.int64), *(reading.ids for reading in self.readings)]))


@click.command()
@click.option("--train", "learned", type=_FILE, required=True, help="Labelled trees, one a line.")
@click.option("--dev", type=_FILE, required=True, help="Trees to choose the best weights by.")
@click.option("--test", type=_FILE, help="Trees that the finished model is measured on, once nothing is chosen any more.")
@click.option("--vectors", type=click.Path(exists=True, path_type=Path), help="GloVe's text file or folder, to begin from.")
@click.option("--lexicon", type=_FILE, help="Words and valences from −4 to 4, for words that the trees lack.")
@click.option("--words", default=60_000, show_default=True, help="How many of the vectors' words to know besides the trees'.")
@click.option("--rarest", default=2, show_default=True, help="How often the trees must have a word to know it without a vector.")
@click.option("--embedding", default=128, show_default=True, help="Numbers a word, where no vectors are given.")
@click.option("--hidden", default=168, show_default=True)
@click.option("--layers", default=1, show_default=True)
@click.option("--dropout", default=0.5, show_default=True)
@click.option("--epochs", default=5.0, show_default=True)
@click.option("--rate", default=2e-3, show_default=True)
@click.option("--decay", default=0.01, show_default=True, help="Weight decay.")
@click.option("--blur", default=Habits.blur, show_default=True, help="Dropout of the embedding.")
@click.option("--general", default=Habits.general, show_default=True, help="How often a word is read by its vector alone.")
@click.option("--length", default=Habits.length, show_default=True, help="A phrase of n words weighs n to the power of this.")
@click.option("--trust", default=Habits.trust, show_default=True, help="The weight of the teachers' opinion.")
@click.option("--teachers", default=0, show_default=True, help="Train so many first, and learn from what they think together.")
@click.option("--licence", default="not stated", help="The licences of all data, for the card.")
@click.option("--seed", default=1, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
def sentiment(
    learned: Path, dev: Path, test: Path | None, vectors: Path | None, lexicon: Path | None, words: int, rarest: int,
    embedding: int, hidden: int, layers: int, dropout: float, epochs: float, rate: float, decay: float, blur: float,
    general: float, length: float, trust: float, teachers: int, licence: str, seed: int, out: Path,
) -> None:  # fmt: skip
    """A judge of sentences: five classes, from very negative to very positive, after every word."""
    torch.set_num_threads(1)
    try:
        given = None if vectors is None else read_vectors(vectors)
        trees, tested = read_trees(learned), () if test is None else read_trees(test)
        opinion = {} if lexicon is None else read_lexicon(lexicon)
        data = gather(trees, read_trees(dev), given, opinion, words, rarest, embedding)
    except (ValueError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    config = shape(data.vectors.shape[1], hidden, layers, dropout)
    habits = Habits(blur=blur, general=general, length=length, trust=trust)
    colleagues: list[Learner] = []
    seconds = 0.0
    for number in range(1, teachers + 2):
        last = number > teachers
        own = seed if last else seed + 100 * number
        torch.manual_seed(own)
        learner = Learner(config, data.vocabulary, data.vectors, data.trained, habits)
        wisdom = opinions(colleagues, [reading.ids for reading in data.readings]) if last and colleagues else None
        task = SentimentTask(learner, data.readings, data.dev, own, wisdom)
        plan = Plan(round(epochs * task.steps_an_epoch), rate, weight_decay=decay, score_every=max(1, task.steps_an_epoch // 2))
        trainer = Trainer(task, plan)
        follow(Run(out if last else out.with_name(f"{out.stem}-teacher-{number}")), trainer, "wrong")
        seconds += trainer.seconds
        if trainer.best_weights is None or (not last and trainer.step < plan.steps):
            click.echo("the last network has learned nothing yet, so no weights were written")
            return
        learner.load_state_dict(trainer.best_weights)
        colleagues.append(learner.eval())
    sources = [f"Stanford Sentiment Treebank (Socher et al. 2013), {len(trees):,} sentences with a label on every phrase"]
    sources += [] if given is None else [f"word vectors to begin from: {given.name}, {given.vectors.shape[1]} numbers each"]
    sources += [] if lexicon is None else [f"labels of single words from {lexicon.name}"]
    finish(colleagues[-1].folded(), data.dev, tested, out, {
        "task": "judge every phrase: very negative, negative, neutral, positive or very positive",
        "data": "; ".join(sources),
        "licence of the data": licence,
        "split": "the treebank's own: weights chosen on its dev part",
        "seed": str(seed),
        "epochs": f"{trainer.step / plan.steps * epochs:.1f}" + (f", after {teachers} teachers of as many" if teachers else ""),
        "minutes": f"{seconds / 60:.0f} on one core",
    })  # fmt: skip


def gather(
    trees: Sequence[Tree], dev: Sequence[Tree], given: WordVectors | None, lexicon: Mapping[str, int],
    words: int, rarest: int, embedding: int,
) -> Data:  # fmt: skip
    """Everything in numbers; equal readings count once, as "the film" is no more neutral for being frequent."""
    others = set() if given is None else {*given.plain(words), *(set(lexicon) & set(given.words))}
    known = vocabulary(trees, rarest, others)
    unique = {(each.ids.tobytes(), each.labels.tobytes()): each for tree in trees for each in readings(tree, known)}
    shown = {int(number) for reading in unique.values() for number in reading.ids}
    vectors = np.zeros((len(known), embedding), np.float32) if given is None else SCALE * given.of(known.symbols)
    return Data(known, vectors, (*unique.values(), *lone_words(lexicon, known, shown)), sentences(dev, known))


def finish(model: LanguageModel, dev: Sequence[Sentence], trees: Sequence[Tree], out: Path, facts: dict[str, str]) -> None:
    """Write the weights, measure them as they lie on disk, and write the card."""
    save(model, out, {})
    shipped = read(out)
    scores = {"held out": dev} | ({"test": sentences(trees, model.vocabulary)} if trees else {})
    facts |= {
        "summary": f"A judge of English sentences, word by word: {describe(model)}.",
        "scores": "; ".join((*(f"{part}: {measure(shipped, texts)}" for part, texts in scores.items()), "float16 as shipped")),
    }
    publish(model, out, facts, torch.float16)
    click.echo(f"{out}: {facts['scores']}; {model.parameter_count:,} parameters, {out.stat().st_size:,} bytes")


def measure(model: LanguageModel, texts: Sequence[Sentence]) -> str:
    """Both accuracies in words."""
    labels = [label for _, label in texts]
    sides, classes = accuracies(judgements(model, [ids for ids, _ in texts]), labels)
    count = sum(label != NEUTRAL for label in labels)
    return f"{sides:.2%} of {count:,} sentences on the right side, {classes:.2%} of {len(labels):,} in the right class of five"


@click.command()
@click.argument("model")
@click.option("--trees", type=_FILE, required=True, help="Labelled trees, one a line.")
def judge(model: str, trees: Path) -> None:
    """Measure a judge of sentences on the whole sentences of a treebank."""
    torch.set_num_threads(1)
    try:
        loaded, found = load(model), read_trees(trees)
    except (KeyError, UnreadableModel, ValueError) as error:
        raise click.ClickException(error.args[0]) from error
    if loaded.outputs != CLASSES or not isinstance(loaded.vocabulary, WordVocabulary):
        raise click.ClickException(f"{model} judges no sentences; a model with the classes {', '.join(CLASSES)} was expected")
    click.echo(f"{model}: {measure(loaded, sentences(found, loaded.vocabulary))}")
