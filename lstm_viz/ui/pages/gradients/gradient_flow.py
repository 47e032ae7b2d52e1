"""Which steps does a loss reach? Every later surprise against every earlier state (RNNbow, Cashman et al. 2018)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from lstm_viz.figures.flow import blame_matrix, blame_stack
from lstm_viz.gradients.flow import Flow, flow
from lstm_viz.ui import components
from lstm_viz.ui.components import Letters
from lstm_viz.ui.components.glossary import explain
from lstm_viz.ui.pages.gradients.scene import Scene, once
from lstm_viz.ui.state import session, settings
from lstm_viz.ui.state.theme import palette

#: The cost grows with the square of the letters; so many are drawn, up to the end of the text.
WINDOW = 48
_MATRIX = "blame_matrix"
_VIEW = settings.choice("blame_view", "seen-from", ["loss", "state"], "loss")


def letters(scene: Scene) -> Letters | None:
    """Each letter coloured by all gradients that arrive there; blank before what is drawn, and at the last letter."""
    steps = len(scene.trace.tokens)
    if steps < 2:
        return None
    found = _flow(scene)
    received = np.full(steps, np.nan)
    received[found.first : steps - 1] = found.of(_symbol(found)).sum(axis=0)
    return Letters.fitted(received, "by the gradients that arrive there")


def show(scene: Scene) -> None:
    """Draw the lens."""
    if len(scene.trace.tokens) < 2:
        st.info("Type at least two letters: the first one has to foretell the second.", icon=":material/info:")
        return
    found = _flow(scene)
    figure, words = components.beside()
    with words:
        st.markdown(
            "**Every letter that surprises the network sends a correction back through the text. The stronger a cell's colour, "
            "the more the surprise in that row depends on the state in that column.**"
        )
        st.segmented_control(
            "View", ["loss", "state"], required=True, width="content", **_VIEW.bound(),
            format_func={"loss": "loss × step", "state": "total per step"}.__getitem__,
        )  # fmt: skip
        if len(found.symbols) > 1:
            st.segmented_control(
                "With respect to", list(found.symbols), required=True, width="content", **_of(found).bound(),
                format_func={"c": "cell state c", "h": "hidden state h"}.__getitem__,
            )  # fmt: skip
        symbol, chosen = _symbol(found), _chosen(found)
        if _VIEW.value() == "loss":
            st.markdown(_read(found, symbol, chosen, scene))
        st.caption(
            f"Sizes are lengths of gradients, ‖∂L/∂{symbol}‖, in layer {found.layer + 1}. Source: Cashman et al. 2018 (RNNbow).",
            help=explain("gradient norm"),
        )
    norms, tokens = found.of(symbol), scene.trace.tokens[found.first :]
    last = f" The last {WINDOW + 1} letters are drawn." if found.first else ""
    # One picture at a time: two of them would not keep up with typing.
    with figure:
        if _VIEW.value() == "state":
            components.picture(
                blame_stack(norms, tokens, palette()), "blame_stack",
                "For each letter, the gradients that arrive there, stacked by how far on the surprise lies.",
                "All gradients that arrive at a letter: which part comes from the next letter, which from letters far on." + last,
            )  # fmt: skip
        else:
            components.picture(
                blame_matrix(norms, tokens, chosen, palette()), _MATRIX,
                f"For each of {len(norms)} surprises, the size of its gradient by {symbol} at each earlier letter.",
                "Click a cell to read it." + last, on_click=_take,
            )  # fmt: skip


def _flow(scene: Scene) -> Flow:
    """The chosen layer's flow over the window; a click or another chosen letter does not compute it again."""
    first = max(len(scene.trace.tokens) - 1 - WINDOW, 0)
    layer = scene.view.layer
    return once(
        ("flow", scene.view.model, scene.view.read, layer), lambda: flow(scene.model, scene.trace, first, lowest=layer)[0]
    )


def _symbol(found: Flow) -> str:
    return _of(found).value()


def _of(found: Flow) -> settings.Setting[str]:
    """Whose gradients are drawn: of the states that the network has."""
    return settings.choice("blame_symbol", "gradients-of", found.symbols, found.symbols[0])


def _take(click: components.Click) -> None:
    place = _place(click.x)
    if place is not None:
        first = max(len(session.current().read) - 1 - WINDOW, 0)
        session.keep(replace(session.current(), step=first + place))


def _chosen(found: Flow) -> tuple[int, int] | None:
    """The clicked (row, column), as long as it is still in the picture."""
    click = components.clicked(_MATRIX)
    row, column = (None, None) if click is None else (_place(click.y), _place(click.x))
    if row is None or column is None or not column <= row < len(found.h):
        return None
    return row, column


def _place(value: float | str | None) -> int | None:
    """A place on an axis of letters; None for anything else that a browser may send."""
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 6 else None


def _read(found: Flow, symbol: str, chosen: tuple[int, int] | None, scene: Scene) -> str:
    """One cell in words: the clicked one, else the last surprise and the earlier state that it depends on most."""
    norms = found.of(symbol)
    row, column = chosen or (len(norms) - 1, int(norms[-1].argmax()))
    size, arriving = float(norms[row, column]), float(norms[:, column].sum())
    back = row - column + 1
    state = {"c": "cell state", "h": "hidden state"}[symbol]
    share = f", **{size / arriving:.0%}** of all that arrives there" if arriving else ""
    return (
        f"The surprise at {scene.named(found.first + row + 1)} depends on the {state} after {scene.named(found.first + column)}, "
        f"{back} letter{'s' * (back != 1)} earlier, with a gradient of **{size:.2g}**{share}."
    )
