"""What capture does not record: such a call runs unchanged and is reported when the block ends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import forward_ad

from lstm_viz.capture.record import is_wrapped

#: Data types that capture reads; half precision is recorded in float32.
PRECISIONS = (torch.float64, torch.float32, torch.bfloat16, torch.float16)


def why_not(tensors: Iterable[Tensor], dropout: float = 0.0) -> str | None:
    """Return why a kernel call cannot be recorded, and what to do instead; None if it can be.

    `dropout` is the share dropped between layers, whose masks only the CPU's random numbers can draw again.
    """
    if torch.compiler.is_compiling() or torch.jit._trace.is_tracing():
        return "it was being traced or compiled, which has no values: capture the module itself, outside the tracing"
    for tensor in tensors:
        reason = _why_not(tensor)
        if reason is not None:
            return reason
        if forward_ad._current_level >= 0 and forward_ad.unpack_dual(tensor).tangent is not None:
            return "it ran in forward-mode differentiation: capture a plain call with backward()"
        if dropout and not tensor.is_cpu:
            return (
                f"it drops out between its layers on {tensor.device.type}, whose masks cannot be drawn again: "
                "call .eval() or set dropout=0, or capture the module on the CPU"
            )
    return None


def _why_not(tensor: Tensor) -> str | None:
    if is_wrapped(tensor) or torch._C._functorch.peek_interpreter_stack() is not None:
        return (
            "it ran inside a transform of torch.func (grad, vmap, jacrev and the like), whose tensors have no values of "
            "their own: capture a plain call with backward() or torch.autograd.grad"
        )
    if type(tensor) not in (Tensor, nn.Parameter):
        return f"it was given a {type(tensor).__name__}, and capture reads plain tensors"
    if tensor.is_meta:
        return "its tensors are on the meta device and have no values: capture a call with real ones"
    if tensor.is_cuda and torch.cuda.is_current_stream_capturing():
        return "it ran while a CUDA graph was recorded, which computes nothing yet: capture a call outside torch.cuda.graph"
    if tensor.layout != torch.strided:
        return f"it was given a tensor of layout {tensor.layout}, and capture reads dense ones"
    if tensor.dtype not in PRECISIONS:
        return f"it computes in {tensor.dtype}, and capture reads float64, float32, bfloat16 and float16"
    return None


def unseen(module: nn.Module) -> str | None:
    """Return why a module that looks recurrent never calls PyTorch's kernels from Python; None for all others."""
    if isinstance(module, torch.jit.ScriptModule) and getattr(module, "original_name", "") in _NAMES:
        return "it is scripted or traced and runs outside Python: capture the original module, before torch.jit"
    if type(module).__module__.startswith(("torch.ao.nn.", "torch.nn.quantized")) and type(module).__name__ in _NAMES:
        return "it is quantized and runs kernels of its own: capture the original module, before quantization"
    return None


_NAMES = ("LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell")


def describe(module: nn.Module, name: str) -> str:
    """Return a module's path and class: `decoder (of class MyCell)`."""
    kind = type(module).__name__
    own: Any = getattr(module, "original_name", kind) if isinstance(module, torch.jit.ScriptModule) else kind
    return name if name == own else f"{name} (of class {own})"
