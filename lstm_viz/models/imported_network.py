"""A network of another project, rebuilt part by part from PyTorch's own modules, where `LanguageModel` has no room for it.

It has layers of any sizes, in one direction or both, and a head of several parts. Nothing is folded into anything else, so it is
also what a converted `LanguageModel` is compared with.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, get_args

import torch
from jaxtyping import Float
from torch import Tensor, nn

from lstm_viz.models.defaults import CPU_FLOAT
from lstm_viz.models.parts import Part
from lstm_viz.text.vocabulary import Vocabulary

#: What the head reads of the recurrent layers' output: of each step, of the last step, the mean or the maximum over all steps.
#: Of a network in both directions, "last" is the last step that each direction computes.
Pooling = Literal["steps", "last", "mean", "max"]
POOLINGS: tuple[Pooling, ...] = get_args(Pooling)
#: What the outputs are: the next token's logits, the classes' logits, or numbers.
Answer = Literal["next", "classes", "values"]

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "gelu": nn.GELU, "elu": nn.ELU, "selu": nn.SELU, "silu": nn.SiLU,
    "softplus": nn.Softplus, "leaky_relu": nn.LeakyReLU, "none": nn.Identity,
}  # fmt: skip
_RECURRENT: dict[str, Callable[..., nn.RNNBase]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


class _Normalize(nn.Module):
    """Layer normalization, also without a scale or without a shift; with `rms` by the root of the mean square alone."""

    def __init__(self, weight: Tensor | None, bias: Tensor | None, eps: float, rms: bool) -> None:
        super().__init__()
        self.weight, self.bias = _frozen(weight), _frozen(bias)
        self.eps, self.rms = eps, rms

    def forward(self, x: Tensor) -> Tensor:
        if self.rms:
            return nn.functional.rms_norm(x, x.shape[-1:], self.weight, self.eps)
        return nn.functional.layer_norm(x, x.shape[-1:], self.weight, self.bias, self.eps)


class ImportedNetwork(nn.Module):
    """Read tokens or numbers, and answer after each step: with the next token, a class, or numbers.

    Args:
        parts: The parts in the order of computation; activations have their `activation`, recurrent parts their `kind`.
        answer: What the outputs are.
        outputs: A name for each output.
        pooling: What the head reads of the top recurrent layer.
        vocabulary: The tokens by id; None for a network that reads numbers, or ids alone.

    Raises:
        ValueError: A part does not fit the one before it, or there is no recurrent part.
    """

    def __init__(
        self, parts: Sequence[Part], answer: Answer, outputs: tuple[str, ...], pooling: Pooling = "last",
        vocabulary: Vocabulary | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.answer, self.outputs, self.pooling, self.vocabulary = answer, outputs, pooling, vocabulary
        self.metadata: dict[str, str] = {}
        places = [number for number, part in enumerate(parts) if part.sort == "recurrent"]
        if not places:
            raise ValueError("it has no recurrent part")
        self.reads_tokens = parts[0].sort == "embedding"
        self.body = nn.ModuleList(map(build_part, parts[: places[-1] + 1]))
        self.head = nn.Sequential(*map(build_part, parts[places[-1] + 1 :]))
        self.causal = not any(isinstance(each, nn.RNNBase) and each.bidirectional for each in self.body)
        self.eval().requires_grad_(False)
        self._check()

    @property
    def recurrent(self) -> tuple[nn.RNNBase, ...]:
        """Return the recurrent layers, lowest first."""
        return tuple(each for each in self.body if isinstance(each, nn.RNNBase))

    @property
    def predicts_next_token(self) -> bool:
        """Return True if the outputs are the next token's."""
        return self.answer == "next"

    @property
    def parameter_count(self) -> int:
        """Return the number of weights."""
        return sum(parameter.numel() for parameter in self.parameters())

    def forward(self, x: Tensor) -> Float[Tensor, "time batch output"]:
        """Return the outputs after each step; x is ids [time, batch], or numbers [time, batch, feature].

        A network in both directions reads each beginning of the text anew, except where its head reads each step.
        """
        if self.causal or self.pooling == "steps":
            return self.head(self.pool_each(self.hidden(x)))
        return torch.stack([self.whole(x[: step + 1]) for step in range(len(x))])

    def hidden(self, x: Tensor) -> Float[Tensor, "time batch unit"]:
        """Return what the top recurrent layer gives, both directions side by side."""
        return self.hidden_from(self.body[0](x) if self.reads_tokens else x)

    def hidden_from(self, x: Float[Tensor, "time batch input"]) -> Float[Tensor, "time batch unit"]:
        """Return the same from the embedded tokens, or from numbers."""
        for part in self.body[self.reads_tokens :]:
            x = part(x) if not isinstance(part, nn.RNNBase) else x + part(x)[0] if is_residual(part) else part(x)[0]
        return x

    def whole(self, x: Tensor) -> Float[Tensor, "batch output"]:
        """Return the outputs after the whole of x."""
        return self.answer_of(self.hidden(x))

    def answer_of(self, hidden: Float[Tensor, "time batch unit"]) -> Float[Tensor, "batch output"]:
        """Return the outputs after the last step, from what the top layer gives."""
        if self.causal or self.pooling != "last":
            return self.head(self.pool_each(hidden)[-1])
        return self.head(self.last_of_both(hidden))

    def last_of_both(self, hidden: Float[Tensor, "time batch unit"]) -> Float[Tensor, "batch unit"]:
        """Return the last step that each direction of the top layer computes, forward first."""
        units = self.recurrent[-1].proj_size or self.recurrent[-1].hidden_size
        return torch.cat((hidden[-1, :, :units], hidden[0, :, units:]), -1)

    def pool_each(self, hidden: Float[Tensor, "time batch unit"]) -> Float[Tensor, "time batch unit"]:
        """Return what the head reads after each step."""
        if self.pooling == "mean":
            steps = torch.arange(1, len(hidden) + 1, dtype=hidden.dtype, device=hidden.device)[:, None, None]
            return hidden.cumsum(0) / steps
        if self.pooling == "max":
            return hidden.cummax(0).values
        return hidden

    def example(self, length: int = 2) -> Tensor:
        """Return an input of the right form: ids of the first token, or zeros."""
        first = self.body[0]
        if self.reads_tokens:
            return torch.zeros(length, 1, dtype=torch.int64, device="cpu")
        size = first.in_features if isinstance(first, nn.Linear) else self.recurrent[0].input_size
        return torch.zeros(length, 1, size, **CPU_FLOAT)

    def _check(self) -> None:
        """Check that the parts fit and that there is a name for each output."""
        try:
            with torch.inference_mode(), without_projection_warning():
                outputs = self(self.example()).shape[-1]
        except (RuntimeError, IndexError) as error:
            raise ValueError(f"its parts do not fit each other ({str(error).splitlines()[0][:120]})") from error
        if outputs != len(self.outputs):
            raise ValueError(f"it has {outputs:,} outputs, {len(self.outputs):,} names were given")


@contextmanager
def without_projection_warning() -> Iterator[None]:
    """Ignore PyTorch's warning that oneDNN runs no LSTM with a projection, and that another kernel does."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "LSTM with projections", UserWarning)
        yield


def build_part(part: Part) -> nn.Module:
    """Build PyTorch's module of a part, in float32. Raises ValueError for an activation that is not known."""
    tensors = {name: value.detach().float().contiguous() for name, value in part.tensors.items()}
    if part.sort == "embedding":
        return nn.Embedding.from_pretrained(tensors["weight"])
    if part.sort == "recurrent":
        return _build_recurrent(part, tensors)
    if part.sort == "norm":
        eps, rms = float(part.facts.get("eps", 1e-5)), bool(part.facts.get("rms"))
        return _Normalize(tensors.get("weight"), tensors.get("bias"), eps, rms)
    if part.sort == "linear":
        rows, columns = tensors["weight"].shape
        linear = nn.Linear(columns, rows, bias="bias" in tensors, **CPU_FLOAT)
        linear.load_state_dict(tensors)
        return linear
    activation = part.facts.get("activation")
    if activation == "softmax":
        return nn.Softmax(-1)
    if activation not in ACTIVATIONS:
        raise ValueError(f"the activation {activation!r} is not known; {', '.join(ACTIVATIONS)} are")
    return ACTIVATIONS[activation]()


def _build_recurrent(part: Part, tensors: dict[str, Tensor]) -> nn.RNNBase:
    kind = part.facts["kind"]
    rows = tensors["weight_hh_l0"].shape
    extra: dict[str, Any] = {"nonlinearity": part.facts.get("nonlinearity", "tanh")} if kind == "rnn" else {}
    units = rows[1]
    if "weight_hr_l0" in tensors:
        units, extra["proj_size"] = tensors["weight_hr_l0"].shape[1], rows[1]
    both = "weight_ih_l0_reverse" in tensors
    module = _RECURRENT[kind](
        tensors["weight_ih_l0"].shape[1], units, bias="bias_ih_l0" in tensors, bidirectional=both, **extra, **CPU_FLOAT
    )
    module.load_state_dict(tensors)
    if part.facts.get("residual"):
        module.register_buffer("adds_input", torch.ones((), dtype=torch.bool, device="cpu"), persistent=False)
    return module


def is_residual(layer: nn.RNNBase) -> bool:
    """Return True if what a layer reads is added to what it gives."""
    return "adds_input" in layer._buffers


def _frozen(value: Tensor | None) -> nn.Parameter | None:
    return None if value is None else nn.Parameter(value, requires_grad=False)
