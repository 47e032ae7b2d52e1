"""The page of long texts, put together: the text, its reading, the whole at a glance, what was asked, and the opened passage."""

from __future__ import annotations

import streamlit as st

from lstm_viz.figures.surprise_profile import along
from lstm_viz.ui import components
from lstm_viz.ui.components import controls
from lstm_viz.ui.components.layout import head, tighten
from lstm_viz.ui.pages.long_text import beginning, passage, search
from lstm_viz.ui.pages.long_text.scan_job import Read, read, save
from lstm_viz.ui.pages.long_text.search import SHOWN, Curve, Found
from lstm_viz.ui.state import session, settings
from lstm_viz.ui.state.models import exhibit
from lstm_viz.ui.state.theme import palette

SURPRISED, CERTAIN, FIRES, PHRASE = "surprising", "certain", "activations", "search"
#: The questions by the ids that links and sessions know them by; the texts may change, the ids must not.
QUESTIONS = {
    SURPRISED: "Where was it surprised?",
    CERTAIN: "Where was it sure?",
    FIRES: "Where does a unit fire?",
    PHRASE: "Where are these words?",
}
_LENS = "your_text_lens"
#: Into how many stretches the whole text is cut for its picture.
_WIDTH = 400
_HIGHEST, _LOWEST = "highest", "lowest"
_END = settings.choice("your_text_end", "end", (_HIGHEST, _LOWEST), _HIGHEST)
#: The longest phrase that is searched for, in letters.
_LONGEST = 200
_WANTED = settings.words("your_text_phrase", "phrase", longest=_LONGEST)


def show() -> None:
    """Draw the page; while a text is being read only the fragment of its progress is drawn again and again."""
    tighten()
    head("What does a network make of a whole book?", terms=("surprise", "nat", "symbol", "vocabulary", "unit", "layer"))
    st.markdown("**It reads a text once to its end. Then look where it was surprised, where a unit fires, and open any place.**")
    view = beginning.settled()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        controls.network(view)
    found, own = read(session.current().model)
    _answer(found, own)


@st.fragment
def _answer(text: Read | None, own: bool) -> None:
    if text is not None:
        _answered(text)
    view = session.current()
    more: dict[str, str | None] = {"model": view.model, "layer": str(view.layer), "unit": str(view.unit)}
    components.follow("your_text_address", unsaved=own, more={} if session.unwritten(view) else more)


def _answered(text: Read) -> None:
    controls.question(QUESTIONS, _LENS)
    asked = controls.asked(QUESTIONS, _LENS)
    found: Found | None
    symbol = None
    if asked == FIRES:
        found, symbol = _fires(text)
    elif asked == PHRASE:
        found = _phrase(text)
    else:
        found = search.surprising(text, least=asked == CERTAIN)
    _whole(text, found)
    if found is not None:
        st.markdown(found.words + (" Click a letter to see every gate there." if found.passages else ""))
        components.passages(
            found.passages,
            found.scale,
            "your_text_passages",
            lambda step: passage.turn_to(text, step, symbol),
            _open(text, found),
        )
    passage.show(text, symbol)
    save(text)


def _whole(text: Read, found: Found | None) -> None:
    scan, loss = text.scan, text.scan.known_loss
    if scan.loss is None:
        st.info("A text of one letter holds no surprise: nothing came before it.", icon=":material/info:")
        return
    steps = () if found is None else found.steps
    begins, means = scan.bins(_WIDTH)
    curve, unit = Curve("surprise", begins, means, loss or 0.0), "nats"
    if found is not None and found.curve is not None:
        curve, unit = found.curve, ""
    elif loss is None:
        st.info("The network knows no letter of this text, so that its surprise says nothing.", icon=":material/info:")
        return
    figure = along(curve.begins, curve.means, len(scan.text), curve.mean, steps, passage.place(text), palette(), curve.name, unit)

    def clicked(click: components.Click) -> None:
        if isinstance(click.customdata, int):
            passage.turn_to(text, click.customdata)

    components.picture(
        figure, "your_text_along",
        f"The {curve.name} along {text.name}, {len(scan.text):,} letters: {curve.mean:.2f} {unit} on average.",
        "The whole text from left to right. Click anywhere to open that place"
        + ("; diamonds are the passages below." if steps else "."), clicked,
    )  # fmt: skip


def _fires(text: Read) -> tuple[Found, str]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        controls.layer(session.current())
        controls.unit(session.current())
        offered = {each.symbol: each for each in search.quantities(text.scan.kind)}
        quantity = settings.choice("your_text_symbol", "quantity", list(offered), next(iter(offered)))
        symbol = st.selectbox(
            "Quantity", list(offered), format_func=lambda each: offered[each].label, width=200, **quantity.bound()
        )
        end = st.segmented_control("Where it is", (_HIGHEST, _LOWEST), required=True, width="content", **_END.bound())
    config = exhibit(session.current().model).model.config
    view = session.current().inside(config.layers, config.hidden, (session.current().colour,))
    return search.fires(text, view.layer, view.unit, symbol, end == _LOWEST), symbol


def _phrase(text: Read) -> Found | None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        wanted = st.text_input("A word or phrase, in capitals or not", max_chars=_LONGEST, width=320, **_WANTED.bound())
        last = max(1, -(-len(text.scan.find(wanted)) // SHOWN)) if wanted else 1
        # Another phrase begins at its first page.
        page = settings.number(f"your_text_page_{wanted}", "page", 1, last, 1)
        number = page.value()
        if last > 1:
            number = st.number_input("Page", 1, last, width=130, **page.bound())
    return search.phrase(text, wanted, SHOWN * (int(number) - 1)) if wanted else None


def _open(text: Read, found: Found) -> int | None:
    """Which of the passages holds the opened step."""
    step = passage.place(text)
    if step is None:
        return None
    holding = (number for number, each in enumerate(found.passages) if each.first <= step < each.first + len(each.text))
    return next(holding, None)
