"""How the gates developed: one sentence, read by the network as it was at each moment of its training."""

from __future__ import annotations

import re

import streamlit as st

from lstm_viz.figures.training import SURPRISE, Frame, film, panels
from lstm_viz.gates import CELLS, MEMORY_STATE, Kind, quantity
from lstm_viz.models.serialization import read
from lstm_viz.reader import trace
from lstm_viz.trace import Trace
from lstm_viz.training.tasks.train_text import Snapshot
from lstm_viz.ui import components
from lstm_viz.ui.components import Click
from lstm_viz.ui.pages.train.cost_estimate import after
from lstm_viz.ui.pages.train.run import Training, shown
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.theme import palette
from lstm_viz.unit_stats import order

#: The longest sentence that is read, in characters.
LONGEST = 60
_AT, _READ = "train_at", "train_read"
_NEWEST = _ALL = -1
_MOMENT = settings.number("train_moment", "moment", _NEWEST, 99_999_999, _NEWEST)
_UNIT = settings.number("train_unit", "unit-below", _ALL, 4095, _ALL)
_LAYER = settings.choice("train_layer", "layer-below", (0, 1), 0)
_WORDS = settings.words("train_sentence", "sentence", longest=LONGEST)


def first_sentence(text: str) -> str:
    """The beginning of the text's first line that is no heading, up to the end of a sentence or a word."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    long = [line for line in lines if len(line) >= 20]
    line = next((line for line in long if line != line.upper()), (long or lines or [""])[0])
    cut = line[:LONGEST]
    ends = [match.end() for match in _END.finditer(cut) if match.end() >= 20]
    if ends or len(line) <= LONGEST:
        return cut[: ends[-1]] if ends else cut
    return cut[: cut.rindex(" ")] if " " in cut[20:] else cut


_END = re.compile(r"[.!?](?=\s|$)")


def sentence(kept: Training) -> str:
    """The sentence that is read."""
    return _WORDS.value()[:LONGEST] or first_sentence(kept.lesson.text)


def show() -> None:
    """Draw the slider through training time and what the sentence looked like then."""
    kept = shown()
    if len(kept.moments) < 2:
        return
    st.markdown("### How did the gates develop?")
    st.markdown(
        "**Go back in its training: the same sentence, read by the network as it was then.** At first its gates do the same "
        "at every letter; step by step they learn to open and close where it matters."
    )
    _when(kept)
    moment = chosen(kept).step
    found = traces(kept)
    layer, symbol, unit = _what(kept)
    frames = [Frame(step, read.layers[layer], read.surprise) for step, read in found.items()]
    tokens = found[moment].tokens
    left, right = st.columns(2)
    with left:
        figure = film(frames, tokens, symbol, unit, moment, palette())
        components.picture(figure, "train_film", "A row for each moment of training.", meaning(kept, symbol, unit), _take_row)
        if moment in kept.written:
            st.markdown(f"**What it wrote after {after(moment)}**")
            st.code(kept.written[moment], language=None, wrap_lines=True)
    with right:
        last = frames[-1].layer
        rows = order(last.values[MEMORY_STATE[last.kind]][:, 0])
        figure = panels(next(frame for frame in frames if frame.step == moment), tokens, rows, palette())
        words = (
            f"All {last.units} units after {after(moment)}, a row each; rows keep their place over time. "
            "Click one to see on the left how it developed."
        )
        components.picture(figure, "train_panels", "All units at the chosen moment.", words, _take_unit)


def chosen(kept: Training) -> Snapshot:
    """The moment that is looked at; the last one until another is chosen."""
    moments, at = kept.moments, int(_MOMENT.value())
    return moments[at] if at in moments else moments[max(moments)]


def follow() -> None:
    """Look at the newest moment again, and at all units."""
    _MOMENT.keep(_NEWEST)
    _UNIT.keep(_ALL)


def _when(kept: Training) -> None:
    """The moment: by slider, and by a click while training goes on, as a slider that grows is hard to hold."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if not kept.busy:
            settings.show(_AT, chosen(kept).step)
            st.select_slider(
                "After so many steps of training", list(kept.moments), key=_AT, format_func=lambda step: f"{step:,}",
                on_change=_take_moment, width=520,
            )  # fmt: skip
        elif _MOMENT.value() != _NEWEST:
            st.button("Back to the newest", icon=":material/last_page:", key="train_newest", on_click=follow)
        st.text_input(
            "The sentence", max_chars=LONGEST, placeholder=first_sentence(kept.lesson.text), width=440, **_WORDS.bound()
        )  # fmt: skip
    if kept.best is not None and not kept.busy:
        st.caption(f"On text that it never sees it did best after {after(kept.best.step)}.")


def _what(kept: Training) -> tuple[int, str, int | None]:
    """Which layer, which quantity the film shows, and of which unit (None: the mean of all)."""
    recipe = kept.lesson.recipe
    keeps: dict[Kind, str] = {"lstm": "f", "gru": "z", "rnn": "h"}
    offered = [*(each.symbol for each in CELLS[recipe.kind]), SURPRISE]
    layer, found = 0, int(_UNIT.value())
    unit = found if 0 <= found < recipe.units else None
    symbol: str = st.pills(
        "The rows below show", offered, required=True,
        format_func=lambda symbol: symbol if symbol == SURPRISE else quantity(recipe.kind, symbol).label,
        **settings.choice(f"train_symbol_{recipe.kind}", "rows", offered, keeps[recipe.kind]).bound(),
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if recipe.layers > 1:
            layer = st.segmented_control(
                "Layer", range(recipe.layers), required=True, width="content", format_func=lambda number: str(number + 1),
                **_LAYER.bound(),
            )  # fmt: skip
        if unit is not None and symbol != SURPRISE:
            st.button(f"Unit {unit}: back to all units", icon=":material/close:", key="train_all_units", on_click=_leave_unit)
    return layer, symbol, unit


def meaning(kept: Training, symbol: str, unit: int | None) -> str:
    """What a row's colour says."""
    rows = "A row is a moment of training, the first at the top; a column is a letter. "
    if symbol == SURPRISE:
        return rows + "Dark: it did not expect this letter. Click a row to go there."
    each = quantity(kept.lesson.recipe.kind, symbol)
    size = "mean size of the" if each.signed else "mean"
    whose = f"the {size} {each.label} over all units" if unit is None else f"the {each.label} of unit {unit}"
    return f"{rows}Colour: {whose} ({each.plain}). Click a row to go there."


def traces(kept: Training) -> dict[int, Trace]:
    """The sentence as each snapshot reads it, read once."""
    known: dict[tuple[str, int, str], Trace] = st.session_state.get(_READ, {})
    wanted = {(str(kept.path(moment)), step, sentence(kept)): moment for step, moment in kept.moments.items()}
    found = {
        key: known[key] if key in known else trace(read(kept.path(moment)), key[2]) for key, moment in wanted.items()
    }  # fmt: skip
    st.session_state[_READ] = found
    return {step: read_so for (_, step, _), read_so in found.items()}


def _take_moment() -> None:
    _MOMENT.keep(st.session_state[_AT])


def _take_row(click: Click) -> None:
    if isinstance(click.customdata, int):
        _MOMENT.keep(click.customdata)


def _take_unit(click: Click) -> None:
    if isinstance(click.customdata, int):
        _UNIT.keep(click.customdata)


def _leave_unit() -> None:
    _UNIT.keep(_ALL)
