"""The sheets on the screen: what was written, letter by letter, each coloured by a number of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from lstm_viz.generation import Draft
from lstm_viz.text.labels import label
from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.frontend.payload import pack
from lstm_viz.ui.pages.generate.drafts import Desk
from lstm_viz.ui.pages.generate.settings import Colour, Settings
from lstm_viz.ui.state.messages import last_message
from lstm_viz.ui.state.models import title
from lstm_viz.ui.state.theme import BOTH

KEY = "generate_sheets"
#: How much of the prompt is shown again in front of what is written, in letters.
_GIVEN = 160

COLOURS: dict[Colour, str] = {
    "surprise": "surprise: the stronger the colour, the less likely the letter",
    "entropy": "uncertainty: the stronger the colour, the more was possible (entropy)",
}
#: Where the colours end, in nats: e⁻⁴ is a probability of 2 %, and 3 nats are about 20 letters that are equally likely.
_ENDS: dict[Colour, float] = {"surprise": 4.0, "entropy": 3.0}


def draw(desk: Desk, settings: Settings) -> None:
    """Draw the sheets."""
    mount(frame(desk, settings, int((last_message(KEY) or {}).get("seq", 0))), KEY, part="generated_texts")


def frame(desk: Desk, settings: Settings, seq: int) -> bytes:
    """Everything that the browser needs to show the desk; `seq` is the number of the message that this answers."""
    each = zip(desk.names, desk.drafts, desk.ends, desk.shown, strict=True)
    header: dict[str, Any] = {
        "key": KEY, "tokens": [], "palette": BOTH, "alone": len(desk.names) == 1,
        "seq": seq, "epoch": desk.epoch, "going": desk.going, "pace": settings.pace, "lead": settings.lead,
        "sheets": [{**_sheet(draft), "title": named(name, len(desk.names)), "end": end, "shown": shown}
                   for name, draft, end, shown in each],
        "chosen": [desk.focus, desk.place] if desk.pick else None,
        "scale": {"low": 0.0, "high": _ENDS[settings.colour], "of": settings.colour,
                  "label": f"{COLOURS[settings.colour]}, in nats"},
        "label": "Dimmed: your prompt.",
    }  # fmt: skip
    values = {f"values{s}": getattr(draft, settings.colour).astype(np.float32) for s, draft in enumerate(desk.drafts)}
    return pack(header, values)


def as_text(desk: Desk) -> str:
    """Everything on the sheets as plain text: the prompt with what each network wrote, one below the other under its title."""
    texts = [(named(name, len(desk.names)), draft.text) for name, draft in zip(desk.names, desk.drafts, strict=True)]
    return texts[0][1] if len(texts) == 1 else "\n\n".join(f"[{each}]\n{text}" for each, text in texts)


def named(name: str, beside: int) -> str:
    """What a sheet is called: by its cell where networks stand side by side."""
    written = title(name)
    return written.rsplit(" · ", 1)[-1] if beside > 1 else written


def called(desk: Desk) -> str:
    """How a sentence speaks of the network that is looked at."""
    return f"the {named(desk.name, len(desk.names))}" if len(desk.names) > 1 else "the network"


def _sheet(draft: Draft) -> dict[str, Any]:
    given = draft.model.vocabulary.split(draft.prompt)
    first = max(len(given.forms) - _GIVEN, 0)
    forms = given.forms[first:]
    likely = np.mean([pick.probability for pick in draft.picks]) if draft.picks else None
    return {
        "prompt": ["…"] * (first > 0) + [label(token) for token in given.written[first:]],
        "unknown": [place + (first > 0) for place, form in enumerate(forms) if form not in draft.model.vocabulary],
        "tokens": [label(symbol) for symbol in draft.written],
        "text": draft.text,
        "note": "" if likely is None else f"its letters were {likely:.0%} likely, on average",
    }
