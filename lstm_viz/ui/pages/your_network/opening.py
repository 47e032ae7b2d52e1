"""Open the network in the user's files, with their answers; it runs in a job, so nothing here uses Streamlit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.models.importing import NeedsAnswer, NoVocabulary, UnsafeCheckpoint, UnsupportedCheckpoint, load_checkpoint_bytes
from lstm_viz.models.language import LanguageModel
from lstm_viz.models.serialization import UnreadableModel
from lstm_viz.ui.pages.your_network.file_roles import FileWithRole, find_roles, tokens_in, vocabulary_rows
from lstm_viz.ui.pages.your_network.vocabulary_text import AS_TEXT, parse_vocabulary

Network = LanguageModel | ImportedNetwork

#: The largest file that is loaded, in bytes, and the most weights of a loaded network.
LIMIT = 32 * 2**20
MAX_WEIGHTS = 6_000_000
#: The most tokens that a network predicts: their probabilities are computed at every step, and more would exhaust the memory.
MAX_TOKENS = 5000
#: How much of a text goes back to the page, in characters; and the largest table of numbers, in bytes.
_TEXT, _TABLE = 20_000, 5 * 2**20
#: How many of a vocabulary file's lists are tried.
_TRIED = 4


@dataclass(frozen=True)
class Request:
    """Files with their names, the answers by question, and a vocabulary that was typed."""

    files: tuple[tuple[str, bytes], ...]
    answers: tuple[tuple[str, str], ...] = ()
    vocabulary: str | None = None


@dataclass(frozen=True)
class FileQuestion:
    """Something that the file leaves open; see `NeedsAnswer`."""

    id: str
    reason: str
    options: tuple[str, ...]
    usual: str


@dataclass(frozen=True)
class MissingVocabulary:
    """The network's `count` tokens are unknown; `problem` says what is wrong with the vocabulary that was typed."""

    reason: str
    count: int
    problem: str = ""


@dataclass(frozen=True, eq=False)
class Opened:
    """The result of a request: a network, a question, or an error.

    Attributes:
        files: What each file is; without the bytes, except of a table of numbers.
        network: The network; None if there is a question or an error.
        text: A text that was uploaded with it; empty if there is none.
        question: What the file leaves open.
        missing: The vocabulary is unknown.
        vocabulary_note: How a typed vocabulary was read.
        error: Why nothing can be shown; empty otherwise.
    """

    files: tuple[FileWithRole, ...]
    network: Network | None = None
    text: str = ""
    question: FileQuestion | None = None
    missing: MissingVocabulary | None = None
    vocabulary_note: str = ""
    error: str = ""


def open_in_job(request: Request) -> Iterator[Opened]:
    """Open the network; a generator, as `jobs.start` runs them."""
    yield open_network_files(request)


def open_network_files(request: Request) -> Opened:
    """Find what each file is, and open the network in them."""
    files = list(find_roles(request.files))
    weights = next((file for file in files if file.role == "weights"), None)
    if weights is None:
        return Opened(_without_bytes(files), error=_without_weights(files))
    if len(weights.data) > LIMIT:
        return Opened(_without_bytes(files), error=too_large(weights.name))
    attempt = _Attempt(weights, dict(request.answers), _text(files)[:_TEXT])
    try:
        network = _load(attempt, files, request.vocabulary)
        check_limits(network, weights.name)
    except NoVocabulary as missing:
        return Opened(_without_bytes(files), missing=MissingVocabulary(missing.reason, missing.count, attempt.problem))
    except NeedsAnswer as open_question:
        question = FileQuestion(open_question.question, open_question.reason, open_question.options, open_question.usual)
        return Opened(_without_bytes(files), question=question)
    except UnreadableModel as error:
        return Opened(_without_bytes(files), error=str(error))
    if network.vocabulary is None:
        files = [replace(file, role="numbers") if file.role == "text" else file for file in files]
    else:
        why = "not used: the network reads a text; save it as CSV or plain text"
        files = [replace(file, role="unused", note=why) if file.role == "numbers" else file for file in files]
    return Opened(_without_bytes(files), network, _text(files)[:_TEXT], vocabulary_note=attempt.note)


def too_large(name: str) -> str:
    """Return the message on a file beyond the limit."""
    return (
        f"{name} is larger than {LIMIT // 2**20} MB; save the weights alone, without an optimizer's state, or read it "
        "in Python with lstm_viz.load_checkpoint(path)"
    )


def check_limits(network: Network, name: str) -> None:
    """Check that a network can be shown here. Raises UnreadableModel."""
    if network.parameter_count > MAX_WEIGHTS:
        raise UnreadableModel(f"{name} has {network.parameter_count:,} weights; up to {MAX_WEIGHTS:,} can be shown here")
    if network.vocabulary is None:
        return
    if len(network.vocabulary) < 2:
        raise UnreadableModel(f"{name} has an empty vocabulary; a network that knows at least one token is needed")
    if network.predicts_next_token and len(network.vocabulary) > MAX_TOKENS:
        raise UnreadableModel(
            f"{name} predicts one of {len(network.vocabulary):,} tokens; up to {MAX_TOKENS:,} can be shown here. "
            "Train it with fewer, or read it in Python with lstm_viz.load_checkpoint(path)"
        )


@dataclass(eq=False)
class _Attempt:
    """The weights with the answers, and a text on which a known vocabulary's readings are tried.

    Of a typed vocabulary, `note` says how it was read, and `problem` what was wrong with it.
    """

    weights: FileWithRole
    answers: Mapping[str, str]
    example: str = ""
    problem: str = ""
    note: str = ""

    def load(self, vocabulary: Any = None, text: str | None = None) -> Network:
        data, name = self.weights.data, self.weights.name
        text = text or ((self.example or None) if vocabulary is not None else None)
        return load_checkpoint_bytes(data, name, vocabulary, MAX_WEIGHTS, self.answers, text)


def _load(attempt: _Attempt, files: list[FileWithRole], typed: str | None) -> Network:
    """Load with the vocabulary that was typed, else the one in a file, else the weights' own, else one found by a text."""
    index = next((number for number, file in enumerate(files) if file.role == "vocabulary"), None)
    problem: NoVocabulary | None = None
    if index is not None and typed is None:
        network, problem = _with_file(attempt, files, index)
        if network is not None:
            return network
    try:
        network = attempt.load()
    except NoVocabulary as missing:
        if typed is not None:
            return _with_typed(attempt, typed, missing)
        network = _with_texts(attempt, files, missing.count)
        if network is not None:
            return network
        raise problem or missing from None
    if typed is not None and network.vocabulary is not None:
        return _with_typed(attempt, typed, NoVocabulary("", "", len(network.vocabulary) - 1))
    if index is not None:
        why = "it reads numbers" if network.vocabulary is None else "its own vocabulary, found in its file, is used"
        files[index] = replace(files[index], role="unused", note=f"not used: it does not fit the network; {why}")
    return network


def _with_file(attempt: _Attempt, files: list[FileWithRole], index: int) -> tuple[Network | None, NoVocabulary | None]:
    """Return the network with a vocabulary file's list that fits; else None and what did not fit."""
    file, problem = files[index], None
    for row in vocabulary_rows(file.entries)[:_TRIED]:
        try:
            try:
                return attempt.load(row), None
            except NoVocabulary as missing:
                problem = missing
                cut = _first_of(row, missing.count)
                if cut is None:
                    continue
                network = attempt.load(cut)
                note = f"its first {len(cut):,} of {len(row):,} words, as many as the network knows"
                files[index] = replace(file, note=note)
                return network, None
        except NeedsAnswer:
            raise
        except NoVocabulary as missing:
            problem = missing
        except UnsafeCheckpoint:
            raise
        except UnsupportedCheckpoint:
            continue
    return None, problem


def _first_of(row: Any, count: int) -> dict[str, int] | None:
    """Return the words of a Keras tokenizer, which count from 1, up to as many as the network knows; None for others."""
    if not isinstance(row, Mapping) or not row or not all(isinstance(word, str) for word in row):
        return None
    ids = list(row.values())
    if not all(type(number) is int for number in ids) or min(ids) != 1 or max(ids) < count:
        return None
    return {word: number for word, number in row.items() if number < count}


def _with_typed(attempt: _Attempt, typed: str, missing: NoVocabulary) -> Network:
    """Load with what was typed: tokens, or a text whose characters or words are tried in the usual orders."""
    vocabulary = problem = None
    try:
        vocabulary, attempt.note = parse_vocabulary(typed, missing.count)
    except ValueError as error:
        problem = error
    if vocabulary is None or attempt.note.startswith(AS_TEXT):
        try:
            network = attempt.load(text=typed)
        except NoVocabulary as none_fits:
            if vocabulary is None:
                attempt.problem = f"{problem}. {none_fits.reason}"
                raise missing from problem
        else:
            if vocabulary is None or "doubt" not in network.metadata:
                attempt.note = f"{AS_TEXT}; of the usual orders of its tokens, the one that predicts it best was taken."
                return network
    try:
        return attempt.load(vocabulary, typed if attempt.note.startswith(AS_TEXT) else None)
    except NoVocabulary as wrong:
        attempt.problem = wrong.reason
        raise


def _with_texts(attempt: _Attempt, files: list[FileWithRole], count: int) -> Network | None:
    """Return the network with a text file as its vocabulary, else with the token order that predicts a text; else None."""
    for number, file in enumerate(files):
        tokens = None if file.text is None else tokens_in(file.text, count)
        if tokens is None:
            continue
        try:
            network = attempt.load(tokens[0])
        except NoVocabulary:
            continue
        files[number] = replace(file, role="vocabulary", note=tokens[1], text=None)
        return network
    text = _text(files)
    if not text:
        return None
    try:
        return attempt.load(text=text)
    except NoVocabulary:
        return None


def _text(files: Sequence[FileWithRole]) -> str:
    """Return the uploaded text, or its beginning; empty if there is none."""
    return next((file.text for file in files if file.role == "text" and file.text), "")


def _without_bytes(files: Sequence[FileWithRole]) -> tuple[FileWithRole, ...]:
    """Return the files without the bytes that the page does not need."""
    return tuple(
        replace(
            file,
            data=file.data if file.role == "numbers" and len(file.data) <= _TABLE else b"",
            entries=None,
            text=file.text and file.text[:_TEXT],
        )
        for file in files
    )


def _without_weights(files: Sequence[FileWithRole]) -> str:
    names = ", ".join(f"{file.name} ({_WHAT[file.role]})" for file in files)
    return f"There is no file of weights, only {names}; drop the network's weights too"


_WHAT = {"weights": "weights", "vocabulary": "a vocabulary", "text": "a text", "numbers": "numbers", "unused": "not used"}
