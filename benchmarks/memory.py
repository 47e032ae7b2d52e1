"""How much memory the server holds: after the first visitor has typed a line, and with ten visitors at once.

Run it with `python -m benchmarks.memory`. With `--capture`: what a process holds while it trains inside `capture`, 200 steps
without a garbage collection, time-first, with dropout between the layers.
"""

from __future__ import annotations

import gc

import click
import psutil
import torch
from playwright.sync_api import Browser, Page

from lstm_viz.capture import capture
from tests.app_server import PAINTED, TIMEOUT, RunningApp, running_app, running_chromium

LINE = "and so the long day ended where it had begun"
VISITORS = 10
STEPS = 200


def visit(browser: Browser, app: RunningApp) -> Page:
    """Open the explorer as a new visitor and type a line."""
    page = browser.new_page()
    page.goto(app.url)
    page.wait_for_selector(PAINTED, timeout=TIMEOUT * 1000)
    page.locator("textarea").first.press_sequentially(LINE, delay=50)
    # Typing rests before the frame of the last character is asked for and drawn.
    page.wait_for_timeout(1000)
    return page


def resident(app: RunningApp) -> float:
    """The server's resident memory in MB, shared libraries included."""
    return float(psutil.Process(app.pid).memory_info().rss) / 2**20


def training() -> None:
    """Print this process' resident memory before training steps inside `capture`, after the first and after each quarter.

    Without a garbage collection, a reference cycle would keep what one step captured.
    """
    torch.manual_seed(0)
    network = torch.nn.LSTM(64, 256, 2, dropout=0.3)
    optimizer = torch.optim.SGD(network.parameters(), 0.01)
    process, text = psutil.Process(), torch.randn(128, 16, 64)
    gc.collect()
    gc.disable()
    print("| training steps inside `capture` | MB |\n|---|---|")
    for step in range(STEPS + 1):
        if step in (0, 1) or step % (STEPS // 4) == 0:
            print(f"| {step} | {process.memory_info().rss / 2**20:.0f} |", flush=True)
        optimizer.zero_grad()
        with capture(network) as captured:
            network(text)[0].square().mean().backward()
        assert all(layer.grads is not None for layer in captured.layers)
        optimizer.step()


@click.command(help=__doc__)
@click.option("--capture", "inside_capture", is_flag=True, help="Training steps inside capture instead of the server.")
def main(inside_capture: bool) -> None:
    """Print the server's resident memory with one visitor and with more."""
    if inside_capture:
        training()
        return
    with running_chromium() as browser, running_app() as app:
        print("| the server holds | MB |\n|---|---|")
        print(f"| before anyone came | {resident(app):.0f} |")
        pages = [visit(browser, app)]
        first = resident(app)
        print(f"| after the first visitor typed a line | {first:.0f} |")
        pages += [visit(browser, app) for _ in range(VISITORS - 1)]
        each = (resident(app) - first) / (VISITORS - 1)
        print(f"| with {len(pages)} visitors | {resident(app):.0f} ({each:+.1f} each) |")


if __name__ == "__main__":
    main()
