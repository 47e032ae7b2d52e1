"""Votes as the network answers them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lstm_viz.classroom.cleaning import clean_line
from lstm_viz.classroom.room import Room, Vote, VoteKind
from lstm_viz.classroom.votes import MAX_TEXT
from lstm_viz.reader import trace
from lstm_viz.ui.components.classroom.line_reading import DECIMALS, gate_of
from lstm_viz.ui.state.models import CLASSIFIERS, get_model

#: The classes of a choice.
OPTIONS = ("negative", "positive")


class NoSuchVote(ValueError):
    """There is no such vote about this text or with this network; the message says why."""


def new_vote(room: Room, kind: VoteKind, text: str) -> Vote:
    """Return a vote about a text, the room's next. Raises NoSuchVote."""
    line = clean_line(text)[:MAX_TEXT].strip()
    if kind == "choice":
        if not trace(get_model(CLASSIFIERS[0]).model, line).tokens:
            raise NoSuchVote("Type a sentence for the vote first.")
        return Vote(room.votes + 1, kind, line, OPTIONS, CLASSIFIERS[0])
    symbol, tokens = gate_of(room.model), get_model(room.model).model.vocabulary.split(line).surface
    if symbol is None:
        raise NoSuchVote("A plain RNN has no gate that could shut. Choose another network.")
    if len(tokens) < 2:
        raise NoSuchVote("Type a text of at least two letters or words for the vote first.")
    return Vote(room.votes + 1, kind, line, tokens, room.model, room.layer, symbol)


def add_network_answer(vote: Vote) -> Vote:
    """Return the vote with the network's answer: the gate's mean over all units at each step, or the classes' probabilities.

    The neutral class counts for neither side: the two probabilities need not add up to 1.
    """
    vote_trace = trace(get_model(vote.model).model, vote.text)
    if vote.kind == "tap":
        values = vote_trace.layers[vote.layer].values[vote.symbol][:, 0].mean(axis=1)
    else:
        side = vote_trace.probs.shape[1] // 2
        values = np.array([vote_trace.probs[-1, :side].sum(), vote_trace.probs[-1, -side:].sum()])
    return replace(vote, open=False, values=tuple(round(float(value), DECIMALS) for value in values))
