"""Draw a lesson: progress, picture, sentence and act; a fragment, so that a step redraws nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from lstm_viz.text.labels import label
from lstm_viz.ui import components
from lstm_viz.ui.components.layout import page_header
from lstm_viz.ui.frontend.component import mount
from lstm_viz.ui.pages.learn.course import measures, state
from lstm_viz.ui.pages.learn.course.lesson import ELEMENTS_ELSEWHERE, PAGES, Lesson, Step, facts_in, fill_in
from lstm_viz.ui.pages.learn.course.picture import Choice, Control, Picture, Slider
from lstm_viz.ui.pages.learn.course.pictures import PICTURES
from lstm_viz.ui.pages.learn.course.prepare import prepare
from lstm_viz.ui.pages.learn.course.progress import answer_key, read_drawn
from lstm_viz.ui.pages.learn.course.shipped import shipped_lessons
from lstm_viz.ui.pages.learn.course.style import STYLE
from lstm_viz.ui.pages.learn.course.text import as_markdown
from lstm_viz.ui.state.messages import component_message
from lstm_viz.ui.state.settings import control_args, show
from lstm_viz.ui.state.theme import PALETTES_BY_THEME, palette

_BAR = "lesson_bar"


def render() -> None:
    """Draw the lesson at the reader's step."""
    # Outside the fragment: a step does not send it again.
    st.html(STYLE)
    _lesson()


@st.fragment
def _lesson() -> None:
    number, lesson, step = state.current()
    here, key = lesson.steps[step], answer_key(lesson, step)
    prepare(lesson)
    with st.container(key="lesson"):
        page_header(f"{f'{number}. ' * bool(number)}{as_markdown(lesson.title)}")
        _draw_progress_bar(number, lesson, step)
        # What the presenter view shows on the whole screen: the picture and the question beside it.
        with st.container(key="lesson_slide"):
            with st.container(key="lesson_later" if step else "lesson_idea_first"), st.container(key="lesson_idea"):
                st.markdown(as_markdown(lesson.idea))
            left, right = st.columns([7, 5], gap="medium")
            picture = PICTURES[lesson.picture]
            with left:
                settings = _picture(lesson, step, picture, key)
            with right:
                _draw_text(lesson, step, picture, settings)
                _draw_navigation(here, key, number, step)
                if lesson.source:
                    with st.container(key="lesson_source"):
                        st.caption(f"Source: {as_markdown(lesson.source)}")
    point = f".st-key-lesson_{here.element} {{ outline: 3px solid var(--focus); outline-offset: 6px; border-radius: 6px; }}"
    st.html(f"<style>{point if here.element and here.page == 'learn' else ''}</style>")
    components.sync_address_bar("learn_address")


def _draw_progress_bar(number: int, lesson: Lesson, step: int) -> None:
    """Draw the row of dots, which also stores the progress in the browser and listens to the keys."""
    header = {
        "kind": "bar", "titles": [each.title for each in shipped_lessons()], "lesson": number, "step": step + 1,
        "steps": len(lesson.steps), "done": list(state.DONE.value()), "moved": state.has_moved(),
        "answers": state.answers_to_store(), "turned": state.turned(),
        "revealed": _is_done(lesson.steps[step], answer_key(lesson, step)) and lesson.steps[step].act != "next",
    }  # fmt: skip

    def on_message() -> None:
        sent = component_message(_BAR) or {}
        if "stored" in sent:
            state.merge_stored(sent["stored"])
        if "turns" in sent:
            state.turn(sent["turns"], sent.get("upto"))
        lesson_asked, step_asked = sent.get("lesson"), sent.get("step", 1)
        if isinstance(lesson_asked, int) and isinstance(step_asked, int) and 1 <= lesson_asked <= len(shipped_lessons()):
            state.go(lesson_asked, min(max(step_asked - 1, 0), 11))

    mount(json.dumps(header).encode(), _BAR, on_message, part="course")


def _picture(lesson: Lesson, step: int, picture: Picture, key: str) -> dict[str, float | str]:
    """Draw the picture with its controls, or the surface to draw on; return the picture's settings."""
    here, done = lesson.steps[step], _is_done(lesson.steps[step], key)
    settings = lesson.settings(step, done, picture.controls)
    if here.act == "draw":
        with st.container(key="lesson_picture"):
            _draw_guess_surface(lesson, step)
        return settings
    moved = _moved(key)
    settings |= moved
    with st.container(key="lesson_picture"):
        drawing = picture.draw(settings, palette())
        if isinstance(drawing.content, str):
            named = f'data-picture="{escape(lesson.title)}"'  # The presenter view fills the screen with it.
            named += " data-wide" * _is_wide(drawing.content)
            st.markdown(f'<div style="overflow-x: auto" tabindex="0" {named}>{drawing.content}</div>', unsafe_allow_html=True)
        else:
            # A figure that is redrawn keeps its axes: another one of the same picture is a figure of its own.
            chosen = "_".join(str(settings[name]) for name, each in picture.controls.items() if isinstance(each, Choice))
            components.draw_figure(drawing.content, f"lesson_figure_{lesson.picture}_{chosen}", drawing.alt)
        if drawing.caption:
            st.caption(drawing.caption)
    # Controls could reveal the answer to the question of a later step.
    waiting = any(each.asks and answer_key(lesson, index) not in state.answers() for index, each in enumerate(lesson.steps))
    if here.act != "move" and not waiting:
        _controls(picture.movable(settings), picture, settings, key)
    return settings


def _is_wide(svg: str) -> bool:
    """Return True for a drawing that is more than twice as wide as high."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    return found is not None and float(found[1]) > 2.2 * float(found[2])


def _controls(names: Sequence[str], picture: Picture, settings: Mapping[str, float | str], key: str) -> None:
    """Draw controls of the picture: those that a step has moved beside the picture, so that both are in view; else below it."""
    with st.container(key="lesson_controls", horizontal=True, vertical_alignment="bottom"):
        for name in names:
            control = picture.controls[name]
            if isinstance(control, Slider) and name in picture.highest:
                # A slider that cannot move is not drawn.
                control = replace(control, high=max(control.low + control.step, picture.highest[name](settings)))
            _control(name, control, settings[name], key)


def _control(name: str, control: Control, value: float | str, key: str) -> None:
    """Draw a control at the step's value; the reader's changes are stored for this step alone."""
    widget = f"lesson_control_{key}_{name}"
    show(widget, min(value, control.high) if isinstance(control, Slider) and not isinstance(value, str) else value)

    def save(moved: float | str) -> None:
        st.session_state.setdefault("lesson_moved", {}).setdefault(key, {})[name] = moved

    bound = control_args(widget, save)
    if isinstance(control, Slider):
        st.slider(control.label, control.low, control.high, step=control.step, **bound)
    elif isinstance(control, Choice):
        st.segmented_control(
            control.label, list(control.options), format_func=control.options.__getitem__, required=True, **bound,
        )  # fmt: skip
    else:
        st.text_input(control.label, max_chars=control.longest, live="0ms", **bound)


def _moved(key: str) -> Mapping[str, float | str]:
    moved: Mapping[str, float | str] = st.session_state.get("lesson_moved", {}).get(key, {})
    return {name: value for name, value in moved.items() if value not in ("", None)}


def _is_done(step: Step, key: str) -> bool:
    if step.act == "move":
        return not _moved(key).keys().isdisjoint(step.control.split())
    return key in state.answers() if step.asks else True


def _draw_guess_surface(lesson: Lesson, index: int) -> None:
    """Draw the surface for a guess; the measured values are sent only once there is one."""
    step, key = lesson.steps[index], answer_key(lesson, index)
    measured, given = state.measured(step.measure), state.answers().get(key)
    header: dict[str, Any] = {
        "kind": "guess", "names": [label(each) for each in measured.names], "label": measured.label, "style": measured.style,
        "low": measured.low, "high": measured.high, "log": measured.log, "share": measured.share, "role": measured.role,
        "given": given, "palette": PALETTES_BY_THEME,
    }  # fmt: skip
    if given is not None:
        header["found"] = measured.found
        header["measured"] = [float(each) for each in measured.values]
    surface = f"lesson_surface_{key}"

    def on_message() -> None:
        answer = read_drawn((component_message(surface) or {}).get("values"), len(measured.names))
        if answer is not None:
            state.give(lesson, index, answer)

    mount(json.dumps(header).encode(), surface, on_message, part="course")


def _draw_text(lesson: Lesson, index: int, picture: Picture, settings: Mapping[str, float | str]) -> None:
    """Draw the sentence, the options or controls, and what is revealed once the act is done."""
    step, key = lesson.steps[index], answer_key(lesson, index)
    with st.container(key="lesson_words"):
        with st.container(key="lesson_say"):
            st.markdown(_fill_in_facts(step.say, picture, settings))
        done = _is_done(step, key)
        if step.act == "move":
            _controls(step.control.split(), picture, settings, key)
        if step.act == "choose":
            _options(lesson, index, picture, settings)
        if step.asks and not done:
            with st.container(key=f"lesson_how_{step.act}"):
                st.caption("Choose first: the answer is shown then." if step.act == "choose" else _HOW_TO_DRAW)
        if done and (step.reveal or step.act == "draw"):
            with st.container(key="lesson_reveal"):
                if step.act == "draw":
                    guess = state.answers()[key]
                    if isinstance(guess, tuple):
                        st.markdown(f"**{measures.compare(guess, state.measured(step.measure))}**")
                if step.reveal:
                    st.markdown(_fill_in_facts(step.reveal, picture, settings))


_HOW_TO_DRAW = (
    "Draw with the mouse or a finger, or with the keyboard: ← → choose a place, ↑ ↓ move the line there. The answer is shown "
    "then."
)


def _options(lesson: Lesson, index: int, picture: Picture, settings: Mapping[str, float | str]) -> None:
    step, key = lesson.steps[index], answer_key(lesson, index)
    answer = state.answers().get(key)
    right = None if answer is None else _right(step, picture, settings)

    with st.container(key="lesson_options", gap="small"):
        for option, text in enumerate(step.options):
            icon = (
                None
                if right is None
                else ":material/check:"
                if option == right
                else ":material/close:"
                if option == answer
                else None
            )
            st.button(
                _fill_in_facts(text, picture, settings), key=f"lesson_option_{key}_{option}", icon=icon, width="stretch",
                disabled=answer is not None, on_click=state.give, args=(lesson, index, option),
                help="Your answer" if option == answer else None,
            )  # fmt: skip


def _right(step: Step, picture: Picture, settings: Mapping[str, float | str]) -> int:
    """Return the index of the right option, which the picture may measure."""
    return (int(picture.facts[step.right](settings)) if isinstance(step.right, str) else step.right) - 1


def _fill_in_facts(text: str, picture: Picture, settings: Mapping[str, float | str]) -> str:
    return as_markdown(fill_in(text, {name: picture.facts[name](settings) for name in facts_in(text)}))


def _draw_navigation(step: Step, key: str, number: int, index: int) -> None:
    """Draw the link of the step, and Back and Next."""
    if step.act == "open link":
        look = f"; look at {ELEMENTS_ELSEWHERE[step.element]}" if step.element else ""
        where = f"Opens {PAGES[step.page]} in a new tab{look}."
        st.link_button(as_markdown(step.label), step.link, icon=":material/open_in_new:", help=where)
    done = _is_done(step, key)
    last = number == len(shipped_lessons()) and index == len(shipped_lessons()[-1].steps) - 1
    with st.container(key="lesson_go", horizontal=True, gap="small"):
        first = number <= 1 and index == 0
        st.button("Back", key="lesson_back", icon=":material/arrow_back:", on_click=state.go_back, disabled=first)
        st.button(
            "Finish" if last else "Next", key="lesson_next", icon=":material/arrow_forward:", on_click=state.go_on,
            type="primary" if done else "secondary", disabled=step.asks and not done,
        )  # fmt: skip
