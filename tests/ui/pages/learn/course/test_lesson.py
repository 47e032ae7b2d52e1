"""A lesson's file: what is read, what is refused and in which words; the shipped lessons and their links."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz import load, models
from lstm_viz.ui.components.live_view.coloring import coloring_choices
from lstm_viz.ui.pages.delays.page import QUESTION_TITLES as DELAYS
from lstm_viz.ui.pages.gradients.page import QUESTION_TITLES as GRADIENTS
from lstm_viz.ui.pages.learn.course.example import example_file
from lstm_viz.ui.pages.learn.course.lesson import (
    ELEMENTS,
    ELEMENTS_ELSEWHERE,
    MAX_FILE,
    PAGES,
    InvalidLesson,
    Lesson,
    facts_in,
    parse_lesson,
)  # fmt: skip
from lstm_viz.ui.pages.learn.course.measures import MEASURES
from lstm_viz.ui.pages.learn.course.pictures import PICTURES
from lstm_viz.ui.pages.learn.course.questions import questions
from lstm_viz.ui.pages.learn.course.shipped import FOLDER, shipped_lessons
from lstm_viz.ui.pages.learn.course.text import as_markdown
from lstm_viz.ui.pages.long_text.page import QUESTION_TITLES as YOUR_TEXT
from lstm_viz.ui.pages.memory.page import QUESTION_TITLES as MEMORY
from lstm_viz.ui.pages.sentiment.page import QUESTION_TITLES as SENTIMENT
from lstm_viz.ui.pages.units.page import QUESTION_TITLES as UNITS
from lstm_viz.ui.pages.what_if.page import QUESTION_TITLES as WHAT_IF
from lstm_viz.ui.state.view import View
from tests.ui.page_testing import PAGES as SCRIPTS

QUESTIONS = {
    "gradients": GRADIENTS, "memory": MEMORY, "units": UNITS, "what_if": WHAT_IF, "your_text": YOUR_TEXT, "sentiment": SENTIMENT,
    "delays": DELAYS,
}  # fmt: skip
HEAD = 'id = "mine"\ntitle = "Mine"\nidea = "One. Two."\npicture = "loop"\n'
STEP = '[[steps]]\nsay = "Look."\nact = "next"\n'
CHOOSE = STEP.replace("next", "choose")


def parsed(text: str) -> Lesson:
    return parse_lesson(text.encode(), PICTURES, MEASURES)


def test_a_small_lesson_is_read() -> None:
    lesson = parsed(HEAD + STEP + 'view = "steps=3"\n[[steps]]\nsay = "Go."\nact = "move steps"\n')
    assert (lesson.id, [step.act for step in lesson.steps]) == ("mine", ["next", "move"])
    controls = PICTURES["loop"].controls
    assert lesson.settings(0, False, controls) == {"steps": 3, "expected": "hidden"}
    assert lesson.settings(1, False, controls)["steps"] == controls["steps"].default


def test_a_link_to_another_page_leaves_the_picture_as_it_was() -> None:
    away = '[[steps]]\nsay = "Go."\nact = "open link"\npage = "explore"\nlabel = "Go"\nview = "text=a"\n'
    controls = PICTURES["loop"].controls
    assert parsed(HEAD + STEP + 'view = "steps=3"\n' + away).settings(1, True, controls)["steps"] == 3
    assert parsed(HEAD + away).settings(0, True, controls)["steps"] == controls["steps"].default


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no id"),
        ("not toml at all", "no TOML"),
        ("x = " + "[" * 3000, "no TOML"),
        (HEAD, "[[steps]]"),
        (HEAD.replace("mine", "../etc"), "digits"),
        (HEAD.replace("loop", "film") + STEP, "'film'; there is loop"),
        (HEAD + STEP.replace("next", "jump"), "'jump'; use next"),
        (HEAD + STEP.replace("next", "move wheel"), "'wheel'; there is steps"),
        (HEAD + STEP.replace("next", "draw"), "no measure"),
        (HEAD + CHOOSE, "has options"),
        (HEAD + CHOOSE + 'options = ["one"]\nright = 1', "2 to 5"),
        (HEAD + CHOOSE + 'options = ["one", "two"]', "right option"),
        (HEAD + CHOOSE + 'options = ["one", "two"]\nright = true', "right option"),
        (HEAD + CHOOSE + 'options = ["one", "two"]\nright = "weather"', "'weather'; there is"),
        (HEAD + CHOOSE + 'options = ["one", 2]\nright = 1', "option 2 is a number; a text in quotes"),
        (HEAD + CHOOSE + 'options = ["one", "two"]\nright = 3', "right = 3; give the number"),
        (HEAD + CHOOSE + 'options = ["one", "two"]\nright = "2"', "without quotes"),
        (HEAD + CHOOSE + 'options = ["one", "two"]\nright = "weights"', "'weights'; there is another"),
        (HEAD.replace("loop", "park") + CHOOSE + 'options = ["a", "b"]\nright = "shut"', "one of 3 options"),
        (HEAD + CHOOSE + 'options = ["one", "one"]\nright = 1', "option 1 is there twice"),
        (HEAD + CHOOSE + 'options = "one"\nright = 1', "options is a text; a list"),
        (HEAD + CHOOSE + f'options = ["a", "b"]\nright = 0x{"f" * 9000}', "right as a number"),
        (HEAD + STEP + f"right = {'9' * 9000}", "no TOML"),
        (HEAD + STEP + 'options = ["one", "two"]\nright = 1', "options, which belongs to act = 'choose'"),
        (HEAD + STEP + 'measure = "copied"', "belongs to act = 'draw'; its act is 'next'"),
        (HEAD + STEP + 'label = "Go"', "belongs to act = 'open link'"),
        (HEAD + STEP + 'reveal_view = "steps=3"', "belongs to act = 'choose' or 'draw' or 'move'"),
        (HEAD + STEP.replace("Look.", "{Weights} now"), "'Weights'; there is weights"),
        (HEAD.replace("One. Two.", "{weights} are many. Two.") + STEP, "the lesson: idea has {weights}; only say"),
        (HEAD.replace('"Mine"', "“Mine”") + STEP, "straight quotes"),
        (HEAD.replace('"Mine"', "2026-01-01") + STEP, "title is a date or a time; a text in quotes"),
        (HEAD.replace('"Mine"', "12") + STEP, "title is a number; a text in quotes"),
        (HEAD + '[steps]\nsay = "a"', "steps is a table; write [[steps]]"),
        (HEAD + STEP.replace("next", "open link") + 'page = "units"\nlabel = "Go"\nview = "https://example.org/units?model=a&unit=3"',
         "after the ? of the page's address"),
        (HEAD + STEP + 'page = "explore"', "only “open link”"),
        (HEAD + STEP.replace("next", "open link") + 'label = "Go"\npage = "//example.org"', "'//example.org'; there is"),
        (HEAD + STEP.replace("next", "open link") + 'label = "Go"\npage = "../admin"', "'../admin'; there is"),
        (HEAD + STEP.replace("next", "open link") + 'page = "explore"', "no label"),
        (HEAD + STEP + 'view = "steps=99"', "0 to 11"),
        (HEAD + STEP + 'view = "steps=2.5"', "0 to 11"),
        (HEAD + STEP + 'view = "steps"', "settings"),
        (HEAD + STEP + 'view = "colour=red"', "'colour'; there is steps"),
        (HEAD + STEP + 'element = "body"', "'body'; there is picture"),
        (HEAD + STEP + 'script = "alert(1)"', "'script', which means nothing"),
        (HEAD + STEP.replace("Look.", "x" * 301), "at most 300"),
        (HEAD + STEP.replace("Look.", "a\\u202eb"), "invisible character, number 2 (U+202E, right-to-left override)"),
        (HEAD + STEP.replace("Look.", "a\\tb"), "(U+0009, a tab)"),
        (HEAD + STEP.replace("Look.", "{weather} now"), "'weather'; there is"),
        (HEAD + "steps = [1]", "no table"),
        (HEAD + STEP * 30, "1 to 12 [[steps]]; this one has 30"),
        ("#" * (MAX_FILE + 1), "at most 20,000"),
    ],
)  # fmt: skip
def test_what_is_no_lesson_is_refused_and_says_why(text: str, says: str) -> None:
    with pytest.raises(InvalidLesson, match=re.escape(says)):
        parsed(text)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_lesson_is_read_as_any_editor_saves_it(ends: str, mark: bytes) -> None:
    says = "Öffnet sich das Tor? <b>Nein</b>, می‌خواهم"
    text = HEAD + STEP.replace("Look.", says) + 'view = "?steps=3"\n'
    (step,) = parse_lesson(mark + text.replace("\n", ends).encode(), PICTURES, MEASURES).steps
    assert (step.say, step.view) == (says, (("steps", "3"),))
    assert "<b>" not in as_markdown(step.say)


def test_the_offered_file_is_the_first_lesson_and_lists_all_that_a_lesson_may_use() -> None:
    text = example_file().decode()
    lesson = parsed(text)
    assert (lesson.id, lesson.steps) == ("my-lesson", LESSONS[0].steps)
    assert len(text.encode()) < 0.8 * MAX_FILE, "there is room for a lesson"
    notes = set(re.findall(r"[a-z][a-z0-9_]*", "".join(line for line in text.splitlines() if line.startswith("#"))))
    named = {*PICTURES, *MEASURES, *PAGES, *ELEMENTS, *ELEMENTS_ELSEWHERE}
    assert notes >= named.union(*({*each.controls, *each.facts} for each in PICTURES.values()))


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"\x00" * 50, b"PK\x03\x04 not a lesson", b"\x80\x04cos\nsystem\n"])
def test_a_file_that_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidLesson):
        parse_lesson(data, PICTURES, MEASURES)


@given(st.binary(max_size=300))
def test_no_bytes_bring_the_reader_down(data: bytes) -> None:
    with pytest.raises(InvalidLesson):
        parse_lesson(data, PICTURES, MEASURES)


@given(st.dictionaries(st.sampled_from(["id", "title", "idea", "picture", "steps"]), st.integers() | st.booleans()))
def test_values_of_other_kinds_are_refused(table: dict[str, object]) -> None:
    with pytest.raises(InvalidLesson):
        parsed("\n".join(f"{key} = {str(value).lower()}" for key, value in table.items()))


@pytest.mark.parametrize(
    "text",
    ["[a link](https://example.org)", "![image](//example.org/x.png)", "<script>alert(1)</script>", "https://example.org",
     "$x^2$", ":material/home:", "# Title", "- a list", "a | b"],
)  # fmt: skip
def test_markup_in_a_lesson_is_printed_not_followed(text: str) -> None:
    written = as_markdown(text)
    assert not re.search(r"(?<!\\)[\[<$#|]", written)
    assert "http:" not in written
    assert "https:" not in written


def test_bold_and_code_take_effect_and_nothing_inside_them() -> None:
    assert as_markdown("a **state** and `W`") == "a **state** and `W`"
    assert as_markdown("**[x](y)**") == r"**\[x\]\(y\)**"


LESSONS = shipped_lessons()


def test_every_page_that_a_lesson_may_open_is_there() -> None:
    assert set(PAGES) <= {file.stem for file in SCRIPTS.glob("*.py")}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: each.id)
def test_a_lesson_predicts_first_and_ends_in_the_app(lesson: Lesson) -> None:
    acts = [step.act for step in lesson.steps]
    assert acts[-1] == "open link"
    assert {"choose", "draw"} & set(acts)
    assert len(re.findall(r"[.!?](?=\s|$)", lesson.idea)) == 2, "one idea in two sentences"
    assert lesson.source
    assert all(step.reveal for step in lesson.steps if step.asks)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: each.id)
def test_no_measured_number_is_written_in_a_lesson(lesson: Lesson) -> None:
    """Percentages, decimals and large numbers come from the networks alone."""
    file = next(each for each in FOLDER.glob("*.toml") if tomllib.loads(each.read_text())["id"] == lesson.id)
    for step in tomllib.loads(file.read_text())["steps"]:
        set_by_the_lesson = set(re.findall(r"=([\d.]+)", step.get("view", "") + "&" + step.get("reveal_view", "")))
        for text in (step["say"], step.get("reveal", "")):
            written = set(re.findall(r"\d+\s?%|\d+\.\d+|\d+,\d{3}", text))
            assert written <= set_by_the_lesson, text


def test_no_right_option_is_known_by_its_length_or_its_place() -> None:
    places = []
    for lesson, step in [(each, step) for each in LESSONS for step in each.steps if step.options]:
        picture, options, right = PICTURES[lesson.picture], step.options, step.right
        if isinstance(right, int):
            assert len(options[right - 1]) <= 1.25 * max(len(each) for each in options if each != options[right - 1]), options
        else:
            right = int(picture.facts[right](lesson.settings(lesson.steps.index(step), True, picture.controls)))
        places.append(right)
    assert all(2 * places.count(place) <= len(places) for place in places), places
    for question in questions():
        right_option, others = question.options[question.right - 1], {*question.options} - {question.options[question.right - 1]}
        assert len(right_option) <= 1.25 * max(map(len, others)), question


def test_a_measured_right_option_is_one_of_the_picture_s_facts() -> None:
    for picture in PICTURES.values():
        assert picture.right_options.keys() <= picture.facts.keys()
        settings = {name: control.default for name, control in picture.controls.items()}
        assert all(1 <= int(picture.facts[name](settings)) <= count for name, count in picture.right_options.items())


LINKS = [(lesson.id, step) for lesson in LESSONS for step in lesson.steps if step.act == "open link"]


@pytest.mark.parametrize(("name", "step"), LINKS, ids=[name for name, _ in LINKS])
def test_every_link_opens_what_it_says(name: str, step: object) -> None:
    link = urlsplit(step.link)  # type: ignore[attr-defined]
    assert (link.scheme, link.netloc) == ("", "")
    page = link.path.removeprefix("./") or "explore"
    parameters = dict(parse_qsl(link.query))
    assert (SCRIPTS / f"{page}.py").is_file()
    assert parameters.pop("point", "text") in ELEMENTS_ELSEWHERE
    asked = parameters.pop("ask", None)
    assert asked is None or asked in QUESTIONS[page]
    view = {key: value for key, value in parameters.items() if key in View("", "").query() or key in ("text", "symbol")}
    assert View("", "").with_query(view).query().items() >= view.items()
    if "model" in view:
        assert view["model"] in models()
        assert view.get("colour", "surprise") in coloring_choices(load(view["model"]).config.kind) or page == "sentiment"


def test_facts_are_known_and_computed() -> None:
    for lesson in LESSONS:
        picture = PICTURES[lesson.picture]
        for index, step in enumerate(lesson.steps):
            settings = lesson.settings(index, True, picture.controls)
            for fact in {*facts_in(step.say), *facts_in(step.reveal), *(f for o in step.options for f in facts_in(o))}:
                assert picture.facts[fact](settings)
            if isinstance(step.right, str):
                assert 1 <= int(picture.facts[step.right](settings)) <= len(step.options)


def test_lessons_have_ids_of_their_own() -> None:
    assert len({lesson.id for lesson in LESSONS}) == len(LESSONS) == len(list(Path(FOLDER).glob("*.toml")))
