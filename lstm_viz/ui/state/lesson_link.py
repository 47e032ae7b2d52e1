"""Links for a lesson, which can hide parts of a page, by short names.

Hiding changes nothing else: a hidden control keeps the value that the link gives it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

#: The link's parameter: names from `PARTS`, with commas between them.
PARAMETER = "hide"
#: Hides what is to be predicted first, until it is revealed.
ANSWERS = "answers"


@dataclass(frozen=True)
class HideablePart:
    """What a link can hide: its label for teachers, and the CSS selectors of its elements."""

    label: str
    selectors: tuple[str, ...]


def _container_selectors(*classes: str) -> tuple[str, ...]:
    """Return selectors of the containers around Streamlit's elements of these classes."""
    return tuple(f".stMainBlockContainer [data-testid=stElementContainer]:has(> .{each})" for each in classes)


#: What a link can hide. The names are in links: they must not change.
PARTS: dict[str, HideablePart] = {
    ANSWERS: HideablePart("The answer, until “Reveal” (key r)", ()),
    "network": HideablePart("Choice of the network", (".st-key-choose_model",)),
    "layer": HideablePart("Choice of the layer", (".st-key-choose_layer",)),
    "unit": HideablePart(
        "Choice of the unit",
        (".st-key-choose_unit", ".live-field[data-part=unit-label]", ".st-key-units_previous", ".st-key-units_next"),
    ),
    "examples": HideablePart("Examples", ("[class*=st-key-scroll_row]",)),
    "questions": HideablePart("Other questions", ("[class*=_ask]",)),
    "text": HideablePart("The text box", (".live-write", ".text-box-write")),
    "zoom": HideablePart("Overview, all units, one unit", (".live-zoom", ".live-zooming:has([data-zoom])")),
    "colour": HideablePart("Choice of the colour", (".live-field:has([data-part=colour])",)),
    "objective": HideablePart("What the gradients explain", (".st-key-choose_aim", ".st-key-choose_symbol", ".live-legend")),
    "settings": HideablePart(
        "Sliders, numbers and switches", _container_selectors("stSlider", "stNumberInput", "stCheckbox", "stSelectSlider")
    ),
    "files": HideablePart(
        "Files: open and save",
        (
            *_container_selectors("stFileUploader", "stDownloadButton"), ".st-key-explore_open", "[class*=st-key-take_along]",
            ".figure-tools", ".live-zooming:has([data-part=png])",
        ),
    ),
    "glossary": HideablePart("The glossary", (".st-key-glossary",)),
    "menu": HideablePart("The menu of pages", ("[data-testid=stHeader]", "[data-testid=stSidebar]")),
}  # fmt: skip

#: Values, colours and sentences that answer a question.
_ANSWERING = (
    ".live-side section:last-child", ".live-cell :is(.live-value, .live-opening, .live-annotation, .live-fill)",
    ".live-equations",
    ".live-opening-row", ".live-terms", ".live-hovered", ".live-scale", ".token-legend", ".figure-plot",
    ".plotly-figure figcaption", ".figure-tools", ".generated-letters", "[class*=st-key-answer]",
    "[class*=st-key-answer] *",
)  # fmt: skip
_ANSWER_STYLE = """
html:not(.answers-shown) :is({answering}) {{ visibility: hidden !important; }}
html:not(.answers-shown) .live-edge {{ stroke-width: 2px !important; }}
html:not(.answers-shown) .token-text span {{
  background: var(--st-secondary-background-color) !important; color: var(--st-text-color) !important;
}}
html:not(.answers-shown) .live-spoken {{ display: none; }}
html:not(.answers-shown) :is([class*=st-key-answer], .live-side section:last-child, .presented.plotly-figure)::before {{
  content: "Predict first, then reveal."; visibility: visible; font-weight: 600; padding: 0.5rem 0;
}}
html:not(.answers-shown) [class*=st-key-answer] [class*=st-key-answer]::before {{ content: none; }}"""


def hidden_parts(value: str) -> list[str]:
    """Return the valid names in a link's value, each once, in the order of `PARTS`; unknown names are ignored.

    >>> hidden_parts("zoom,network,bogus,zoom")
    ['network', 'zoom']
    """
    requested = set(value.split(","))
    return [name for name in PARTS if name in requested]


def hiding_style(names: Iterable[str]) -> str:
    """Return the style sheet that hides these parts; "" for none."""
    chosen = list(names)
    selectors = [selector for name in chosen for selector in PARTS[name].selectors]
    rules = [f"{', '.join(selectors)} {{ display: none !important; }}"] if selectors else []
    if ANSWERS in chosen:
        rules.append(_ANSWER_STYLE.format(answering=", ".join(_ANSWERING)))
    return "\n".join(rules)


def with_hidden(link: str, names: Iterable[str]) -> str:
    """Return a link that hides these parts and no others.

    >>> with_hidden("http://a/units?unit=3&hide=zoom", ["network", "answers"])
    'http://a/units?unit=3&hide=answers%2Cnetwork'
    """
    requested = set(names)
    chosen = [name for name in PARTS if name in requested]
    parts = urlsplit(link)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    if not chosen and PARAMETER not in dict(pairs):
        return link
    others = [(name, value) for name, value in pairs if name != PARAMETER]
    return urlunsplit(parts._replace(query=urlencode([*others, *([(PARAMETER, ",".join(chosen))] if chosen else [])])))
