"""Other readings of a file, tried on a text: which answer predicts it best, and whether one predicts it better than the usual."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from math import log

from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.models.importing.errors import NeedsAnswer, UnsupportedCheckpoint
from lstm_viz.models.importing.gate_order import GATE_ORDERS
from lstm_viz.models.importing.open_places import BETWEEN, FUNCTIONS, SUBJECTS
from lstm_viz.models.importing.token_order import nats_on
from lstm_viz.models.language import LanguageModel

Network = LanguageModel | ImportedNetwork
#: By how many nats a token another reading has to be better before an assumption is asked about.
MARGIN = 0.2
#: The most questions that are followed with their usual answers to try one option.
_FOLLOWED = 4
#: The most weights of a network of which other readings are tried, each of which is read anew.
_WEIGHTS = 5_000_000


def measure_options(question: NeedsAnswer, read: Callable[[Mapping[str, str]], Network], text: str) -> NeedsAnswer:
    """Return a question with what each answer gives on a text; the best one is offered first.

    Args:
        question: The question.
        read: Reads the file with further answers, by the question's id.
        text: A text like the one that the network learned from.
    """
    nats = {option: _nats({question.question: option}, read, text) for option in question.options}
    known = sorted((value, option) for option, value in nats.items() if value is not None)
    if len(known) < 2:
        return question
    listing = ", ".join(f"{option}: {value:.2f}" for value, option in known)
    reason = f"{question.reason.rstrip('.')}; nats a token on the text: {listing}"
    return NeedsAnswer(reason, question.question, question.options, known[0][1])


def check_assumptions(network: Network, read: Callable[[Mapping[str, str]], Network], text: str) -> None:
    """Try the other readings of what is assumed of a network that predicts the next token.

    Raises:
        NeedsAnswer: One predicts the text better by `MARGIN` nats a token, and better than guessing.
    """
    if not network.predicts_next_token or network.vocabulary is None or network.parameter_count > _WEIGHTS:
        return
    own, guessing = nats_on(network, text), log(max(len(network.outputs) - 1, 1))
    facts = json.loads(network.metadata.get("import_facts", "[]"))
    found = [
        (value, question, option, subject)
        for subject, question, option in _rivals(facts)
        if (value := _nats({question: option}, read, text)) is not None
    ]
    best = min(found, default=None)
    if best is None or not (best[0] < own - MARGIN and best[0] < guessing):
        return
    value, question, option, subject = best
    options = _options(question, option)
    raise NeedsAnswer(
        f"{subject[0].upper() + subject[1:]} is not in the file; as is usual it gives {own:.2f} nats a token on the text, with "
        f"{option!r} {value:.2f}", question, options, option,
    )  # fmt: skip


def _rivals(facts: list[dict[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield the subject, the question's id and another answer of what is not said by the file or a person."""
    questions = {subject: question for question, subject in SUBJECTS.items()}
    for fact in facts:
        subject, taken = fact["subject"], fact["value"]
        if fact["origin"] not in ("assumed", "inferred"):
            continue
        if subject == "order of the gates":
            yield from ((subject, "gates", order) for order in _options("gates", taken) if order != taken)
        elif subject == SUBJECTS["between"]:
            yield subject, "between", BETWEEN[1]
        elif subject in questions:
            yield from ((subject, questions[subject], function) for function in ("relu", "tanh"))
        elif subject.startswith("function of"):
            yield subject, "nonlinearity", "relu"


def _options(question: str, option: str) -> tuple[str, ...]:
    """Return all options of a question that has a given one."""
    if question == "gates":
        return next((row for row in GATE_ORDERS.values() if option in row), (option,))
    return {"between": BETWEEN, "nonlinearity": ("tanh", "relu")}.get(question, FUNCTIONS)


def _nats(answers: Mapping[str, str], read: Callable[[Mapping[str, str]], Network], text: str) -> float | None:
    """Return the mean surprise of a text in nats a token, as the file is read with further answers; None if it cannot be."""
    given = dict(answers)
    for _ in range(_FOLLOWED):
        try:
            network = read(given)
        except NeedsAnswer as further:
            if further.question in given:
                return None
            given[further.question] = further.usual
        except UnsupportedCheckpoint:
            return None
        else:
            value = nats_on(network, text) if network.predicts_next_token and network.vocabulary is not None else float("nan")
            return value if value == value else None
    return None
