"""Models of one's own: trained, loaded or revived in this session, offered on every page from then on."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace

from lstm_viz.models.language import LanguageModel
from lstm_viz.ui.state import models, session
from lstm_viz.ui.state.examples import Preset

#: So many are kept for one session; the oldest make room.
MAX_MODELS = 8


def register_model(model: LanguageModel, title: str, examples: Sequence[Preset], key: str) -> str:
    """Offer a model under a title, with at least one example text, and give back its name.

    Another model under the same `key` takes the place of the first. Nobody can guess the name: a link that holds it works
    in other sessions too, for as long as this one lasts.
    """
    if not examples:
        raise ValueError("a model of one's own needs an example text, from which its scales are taken")
    name = f"own-{key}-{secrets.token_hex(4)}"
    models.register(models.prepare_model(name, title, model, examples))
    own = models.session_models()
    before = [other for other in own if other != name and other.rsplit("-", 1)[0] == f"own-{key}"]
    for old in before or list(own)[:-MAX_MODELS]:
        del own[old]
        _leave_model(old, name)
    return name


def _leave_model(old: str, new: str) -> None:
    """Nobody goes on looking at a model that is gone."""
    view = session.current()
    if view.model == old:
        session.save(replace(view, model=new))
