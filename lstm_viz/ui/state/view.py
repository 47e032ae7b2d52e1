"""The view: text, model, layer, unit, step and zoom as one frozen value that fits into a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

Zoom = Literal["overview", "units", "unit"]
ObjectiveChoice = Literal["next", "step", "text", "symbol"]

#: How many characters are read on every keystroke; the rest of the text stays unread in the box.
LIMIT = 1000
#: Longest text that a link carries; servers and browsers reject much longer addresses.
LINK_LIMIT = 1500


@dataclass(frozen=True)
class View:
    """What the user looks at. `layer`, `unit` and `step` count from 0; `step` is -1 for the last one.

    `colour` names the token coloring; `aim` names the objective of the gradients, with `symbol` the target token where `aim` is
    "symbol".
    """

    text: str
    model: str
    layer: int = 0
    unit: int = 0
    step: int = -1
    zoom: Zoom = "overview"
    colour: str = "mean.f"
    aim: ObjectiveChoice = "next"
    symbol: str = ""

    @property
    def input_text(self) -> str:
        """The part of the text that the network reads."""
        return self.text[:LIMIT]

    @property
    def warning(self) -> str | None:
        """A one-line warning if the text is too long."""
        if len(self.text) <= LIMIT:
            return None
        warning = f"The first {LIMIT:,} of {len(self.text):,} characters are read; the rest stays in the box, unread."
        if len(self.text) > LINK_LIMIT:
            warning += (
                " The text is too long for a link: reloading this tab keeps it, but a copied link does not contain it."
            )
        return warning

    def query(self) -> dict[str, str]:
        """Return the view as link parameters; a text too long for a link is replaced by its length, `long`."""
        parameters = {
            "model": self.model, "layer": str(self.layer), "unit": str(self.unit), "step": str(self.step),
            "zoom": self.zoom, "colour": self.colour, "aim": self.aim,
        }  # fmt: skip
        if self.symbol:
            parameters["symbol"] = self.symbol
        if len(self.text) <= LINK_LIMIT:
            parameters["text"] = self.text
        else:
            parameters["long"] = str(len(self.text))
        return parameters

    def with_query(self, parameters: Mapping[str, str]) -> View:
        """Return this view updated by a link's parameters; invalid values are ignored."""
        changes: dict[str, Any] = {}
        for name in ("text", "model", "colour", "symbol"):
            if name in parameters:
                changes[name] = _replace_surrogates(parameters[name])
        for name in ("layer", "unit", "step"):
            number = _parse_int(parameters.get(name))
            if number is not None:
                changes[name] = number
        if parameters.get("zoom") in get_args(Zoom):
            changes["zoom"] = parameters["zoom"]
        if parameters.get("aim") in get_args(ObjectiveChoice):
            changes["aim"] = parameters["aim"]
        return replace(self, **changes)

    def with_live(self, live: Mapping[str, Any]) -> View:
        """Return this view updated by a message of the live view; every value is validated as if it came from a link."""
        return self.with_query({name: str(value) for name, value in live.items() if name in _LIVE})

    def clamped(self, layers: int, units: int, colours: tuple[str, ...], steps: int | None = None) -> View:
        """Return the view clamped to what the model has; without `steps` each character is one step."""
        last = (len(self.input_text) if steps is None else steps) - 1
        return replace(
            self,
            layer=min(max(self.layer, 0), layers - 1),
            unit=min(max(self.unit, 0), units - 1),
            step=min(max(self.step, -1), max(last, 0)),
            colour=self.colour if self.colour in colours else colours[0],
        )

    def step_in(self, steps: int) -> int:
        """Return the step as an index into `steps` steps; -1 if there are none."""
        return steps - 1 if self.step < 0 else min(self.step, steps - 1)


_LIVE = ("text", "unit", "step", "zoom", "colour")


def _replace_surrogates(text: str) -> str:
    """Replace lone surrogates, as a cut emoji leaves them, by the replacement character: they cannot be encoded."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _parse_int(text: str | None) -> int | None:
    if text is None or len(text) > 9:
        return None
    try:
        return int(text)
    except ValueError:
        return None
