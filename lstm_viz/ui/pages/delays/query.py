"""What does each one answer? A typed example, read by the three trained networks, with their memory."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from html import escape

import streamlit as st

from lstm_viz.delays.recall_probe import PredictedAnswer, best_unit, predict_answer, retention
from lstm_viz.delays.results import DelayResult
from lstm_viz.figures.delays import retention_map
from lstm_viz.figures.palette import Palette
from lstm_viz.gates import MEMORY_STATE, NAMES, Kind
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_percent
from lstm_viz.training.tasks.delays import ASK, TASKS, InvalidExample
from lstm_viz.ui import components
from lstm_viz.ui.components.navigation import open_in_explorer
from lstm_viz.ui.pages.delays import run_state, text_box
from lstm_viz.ui.pages.delays.task_text import TITLES
from lstm_viz.ui.state import address, settings
from lstm_viz.ui.state.examples import Preset
from lstm_viz.ui.state.session_models import register_model
from lstm_viz.ui.state.theme import palette
from lstm_viz.ui.state.view import View

#: The delay of the first example, the longest one offered, and how many tokens of a typed text are read.
FIRST, LONGEST, MAX_SYMBOLS = 100, 200, 250
_DRAWN = "delays_drawn"
_DELAY = settings.number("delays_delay", "delay", 0, LONGEST, FIRST)


@dataclass(frozen=True)
class TypedQuestion:
    """A typed text as the networks read it: up to the first ?, which is appended if it is missing."""

    text: str
    expected: str | None
    note: str | None

    @classmethod
    def of(cls, typed_text: str, task: str) -> TypedQuestion:
        """Cut a text, and find its right answer if it follows the rule."""
        before, requested, behind = typed_text.partition(ASK)
        notes = []
        if not requested:
            notes.append(f"The networks answer at a {ASK}; one is added to your text.")
        if behind:
            notes.append(f"Text after the {ASK} is not read: the networks answer there.")
        if len(before) >= MAX_SYMBOLS:
            notes.append(f"Only the first {MAX_SYMBOLS - 1} symbols before the {ASK} are read.")
        text = before[: MAX_SYMBOLS - 1] + ASK
        try:
            expected = TASKS[task].solve(text)
        except InvalidExample as refused:
            expected = None
            notes.insert(0, f"{refused}. The networks answer all the same.")
        return cls(text, expected, " ".join(notes) or None)

    @property
    def read_count(self) -> int:
        """How many tokens of the box are read."""
        return len(self.text)


def render(task: str) -> None:
    """Draw the box, the answers and the maps; a keystroke reruns nothing else."""
    outcome, mine = run_state.queryable_result(task)
    key = f"delays_box_{task}"
    linked = "example" in address.visit().pending
    requested = _example_setting(task).value()
    if linked and requested:
        text_box.set_text(key, requested)
    elif not text_box.has_text(key):
        _draw_example(task, key)
    st.markdown(
        "**Each network reads your text and answers. Its map, from left to right: above, what is left of each symbol to keep "
        "(strong: still there, blank: forgotten); below, its units.**"
    )
    _choose(task, key)
    _answers(outcome, key)
    st.caption(
        "What is left of a symbol: how much the state would differ if another symbol had been there. "
        "Below it each row is a unit's state, an LSTM's cell state: blue below zero, orange-red above. A row that keeps its "
        f"colour through the pause holds something. {_describe_networks(outcome, mine)}"
    )


@st.fragment
def _answers(outcome: DelayResult, key: str) -> None:
    task, typed_text = outcome.experiment.task, text_box.current_text(key)
    _example_setting(task).save(typed_text[:MAX_SYMBOLS])
    question = TypedQuestion.of(typed_text, task)
    vocabulary = next(iter(outcome.networks.values())).vocabulary
    text_box.draw_task_box(
        key, f"Type an example of your own. {TASKS[task].rule}", typed_text, min(len(typed_text), question.read_count), vocabulary
    )
    # Drawn even if empty, so that nothing below moves or is remounted.
    with st.container():
        if question.note:
            st.caption(question.note)
    with components.answer_container():
        for column, kind in zip(st.columns(len(outcome.networks), gap="medium"), outcome.networks, strict=True):
            with column:
                _network(outcome, kind, question)
    components.sync_address_bar("delays_example_address")


def _describe_networks(outcome: DelayResult, mine: bool) -> str:
    experiment = outcome.experiment
    whose = "The networks that you have just trained" if mine else "The networks that ship with this app"
    return f"{whose}: {experiment.units} units each, delays up to {experiment.longest}, seed {experiment.seed}."


def _choose(task: str, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.slider("Delay of the example", 0, LONGEST, width=320, **_DELAY.widget_args(then=lambda: _draw_example(task, key)))
        st.button("Another example", icon=":material/refresh:", on_click=_on_another_example, args=(task, key))


def _draw_example(task: str, key: str) -> None:
    """Draw the same word over another delay, so that the slider changes only the delay."""
    draw = random.Random(st.session_state.get(_DRAWN, 3))
    text = TASKS[task].example(int(_DELAY.value()), draw)[0]
    text_box.set_text(key, text)
    _example_setting(task).save(text)


def _example_setting(task: str) -> settings.Setting[str]:
    """Return the setting of a task's typed text, for the link."""
    return settings.text(f"delays_example_{task}", "example", longest=MAX_SYMBOLS)


def _on_another_example(task: str, key: str) -> None:
    st.session_state[_DRAWN] = st.session_state.get(_DRAWN, 3) + 1
    _draw_example(task, key)


def _network(outcome: DelayResult, kind: Kind, question: TypedQuestion) -> None:
    task, model, colours = TASKS[outcome.experiment.task], outcome.networks[kind], palette()
    due = len(question.expected or task.example(1, random.Random(0))[1])
    answer_given = predict_answer(model, question.text, due)
    st.html(answer_html(f"{NAMES[kind][0].upper()}{NAMES[kind][1:]} answers", answer_given, question.expected, colours))
    layer = answer_given.trace.layers[-1]
    figure = retention_map(
        layer.values[MEMORY_STATE[kind]][:, 0], retention(model, task, question.text), task.memory_positions(question.text),
        answer_given.trace.tokens, outcome.orders[kind], colours,
    )  # fmt: skip
    state = "cell states" if kind == "lstm" else "hidden states"
    components.draw_figure(
        figure, f"delays_memory_{kind}", f"The {NAMES[kind]} answers {answer_given.symbols}. Its {state} over the text."
    )
    if st.button(f"Open the {NAMES[kind]} in Explore", key=f"delays_open_{kind}", icon=":material/open_in_new:"):
        _open(outcome, kind, question, answer_given)


def answer_html(title: str, answer_given: PredictedAnswer, expected: str | None, palette: Palette) -> str:
    """Format an answer as HTML: each token with its probability, marked right or wrong if known."""
    parts = []
    for index, (token, sure) in enumerate(zip(answer_given.symbols, answer_given.probabilities, strict=True)):
        right = expected is None or expected[index : index + 1] == token
        colour = palette.roles["input"] if expected is None else palette.roles["read"] if right else palette.gradient
        sign = "" if expected is None else " ✓" if right else f" ✗ ({escape(label(expected[index]))})"
        parts.append(
            f'<span style="border:2px solid {colour};border-radius:6px;padding:0.1rem 0.45rem;text-align:center">'
            f'<b style="font-family:monospace;font-size:1.15rem">{escape(label(token))}</b>{sign}'
            f'<small style="display:block;opacity:0.75">{escape(format_percent(sure))}</small></span>'
        )
    row = '<span style="display:flex;gap:0.4rem;flex-wrap:wrap;align-items:stretch">'
    count = "" if expected is None else f": {answer_given.right(expected)} of {len(expected)} right"
    return f'<p style="margin:0 0 0.3rem"><b>{escape(title)}</b>{count}</p>{row}{"".join(parts)}</span>'


def _open(outcome: DelayResult, kind: Kind, question: TypedQuestion, answer_given: PredictedAnswer) -> None:
    """Open a network in the explorer, with this text and the unit that stores the information best."""
    experiment, model = outcome.experiment, outcome.networks[kind]
    task = TASKS[experiment.task]
    unit, colour = best_unit(model, task, question.text), f"unit.{MEMORY_STATE[kind]}"
    hint = f"{task.rule} Unit {unit} distinguishes the first letters best: see whether it holds its value until the {ASK}."
    here = Preset(
        "own", "Your example", question.text + answer_given.symbols, hint, colour, "unit", 0, unit, len(question.text) - 1
    )
    draw = random.Random(7)
    others = [
        replace(here, id=f"delay-{delay}", name=f"A delay of {delay}", text="".join(task.example(delay, draw)), step=-1)
        for delay in (5, 20, 60)
    ]
    name = register_model(
        model, f"{TITLES[experiment.task]} over a delay · {NAMES[kind]}", (here, *others), f"delay-{experiment.task}-{kind}"
    )
    open_in_explorer(here.apply_to(View("", name)))
