"""The page's own text box: typed by the user, or set by the page when another example is selected."""

from __future__ import annotations

import numpy as np

from lstm_viz.text.vocabulary import Vocabulary
from lstm_viz.ui.components import text_box
from lstm_viz.ui.state.synced import synced_text


def set_text(key: str, text: str) -> None:
    """Set the text; earlier messages of the browser are then obsolete."""
    synced_text(key).replace(text)


def has_text(key: str) -> bool:
    """Return True if a text was ever set, even an empty one."""
    return synced_text(key).is_set


def current_text(key: str) -> str:
    """Return the current text, before the box is drawn; "" if none was ever set."""
    return synced_text(key).saved("")


def draw_task_box(key: str, label: str, text: str, read_count: int, vocabulary: Vocabulary) -> None:
    """Draw the box with `text`, of which the first `read_count` tokens are read, and these tokens below it."""
    text_box.start_run()
    tokens = vocabulary.split(text[:read_count])
    in_vocabulary = np.fromiter((form in vocabulary for form in tokens.normalized), dtype=bool)
    header = {"text": text, "warning": None, "step": None, "textRevision": synced_text(key).revision, "link": None}
    text_box.draw_text_box(key, label, None, tokens, in_vocabulary, False, header)
