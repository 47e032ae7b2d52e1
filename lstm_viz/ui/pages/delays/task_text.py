"""Texts about the tasks: titles, a coloured example, and the results in sentences."""

from __future__ import annotations

from html import escape

from lstm_viz.delays.results import DelayResult
from lstm_viz.figures.palette import Palette
from lstm_viz.gates import NAMES, Kind
from lstm_viz.text.labels import label
from lstm_viz.text.numbers import format_percent
from lstm_viz.training.tasks.delays import TASKS, DelayTask

#: The titles of the tasks; the first is the default.
TITLES = {"copy": "Copy a word", "recall": "Recall a letter", "add": "Add two digits"}


def example_html(task: DelayTask, text: str, answer: str, palette: Palette) -> str:
    """Format an example as HTML; the information to remember and the expected answer are highlighted."""
    kept_indices = set(task.memory_positions(text))
    ink = palette.sequential[0]  # light on a light page's dark colours, dark on a dark page's light ones
    letters = "".join(
        _letter(token, palette.roles["cell"] if index in kept_indices else "", ink) for index, token in enumerate(text)
    )
    due = "".join(_letter(token, palette.roles["read"], ink) for token in answer)
    return f'<p style="margin:0;font-family:monospace;font-size:1rem;overflow-wrap:anywhere">{letters} → {due}</p>'


def _letter(token: str, colour: str, ink: str) -> str:
    style = f"background:{colour};color:{ink};border-radius:3px;" if colour else ""
    return f'<span style="{style}padding:0 0.18em">{escape(label(token))}</span>'


def describe_result(outcome: DelayResult) -> str:
    """Describe each network's progress or result in a sentence, in Markdown."""
    return "  \n".join(_describe(outcome, kind) for kind in outcome.latest())


def _describe(outcome: DelayResult, kind: Kind) -> str:
    experiment, last = outcome.experiment, outcome.latest()[kind]
    name, took = f"The **{NAMES[kind]}**", f"{last.step:,} steps ({last.seconds:.1f} s)"
    longest, chance = last.right[experiment.longest], TASKS[experiment.task].chance_accuracy
    twice = 2 * experiment.longest
    beyond = f"at {twice}, never trained on, {format_percent(last.right[twice])} of its answers are right"
    if outcome.mastered(kind):
        return f"{name} **mastered a delay of {experiment.longest}** after {took}; {beyond}."
    right = f"at {experiment.longest} it is right {format_percent(longest)} of the time, guessing gives {format_percent(chance)}"
    if not last.over:
        return f"{name} is at step {last.step:,} and trains on delays up to {last.current_delay}; {right}."
    if last.current_delay == experiment.longest:
        return f"{name} reached a delay of {experiment.longest} but does not always answer right after {took}: {right}."
    if last.current_delay == experiment.shortest:
        return f"{name} **never got beyond its first delay of {experiment.shortest}** in {took}: {right}."
    return f"{name} **got no further than a delay of {last.current_delay}** in {took}: {right}."


def explain_rnn(outcome: DelayResult) -> str | None:
    """Explain why the plain RNN fails at a long delay, or why it succeeds on this task; None while neither is known."""
    last = outcome.latest().get("rnn")
    if last is None or not last.over:
        return None
    if last.right[outcome.experiment.longest] >= 0.8:
        if outcome.experiment.task == "copy":
            return "Over this delay the plain RNN keeps a word too. The longer the delay, the harder it is: try a longer one."
        manages = "manages this one too" if outcome.mastered("rnn") else "nearly manages this one too"
        return (
            f"The plain RNN {manages}. There is only one thing to keep at a time, one of a few symbols, and a few units at an "
            "end of their range hold it like a switch (Bengio et al. 1994 call it latching). To copy a word is harder: there "
            "it has to keep four symbols in their order."
        )
    if not any(outcome.mastered(kind) for kind in ("gru", "lstm")):
        return None
    return (
        "A plain RNN rewrites its whole state at every step, so that what it kept of a letter is mixed with all that follows. "
        "LSTM and GRU have gates that can leave a state alone. See it under the other question: what is left of each letter."
    )
