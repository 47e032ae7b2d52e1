"""The generated texts on screen, each token coloured by its value."""

from __future__ import annotations

from typing import Any

import numpy as np

from lstm_viz.generation import Generation
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_percent
from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.frontend.payload import pack
from lstm_viz.ui.pages.generate.drafts import Drafts
from lstm_viz.ui.pages.generate.settings import Colour, Settings
from lstm_viz.ui.state.messages import component_message
from lstm_viz.ui.state.models import model_title
from lstm_viz.ui.state.theme import PALETTES_BY_THEME

KEY = "generated_texts"
#: How much of the prompt is shown, in letters.
_MAX_PROMPT = 160

COLOURS: dict[Colour, str] = {
    "surprise": "surprise (−ln p, nats): the stronger the colour, the less likely the letter",
    "entropy": "uncertainty (entropy, nats): the stronger the colour, the more was possible",
}
#: The ends of the colour scales, in nats: e⁻⁴ is a probability of 2%; 3 nats are about 20 equally likely letters.
_ENDS: dict[Colour, float] = {"surprise": 4.0, "entropy": 3.0}


def render(drafts: Drafts, settings: Settings) -> None:
    """Draw the generated texts."""
    mount(build_payload(drafts, settings, int((component_message(KEY) or {}).get("seq", 0))), KEY, part="generated_texts")


def build_payload(drafts: Drafts, settings: Settings, seq: int) -> bytes:
    """Pack everything that the browser needs to show the drafts; `seq` is the number of the message that this answers."""
    each = zip(drafts.names, drafts.generations, drafts.ends, drafts.shown, strict=True)
    header: dict[str, Any] = {
        "key": KEY, "tokens": [], "palette": PALETTES_BY_THEME, "alone": len(drafts.names) == 1,
        "seq": seq, "epoch": drafts.epoch, "going": drafts.is_running, "pace": settings.pace, "lead": settings.lead,
        "texts": [{**_text_to_dict(generation), "title": output_title(name, len(drafts.names)), "end": end, "shown": shown}
                   for name, generation, end, shown in each],
        "chosen": [drafts.focus, drafts.index] if drafts.token else None,
        "scale": {"low": 0.0, "high": _ENDS[settings.colour], "of": settings.colour,
                  "label": COLOURS[settings.colour]},
        "label": "Dimmed: your prompt.",
    }  # fmt: skip
    values = {
        f"values{s}": getattr(generation, settings.colour).astype(np.float32) for s, generation in enumerate(drafts.generations)
    }
    return pack(header, values)


def as_text(drafts: Drafts) -> str:
    """Return all texts as plain text: prompt and continuation, under the network's title if there are several."""
    texts = [
        (output_title(name, len(drafts.names)), generation.text)
        for name, generation in zip(drafts.names, drafts.generations, strict=True)
    ]
    return texts[0][1] if len(texts) == 1 else "\n\n".join(f"[{each}]\n{text}" for each, text in texts)


def output_title(name: str, beside: int) -> str:
    """Return a draft's title: the cell's name if networks are shown side by side."""
    title = model_title(name)
    return title.rsplit(" · ", 1)[-1] if beside > 1 else title


def model_phrase(drafts: Drafts) -> str:
    """Return the phrase that names the selected network in a sentence."""
    return f"the {output_title(drafts.name, len(drafts.names))}" if len(drafts.names) > 1 else "the network"


def _text_to_dict(generation: Generation) -> dict[str, Any]:
    prompt_tokens = generation.model.vocabulary.split(generation.prompt)
    first = max(len(prompt_tokens.normalized) - _MAX_PROMPT, 0)
    forms = prompt_tokens.normalized[first:]
    likely = np.mean([token.probability for token in generation.tokens]) if generation.tokens else None
    return {
        "prompt": ["…"] * (first > 0) + [label(token) for token in prompt_tokens.surface[first:]],
        "unknown": [index + (first > 0) for index, form in enumerate(forms) if form not in generation.model.vocabulary],
        "tokens": [label(token) for token in generation.generated],
        "text": generation.text,
        "note": "" if likely is None else f"its letters were {format_percent(float(likely))} likely, on average",
    }
