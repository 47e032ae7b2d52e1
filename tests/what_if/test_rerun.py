"""Changed runs against plain runs, and against a loop that sets the same values by hand between the textbook's equations."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import linear

import lstm_viz
from lstm_viz.gates import PACKED, Kind
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.reader import trace
from lstm_viz.text.vocabulary import WordVocabulary
from lstm_viz.trace import Trace
from lstm_viz.what_if import Ablate, Clamp, Intervention, Overwrite, continuation, rerun, scan, what_if
from tests.facts import facts
from tests.reference import weights
from tests.tiny import KINDS, TEXT, tiny

UNITS = 5
#: Sets what the edit wants of layer, step, symbol and value [unit].
Hand = Callable[[int, int, str, torch.Tensor], torch.Tensor]


def by_hand(model: LanguageModel, text: str, hand: Hand) -> tuple[list[dict[str, np.ndarray]], np.ndarray]:
    """Each layer's values [time, unit] and ln p [time, vocab], every quantity passing through `hand` where it is born."""
    ids = torch.from_numpy(model.vocabulary.encode(text))
    xs, layers = list(model.embedding(ids)), []
    for layer in range(model.config.layers):
        w = weights(model.rnn, layer)
        h = c = torch.zeros(model.config.hidden, dtype=xs[0].dtype)
        run: list[dict[str, torch.Tensor]] = []
        for t, x in enumerate(xs):
            s: dict[str, torch.Tensor] = {"x": x}

            def put(symbol: str, value: torch.Tensor, s: dict = s, layer: int = layer, t: int = t) -> torch.Tensor:
                s[symbol] = hand(layer, t, symbol, value.clone())
                return s[symbol]

            above, below = linear(x, w["ih"], w["b_ih"]), linear(h, w["hh"], w["b_hh"])
            if model.config.kind == "lstm":
                i, f, g, o = (above + below).chunk(4)
                i, f, g, o = put("i", i.sigmoid()), put("f", f.sigmoid()), put("g", g.tanh()), put("o", o.sigmoid())
                c = put("c", f * c + i * g)
                h = put("h", o * c.tanh())
            elif model.config.kind == "gru":
                r, z = ((above + below).sigmoid().chunk(3))[:2]
                r, z = put("r", r), put("z", z)
                n = put("n", (above.chunk(3)[2] + r * below.chunk(3)[2]).tanh())
                h = put("h", (1 - z) * n + z * h)
            else:
                s["h_pre"] = above + below
                h = put("h", s["h_pre"].tanh())
            run.append(s)
        xs = [s["h"] for s in run]
        layers.append({symbol: torch.stack([s[symbol] for s in run]).numpy() for symbol in run[0]})
    return layers, model.decoder(torch.stack(xs)).log_softmax(-1).numpy()


def hand_of(changes: list[Intervention], text: str) -> Hand:
    """The same edits, unit by unit."""

    def hand(layer: int, t: int, symbol: str, value: torch.Tensor) -> torch.Tensor:
        for change in changes:
            when = (change.step,) if isinstance(change, Overwrite) else change.steps
            now = when is None or (text[t] if isinstance(when, str) else t) in when
            target = change.gate if isinstance(change, Clamp) else "h" if isinstance(change, Ablate) else change.state
            if change.layer == layer and symbol == target and now:
                for k, unit in enumerate(range(UNITS) if change.units is None else change.units):
                    new = 0.0 if isinstance(change, Ablate) else change.value
                    value[unit] = new[k] if isinstance(new, tuple) else new
        return value

    return hand


def assert_by_hand(found: Trace, model: LanguageModel, text: str, hand: Hand, bound: float = 1e-12) -> None:
    layers, log_probs = by_hand(model, text, hand)
    for layer, wanted in zip(found.layers, layers, strict=True):
        assert layer.values.keys() == wanted.keys()
        for symbol, values in wanted.items():
            np.testing.assert_allclose(layer[symbol][:, 0], values, atol=bound, err_msg=f"{layer.layer} {symbol}")
    np.testing.assert_allclose(found.probs, np.exp(log_probs), atol=bound)
    ids = model.vocabulary.encode(text)
    np.testing.assert_allclose(found.surprise[1:], -log_probs[np.arange(len(ids) - 1), ids[1:]], atol=100 * bound)
    assert np.isnan(found.surprise[:1]).all()
    assert found.loss == pytest.approx(found.surprise[1:].mean())


def drawn_changes(kind: Kind, text: str) -> st.SearchStrategy[list[Intervention]]:
    layer, unit = st.integers(0, 1), st.integers(0, UNITS - 1)
    units = st.none() | st.lists(unit, min_size=1, max_size=3, unique=True).map(tuple)
    step = st.integers(0, len(text) - 1)
    steps = st.none() | st.lists(step, min_size=1, max_size=4).map(tuple) | st.sampled_from(["e", "\n;", "z"])
    gate = st.sampled_from(PACKED[kind])
    states = st.sampled_from(["c", "h"] if kind == "lstm" else ["h"])
    value = st.sampled_from([0.0, 0.25, 1.0])
    clamp = st.builds(Clamp, gate, value, layer, units, steps)
    two = st.builds(lambda layer, step, state: Overwrite(layer, (0, 3), step, (0.5, -0.75), state), layer, step, states)
    overwrite = st.builds(Overwrite, layer, units, step, st.floats(-1, 1), states)
    return st.lists(clamp | st.builds(Ablate, layer, units, steps) | overwrite | two, max_size=3)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60)
@given(data=st.data())
def test_any_changes_do_what_setting_the_values_by_hand_does(kind: Kind, data: st.DataObject) -> None:
    model = tiny(kind).double()
    changes = data.draw(drawn_changes(kind, TEXT))
    found = what_if(model, TEXT, changes)
    assert_by_hand(found.after, model, TEXT, hand_of(changes, TEXT))
    assert_by_hand(found.before, model, TEXT, lambda layer, t, symbol, value: value)
    assert found.rise == pytest.approx(found.after.loss - found.before.loss)
    # What comes before the first change is the plain run, bit for bit.
    first = len(TEXT) if found.first is None else found.first
    for ours, plain in zip(found.after.layers, found.before.layers, strict=True):
        for symbol, values in ours.values.items():
            np.testing.assert_array_equal(values[:first], plain[symbol][:first])
    np.testing.assert_array_equal(found.after.probs[:first], found.before.probs[:first])
    np.testing.assert_array_equal(found.surprise[1 : first + 1], 0.0)


@pytest.mark.parametrize("kind", KINDS)
def test_gates_held_at_what_they_were_change_nothing(kind: Kind) -> None:
    model = tiny(kind).double()
    before = trace(model, TEXT)
    # Every unit's gates in both layers at three steps, each held at its own value, through the explicit step loop.
    changes = [
        Clamp(gate, float(before.layers[layer][gate][step, 0, unit]), layer, (unit,), (step,))
        for layer in range(2) for step in (0, 4, 9) for unit in range(UNITS) for gate in PACKED[kind]
    ]  # fmt: skip
    found = rerun(model, before, changes)
    assert found.first == 0
    np.testing.assert_allclose(found.after.probs, before.probs, atol=1e-12)
    assert found.rise == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("name", ["python-lstm", "shakespeare-gru", "shakespeare-rnn"])
def test_the_shipped_models_step_as_their_fused_kernels_do(name: str) -> None:
    model, text = lstm_viz.load(name), "The cat (who was old) sat\non a mat."
    before = trace(model, text)
    # One unit's gate held at its own value in the first and the last step: the explicit loop runs over all between.
    gate = PACKED[model.config.kind][0]
    changes = [
        Clamp(gate, float(before.layers[layer][gate][step, 0, 7]), layer, (7,), (step,))
        for layer in range(2) for step in (0, len(text) - 1)
    ]  # fmt: skip
    found = rerun(model, before, changes)
    for ours, plain in zip(found.after.layers, before.layers, strict=True):
        for symbol, values in ours.values.items():
            np.testing.assert_allclose(values, plain[symbol], atol=2e-5, err_msg=symbol)
    np.testing.assert_allclose(found.after.probs, before.probs, atol=1e-5)


def test_an_lstm_that_never_forgets_sums_up_what_it_writes() -> None:
    found = what_if(tiny(), TEXT, [Clamp("f", 1.0)])
    layer = found.after.layers[0]
    np.testing.assert_allclose(layer.c, np.cumsum(layer.i * layer.g, axis=0), atol=1e-5)
    assert (layer.f == 1).all()


def test_no_change_is_the_plain_run_itself() -> None:
    model = tiny()
    found = what_if(model, TEXT, [])
    assert found.first is None
    assert found.rise == 0.0
    assert found.after.metadata["changed"] == "nothing"
    assert all(ours.values is plain.values for ours, plain in zip(found.after.layers, found.before.layers, strict=True))
    np.testing.assert_array_equal(found.after.probs, found.before.probs)
    # A rule whose character never comes holds nowhere.
    assert what_if(model, TEXT, [Clamp("f", 0.0, steps="z")]).first is None


def test_layers_below_a_change_are_not_computed_again() -> None:
    found = what_if(tiny(), TEXT, [Ablate(1, (2,), (3,))])
    assert found.after.layers[0].values is found.before.layers[0].values
    assert found.first == 3
    assert (found.after.layers[1].h[3, 0, 2], found.before.layers[1].h[3, 0, 2] != 0) == (0.0, True)


def test_a_trace_that_began_from_a_state_goes_on_from_it() -> None:
    model = tiny().double()
    _, state = model(torch.from_numpy(model.vocabulary.encode(TEXT[:6]))[:, None])
    change = Clamp("i", 0.0, 1, (1, 2), "h")
    window = rerun(model, trace(model, TEXT[6:], state=state), [change]).after
    whole = what_if(
        model, TEXT, [Clamp("i", 0.0, 1, (1, 2), tuple(t for t, token in enumerate(TEXT) if token == "h" and t >= 6))]
    )
    np.testing.assert_allclose(window.probs, whole.after.probs[6:], atol=1e-12)


def test_short_texts() -> None:
    empty = what_if(tiny(), "", [Clamp("f", 1.0)])
    assert (empty.rise, empty.first, empty.after.loss) == (None, None, None)
    one = what_if(tiny(), "T", [Clamp("f", 1.0), Clamp("o", 0.0)])
    assert (one.rise, one.first) == (None, 0)
    assert (one.after.layers[0].h == 0).all()


def test_traces_hold_no_gradients_of_another_run() -> None:
    model = tiny()
    before = trace(model, TEXT, lstm_viz.TextLoss())
    after = rerun(model, before, [Ablate(1, (0,))]).after
    assert (after.objective, [layer.grads for layer in after.layers]) == (None, [None, None])


def test_the_model_and_the_plain_trace_are_left_as_they_were() -> None:
    model = tiny()
    weights_before = {name: value.clone() for name, value in model.state_dict().items()}
    before = trace(model, TEXT)
    kept = [{symbol: values.copy() for symbol, values in layer.values.items()} for layer in before.layers]
    rerun(model, before, [Clamp("f", 0.0), Ablate(1, (0, 1)), Overwrite(0, None, 2, 1.5)])
    assert all(torch.equal(value, weights_before[name]) for name, value in model.state_dict().items())
    for layer, values in zip(before.layers, kept, strict=True):
        for symbol, value in values.items():
            np.testing.assert_array_equal(layer[symbol], value)


def test_a_model_of_words_and_classes() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        config = Config("lstm", 4, UNITS, 2, classes=("bad", "good"), words=True)
        model = LanguageModel(config, WordVocabulary.of(["it", "is", "not", "good", "never"])).eval().requires_grad_(False)
    text = "It is not good, never good"
    found = what_if(model, text, [Clamp("i", 0.0, 0, None, ("not", "never"))])
    written = found.before.layers[0].i[:, 0]
    for token, after, before in zip(found.after.tokens, found.after.layers[0].i[:, 0], written, strict=True):
        assert (after == 0).all() == (token in ("not", "never")), token
        assert (before != 0).all()
    assert (found.first, found.rise) == (2, None)
    assert found.after.probs.shape == (len(found.after.tokens), 2)
    assert np.abs(found.after.probs[2:] - found.before.probs[2:]).max() > 0
    np.testing.assert_allclose(found.after.probs.sum(1), 1, atol=1e-6)
    assert np.isnan(found.surprise).all()
    with pytest.raises(ValueError, match=facts("bad, good", "next token")):
        continuation(model, found.after, 3)
    with pytest.raises(ValueError, match="next token"):
        scan(model, found.before)
