"""What seeing everything costs, beside nn.LSTM's own fused forward and backward pass.

Run it with `python -m benchmarks.capture`, which takes some minutes, or with `--quick`; it ends with status 1 where the bar is
missed. All ways are timed in turn inside one loop, so that a busy machine slows them alike, on one thread, in the thread's own
processor time (what other programs take does not count); figures are medians.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy and torch read it

import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median

import click
import numpy as np
import torch
from torch import Tensor, nn

from lstm_viz.capture import capture
from lstm_viz.capture.layers import layers_of
from lstm_viz.gradients import TextLoss
from lstm_viz.models.language import Config, LanguageModel
from lstm_viz.reader import Reader, read_layer, trace
from lstm_viz.text.vocabulary import Vocabulary

BAR, GOAL = 1.2, 1.0


def run_fused(lstm: nn.LSTM, x: Tensor) -> None:
    """The plain pass: no gate can be seen."""
    lstm.zero_grad()
    lstm(x)[0].sum().backward()


def capture_and_read(lstm: nn.LSTM, x: Tensor) -> None:
    """The same pass inside `capture`, every value and gradient read afterwards; the parameters' gradients as before."""
    lstm.zero_grad()
    with capture(lstm) as cap:
        lstm(x)[0].sum().backward()
    for layer in cap.layers:
        assert layer.grads is not None
        assert all(len(steps) for values in (layer.values, layer.grads.values) for steps in values.values())


def capture_unread(lstm: nn.LSTM, x: Tensor) -> None:
    """The same pass inside `capture`, and nothing read: what a training step pays for being watched."""
    lstm.zero_grad()
    with capture(lstm):
        lstm(x)[0].sum().backward()


def trace_explicitly(lstm: nn.LSTM, x: Tensor) -> None:
    """The way of `trace`: every value and gradient, without autograd; the parameters get none."""
    zeros, runs = np.zeros((x.shape[1], lstm.hidden_size), np.float32), []
    with torch.inference_mode():
        for layer in layers_of(lstm):
            values = read_layer(layer, x, zeros, zeros)
            runs.append((layer, values))
            x = torch.from_numpy(values["h"])
    d_h = np.ones_like(values["h"])
    for layer, values in reversed(runs):
        d_h = layer.bptt(values, zeros, zeros, d_h).values["x"]


def loop_with_retain_grad(lstm: nn.LSTM, x: Tensor) -> None:
    """As one writes it at first: a loop over steps that keeps every gate and its gradient."""
    lstm.zero_grad()
    retained = []
    for weight_ih, weight_hh, bias_ih, bias_hh in lstm.all_weights:
        h = c = x.new_zeros(x.shape[1], lstm.hidden_size)
        outputs = []
        for x_t in x:
            gates = nn.functional.linear(x_t, weight_ih, bias_ih) + nn.functional.linear(h, weight_hh, bias_hh)
            i, f, g, o = gates.chunk(4, -1)
            i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
            c = f * c + i * g
            h = o * c.tanh()
            for quantity in (gates, i, f, g, o, c, h):
                quantity.retain_grad()
                retained.append(quantity)
            outputs.append(h)
        x = torch.stack(outputs)
    x.sum().backward()
    assert all(quantity.grad is not None for quantity in retained)


def clock(way: Callable[[], object]) -> float:
    """The processor time of one run, in milliseconds."""
    begin = time.thread_time()
    way()
    return 1000 * (time.thread_time() - begin)


def compare(ways: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Median processor time of each way in milliseconds, the ways taking turns."""
    taken: list[list[float]] = [[] for _ in ways]
    for way in ways:
        way()
    for _ in range(rounds):
        for way, times in zip(ways, taken, strict=True):
            times.append(clock(way))
    return [median(times) for times in taken]


def against_fused(rounds: int) -> bool:
    """The table of the bar; True where both ways keep it in every cell."""
    print("| T | H | fused | trace | capture | all read | naive | trace / fused | capture / fused | all read | naive / fused |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    worst = {"trace": 0.0, "capture": 0.0}
    for hidden in (128, 256):
        for steps in (64, 256, 1024):
            lstm, x = nn.LSTM(hidden, hidden, 2), torch.randn(steps, 1, hidden)
            ways = [partial(way, lstm, x) for way in (run_fused, trace_explicitly, capture_unread, capture_and_read)]
            plain, traced, captured, read = compare(ways, max(7, rounds * 64 // steps))
            (slow,) = compare([partial(loop_with_retain_grad, lstm, x)], 3)
            ratios = traced / plain, captured / plain, read / plain, slow / plain
            worst = {"trace": max(worst["trace"], ratios[0]), "capture": max(worst["capture"], ratios[1])}
            figures = " | ".join(f"{value:.2f}" for value in (plain, traced, captured, read, slow, *ratios))
            print(f"| {steps} | {hidden} | {figures} |", flush=True)
    for way, ratio in worst.items():
        verdict = "misses the bar" if ratio > BAR else "keeps the bar" if ratio > GOAL else "reaches the goal"
        print(f"\n{way}: worst ratio {ratio:.2f}: {verdict} (bar {BAR}, goal {GOAL})")
    return max(worst.values()) <= BAR


def against_batch(rounds: int) -> None:
    """The same at the sizes that people train with."""
    print("\n| batch | T | H | fused (ms) | trace / fused | inside capture / fused | and everything read / fused |")
    print("|---|---|---|---|---|---|---|")
    for batch in (1, 8, 32, 64):
        lstm, x = nn.LSTM(128, 128, 2), torch.randn(64, batch, 128)
        ways = [partial(way, lstm, x) for way in (run_fused, trace_explicitly, capture_unread, capture_and_read)]
        plain, *others = compare(ways, max(7, rounds // 4))
        print(f"| {batch} | 64 | 128 | {plain:.2f} | " + " | ".join(f"{each / plain:.2f}" for each in others) + " |", flush=True)


def against_length(rounds: int) -> None:
    """Time for each step as texts grow: flat where the cost is linear."""
    print("\n| T | trace (ms) | µs a step |\n|---|---|---|")
    lstm = nn.LSTM(128, 128, 2)
    for steps in (256, 1024, 4096, 16384):
        x = torch.randn(steps, 1, 128)
        (taken,) = compare([partial(trace_explicitly, lstm, x)], max(3, rounds // 8))
        print(f"| {steps} | {taken:.1f} | {1000 * taken / steps:.1f} |", flush=True)


def measure_appending(rounds: int) -> None:
    """One more symbol: Reader goes on from the carried state, trace reads anew; with gradients and without."""
    print("\n| T | objective | append to what was read (ms) | read anew (ms) |\n|---|---|---|---|")
    model = LanguageModel(Config("lstm", 32, 128, 2), Vocabulary.of("abcdefgh")).eval().requires_grad_(False)
    for steps in (64, 256, 1024):
        text = "abcdefgh" * (steps // 8)
        for objective in (None, TextLoss()):
            reader = Reader(model)
            reader.read(text[:-1], objective)
            appended, anew = [], []
            for _ in range(max(5, rounds // 4)):
                reader.read(text[:-1], None)
                appended.append(clock(partial(reader.read, text, objective)))
                anew.append(clock(partial(trace, model, text, objective)))
            name = "none" if objective is None else "the text's loss"
            print(f"| {steps} | {name} | {median(appended):.2f} | {median(anew):.2f} |", flush=True)


@click.command(help=__doc__)
@click.option("--quick", is_flag=True, help="Fewer repetitions.")
def main(quick: bool) -> None:
    """Print every table; exit with 1 where the bar is missed."""
    torch.set_num_threads(1)
    rounds = 30 if quick else 120
    met = against_fused(rounds)
    against_batch(rounds)
    against_length(rounds)
    measure_appending(rounds)
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
