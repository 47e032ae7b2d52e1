"""The forecaster's features and targets by hand, and its files, kind and hostile."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.models.forecaster import TRANSFORMS, Forecaster, ForecasterConfig, Normalization, Transform
from lstm_viz.models.forecaster_serialization import forecasters, load_forecaster, pack, unpack
from lstm_viz.models.serialization import UnreadableModel
from tests.facts import facts
from tests.series.small_series import small

VALUES = torch.tensor([2.0, 3.0, 5.0, 4.0, 8.0], dtype=torch.float64)


def test_scale_by_hand() -> None:
    """Changes 1 2 −1 4: mean 1.5, variance (0.25 + 0.25 + 6.25 + 6.25) / 4; values: mean 4.4, variance 4.24."""
    scale = Normalization.of(VALUES)
    assert (scale.change, scale.spread) == (1.5, pytest.approx(3.25**0.5))
    assert (scale.level, scale.width) == (pytest.approx(4.4), pytest.approx(4.24**0.5))
    assert Normalization.of(torch.arange(5.0)).spread == 1.0


def test_features_by_hand() -> None:
    scale = Normalization(change=1.0, spread=2.0, level=4.0, width=0.5)
    found = Forecaster(ForecasterConfig(level=True, season=2), scale).features(VALUES[:, None])[:, 0]
    changes = [0, 1, 2, -1, 4]
    coming = [0, 0, 1, 2, -1]  # the change that came two steps before the coming one: v[t−1] − v[t−2]
    np.testing.assert_allclose(found[:, 0], [(change - 1) / 2 for change in changes])
    np.testing.assert_allclose(found[:, 1], [(value - 4) / 0.5 for value in VALUES])
    np.testing.assert_allclose(found[:, 2], [(change - 1) / 2 for change in coming])


@pytest.mark.parametrize("form", TRANSFORMS)
def test_an_output_of_the_true_change_forecasts_exactly(form: Transform) -> None:
    model = Forecaster(ForecasterConfig(form=form), Normalization.of(VALUES, form)).double()
    said = model.targets(VALUES[:, None])
    np.testing.assert_allclose(model.next_value(VALUES[:-1, None], said)[:, 0], VALUES[1:])


def test_before_training_the_forecast_is_the_mean_change() -> None:
    model = Forecaster(ForecasterConfig(), Normalization.of(VALUES)).double()
    with torch.no_grad():
        said, _ = model(model.features(VALUES[:, None]))
    np.testing.assert_allclose(model.next_value(VALUES[:, None], said)[:, 0], VALUES + 1.5)


def test_roots_by_hand() -> None:
    """Values 0 4 9 3: a hundredth of their mean, 0.04, is added before the root."""
    counts = torch.tensor([0.0, 4.0, 9.0, 3.0], dtype=torch.float64)
    scale = Normalization.of(counts, "root")
    roots = [0.04**0.5, 4.04**0.5, 9.04**0.5, 3.04**0.5]
    assert scale.offset == pytest.approx(0.04)
    assert (scale.level, scale.change) == (pytest.approx(sum(roots) / 4), pytest.approx((roots[3] - roots[0]) / 3))
    found = Forecaster(ForecasterConfig(form="root", level=True), scale).features(counts[:, None])[:, 0]
    np.testing.assert_allclose(found[:, 1], [(root - scale.level) / scale.width for root in roots], rtol=1e-6)
    np.testing.assert_allclose(found[2, 0], (roots[2] - roots[1] - scale.change) / scale.spread, rtol=1e-6)


@pytest.mark.parametrize(
    "design",
    [
        ForecasterConfig(form="root"),
        ForecasterConfig(form="log"),
        ForecasterConfig(floor=True),
        ForecasterConfig(form="root", floor=True),
    ],
)
def test_however_far_down_it_is_told_to_go_no_count_is_below_zero(design: ForecasterConfig) -> None:
    model = Forecaster(design, Normalization.of(VALUES, design.form))
    assert model.next_value(VALUES, torch.full((5,), -1e6)).min() >= 0
    recent, said = model.transform(VALUES[-2:, None]), torch.full((1,), -1e6)
    assert model.inverse_transform(model.rollout(recent, said, None, 1)).item() == pytest.approx(0, abs=1e-12)
    plain = Forecaster(ForecasterConfig(), Normalization.of(VALUES))
    assert plain.next_value(VALUES, torch.full((5,), -1e6)).max() < 0


@pytest.mark.parametrize(
    ("form", "least", "message"),
    [
        ("log", 0.0, facts("the least value is 0", "logarithms")),
        ("root", -0.5, facts("-0.5", "square roots", "0 or more")),
    ],
)
def test_values_that_a_form_cannot_read_are_refused(form: Transform, least: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        small(form=form).features(torch.full((3, 1), least, dtype=torch.float64))


@pytest.mark.parametrize("design", [ForecasterConfig(hidden=3), ForecasterConfig("gru", 2, 2, 0.1, True, 7, "root", True, 3.0)])
def test_a_file_gives_the_same_forecaster_back(design: ForecasterConfig) -> None:
    torch.manual_seed(0)
    model = Forecaster(design, Normalization(0.1, 2.0, 3.0, 4.0, 0.5))
    torch.nn.init.normal_(model.decoder.weight)
    found = unpack(pack(model, {"seed": "1"}))
    assert (found.config, found.normalization, found.metadata) == (design, model.normalization, {"seed": "1"})
    assert all(torch.equal(value, model.state_dict()[name]) for name, value in found.state_dict().items())
    assert not found.training
    assert not any(parameter.requires_grad for parameter in found.parameters())


def altered(part: str, **entries: object) -> bytes:
    """A good file with other entries in one part of its header."""
    data = pack(small(), {})
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    meta = header["__metadata__"]
    if part == "format":
        meta["format"] = "another"
    elif part == "missing":
        del meta["scale"]
    else:
        meta[part] = json.dumps(json.loads(meta[part]) | entries)
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data[8 + length :]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a safetensors"),
        (b"\xff" * 40, "not a safetensors"),
        (altered("format"), "lacks the format 'lstm_viz forecaster 1'"),
        (altered("missing"), "lacks 'scale'"),
        (altered("design", kind="transformer"), "kind = 'transformer'; lstm, gru, rnn were expected"),
        (altered("design", form="cube"), "form = 'cube'; plain, root, log were expected"),
        (altered("design", form=["log"]), r"form = \['log'\]; plain, root, log were expected"),
        (altered("design", hidden=10**9), facts("hidden", 1000000000, "1 to 2048")),
        (altered("design", season=-1), "season = -1"),
        (altered("design", hidden=6), "size mismatch for decoder.weight"),
        (altered("design", level="yes"), "invalid values of"),
        (altered("design", floor=0), "invalid values of"),
        (altered("design", stretch=1e9), "invalid values of"),
        (altered("design", stretch=0.5), "invalid values of"),
        (altered("design", more=1), "unexpected keyword"),
        (altered("scale", spread=0), "spreads above 0"),
        (altered("scale", level=float("nan")), "finite numbers"),
        (altered("scale", lift=-1), "no offset below 0"),
        (altered("facts")[:-4], "not a safetensors"),
    ],
)
def test_files_that_are_none_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableModel, match=message):
        unpack(data)


def test_files_from_before_there_were_roots_are_read() -> None:
    for log, form in ((False, "plain"), (True, "log")):
        data = pack(small(), {})
        length = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + length])
        design, scale = (json.loads(header["__metadata__"][part]) for part in ("design", "scale"))
        del design["form"], design["floor"], design["scale_augmentation"], scale["offset"]
        header["__metadata__"] |= {"design": json.dumps(design | {"log": log}), "scale": json.dumps(scale)}
        text = json.dumps(header).encode()
        found = unpack(len(text).to_bytes(8, "little") + text + data[8 + length :])
        assert (found.config.form, found.normalization.offset) == (form, 0.0)


@given(st.integers(0, 3000), st.integers(0, 255))
def test_a_damaged_byte_raises_nothing_else(place: int, byte: int) -> None:
    data = bytearray(pack(small(), {"a": "b"}))
    data[place % len(data)] = byte
    try:
        unpack(bytes(data))
    except UnreadableModel as refused:
        assert str(refused).startswith("the file is no")  # noqa: PT017


def test_weights_that_are_not_finite_are_refused() -> None:
    model = small()
    model.decoder.bias.data[:] = float("nan")
    with pytest.raises(UnreadableModel, match="not finite"):
        unpack(pack(model, {}))


def test_shipped_forecasters_are_found_by_name_and_files_by_path(tmp_path: Path) -> None:
    assert forecasters() == ("co2", "monthly-sunspots", "yearly-sunspots")
    assert load_forecaster("co2") is load_forecaster("co2")
    path = tmp_path / "mine.safetensors"
    path.write_bytes(pack(small(), {}))
    assert load_forecaster(path).config == replace(small().config)
    with pytest.raises(KeyError, match=facts("co2", "monthly-sunspots", "yearly-sunspots")):
        load_forecaster("bitcoin")
