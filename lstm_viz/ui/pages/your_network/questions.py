"""Questions that the files leave open, with one control each; every assumption is shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from lstm_viz.models.imported_network import POOLINGS
from lstm_viz.models.importing.gate_order import GATE_ORDERS
from lstm_viz.models.importing.open_places import BETWEEN, FUNCTIONS, SUBJECTS
from lstm_viz.models.importing.token_order import usual_alphabets
from lstm_viz.ui.components.text_upload import text_upload
from lstm_viz.ui.pages.your_network import answers
from lstm_viz.ui.pages.your_network.opening import FileQuestion, MissingVocabulary, Network
from lstm_viz.ui.pages.your_network.vocabulary_text import CHARACTERS
from lstm_viz.ui.state import settings
from lstm_viz.ui.state.markdown import escape_block

#: The largest file of a vocabulary, in bytes.
_LARGEST = 5 * 2**20
_LABELS = {
    "activation": "The function between its linear layers",
    "reads": "What it reads at each step",
    "nonlinearity": "The function of its recurrent layers",
    "pooling": "What its head reads of the recurrent layers",
    "output": "What its outputs are",
    "concatenation": "What comes first in its matrices",
    "gates": "The order of its gates",
    "own_class": "How its own class computes",
    "norms": "Where its norms stand",
    "before_layers": "The function before its recurrent layers",
    "before_head": "The function between its recurrent layers and its head",
    "at_end": "The function at its end",
    "between": "Between its recurrent layers",
}
#: Questions that are asked of one part each: their ids go on with its name.
_OF_PARTS = {"norm": "Where {} stands", "norm_kind": "What {} is", "activation": "The function {}"}
_OPTIONS = {
    "steps": "the output of each step", "last": "the last step of each direction", "mean": "the mean over all steps",
    "max": "the maximum over all steps", "none": "no function", "otherwise": "otherwise (then it cannot be read)",
    "numbers": "numbers", "tokens": "tokens, one-hot",
}  # fmt: skip
#: The options of what is assumed unless it is answered, by the subject of the fact.
_ASSUMED: dict[str, tuple[str, Sequence[str]]] = {
    "the head reads": ("pooling", POOLINGS), "function of": ("nonlinearity", ("tanh", "relu")),
}  # fmt: skip
#: The same for what is seldom otherwise, which is drawn below the facts.
_SELDOM: dict[str, tuple[str, Sequence[str]]] = {
    SUBJECTS["before_layers"]: ("before_layers", FUNCTIONS), SUBJECTS["before_head"]: ("before_head", FUNCTIONS),
    "function at the end": ("at_end", FUNCTIONS), SUBJECTS["between"]: ("between", BETWEEN), "order of the gates": ("gates", ()),
}  # fmt: skip


def label(question: str) -> str:
    """Return the label of a question's control."""
    sort, _, part = question.partition(":")
    return _LABELS.get(question) or (_OF_PARTS[sort].format(part) if part and sort in _OF_PARTS else question)


def ask(question: FileQuestion) -> None:
    """Ask what the files leave open; the usual answer is the first and is named as such."""
    ending = "" if question.reason.endswith("?") else "."
    st.info(f"{escape_block(question.reason)}{ending}", icon=":material/help:")
    _choice(question.id, (question.usual, *(each for each in question.options if each != question.usual)), question.usual)


def draw_answered(answered: Sequence[tuple[str, str]], vocabulary_note: str) -> None:
    """Draw the questions that were answered, so that an answer can be changed."""
    drawn = {question for question, _ in (*_ASSUMED.values(), *_SELDOM.values())} - {"gates"}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for question, answer in answered:
            asked = question.partition(":")[0]
            if (asked in _LABELS or asked in _OF_PARTS) and question not in drawn:
                title = f"{label(question)}: {_OPTIONS.get(answer, answer)}"
                _change(title, question, partial(answers.save, question, None))
        if vocabulary_note:
            _change(f"The vocabulary: {vocabulary_note}", "vocabulary", partial(answers.save_vocabulary, ""))


def _change(title: str, question: str, take_back: Callable[[], None]) -> None:
    st.caption(escape_block(title), width="content")
    st.button("Change", key=f"network_again_{question}", icon=":material/undo:", type="tertiary", on_click=take_back)


def draw_assumed(network: Network) -> None:
    """Draw the choices for what was assumed, and the classes' names."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        _draw_choices(network, _ASSUMED)
        if any(fact["subject"] == "classes" and fact["origin"] in ("assumed", "asked") for fact in _facts(network)):
            _class_names(network)


def draw_seldom(network: Network) -> None:
    """Draw the choices for what is assumed and seldom otherwise, such as a function that leaves no weights in a file."""
    subjects = {subject: each for subject, each in _SELDOM.items() if each[0] != "at_end" or network.vocabulary is None}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        _draw_choices(network, subjects)


def _facts(network: Network) -> list[dict[str, str]]:
    facts: list[dict[str, str]] = json.loads(network.metadata.get("import_facts", "[]"))
    return facts


def _draw_choices(network: Network, subjects: Mapping[str, tuple[str, Sequence[str]]]) -> None:
    answered = answers.answers()
    keys_drawn = set()
    for fact in _facts(network):
        for subject, (question, options) in subjects.items():
            is_open = fact["origin"] == "assumed" or question in answered or (question, fact["origin"]) == ("gates", "inferred")
            if fact["subject"].startswith(subject) and is_open and question not in keys_drawn:
                keys_drawn.add(question)
                row = options or next((orders for orders in GATE_ORDERS.values() if fact["value"] in orders), ())
                usual = next((each for each in row if each in fact["value"]), row[0])
                _choice(question, row, "", current=answered.get(question, usual))


def _choice(question: str, options: Sequence[str], usual: str, current: str | None = None) -> None:
    key = f"network_answer_{question}"

    def describe(option: str) -> str:
        return _OPTIONS.get(option, option) + (" (the usual)" if option == usual else "")

    index = options.index(current) if current in options else None
    st.selectbox(
        label(question), options, index=index, format_func=describe, placeholder="Choose", width=360,
        **settings.control_args(key, partial(answers.save, question), optional=True),
    )  # fmt: skip


def _class_names(network: Network) -> None:
    key, count = "network_answer_classes", len(network.outputs)
    st.text_input(
        f"The names of its {count:,} classes, in the order of its outputs, separated by commas",
        answers.answers().get("classes", ""), placeholder=", ".join(network.outputs[:4]), width=480,
        **settings.control_args(key, partial(answers.save, "classes")),
    )  # fmt: skip


def ask_vocabulary(missing: MissingVocabulary) -> None:
    """Ask for the tokens of a network whose files do not name them."""
    count, words = missing.count, missing.count > CHARACTERS
    what = "words" if words else "characters"
    st.info(f"{escape_block(missing.reason)}. Any of these will do:", icon=":material/abc:")
    st.markdown(_describe_vocabulary_input(count, what))
    alphabets = {} if words else usual_alphabets(count)
    if alphabets:
        _alphabet(alphabets)
    key = "network_symbols"
    st.text_area(
        f"Its {count:,} {what} in order, or its text", answers.vocabulary() or "", height=120,
        **settings.control_args(key, answers.save_vocabulary),
        placeholder='["the", "of", …], {"the": 0, …} as Python or JSON, or one word per line' if words
        else 'abc…, or a list ["a", "b", …], or a dictionary {"a": 0, …}, as Python or JSON',
    )  # fmt: skip
    uploads = text_upload("or as a file: the list, the dictionary or the text", "network_symbols", _LARGEST)
    if uploads is not None and uploads.file is not None and answers.vocabulary() != uploads.file.text:
        answers.save_vocabulary(uploads.file.text)
        st.rerun()
    if missing.problem:
        st.error(f"{escape_block(missing.problem)}.", icon=":material/block:")


def _describe_vocabulary_input(count: int, what: str) -> str:
    """Return what can be given for an unknown vocabulary, Markdown."""
    files = "vocab.pkl, .json, .csv, or .txt with one word per line" if what == "words" else "vocab.pkl, .json, .csv or .txt"
    return (
        f"- its vocabulary, dropped above: {files}\n"
        f"- its {count:,} {what} in the order of their ids, in the box below: a list or a dictionary\n"
        f"- the text that it learned from, or one like it, dropped above or in the box: its {what} are tried in the usual orders "
        "(alphabetical, by first appearance, by frequency), and the order that predicts the text best is used and shown. "
        f"This does not work for a classifier: give the order, or its whole training text, whose {what} are then sorted"
    )


def _alphabet(alphabets: dict[str, str]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Usual alphabets of this size:", width="content")
        for number, (name, alphabet) in enumerate(alphabets.items()):
            st.button(
                name, key=f"network_alphabet_{number}", on_click=answers.save_vocabulary, args=(json.dumps(list(alphabet)),)
            )
