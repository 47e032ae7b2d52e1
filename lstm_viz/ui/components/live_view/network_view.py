"""A network prepared for the live view, whatever it reads: its layers and directions, its scales, and its last text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from time import monotonic

import numpy as np
import torch
from jaxtyping import Float

from lstm_viz.capture.layers import Layer, layers_of
from lstm_viz.gates import CELLS, MEMORY_STATE, Quantity, quantity
from lstm_viz.gradients import LikeliestNext, Objective, fix_target
from lstm_viz.gradients.objectives import LikeliestClass
from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.models.language import LanguageModel
from lstm_viz.network_reading import BEGINNINGS, read_network
from lstm_viz.reader import Reader
from lstm_viz.text.prefix import common_prefix
from lstm_viz.text.vocabulary import WordVocabulary
from lstm_viz.trace import Trace
from lstm_viz.ui.components.live_view.scene import StepUnit, layer_titles, with_relu
from lstm_viz.ui.state.scales import Scales, scales
from lstm_viz.units.stats import cluster_order


@dataclass(eq=False)
class NetworkView:
    """A network prepared for the live view. It reads texts one after another and belongs to one session.

    Attributes:
        network: The network.
        title: What it is called on the screen.
        reference: A trace that scales and the order of units are fitted to, so that they stay while one types.
    """

    network: LanguageModel | ImportedNetwork
    title: str
    reference: Trace
    _reader: Reader | None = None
    _ids: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    _verdicts: np.ndarray | None = None

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The recurrent layers and directions, in the order of a trace's `layers`."""
        modules = self.network.recurrent if isinstance(self.network, ImportedNetwork) else (self.network.rnn,)
        return tuple(layer for module in modules for layer in layers_of(module))

    @cached_property
    def layer_titles(self) -> tuple[str, ...]:
        """A name for each layer and direction."""
        return layer_titles(self.reference.layers)

    @property
    def step_unit(self) -> StepUnit:
        """What one step reads."""
        vocabulary = self.network.vocabulary
        return "series" if vocabulary is None else "words" if isinstance(vocabulary, WordVocabulary) else "letters"

    @cached_property
    def scales(self) -> tuple[Scales, ...]:
        """The ends of the scales, by layer."""
        return tuple(scales(traced, self._quantities(index)) for index, traced in enumerate(self.reference.layers))

    def order(self, index: int) -> np.ndarray:
        """Return the order of a layer's units: those that behave alike on the reference are neighbours."""
        traced = self.reference.layers[index]
        return cluster_order(traced.values[MEMORY_STATE[traced.kind]][:, 0])

    def inputs(self, index: int) -> tuple[str, ...] | None:
        """Return the names of what a layer reads: the units of the layer below, of both directions; None for the first."""
        layer = self.reference.layers[index]
        below = [number for number, each in enumerate(self.reference.layers) if each.layer == layer.layer - 1]
        names = [
            f"unit {unit} of {self.layer_titles[number]}"
            for number in below for unit in range(self.reference.layers[number].units)
        ]  # fmt: skip
        reads = self.layers[index].weights.ih.shape[1]
        return None if not below else tuple(names) if len(names) == reads else tuple(f"input {number}" for number in range(reads))

    def _quantities(self, index: int) -> tuple[Quantity, ...]:
        layer = self.layers[index]
        return tuple(with_relu(quantity(layer.kind, each.symbol)) if layer.relu else each for each in CELLS[layer.kind])

    def read(self, text: str) -> Trace:
        """Read a text with the gradients of its likeliest class or next token after the last step.

        A network in both directions reads each beginning of the text anew for its verdict there: those not known yet are NaN,
        `verdicts_missing` says how many, and `compute_verdicts` computes them.
        """
        network = self.network
        objective: Objective = LikeliestNext() if network.predicts_next_token else LikeliestClass()
        if isinstance(network, LanguageModel):
            self._reader = self._reader or Reader(network)
            trace = self._reader.read(text, objective if text else None)
        else:
            trace = read_network(network, text, objective if text else None, beginnings=False)
            trace = self._with_verdicts(network, trace)
        if not len(trace.tokens):
            return trace
        return replace(trace, objective=fix_target(objective, trace.probs, network.outputs).describe(trace.tokens))

    def verdicts_missing(self) -> int:
        """Return how many beginnings of the last text have no verdict yet."""
        return 0 if self._verdicts is None else int(np.isnan(self._verdicts[:, 0]).sum())

    def compute_verdicts(self, seconds: float) -> None:
        """Compute the verdicts after more beginnings of the last text, for about so long."""
        network, verdicts = self.network, self._verdicts
        if verdicts is None or not isinstance(network, ImportedNetwork):
            return
        until = monotonic() + seconds
        for step in np.flatnonzero(np.isnan(verdicts[:, 0])).tolist():
            begun = monotonic()
            with torch.inference_mode():
                logits = network.whole(torch.from_numpy(self._ids[: step + 1])[:, None])[0].double()
            verdicts[step] = logits.softmax(-1).numpy()
            # The next beginning takes about as long; one is always computed, so that each call comes nearer to the end.
            if 2 * monotonic() - begun > until:
                return

    @property
    def verdicts(self) -> Float[np.ndarray, "time output"] | None:
        """The verdicts after each step of the last text, NaN where not computed; None where each step has its own at once."""
        return self._verdicts

    def _with_verdicts(self, network: ImportedNetwork, trace: Trace) -> Trace:
        """Put in the verdicts that are known of an earlier text with the same beginning."""
        if network.causal or network.pooling == "steps" or len(trace.ids) > BEGINNINGS:
            self._verdicts = None
            return trace
        probs = trace.probs.copy()
        if self._verdicts is not None:
            shared = common_prefix(self._ids, trace.ids)
            probs[:shared] = np.where(np.isnan(probs[:shared]), self._verdicts[:shared], probs[:shared])
        self._ids, self._verdicts = trace.ids, probs
        return replace(trace, probs=probs)
