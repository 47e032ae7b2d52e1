"""A lesson as data, validated: its TOML file may come from anybody; no Streamlit."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from lstm_viz.ui.pages.learn.course.picture import Control, InvalidValue, Measure, Picture

#: The app's pages by the name that a lesson uses, with their titles; the name is the page's address, but for Explore's.
PAGES: Mapping[str, str] = {
    "learn": "Learn", "explore": "Explore", "gradients": "Gradients", "memory": "Memory", "units": "Units", "what_if": "What if",
    "your_text": "Your text", "sentiment": "Sentiment", "generate": "Generate", "series": "Time series", "delays": "Delays",
    "train": "Train", "your_network": "Your network",
}  # fmt: skip
#: What a step can point at on the lesson's own page, and on the others, with the words that name it.
ELEMENTS: Mapping[str, str] = {"picture": "the picture", "controls": "the controls", "words": "the words beside it"}
ELEMENTS_ELSEWHERE: Mapping[str, str] = {
    "text": "the text box", "figure": "the figure", "controls": "the row of controls", "question": "the questions",
}  # fmt: skip
#: The most that is read of a file, in bytes, and of each text in it, in characters.
MAX_FILE = 20_000
_LONGEST = {"title": 60, "idea": 400, "source": 200, "say": 300, "reveal": 400, "option": 120, "label": 60, "view": 2000}
_MOST_STEPS = 12
_MOST_OPTIONS = 5
_FACT = re.compile(r"\{\s*([A-Za-z][A-Za-z0-9_]*)\s*\}")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
#: Joiners are let through: Persian and Hindi are written with them.
_HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_CURLY_QUOTES = re.compile("[“”„«»]")
_PARAMETER = re.compile(r"[a-z][a-z0-9_-]*")
#: What only some acts use; anywhere else it would be passed over in silence.
_ACTS_OF = {
    "options": ("choose",), "right": ("choose",), "measure": ("draw",), "label": ("open link",),
    "reveal_view": ("choose", "draw", "move"),
}  # fmt: skip
_STEP_KEYS = {"say", "act", "page", "view", "element", "options", "right", "measure", "reveal", "reveal_view", "label"}
_LESSON_KEYS = {"id", "title", "idea", "picture", "source", "steps"}


class InvalidLesson(ValueError):
    """The file is not a lesson; the message says where, what the file has, and what it should have."""


@dataclass(frozen=True)
class Step:
    """One step of a lesson; see the package's documentation. `control` names what a "move" moves; `view` holds pairs."""

    say: str
    act: str
    page: str = "learn"
    view: tuple[tuple[str, str], ...] = ()
    element: str = ""
    options: tuple[str, ...] = ()
    right: int | str = 0
    measure: str = ""
    reveal: str = ""
    reveal_view: tuple[tuple[str, str], ...] = ()
    label: str = ""
    control: str = ""

    @property
    def asks(self) -> bool:
        """True if the step must be answered before the lesson goes on."""
        return self.act in ("choose", "draw")

    @property
    def link(self) -> str:
        """The address that an "open link" opens, relative, with what it points at."""
        path = "" if self.page == "explore" else self.page
        return f"./{path}?{urlencode([*self.view, *([('point', self.element)] if self.element else [])])}"


@dataclass(frozen=True)
class Lesson:
    """A lesson; all its texts are plain but for **bold** and `code`."""

    id: str
    title: str
    idea: str
    picture: str
    steps: tuple[Step, ...]
    source: str = ""

    def settings(self, step: int, done: bool, controls: Mapping[str, Control]) -> dict[str, float | str]:
        """Return what the picture's controls show at a step; `done` says that its act is done, so that `reveal_view` counts."""
        settings = {name: control.default for name, control in controls.items()}
        here = self.steps[step]
        if here.page != "learn":
            # Its view is another page's: the picture stays as the step before left it.
            here, done = next((each for each in reversed(self.steps[:step]) if each.page == "learn"), Step("", "next")), True
        pairs = here.reveal_view if done and here.reveal_view else here.view
        return settings | {name: controls[name].read(value) for name, value in pairs}


def parse_lesson(data: bytes, pictures: Mapping[str, Picture], measures: Mapping[str, Measure]) -> Lesson:
    """Read a lesson from the bytes of a TOML file.

    Args:
        data: The file's content, UTF-8, at most MAX_FILE bytes.
        pictures: The pictures that a lesson may show, by name.
        measures: What a lesson may have predicted, by name.

    Returns:
        The lesson.

    Raises:
        InvalidLesson: It is no TOML, something is missing, unknown or too long, or a link would leave the app.
    """
    if len(data) > MAX_FILE:
        raise InvalidLesson(f"the file has {len(data):,} bytes; a lesson has at most {MAX_FILE:,}")
    content = _toml(data)
    _refuse_unknown(content, _LESSON_KEYS, "the lesson")
    name = _text(content, "id", "the lesson", 30)
    if not _ID.fullmatch(name):
        raise InvalidLesson(f"the lesson's id is {name!r}; use small letters, digits and hyphens, such as my-lesson")
    picture = _one_of(_text(content, "picture", "the lesson", 40), pictures, "the lesson: picture")
    steps = content.get("steps", [])
    if not isinstance(steps, list):
        raise InvalidLesson(f"steps is {_kind(steps)}; write [[steps]], in two pairs of brackets, above each step")
    if not 1 <= len(steps) <= _MOST_STEPS:
        raise InvalidLesson(f"a lesson has 1 to {_MOST_STEPS} [[steps]]; this one has {len(steps)}")
    title, idea, source = (
        _refuse_facts(_text(content, key, "the lesson", _LONGEST[key], optional=key == "source"), f"the lesson: {key}")
        for key in ("title", "idea", "source")
    )
    read = tuple(_step(each, f"step {number}", pictures[picture], measures) for number, each in enumerate(steps, start=1))
    return Lesson(name, title, idea, picture, read, source)


def _toml(data: bytes) -> dict[str, Any]:
    """Read TOML as it is saved by any editor: with a byte order mark, with the line ends of any system."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise InvalidLesson("the file is not text in UTF-8; save it as UTF-8") from error
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # A number of too many digits is a plain ValueError.
        hint = "; a text stands between straight quotes, not between “ and ”" if _CURLY_QUOTES.search(text) else ""
        raise InvalidLesson(f"the file is no TOML: {str(error)[:120]}{hint}") from error


def _step(table: Any, where: str, picture: Picture, measures: Mapping[str, Measure]) -> Step:
    if not isinstance(table, dict):
        raise InvalidLesson(f"{where} is no table; write [[steps]] above it")
    _refuse_unknown(table, _STEP_KEYS, where)
    act, _, control = _text(table, "act", where, 60).partition(" ")
    if act == "open" and control == "link":
        act, control = "open link", ""
    if act not in ("next", "choose", "draw", "move", "open link") or (control and act != "move"):
        raise InvalidLesson(f"{where}: act is {table['act']!r}; use next, choose, draw, move <control> or open link")
    if act == "move":
        for each in control.split() or [""]:
            _one_of(each, picture.controls, f"{where}: move")
    for key, acts in _ACTS_OF.items():
        if key in table and act not in acts:
            raise InvalidLesson(f"{where} has {key}, which belongs to act = {' or '.join(map(repr, acts))}; its act is {act!r}")
    page = _one_of(_text(table, "page", where, 40, optional=True) or "learn", PAGES, f"{where}: page")
    if (page == "learn") == (act == "open link"):
        raise InvalidLesson(f"{where}: act is {act}, page is {page}; only “open link” leads to another page, and it has to")
    element = _text(table, "element", where, 40, optional=True)
    if element:
        _one_of(element, ELEMENTS if page == "learn" else ELEMENTS_ELSEWHERE, f"{where}: element")
    options = _options(table, where, act)
    measure = _text(table, "measure", where, 60, optional=act != "draw")
    if measure:
        _one_of(measure, measures, f"{where}: measure")
    step = Step(
        _text(table, "say", where, _LONGEST["say"]), act, page, _view(table, "view", where, page, picture), element, options,
        _right(table, where, options, picture), measure, _text(table, "reveal", where, _LONGEST["reveal"], optional=True),
        _view(table, "reveal_view", where, "learn", picture),
        _text(table, "label", where, _LONGEST["label"], optional=act != "open link"), control,
    )  # fmt: skip
    for text in (step.say, step.reveal, *step.options):
        for fact in facts_in(text):
            _one_of(fact, picture.facts, f"{where}: {{{fact}}}")
    _refuse_facts(step.label, f"{where}: label")
    return step


def _refuse_facts(text: str, where: str) -> str:
    """Refuse a fact where it would be printed as it is written."""
    if facts_in(text):
        raise InvalidLesson(f"{where} has {{{facts_in(text)[0]}}}; only say, reveal and options are filled in with facts")
    return text


def facts_in(text: str) -> list[str]:
    """Return the names of the facts that a text has in braces.

    >>> facts_in("{weights} weights for {steps} steps")
    ['weights', 'steps']
    """
    return _FACT.findall(text)


def fill_in(text: str, facts: Mapping[str, str]) -> str:
    """Replace each fact in braces by its value.

    >>> fill_in("{weights} weights", {"weights": "12"})
    '12 weights'
    """
    return _FACT.sub(lambda match: facts[match[1]], text)


def _options(table: Mapping[str, Any], where: str, act: str) -> tuple[str, ...]:
    if act != "choose":
        return ()
    if "options" not in table:
        raise InvalidLesson(f"{where}: act is 'choose', which has options; give 2 to {_MOST_OPTIONS} texts")
    options = table["options"]
    if not isinstance(options, list):
        raise InvalidLesson(f"{where}: options is {_kind(options)}; a list of 2 to {_MOST_OPTIONS} texts is wanted")
    if not 2 <= len(options) <= _MOST_OPTIONS:
        raise InvalidLesson(f"{where} has {len(options)} options; 2 to {_MOST_OPTIONS} are wanted")
    texts = tuple(_checked(option, f"{where}: option {number}", _LONGEST["option"]) for number, option in enumerate(options, 1))
    for number, text in enumerate(texts, 1):
        if text in texts[number:]:
            raise InvalidLesson(f"{where}: option {number} is there twice; each has to say something else")
    return texts


def _right(table: Mapping[str, Any], where: str, options: Sequence[str], picture: Picture) -> int | str:
    right = table.get("right", 0)
    if not options:
        return 0
    if isinstance(right, str) and not right.strip().isdigit():
        counted = picture.right_options[_one_of(right, picture.right_options, f"{where}: right")]
        if len(options) < counted:
            raise InvalidLesson(f"{where}: right is {right!r}, which chooses one of {counted} options; there are {len(options)}")
        return right
    if isinstance(right, bool) or not isinstance(right, int) or not 1 <= right <= len(options):
        came = "no right" if "right" not in table else f"right = {right}" if _is_short(right) else f"right as {_kind(right)}"
        raise InvalidLesson(f"{where} has {came}; give the number of the right option, 1 to {len(options)}, without quotes")
    return right


def _view(table: Mapping[str, Any], key: str, where: str, page: str, picture: Picture) -> tuple[tuple[str, str], ...]:
    # As it is copied from the address of a page: without the address, with or without the question mark.
    written = _text(table, key, where, _LONGEST["view"], optional=True).removeprefix("?")
    try:
        pairs = parse_qsl(written, keep_blank_values=True, strict_parsing=bool(written), max_num_fields=40)
    except ValueError as error:
        raise InvalidLesson(f"{where}: {key} is no list of settings as in a link, such as steps=5&text=To+be") from error
    for name, _ in pairs:
        if not _PARAMETER.fullmatch(name):
            raise InvalidLesson(f"{where}: {key} begins {written[:40]!r}; write what stands after the ? of the page's address")
    if page == "learn":
        for name, value in pairs:
            _one_of(name, picture.controls, f"{where}: {key}")
            try:
                picture.controls[name].read(value)
            except InvalidValue as refused:
                raise InvalidLesson(f"{where}: {key} says {name} = {value[:40]!r}; possible: {refused}") from refused
    return tuple(pairs)


def _text(table: Mapping[str, Any], key: str, where: str, longest: int, optional: bool = False) -> str:
    if key not in table:
        if optional:
            return ""
        raise InvalidLesson(f"{where} has no {key}")
    return _checked(table[key], f"{where}: {key}", longest)


def _checked(value: Any, where: str, longest: int) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InvalidLesson(f"{where} is {_kind(value) if not isinstance(value, str) else 'empty'}; a text in quotes is wanted")
    if len(value) > longest:
        raise InvalidLesson(f"{where} has {len(value)} characters; at most {longest} fit")
    hidden = _HIDDEN.search(value)
    if hidden:
        name = "a tab" if hidden[0] == "\t" else unicodedata.name(hidden[0], "a control character").lower()
        raise InvalidLesson(
            f"{where} has an invisible character, number {hidden.start() + 1} (U+{ord(hidden[0]):04X}, {name}); write plain text"
        )
    return value.strip()


def _kind(value: Any) -> str:
    """Name the kind of a value in words; the value itself may be of any length."""
    kinds = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table", str: "a text"}
    return kinds.get(type(value), "a date or a time")


def _is_short(value: Any) -> bool:
    """Return True for a number that can be quoted in a message."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def _one_of(name: str, known: Mapping[str, Any], where: str) -> str:
    if name not in known:
        raise InvalidLesson(f"{where} is {name[:40]!r}; there is {', '.join(known) or 'none'}")
    return name


def _refuse_unknown(table: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise InvalidLesson(f"{where} has {unknown[0][:40]!r}, which means nothing; there is {', '.join(sorted(known))}")
