"""The train page as Streamlit runs it: training is done in the test's own process, a few items at every look."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch

from lstm_viz.models.serialization import read, read_bytes
from lstm_viz.training.data.text_dataset import UnusableText, prepare_text
from lstm_viz.training.loop.trainer import TrainingStep
from lstm_viz.training.tasks import train_text
from lstm_viz.training.tasks.char_lm_config import CharLMConfig
from lstm_viz.training.tasks.cost_estimate import CostEstimate, measure
from lstm_viz.training.tasks.train_text import TrainingSpec, train
from lstm_viz.ui.components import tab_work, text_source
from lstm_viz.ui.pages.train import cost_estimate, hyperparameters, snapshots
from lstm_viz.ui.pages.train.run import SessionTraining, example
from lstm_viz.ui.state import address, settings
from tests.facts import states
from tests.ui.page_testing import PageDriver
from tests.ui.pages.train.stepwise import Stepwise

TEXT = "one fish, two fish, red fish, blue fish.\n" * 20
#: Snapshots are then taken after 0, 1, 2, 5, 10, 20 and all steps.
STEPS = 24


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Any, ...]]]:
    """Work is done in this process; what was started is written down."""
    started: list[tuple[Any, ...]] = []

    def start(function: Callable[..., Iterator[Any]], *args: Any, **_: Any) -> Stepwise:
        started.append((function, args))
        if function is measure:
            return Stepwise(lambda: iter([CostEstimate(0.01, 300_000_000, True)]), ())
        return Stepwise(function, args)

    monkeypatch.setattr("lstm_viz.jobs.start", start)
    monkeypatch.setattr("lstm_viz.jobs.warm", lambda: None)
    monkeypatch.setattr(train_text, "SAVE_INTERVAL", 0.0)
    monkeypatch.setattr(cost_estimate, "_MEASURED", {})
    offer(monkeypatch, "STEPS", (1000, STEPS, 50_000))
    monkeypatch.setattr(train_text, "WRITTEN", 40)
    with torch.random.fork_rng():
        yield started


def offer(monkeypatch: pytest.MonkeyPatch, name: str, values: tuple[float, ...]) -> None:
    """Let a control, and its setting in the link, offer these values in place of the page's own; the first is the default."""
    of = getattr(hyperparameters, f"_{name}")
    monkeypatch.setattr(hyperparameters, f"{name.removesuffix('S')}S", values)
    monkeypatch.setattr(hyperparameters, f"_{name}", settings.choice(of.key, of.name, values, values[0]))


def problem(text: str) -> str:
    """What the library says of a text that cannot be learned."""
    with pytest.raises(UnusableText) as refusal:
        prepare_text(text)
    return str(refusal.value)


def opened(text: str | None = TEXT) -> PageDriver:
    """Open the page on a text of one's own, or as a newcomer finds it."""
    own = {"train_source": text_source.TYPED, "train_typed": text, "train_units": 16, "train_steps": STEPS}
    return PageDriver("train", None, {} if text is None else own)


def said(page: PageDriver) -> str:
    # The text to learn from is HTML of the page's own, as Streamlit's scrolled box cannot be reached by keyboard.
    return "\n".join([page.words, *page.messages("text"), page.html])


def trained(page: PageDriver) -> PageDriver:
    page.press("train_start")
    return ended(page)


def ended(page: PageDriver) -> PageDriver:
    for _ in range(40):
        if not kept(page).is_busy:
            break
        page.run()
    # The last look may have come after the buttons were drawn; a browser looks once more.
    return page.run()


def kept(page: PageDriver) -> SessionTraining:
    found: SessionTraining = page.state["train_training"]
    return found


def test_a_newcomer_can_press_train_at_once_and_is_told_what_it_takes() -> None:
    page = opened(None)
    page.run()
    words = said(page)
    assert "THE FERRY ON THE GREEN RIVER" in words
    assert states(words, "10 seconds")
    assert states(words, "10 ms", "300 MB", "1,024,000 letters", "179 times")
    assert {"train_start", "train_open"} <= page.keys
    assert states(words, "example")
    assert len(page.figures) == 4
    assert "Trained for all" not in words


def test_training_is_watched_to_its_end_and_every_moment_can_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stepwise, "items_a_look", Stepwise.slow)
    page = opened()
    page.press("train_start")
    assert "train_stop" in page.keys
    assert page.app.get("progress")
    page.run()
    page = ended(page)
    training = kept(page)
    assert training.finished
    assert "train_stop" not in page.keys
    assert "Trained for all 24 steps" in said(page)
    told = [each["told"]["alt"] for each in page.figures]
    assert ["loss" in told[0], "gradient norm" in told[1]] == [True, True]
    assert len(page.figures) == 4
    slider = page.control("train_at")
    assert slider.options == [f"{step:,}" for step in training.all_snapshots]
    assert slider.value == 24
    page.choose("train_at", 5)
    assert training.written[5] in [code.value for code in page.app.code]
    assert states(said(page), "wrote", "5 steps")
    page.choose("train_at", 0)
    assert states(said(page), "wrote", "0 steps")


def test_numbers_on_the_page_are_those_of_the_same_lesson_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Some steps of this training are longer, some shorter.
    offer(monkeypatch, "MAX_NORM", (0.3, 0.0))
    page = trained(opened())
    training = kept(page)
    alone = [item for item in train(training.spec, str(tmp_path)) if isinstance(item, TrainingStep)]
    assert len(alone) == 24
    assert training.losses == [step.loss for step in alone]
    assert training.norms == [step.gradient_norm for step in alone]
    capped = sum(step.gradient_norm > 0.3 for step in alone)
    assert 0 < capped < 24
    said(page)
    assert any(f"{capped} of 24 steps were clipped" in each["told"]["words"] for each in page.figures)


def test_a_stopped_training_keeps_what_it_has_and_goes_on_as_if_never_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Stepwise, "items_a_look", Stepwise.slow)
    page = opened()
    page.press("train_start")
    page.run()
    page.press("train_stop")
    stopped = kept(page).steps
    assert 0 < stopped < 24
    assert f"Stopped after {stopped} of 24 steps" in said(page)
    assert {"train_resume", "train_start", "train_open"} <= page.keys
    page.press("train_resume")
    training = kept(ended(page))
    assert training.finished
    alone = [item for item in train(training.spec, str(tmp_path)) if isinstance(item, TrainingStep)]
    assert training.losses == [step.loss for step in alone]
    assert read(training.path(training.snapshots[24])).state_dict().keys()


def test_the_settings_reach_the_training(here: list[tuple[Any, ...]]) -> None:
    page = opened()
    page.control("train_kind").set_value("gru")
    page.control("train_layers").set_value(2)
    page.control("train_rate").set_value(1e-2)
    page.control("train_cap").set_value(0.0)
    page.control("train_dropout").set_value(0.3)
    page.choose("train_seed", 7)
    page.press("train_start")
    spec: TrainingSpec = next(args[0] for function, args in here if function is train)
    config = spec.config
    expected = CharLMConfig("gru", 16, 2, 32, 0.3, STEPS, 1e-2, None, 7, 1, bptt=config.bptt)
    assert config == expected
    assert spec.text == TEXT
    assert spec.command() in [code.value for code in ended(page).app.code]


@pytest.mark.parametrize("kind", ["gru", "rnn"])
def test_every_kind_and_layer_can_be_seen_growing(kind: str) -> None:
    page = opened()
    page.control("train_kind").set_value(kind)
    page.choose("train_layers", 2)
    trained(page)
    page.choose("train_layer", 1)
    for symbol in page.control(f"train_symbol_{kind}").options:
        assert symbol
    page.choose(f"train_symbol_{kind}", "surprise")
    assert any(states(each["told"]["words"], "surprising") for each in page.figures)
    assert len(page.figures) == 4


def test_a_link_shows_the_same_moment_and_unit_of_the_example() -> None:
    page = opened()
    page.choose("train_at", 100)
    link = json.loads(page.app.get("bidi_component")[-1].proto.bytes)["link"]
    assert link["moment"] == "100"
    again = PageDriver("train", **{"moment": "100", "unit-below": "5"})
    assert again.control("train_at").value == 100
    assert again.control("train_all_units").label.startswith("Unit 5:")


def test_another_sentence_is_read_by_all_snapshots() -> None:
    page = trained(opened())
    before = page.state["train_read"]
    page.choose("train_sentence", "red two")
    after = page.state["train_read"]
    assert len(after) == len(before) >= 7
    assert all("".join(trace.tokens) == "red two" for trace in after.values())
    training = kept(page)
    for (_, step, _), trace in after.items():
        model = read(training.path(training.all_snapshots[step]))
        hidden = model.rnn(model.embedding(torch.from_numpy(model.vocabulary.encode("red two"))[:, None]))[0]
        assert torch.allclose(torch.from_numpy(trace.layers[-1].h), hidden, atol=1e-5)
    # One unit can be followed through them, and left again.
    page.state["train_unit_saved"] = 3
    assert page.run().control("train_all_units").label.startswith("Unit 3:")
    assert "train_all_units" not in page.press("train_all_units").keys


@pytest.mark.parametrize("text", ["", "too short", "a" * 3000, "ab\0" * 500])
def test_what_cannot_be_learned_is_said_and_nothing_can_be_started(text: str) -> None:
    page = opened(text)
    assert problem(text) in said(page).replace("\\", "")
    assert "train_start" not in page.keys


def test_any_script_is_trained_on() -> None:
    page = trained(opened("春眠不觉晓，处处闻啼鸟。\nСъешь ещё этих булок. 🙂🙃 ok\n" * 30))
    assert kept(page).finished
    assert kept(page).written[24]
    said(page)


def test_too_long_a_training_is_refused_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened()
    page.control("train_steps").set_value(50_000)
    monkeypatch.setattr(cost_estimate, "MAX_SECONDS", 60.0)
    page.run()
    assert states(said(page), "too long", cost_estimate.format_duration(60.0))
    assert "train_start" not in page.keys
    assert any("--steps 50000" in code.value for code in page.app.code)


def test_an_overflow_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, "RATE", (5e-3, 1e30))
    page = opened()
    page.control("train_kind").set_value("rnn")
    page.control("train_rate").set_value(1e30)
    page.choose("train_cap", 0.0)
    page = trained(page)
    assert states(said(page), "overflowed", "clip")
    assert "train_resume" not in page.keys


def test_the_example_is_what_its_files_say() -> None:
    """The recorded numbers once more, from the recorded weights: held-out loss by PyTorch's own loss, gates of a last moment."""
    training = example()
    dataset = prepare_text(training.spec.text)
    model = read(training.path(training.snapshots[1000]))
    assert model.metadata["steps"] == "1,000 of 1,000"
    ids = torch.from_numpy(model.vocabulary.encode(dataset.corpus.held_out))
    parts = 64
    length = (len(ids) - 1) // parts
    where = torch.arange(parts) * length + torch.arange(length)[:, None]
    with torch.no_grad():
        loss = torch.nn.functional.cross_entropy(model(ids[where])[0].flatten(0, 1), ids[where + 1].flatten()).item()
    assert training.held_out[1000] == pytest.approx(loss, abs=2e-3)
    assert training.best is not None
    assert training.held_out[training.best.step] == min(training.held_out.values())
    assert training.losses[0] == pytest.approx(torch.log(torch.tensor(len(model.vocabulary))).item(), abs=0.2)
    assert training.held_out[1000] < 0.7 * training.unigram_loss
    assert set(training.all_snapshots) <= set(training.written)
    assert not training.is_busy
    assert not training.own


def test_a_process_that_died_leaves_what_it_had_and_can_be_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Stepwise, "items_a_look", Stepwise.slow)
    page = opened()
    page.press("train_start")
    page.run()
    job: Any = kept(page).job
    job.state, job.error, job.done = "failed", "Its process was ended from outside (SIGKILL).", True
    page.run()
    assert "ended from outside" in said(page)
    assert "train_open" in page.keys
    page.press("train_resume")
    assert kept(ended(page)).finished


def test_changed_settings_are_marked_and_a_new_training_takes_the_place_of_the_old() -> None:
    page = trained(opened())
    folder = kept(page).folder
    page.choose("train_seed", 9)
    assert "have changed" in said(page)
    page.press("train_start")
    assert kept(page).spec.config.seed == 9
    assert "have changed" not in said(page)
    assert folder != kept(page).folder
    # It goes on being shown when the text is gone.
    shown = len(ended(page).figures)
    page.choose("train_typed", "")
    assert problem("") in said(page)
    assert len(page.figures) == shown == 4


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("A HEADING IN CAPITALS\n\nThe river is very wide. It is green and very long, and there", "The river is very wide."),
        ("The river is wide and the river is green. There is a ferry on it.", "The river is wide and the river is green."),
        ("short\nlines\nonly", "short"),
        ("one two three four five six seven eight nine ten, " * 2, "one two three four five six seven eight nine ten, one two"),
        ("x" * 99, "x" * 60),
        ("春眠不觉晓，处处闻啼鸟。" * 3, "春眠不觉晓，处处闻啼鸟。" * 3),
    ],
)
def test_the_first_sentence_is_no_heading_and_ends_where_words_end(text: str, sentence: str) -> None:
    assert snapshots.first_sentence(text) == sentence


def test_what_is_downloaded_is_the_network_at_the_chosen_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    offered: dict[str, Any] = {}
    monkeypatch.setattr("streamlit.download_button", lambda label, data, name, **_: offered.update({name: data}))
    page = trained(opened())
    for step in (20, 1):
        page.choose("train_at", step)
        # The server asks for it in a thread that knows no session.
        with ThreadPoolExecutor(1) as elsewhere:
            content = elsewhere.submit(offered[f"lstm_viz-lstm-step-{step}.safetensors"]).result()
        assert read_bytes(content, "kept").metadata["steps"] == f"{step} of 24"


def test_what_becomes_of_too_large_a_file_is_said_beforehand_as_it_never_leaves_the_browser() -> None:
    page = opened(None)
    page.choose("train_source", text_source.FILE)
    assert page.control("train_upload").proto.max_upload_size_mb == 2
    assert states(said(page), "2 MB", "not read")


def test_a_reloaded_page_finds_its_training_and_its_text_again(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened()
    page.press("train_start")
    training, told = kept(page), page.state["tab_work"].claim
    taken: dict[str, Any] = {"address_visit": address.Visit("", {}, True, {}, False)}
    with monkeypatch.context() as reloaded:
        reloaded.setattr("streamlit.session_state", taken)
        tab_work.take([told])
    state = {key: taken[key] for key in ("train_training", "train_typed")}
    again = PageDriver("train", None, state | {"train_source": text_source.TYPED})
    assert kept(again) is training
    assert again.control("train_typed").value == TEXT
