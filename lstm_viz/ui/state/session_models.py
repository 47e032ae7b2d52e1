"""Models of the session: trained, loaded or restored here, then offered on every page."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace

from lstm_viz.models.language import LanguageModel
from lstm_viz.ui.state import models, session
from lstm_viz.ui.state.examples import Preset

#: Maximum number of models of a session; the oldest is dropped first.
MAX_MODELS = 8


def register_model(model: LanguageModel, title: str, examples: Sequence[Preset], key: str) -> str:
    """Register a model under a title, with at least one example text, and return its name.

    Another model with the same `key` replaces the first. The name is random and cannot be guessed; a link with it works in other
    sessions while this one is alive.
    """
    if not examples:
        raise ValueError("a session model needs an example text to fit its scales to")
    name = f"own-{key}-{secrets.token_hex(4)}"
    models.register(models.prepare_model(name, title, model, examples))
    own = models.session_models()
    before = [other for other in own if other != name and other.rsplit("-", 1)[0] == f"own-{key}"]
    for old in before or list(own)[:-MAX_MODELS]:
        del own[old]
        _leave_model(old, name)
    return name


def _leave_model(old: str, new: str) -> None:
    """Move the session's views from a removed model to the new one."""
    view = session.current()
    if view.model == old:
        session.save(replace(view, model=new))
