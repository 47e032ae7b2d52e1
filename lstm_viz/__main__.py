"""The command line: `lstm-viz app` starts the explorer, `lstm-viz train …` reproduces the shipped models."""

from __future__ import annotations

from lstm_viz.training.cli import main

if __name__ == "__main__":
    main()
