"""What is taken away equals what was captured, read back with NumPy and csv alone."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import torch
from torch import nn

from lstm_viz.export import to_csv, to_npz, to_parquet
from lstm_viz.gates import Kind, symbols
from lstm_viz.gradients import ClassLogit, Objective, TextLoss
from lstm_viz.models.importing.assembly import assemble, build_network
from lstm_viz.models.importing.state_parts import parts_of_state
from lstm_viz.network_reading import read_network
from lstm_viz.reader import trace
from lstm_viz.text.vocabulary import Vocabulary
from tests.tiny import KINDS, TEXT, tiny

TEXTS = (TEXT, "", "T", 'a"b,c\n\r\t=;', "né 😀\u0301 שלום")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("objective", [None, TextLoss()])
def test_the_npz_holds_every_array(kind: Kind, text: str, objective: Objective | None) -> None:
    read = trace(tiny(kind), text, objective)
    with np.load(io.BytesIO(to_npz(read)), allow_pickle=False) as file:
        found = dict(file)
    assert "".join(found.pop("tokens").tolist()) == text
    assert found.pop("objective").item() == (read.objective or "")
    assert json.loads(found.pop("about").item())["axes"]["layer1.f"] == "[time, batch, unit]"
    expected = {"ids": read.ids, "known": read.known, "probs": read.probs, "surprise": read.surprise}
    for number, layer in enumerate(read.layers, start=1):
        expected |= {f"layer{number}.{symbol}": values for symbol, values in layer.values.items()}
        expected |= {f"layer{number}.h0": layer.h0} | ({} if layer.c0 is None else {f"layer{number}.c0": layer.c0})
        if objective is not None:
            assert layer.grads is not None
            expected |= {f"layer{number}.grad.{symbol}": values for symbol, values in layer.grads.values.items()}
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)
        assert found[name].dtype == values.dtype


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("objective", [None, TextLoss()])
def test_the_csv_holds_a_row_for_each_step_and_unit(kind: Kind, text: str, objective: Objective | None) -> None:
    read = trace(tiny(kind), text, objective)
    for layer in read.layers:
        rows = list(csv.DictReader(io.StringIO(to_csv(read, layer), newline="")))
        assert len(rows) == len(text) * layer.units
        for place, row in enumerate(rows):
            step, unit = divmod(place, layer.units)
            assert (row.pop("step"), row.pop("token"), row.pop("unit")) == (str(step), text[step], str(unit))
            expected = {symbol: layer.values[symbol][step, 0, unit] for symbol in layer.values if symbol != "x"}
            if layer.grads is not None:
                expected |= {f"dL_d{symbol}": layer.grads.values[symbol][step, 0, unit] for symbol in expected}
            assert {name: np.float32(value) for name, value in row.items()} == expected
            assert expected.keys() >= set(symbols(kind))


def test_what_stands_beside_the_trace_goes_with_it() -> None:
    read = trace(tiny(), "T c")
    beside = {"label": ("1999", "2000", "a;b"), "value": np.array([np.nan, 0.1, 1e-9])}
    rows = list(csv.DictReader(io.StringIO(to_csv(read, read.layers[0], beside), newline="")))
    assert [row["label"] for row in rows[::5]] == ["1999", "2000", "a;b"]
    assert [row["value"] for row in rows[::5]] == ["", "0.1", "1e-09"]
    with np.load(io.BytesIO(to_npz(read, beside)), allow_pickle=False) as file:
        np.testing.assert_array_equal(file["value"], beside["value"])


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("objective", [None, TextLoss()])
def test_the_parquet_table_holds_every_bit(kind: Kind, text: str, objective: Objective | None) -> None:
    read = trace(tiny(kind), text, objective)
    table = pq.read_table(io.BytesIO(to_parquet(read)))
    about = json.loads(table.schema.metadata[b"lstm_viz"])
    assert set(about["columns"]) == set(table.column_names)
    assert about["objective"] == (read.objective or "")
    frame = table.to_pandas()
    assert len(frame) == sum(len(text) * layer.units for layer in read.layers)
    for layer in read.layers:
        rows = frame[frame["layer"] == layer.layer + 1].sort_values(["step", "unit"])
        assert rows["token"].tolist() == [token for token in text for _ in range(layer.units)]
        assert rows["surprise"].to_numpy().tobytes() == np.repeat(read.surprise, layer.units).tobytes()
        for symbol in symbols(kind):
            values = rows[symbol].to_numpy()
            assert values.dtype == np.float32
            assert values.tobytes() == layer.values[symbol][:, 0].tobytes()
            if layer.grads is not None:
                assert rows[f"dL_d{symbol}"].to_numpy().tobytes() == layer.grads.values[symbol][:, 0].tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_pandas_reads_the_csv_back_bit_for_bit(kind: Kind) -> None:
    read = trace(tiny(kind), TEXT, TextLoss())
    layer = read.layers[-1]
    columns = dict.fromkeys(symbols(kind), np.float32)
    frame = pd.read_csv(io.StringIO(to_csv(read, layer)), dtype=columns, keep_default_na=False)
    for symbol in columns:
        assert frame[symbol].to_numpy().tobytes() == layer.values[symbol][:, 0].tobytes()


def test_dates_and_gaps_of_a_series_are_columns_of_the_parquet_table() -> None:
    read = trace(tiny(), "T c")
    beside = {"label": ("1999", "2000", "a;b"), "value": np.array([np.nan, 0.1, 1e-9])}
    frame = pq.read_table(io.BytesIO(to_parquet(read, beside))).to_pandas()
    first = frame[(frame["layer"] == 1) & (frame["unit"] == 0)]
    assert first["label"].tolist() == list(beside["label"])
    np.testing.assert_array_equal(first["value"], beside["value"])


def test_both_directions_are_written_apart() -> None:
    torch.manual_seed(0)
    theirs = nn.ModuleDict({"e": nn.Embedding(4, 5), "r": nn.LSTM(5, 3, 2, bidirectional=True), "d": nn.Linear(6, 2)})
    assembly = assemble(parts_of_state(theirs.state_dict(), {}, "theirs"), {}, {}, None, "theirs")
    read = read_network(build_network(assembly, Vocabulary.of("abc")), "abbac", ClassLogit(1))
    with torch.inference_mode():
        hidden = theirs["r"](theirs["e"](torch.from_numpy(read.ids))[:, None])[0].numpy()
    with np.load(io.BytesIO(to_npz(read)), allow_pickle=False) as file:
        arrays = dict(file)
    np.testing.assert_allclose(np.concatenate((arrays["layer2.h"], arrays["layer2_reverse.h"]), axis=-1), hidden, atol=1e-6)
    frame = pq.read_table(io.BytesIO(to_parquet(read))).to_pandas()
    assert len(frame) == 2 * 2 * 5 * 3
    for layer in read.layers:
        name = f"layer{layer.layer + 1}{'_reverse' if layer.reverse else ''}"
        np.testing.assert_array_equal(arrays[f"{name}.f"], layer.f)
        np.testing.assert_array_equal(arrays[f"{name}.c0"], layer.c0)
        assert layer.grads is not None
        np.testing.assert_array_equal(arrays[f"{name}.grad.c"], layer.grads.c)
        rows = frame[(frame["layer"] == layer.layer + 1) & (frame["reverse"] == layer.reverse)]
        np.testing.assert_array_equal(rows["c"].to_numpy(), layer.c.ravel())
