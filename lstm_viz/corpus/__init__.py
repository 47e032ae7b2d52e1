"""Long texts: read once with the state carried on; checkpoints and summaries are stored, and any window is replayed exactly.

    book = corpus.scan(model, text)
    book.top_activations(layer=1, unit=37, symbol="c")        # the passages with that cell's highest values
    book.surprising(5)                              # where the network was most surprised
    corpus.window(model, book, 40_000, 40_300)      # every gate there, as if the whole text had just been read
    book.save("novel.scan.safetensors")             # Scan.load(path, model, text) loads it

Memory grows with length / stride, not with length × units.
"""

from lstm_viz.corpus.letters import count_unknown
from lstm_viz.corpus.levels import levels_size, open_levels, write_levels
from lstm_viz.corpus.replay import part_at, quantity_window, state_at, window
from lstm_viz.corpus.result import Hit, Scan, Summary, TopActivations
from lstm_viz.corpus.running_stats import PASSAGE
from lstm_viz.corpus.saving import UnreadableScan, load_scan, save
from lstm_viz.corpus.scanner import CHECKPOINT_INTERVAL, scan, scan_text, scanning

__all__ = [
    "CHECKPOINT_INTERVAL",
    "PASSAGE",
    "Hit",
    "Scan",
    "Summary",
    "TopActivations",
    "UnreadableScan",
    "count_unknown",
    "levels_size",
    "load_scan",
    "open_levels",
    "part_at",
    "quantity_window",
    "save",
    "scan",
    "scan_text",
    "scanning",
    "state_at",
    "window",
    "write_levels",
]  # fmt: skip
