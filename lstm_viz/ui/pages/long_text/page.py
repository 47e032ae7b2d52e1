"""The long-text page: the text, its scan, the profile, search results, and the opened passage."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from lstm_viz.figures.surprise_profile import ProfileCurve, surprise_profile
from lstm_viz.text.numbers import format_fixed
from lstm_viz.ui import components
from lstm_viz.ui.components import controls
from lstm_viz.ui.components.layout import page_header, page_setup
from lstm_viz.ui.components.questions import Question, question_control, question_titles, selected_question
from lstm_viz.ui.components.unit_matches import memory_first
from lstm_viz.ui.pages.long_text import default_network, passage, search, stretch_units
from lstm_viz.ui.pages.long_text.scan_job import ScannedText, save_button, scanned_text
from lstm_viz.ui.pages.long_text.search import MAX_PASSAGES, SearchResult
from lstm_viz.ui.state import session, settings
from lstm_viz.ui.state.memo import remember
from lstm_viz.ui.state.models import get_model
from lstm_viz.ui.state.theme import palette

SURPRISED, CERTAIN, FIRES, PHRASE, UNITS = "surprising", "certain", "activations", "search", "units"
_QUESTION_KEY = "your_text_ask"
#: Number of bins of the profile.
_WIDTH = 400
_HIGHEST, _LOWEST = "highest", "lowest"
_END = settings.choice("your_text_end", "end", (_HIGHEST, _LOWEST), _HIGHEST)
#: The longest search phrase, in letters.
_LONGEST = 200
_PHRASE_SETTING = settings.text("your_text_phrase", "phrase", longest=_LONGEST)


def render() -> None:
    """Draw the page; during a scan only the progress fragment reruns."""
    page_setup()
    page_header("What does a network make of a whole book?", terms=("surprise", "nat", "token", "vocabulary", "unit", "layer"))
    st.markdown("**It reads the text once. Where was it surprised? Where does a unit fire? Open any place.**")
    view = default_network.initial_view()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        controls.network(view)
    scanned, own = scanned_text(session.current().model)
    _answer(scanned, own)


@st.fragment
def _answer(text: ScannedText | None, own: bool) -> None:
    if text is not None:
        _draw_answer(text)
    view = session.current()
    more: dict[str, str | None] = {"model": view.model, "layer": str(view.layer), "unit": str(view.unit)}
    components.sync_address_bar("your_text_address", unsaved=own, more={} if session.is_link_frozen(view) else more)


def _draw_answer(text: ScannedText) -> None:
    question_control(QUESTION_TITLES, _QUESTION_KEY)
    QUESTIONS[selected_question(QUESTIONS, _QUESTION_KEY)].render(text)
    save_button(text)


def _draw_passages(search_text: Callable[[ScannedText], SearchResult | None], text: ScannedText) -> None:
    """Draw the controls of a search, the text's profile, the passages found, and the opened one."""
    result = search_text(text)
    symbol = None if result is None else result.symbol
    _draw_profile(text, result)
    if result is not None:
        with components.answer_container():
            st.markdown(result.summary + (" Click a letter to see every gate there." if result.passages else ""))
            components.passages(
                result.passages,
                result.scale,
                "your_text_passages",
                lambda step: passage.open_at(text, step, symbol),
                _opened_passage(text, result),
            )
    passage.render(text, symbol)


def _draw_stretch_units(text: ScannedText) -> None:
    """Draw the stretch, the units that are on in it, and the opened passage."""
    result = stretch_units.choose(text)
    _draw_profile(text, stretch_units.as_result(result))
    if result is not None:
        stretch_units.draw(text, result)
    passage.render(text)


def _draw_profile(text: ScannedText, result: SearchResult | None) -> None:
    scan, loss = text.scan, text.scan.known_loss
    if scan.loss is None:
        st.info("A text of one letter has no surprise: nothing came before it.", icon=":material/info:")
        return
    steps = () if result is None else result.steps
    begins, means = scan.bins(_WIDTH)
    curve = ProfileCurve("surprise", begins, means, loss or 0.0, "nats")
    if result is not None and result.curve is not None:
        curve = result.curve
    elif loss is None:
        st.info("The network knows no letter of this text, so its surprise says nothing.", icon=":material/info:")
        return
    mean = f"{format_fixed(curve.mean)} {curve.unit}".rstrip()
    figure = surprise_profile(curve, len(scan.text), steps, passage.opened_step(text), palette())

    def clicked(click: components.Click) -> None:
        if isinstance(click.customdata, int):
            passage.open_at(text, click.customdata)

    components.draw_figure(
        figure, "your_text_along",
        f"The {curve.name} along {text.name}, {len(scan.text):,} letters: {mean} on average.",
        "The whole text from left to right. Click anywhere to open that place"
        + ("; diamonds are the passages below." if steps else "."), clicked,
    )  # fmt: skip


def _search_activations(text: ScannedText) -> SearchResult:
    """Draw the choice of layer, unit and quantity, and search where it is highest or lowest."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        controls.layer(session.current())
        controls.unit(session.current())
        offered = {each.symbol: each for each in memory_first(text.scan.kind)}
        quantity = settings.choice("your_text_symbol", "quantity", list(offered), next(iter(offered)))
        symbol = st.selectbox(
            "Quantity", list(offered), format_func=lambda each: offered[each].label, width=200, **quantity.widget_args()
        )
        end = st.segmented_control("Where it is", (_HIGHEST, _LOWEST), required=True, width="content", **_END.widget_args())
    config = get_model(session.current().model).model.config
    view = session.current().clamped(config.layers, config.hidden, (session.current().colour,))
    query = (text.scan, text.model, view.layer, view.unit, symbol, end == _LOWEST)
    return remember("your_text_fires", query, lambda: search.unit_activations(text, *query[2:]))


def _search_phrase(text: ScannedText) -> SearchResult | None:
    """Draw the box of the phrase and the choice of the page, and search the phrase; None without one."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        phrase = st.text_input(
            "A word or phrase; capitals do not matter", max_chars=_LONGEST, width=320, **_PHRASE_SETTING.widget_args()
        )
        last = max(1, -(-len(text.scan.find(phrase)) // MAX_PASSAGES)) if phrase else 1
        # Another phrase starts at its first page.
        page = settings.number(f"your_text_page_{phrase}", "page", 1, last, 1)
        number = page.value()
        if last > 1:
            number = st.number_input("Page", 1, last, width=130, **page.widget_args())
    return search.phrase_occurrences(text, phrase, MAX_PASSAGES * (int(number) - 1)) if phrase else None


def _opened_passage(text: ScannedText, result: SearchResult) -> int | None:
    """Return the index of the passage that contains the opened step."""
    step = passage.opened_step(text)
    if step is None:
        return None
    holding = (number for number, each in enumerate(result.passages) if each.first <= step < each.first + len(each.text))
    return next(holding, None)


#: The questions by id, which links and sessions use; the text may change, the id must not.
QUESTIONS: dict[str, Question[[ScannedText]]] = {
    SURPRISED: Question("Where was it surprised?", partial(_draw_passages, partial(search.surprising_passages, least=False))),
    CERTAIN: Question("Where was it sure?", partial(_draw_passages, partial(search.surprising_passages, least=True))),
    FIRES: Question("Where does a unit fire?", partial(_draw_passages, _search_activations)),
    PHRASE: Question("Where are these words?", partial(_draw_passages, _search_phrase)),
    UNITS: Question("Which units know this stretch?", _draw_stretch_units),
}
QUESTION_TITLES = question_titles(QUESTIONS)
