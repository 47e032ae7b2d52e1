"""What the learn page measures, against torch's autograd."""

import numpy as np
import pytest
import torch

from lstm_viz.gates import Kind
from lstm_viz.ui.pages.learn.measurements import gradient_decays, saturated, shares_back
from tests.tiny import TEXT, tiny


@pytest.mark.parametrize("kind", ["gru", "rnn"])
def test_the_hidden_state_fades_as_autograd_says(kind: Kind) -> None:
    model, span = tiny(kind, layers=1).double(), 10
    ids = torch.from_numpy(model.vocabulary.encode(TEXT))
    shares = []
    for end in range(span, len(TEXT), 3):
        state, states = torch.zeros(1, 1, 5, dtype=torch.float64, requires_grad=True), []
        for number in ids[:end]:
            _, state = model.rnn(model.embedding(number[None, None]), state)
            states.append(state)
        log_p = model.decoder(states[-1][0, 0]).log_softmax(-1)[ids[end]]
        slopes = torch.autograd.grad(log_p, states)
        norms = np.array([slope.norm().item() for slope in slopes[::-1]][:span])
        shares.append(norms / norms[0])
    (curve,) = gradient_decays(model, TEXT, span, every=3)
    assert (curve.kind, curve.symbol) == (kind, "h")
    np.testing.assert_allclose(curve.share, np.median(shares, axis=0), rtol=1e-9)


def test_an_lstm_has_a_curve_for_its_cell_too() -> None:
    curves = gradient_decays(tiny("lstm"), TEXT, 6)
    assert [curve.symbol for curve in curves] == ["c", "h"]
    assert all(curve.share[0] == 1.0 and len(curve.share) == 6 for curve in curves)


def test_a_text_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 80 are needed"):
        gradient_decays(tiny(), TEXT)


def test_saturated_shares_are_shares_of_everything() -> None:
    low, high = saturated("shakespeare-lstm", "f")
    below, above = saturated("shakespeare-lstm", "f", 0.5, 0.5)
    assert 0.0 < low < below < 1.0
    assert 0.0 < high < above < 1.0
    assert below + above == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("kind", ["lstm", "rnn"])
def test_what_is_left_on_the_way_back_is_what_autograd_says(kind: Kind) -> None:
    model = tiny(kind, layers=1).double()
    read, symbol = TEXT[:8], TEXT[8]
    c = h = torch.zeros(model.config.hidden, dtype=torch.float64, requires_grad=True)
    w_in, w_back, b_in, b_back = (each.detach() for each in model.rnn.parameters())
    passed = []
    for number in torch.from_numpy(model.vocabulary.encode(read)):
        inside = w_in @ model.embedding(number) + b_in + w_back @ h + b_back
        if kind == "lstm":
            i, f, g, o = inside.chunk(4)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
        else:
            h = inside.tanh()
        passed.append(c if kind == "lstm" else h)
    log_p = model.decoder(h).log_softmax(-1)[model.vocabulary.encode(symbol)[0]]
    norms = np.array([slope.norm().item() for slope in torch.autograd.grad(log_p, passed)])
    ((name, left),) = shares_back([model], read, symbol).items()
    assert name == ("LSTM, cell state c" if kind == "lstm" else "plain RNN, hidden state h")
    np.testing.assert_allclose(left, norms / norms[-1], rtol=1e-9)
