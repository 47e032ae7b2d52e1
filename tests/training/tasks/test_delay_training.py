"""Networks that learn to bridge a delay: the race is honest, repeatable, and what it leaves is a model like any other."""

from __future__ import annotations

import pickle
import random
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

import lstm_viz
from lstm_viz.training.tasks.delay_training import (
    BridgingTask,
    DelayExperiment,
    DelaySnapshot,
    accuracy,
    examples,
    restore_model,
    train_side_by_side,
    untrained_model,
)
from lstm_viz.training.tasks.delays import TASKS

#: The word that is to be copied is what parts the networks; with a delay of 20 this takes seconds.
COPY = DelayExperiment("copy", longest=20, steps=400)


@cache
def snapshots(race: DelayExperiment) -> list[DelaySnapshot]:
    return list(train_side_by_side(race))


def last(race: DelayExperiment) -> dict[str, DelaySnapshot]:
    return {snapshot.kind: snapshot for snapshot in snapshots(race) if snapshot.over}


def test_gates_bridge_the_delay_and_the_plain_network_does_not() -> None:
    ends = last(COPY)
    assert set(ends) == {"rnn", "gru", "lstm"}
    for kind in ("gru", "lstm"):
        assert ends[kind].current_delay == 20
        assert ends[kind].right[20] > 0.9
        # Twice as far as it was ever trained on.
        assert ends[kind].right[40] > 2 * TASKS["copy"].chance_accuracy
    assert ends["rnn"].current_delay < 20
    assert ends["rnn"].right[20] < 0.6


def test_what_a_plain_network_can_learn_it_does_learn() -> None:
    (end,) = last(DelayExperiment("recall", kinds=("rnn",), longest=10, steps=400, units=32)).values()
    assert end.current_delay == 10
    assert end.right[10] > 0.9


def test_networks_take_turns_and_end_at_their_last_step_or_as_masters() -> None:
    told = snapshots(COPY)
    assert [each.kind for each in told[:6]] == ["rnn", "gru", "lstm"] * 2
    for kind in COPY.kinds:
        steps = [each for each in told if each.kind == kind]
        assert [each.step for each in steps[:-1]] == [COPY.every * (number + 1) for number in range(len(steps) - 1)]
        assert [each.over for each in steps] == [False] * (len(steps) - 1) + [True]
        assert [each.weights is None for each in steps] == [True] * (len(steps) - 1) + [False]
        assert steps[-1].step == COPY.steps or steps[-1].current_delay == COPY.longest
        reaches = [each.current_delay for each in steps]
        assert reaches == sorted(reaches)
        assert reaches[0] >= COPY.shortest


def test_the_same_seed_gives_the_same_race_whoever_else_runs() -> None:
    short = DelayExperiment("add", longest=8, steps=30, every=10, units=8)
    told = [(each.kind, each.step, each.current_delay, dict(each.right)) for each in train_side_by_side(short)]
    torch.manual_seed(99)
    alone = [
        (each.kind, each.step, each.current_delay, dict(each.right))
        for each in train_side_by_side(replace(short, kinds=("gru",)))
    ]
    assert alone == [each for each in told if each[0] == "gru"]
    other = [dict(each.right) for each in train_side_by_side(replace(short, seed=1))]
    assert other != [each[3] for each in told]


def test_a_trained_network_comes_back_and_the_explorer_reads_it() -> None:
    end = pickle.loads(pickle.dumps(last(COPY)["lstm"]))
    model = restore_model(end, COPY)
    assert {delay: accuracy(model, TASKS["copy"], delay) for delay in COPY.tested} == end.right
    text = "CABA" + "." * 12 + "?"
    trace = lstm_viz.trace(model, text, lstm_viz.NextToken(-1, "C"))
    assert model.vocabulary.decode([int(trace.probs[-1].argmax())]) == "C"
    assert trace.layers[0].c.shape == (len(text), 1, COPY.units)
    assert trace.layers[0].grads is not None
    with pytest.raises(ValueError, match="not the last"):
        restore_model(snapshots(COPY)[0], COPY)


def test_accuracy_counts_the_answer_s_symbols_one_by_one() -> None:
    race = DelayExperiment("copy", units=6)
    model = untrained_model("gru", race).eval()
    ids, answers = examples(TASKS["copy"], model.vocabulary, 5, 32, random.Random("test 5"))
    assert (ids.shape, answers) == ((4 + 5 + 1 + 4, 32), 4)
    right = 0
    for column in ids.T:
        text = model.vocabulary.decode(column.tolist())
        assert text[:4] == text[-4:]
        trace = lstm_viz.trace(model, text)
        right += sum(int(trace.probs[step].argmax()) == int(column[step + 1]) for step in range(len(text) - 5, len(text) - 1))
    assert accuracy(model, TASKS["copy"], 5) == pytest.approx(right / 128)


def test_the_delay_grows_by_a_quarter_after_ten_batches_that_were_right() -> None:
    race = DelayExperiment("recall", longest=6)
    task = BridgingTask(untrained_model("rnn", race), TASKS["recall"], race)
    for right in [1.0] * 9 + [0.5] + [1.0] * 9:
        task._grow(right)
    assert task.current_delay == 4
    task._grow(1.0)
    assert (task.current_delay, task.mastered) == (5, False)
    for _ in range(10):
        task._grow(1.0)
    assert (task.current_delay, task.mastered) == (6, False)
    saved = task.state_dict()
    for _ in range(10):
        task._grow(1.0)
    assert (task.current_delay, task.mastered) == (6, True)
    again = BridgingTask(untrained_model("rnn", race), TASKS["recall"], race)
    again.load_state_dict(saved)
    assert (again.current_delay, again.mastered, again.state_dict()) == (6, False, saved)


def test_the_loss_is_that_of_the_answer_alone() -> None:
    race = DelayExperiment("copy", units=6, shortest=3)
    task = BridgingTask(untrained_model("lstm", race), TASKS["copy"], race)
    loss = task.loss(7).item()
    draw = random.Random("0 7")
    delay = 3 if draw.random() < 0.5 else draw.randint(0, 3)
    ids, _ = examples(TASKS["copy"], task.model.vocabulary, delay, race.batch, draw)
    surprises = []
    for column in ids.T:
        trace = lstm_viz.trace(task.model, task.model.vocabulary.decode(column.tolist()))
        surprises.append(trace.surprise[-4:])
    assert loss == pytest.approx(float(np.mean(surprises)), rel=1e-5)


def test_delays_are_tested_up_to_twice_the_longest() -> None:
    assert DelayExperiment(longest=20).tested == (1, 2, 5, 10, 20, 40)


@pytest.mark.parametrize(
    ("bad", "words"), [({"task": "sing"}, "recall, copy, add"), ({"shortest": 9, "longest": 5}, "from 9 to 5")]
)
def test_a_race_that_makes_no_sense_is_refused(bad: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        DelayExperiment(**bad)  # type: ignore[arg-type]
