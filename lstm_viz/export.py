"""Export of traces: everything as .npz; long tables as .csv (one layer) and .parquet (all layers)."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lstm_viz.gates import CELLS
from lstm_viz.trace import LayerTrace, Trace, require_layer, require_trace

#: What the .npz file says of itself.
_ABOUT_NPZ = {
    "format": "lstm_viz trace, wide: one array a quantity and layer",
    "axes": {"layer1.f": "[time, batch, unit]", "layer1.h0": "[batch, unit]", "probs": "[time, output]", "tokens": "[time]"},
    "layer1_reverse.f": "of the direction that reads from the end; time runs forward in the text all the same",
    "layer1.grad.f": "the derivative of the objective by f, as `objective` names it",
    "surprise": "−ln p of each token in nats, given those before it; NaN where nothing was predicted",
}

#: By name, one number or text for each step, such as a series' dates and values.
Beside = Mapping[str, Sequence[str] | np.ndarray]


def to_npz(trace: Trace, beside: Beside | None = None) -> bytes:
    """Write every array of a trace to one compressed .npz file; loads with allow_pickle=False.

    Keys are `tokens`, `ids`, `known`, `probs`, `surprise`, and for each layer `layer1.f`, `layer1.grad.f`, … with the
    axes [time, batch, unit], and `layer1.h0`, `layer1.c0` [batch, unit] for the states before the first step. A direction that
    reads from the end is called `layer1_reverse`. `about` is JSON that says the same.

    Args:
        trace: The trace.
        beside: By name, one number or text for each step; added under their own names.

    Returns:
        The file's content.

    Raises:
        TypeError: The trace is not a `Trace`.

    Examples:
        >>> import io
        >>> from lstm_viz import export
        >>> arrays = np.load(io.BytesIO(export.to_npz(lstm_viz.trace(lstm_viz.load("counting"), "ab"))))
        >>> arrays["layer1.f"].shape
        (2, 1, 4)
    """
    require_trace(trace)
    arrays: dict[str, np.ndarray] = {
        "tokens": np.array(trace.tokens, dtype=np.str_), "ids": trace.ids, "known": trace.known,
        "probs": trace.probs, "surprise": trace.surprise, "objective": np.array(trace.objective or "", dtype=np.str_),
        "about": np.array(json.dumps(_ABOUT_NPZ, ensure_ascii=False), dtype=np.str_),
    }  # fmt: skip
    for layer in trace.layers:
        name = f"layer{layer.layer + 1}{'_reverse' if layer.reverse else ''}"
        arrays |= {f"{name}.{symbol}": values for symbol, values in layer.values.items()}
        arrays[f"{name}.h0"] = layer.h0
        if layer.c0 is not None:
            arrays[f"{name}.c0"] = layer.c0
        if layer.grads is not None:
            arrays |= {f"{name}.grad.{symbol}": values for symbol, values in layer.grads.values.items()}
    arrays |= {name: np.asarray(values) for name, values in (beside or {}).items()}
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def to_csv(trace: Trace, layer: LayerTrace, beside: Beside | None = None) -> str:
    """Write one layer as a table, a row for each step and unit: step, token, unit, every quantity, and its gradient if there.

    Numbers are as short as possible while they read back to the same value; lines end in CR LF (RFC 4180), as a token may be
    either and is then quoted.

    Args:
        trace: The trace; of a batch the first entry is written.
        layer: One of its layers.
        beside: By name, one number or text for each step: columns after the token, empty for NaN.

    Returns:
        The table.

    Raises:
        TypeError: The trace is not a `Trace`, or the layer not a `LayerTrace`.

    Examples:
        >>> from lstm_viz import export
        >>> read = lstm_viz.trace(lstm_viz.load("counting"), "ab")
        >>> export.to_csv(read, read.layers[0]).splitlines()[0]
        'step,token,unit,i,f,g,o,c,h'
    """
    require_trace(trace)
    require_layer(layer)
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


def to_parquet(trace: Trace, beside: Beside | None = None) -> bytes:
    """Write all layers as one long Parquet table: a row for each layer, step and unit, in this order.

    Columns are `layer` (from 1), `step` and `unit` (from 0), `token`, `surprise` (nats), the columns in `beside`, every quantity
    of the cell, and `dL_d…` for its gradient if there. Where a layer reads in both directions, `reverse` says which one. Numbers
    keep their bits. The schema's metadata holds, under `lstm_viz`, JSON with the format, the objective and a line for each
    column. Layers of different cells leave each other's columns null.

    Args:
        trace: The trace; of a batch the first entry is written.
        beside: By name, one number or text for each step.

    Returns:
        The file's content. It needs pyarrow.

    Raises:
        TypeError: The trace is not a `Trace`.

    Examples:
        >>> import io
        >>> import pyarrow.parquet
        >>> from lstm_viz import export
        >>> data = export.to_parquet(lstm_viz.trace(lstm_viz.load("counting"), "ab"))
        >>> pyarrow.parquet.read_table(io.BytesIO(data)).num_rows          # 2 steps of 4 units
        8
    """
    require_trace(trace)
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    about = {
        "layer": "layer, from 1 at the input", "step": "step in time, from 0", "unit": "unit, from 0",
        "token": "token read at the step",
        "surprise": "−ln p of the token in nats, given those before it; NaN where nothing was predicted",
        **dict.fromkeys(beside or {}, "one value for each step"),
    }  # fmt: skip
    both = any(layer.reverse for layer in trace.layers)
    if both:
        about["reverse"] = "true for the direction that reads from the end; steps run forward in the text all the same"
    tables = []
    for layer in trace.layers:
        columns = _step_columns(trace, layer, beside or {}, both)
        for name, (values, meaning) in _unit_values(layer).items():
            about[name] = meaning
            columns[name] = pa.array(values[:, 0].ravel(), from_pandas=False)
        tables.append(pa.table(columns))
    table = pa.concat_tables(tables, promote_options="default") if tables else pa.table({})
    form = "lstm_viz trace, long: one row a layer, step and unit"
    facts = {"format": form, "objective": trace.objective or "", "columns": about}
    file = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({"lstm_viz": json.dumps(facts, ensure_ascii=False)}), file, compression="zstd")
    return file.getvalue()


def _step_columns(trace: Trace, layer: LayerTrace, beside: Beside, both: bool) -> dict[str, Any]:
    """Return the Arrow columns that say which layer, step and unit a row is of, and what was read there."""
    import pyarrow as pa

    steps, units = layer.steps, layer.units
    tokens = pa.array([token.encode("utf-8", "replace").decode() for token in trace.tokens], pa.string())
    columns = {
        "layer": pa.array(np.full(steps * units, layer.layer + 1, np.int16)),
        **({"reverse": pa.array(np.full(steps * units, layer.reverse))} if both else {}),
        "step": pa.array(np.repeat(np.arange(steps, dtype=np.int32), units)),
        "unit": pa.array(np.tile(np.arange(units, dtype=np.int32), steps)),
        "token": tokens.take(pa.array(np.repeat(np.arange(steps), units))),
        "surprise": pa.array(np.repeat(trace.surprise, units), from_pandas=False),
    }
    for name, values in beside.items():
        columns[name] = pa.array(np.repeat(np.asarray(values), units), from_pandas=False)
    return columns


def _unit_values(layer: LayerTrace) -> dict[str, tuple[np.ndarray, str]]:
    """Return the columns of one number a unit: their values [time, batch, unit], and what they are; gradients come last."""
    quantities = [each for each in CELLS[layer.kind] if layer.values[each.symbol].shape[-1] == layer.units]
    columns = {each.symbol: (layer.values[each.symbol], f"{each.name}: {each.formula}") for each in quantities}
    for each in quantities:
        if layer.grads is not None and each.symbol in layer.grads:
            columns[f"dL_d{each.symbol}"] = layer.grads.values[each.symbol], f"derivative of the objective by {each.symbol}"
    return columns


def _format_values(values: Sequence[str] | np.ndarray) -> list[str]:
    """Format each value as a table cell, empty for NaN."""
    return ["" if isinstance(value, float) and math.isnan(value) else str(value) for value in np.asarray(values).tolist()]
