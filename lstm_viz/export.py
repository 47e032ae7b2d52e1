"""Export of traces: everything as .npz, one layer as a long .csv table."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence

import numpy as np

from lstm_viz.trace import LayerTrace, Trace

#: By name, one number or text for each step, such as a series' dates and values.
Beside = Mapping[str, Sequence[str] | np.ndarray]


def to_npz(trace: Trace, beside: Beside | None = None) -> bytes:
    """Write every array of a trace to one compressed .npz file; loads with allow_pickle=False.

    Keys are `tokens`, `ids`, `known`, `probs`, `surprise`, and for each layer `layer1.f`, `layer1.grad.f`, … with the
    axes [time, batch, unit]. Arrays in `beside` are added under their own names.
    """
    arrays: dict[str, np.ndarray] = {
        "tokens": np.array(trace.tokens, dtype=np.str_), "ids": trace.ids, "known": trace.known,
        "probs": trace.probs, "surprise": trace.surprise, "objective": np.array(trace.objective or "", dtype=np.str_),
    }  # fmt: skip
    for layer in trace.layers:
        arrays |= {f"layer{layer.layer + 1}.{symbol}": values for symbol, values in layer.values.items()}
        if layer.grads is not None:
            arrays |= {f"layer{layer.layer + 1}.grad.{symbol}": values for symbol, values in layer.grads.values.items()}
    arrays |= {name: np.asarray(values) for name, values in (beside or {}).items()}
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def to_csv(trace: Trace, layer: LayerTrace, beside: Beside | None = None) -> str:
    """Write one layer as a table, a row for each step and unit: step, token, unit, every quantity, and its gradient if there.

    Arrays in `beside` are columns after the token, empty for NaN. Numbers are as short as possible while they read back to the
    same value; lines end in CR LF (RFC 4180), as a token may be either and is then quoted.
    """
    symbols = [symbol for symbol in layer.values if symbol != "x"]
    gradients = [] if layer.grads is None else [symbol for symbol in symbols if symbol in layer.grads.values]
    columns = [layer.values[symbol][:, 0] for symbol in symbols]
    columns += [layer.grads.values[symbol][:, 0] for symbol in gradients] if layer.grads is not None else []
    file = io.StringIO()
    writer = csv.writer(file)
    more = {name: _format_values(values) for name, values in (beside or {}).items()}
    writer.writerow(["step", "token", *more, "unit", *symbols, *(f"dL_d{symbol}" for symbol in gradients)])
    table = np.stack(columns, axis=-1) if columns else np.zeros((0, 0, 0))
    for step, (token, rows) in enumerate(zip(trace.tokens, table, strict=True)):
        row_start = [step, token, *(values[step] for values in more.values())]
        writer.writerows([*row_start, unit, *row] for unit, row in enumerate(rows.astype(str).tolist()))
    return file.getvalue()


def _format_values(values: Sequence[str] | np.ndarray) -> list[str]:
    """Format each value as a table cell, empty for NaN."""
    return ["" if isinstance(value, float) and math.isnan(value) else str(value) for value in np.asarray(values).tolist()]
