"""The reproducible training configuration of a character model, and its command line."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field

import torch

from lstm_viz.gates import Kind
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.training.data.text_sources import Corpus
from lstm_viz.training.loop.trainer import Trainer, TrainerConfig
from lstm_viz.training.tasks.charlm import BpttConfig, CharacterTask


@dataclass(frozen=True)
class CharLMConfig:
    """All training settings of a character model: the network's shape, duration, learning rate and seed.

    `learning_rate` is the maximum learning rate, `max_grad_norm` the bound on the gradient's L2 norm (None: none),
    `cell_state_penalty` the penalty on an LSTM's squared cell state; validation runs every `score_every` steps.
    """

    kind: Kind = "lstm"
    units: int = 96
    layers: int = 1
    embedding: int = 32
    dropout: float = 0.0
    steps: int = 2000
    learning_rate: float = 5e-3
    max_grad_norm: float | None = 1.0
    seed: int = 1
    score_every: int = 50
    cell_state_penalty: float = 0.0
    bptt: BpttConfig = field(default_factory=BpttConfig)

    @property
    def model_config(self) -> Config:
        """Return the network's configuration."""
        return Config(self.kind, self.embedding, self.units, self.layers, self.dropout)

    @property
    def trainer_config(self) -> TrainerConfig:
        """Return the trainer's configuration; a short training uses at most a tenth of its steps for warm-up."""
        warmup = min(100, max(1, self.steps // 10))
        return TrainerConfig(
            self.steps, self.learning_rate, warmup, max_grad_norm=self.max_grad_norm, score_every=self.score_every
        )

    def command(self, text: str, out: str, held_out: int, symbols: int) -> str:
        """Return the command that trains the same network from a text file; `held_out` and `symbols` are upper limits."""
        options = {
            "text": text, "kind": self.kind, "hidden": self.units, "layers": self.layers, "embedding": self.embedding,
            "dropout": self.dropout, "steps": self.steps, "learning-rate": self.learning_rate,
            "max-grad-norm": self.max_grad_norm or "none", "seed": self.seed,
            "batch": self.bptt.batch, "bptt-steps": self.bptt.bptt_steps, "score-every": self.score_every,
            "held-out": held_out, "symbols": symbols, "out": out,
        }  # fmt: skip
        words = {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in options.items()}
        arguments = (part for name, value in words.items() for part in (f"--{name}", value))
        return shlex.join(["python", "-m", "lstm_viz", "train", "charlm", *arguments])


def prepare(corpus: Corpus, vocabulary: Vocabulary, config: CharLMConfig) -> Trainer:
    """Return a trainer at step 0; seeds torch's random numbers, which dropout uses.

    Raises ValueError if the text is too short for the BPTT settings.
    """
    torch.manual_seed(config.seed)
    model = LanguageModel(config.model_config, vocabulary)
    train, held_out = vocabulary.encode(corpus.train), vocabulary.encode(corpus.held_out)
    return Trainer(
        CharacterTask(model, train, held_out, config.bptt, config.seed, config.cell_state_penalty), config.trainer_config
    )
