"""A value that the app assigns is neither lost nor undone by what the browser sends late, nor is a choice taken for two."""

from __future__ import annotations

from contextvars import copy_context
from dataclasses import replace

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import SessionState

from lstm_viz.ui.server import control_reports

SEED, OTHER = "$$ID-seed-seed", "$$ID-other-other"
METHODS = {
    "_compact_state": control_reports._compact_state,
    "set_widgets_from_proto": control_reports._set_widgets_from_proto,
    "register_widget": control_reports._register_widget,
}


def use_streamlits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, method in METHODS.items():
        monkeypatch.setattr(SessionState, name, method)


@pytest.fixture(autouse=True)
def mended(monkeypatch: pytest.MonkeyPatch) -> None:
    use_streamlits(monkeypatch)
    control_reports.correct_control_reports()


class Session:
    """A page with two number inputs, of which the app assigns the first; `called` lists the values its callback got."""

    def __init__(self) -> None:
        self.state = SessionState()
        self.called: list[int] = []
        self.draw()

    def draw(self) -> bool:
        """Draw both controls; True if the browser is told the first one's value."""
        told = self._register(SEED, "seed")
        self._register(OTHER, "other")
        return told

    def _register(self, widget_id: str, key: str) -> bool:
        callback = (lambda: self.called.append(self.state["seed"])) if key == "seed" else None
        metadata: WidgetMetadata[int] = WidgetMetadata(
            id=widget_id, deserializer=lambda value: 0 if value is None else int(value), serializer=float,
            value_type="double_value", callback=callback,
        )  # fmt: skip
        return self.state.register_widget(metadata, key).value_changed

    def leave(self) -> None:
        """End a run that has not drawn the first control: Streamlit drops its value."""
        self.state._new_widget_state.remove_stale_widgets(frozenset({OTHER}), None)
        self.state._old_state.pop(SEED, None)

    def report(self, seed: int, other: int) -> None:
        """Begin a run with a message of the browser, which holds the values of all controls."""
        self._send(WidgetState(id=SEED, double_value=seed), WidgetState(id=OTHER, double_value=other))

    def report_without_seed(self, other: int) -> None:
        """Begin a run with a message of a browser that does not show the first control."""
        self._send(WidgetState(id=OTHER, double_value=other))

    def _send(self, *states: WidgetState) -> None:
        copy_context().run(self._begin, WidgetStates(widgets=states))

    def _begin(self, states: WidgetStates) -> None:
        # A callback asks which fragment it belongs to.
        ThreadState.initialize()
        self.state.on_script_will_rerun(states)

    @property
    def seed(self) -> int:
        value: int = self.state["seed"]
        return value


@pytest.fixture
def session() -> Session:
    """Both controls are drawn and reported."""
    session = Session()
    session.report(seed=1, other=0)
    session.draw()
    session.called.clear()
    return session


def assign_and_report_late(session: Session) -> None:
    session.state["seed"] = 2
    session.draw()
    session.report(seed=1, other=5)


def test_a_late_report_of_the_value_before_is_ignored(session: Session) -> None:
    assign_and_report_late(session)
    assert (session.seed, session.state["other"], session.called) == (2, 5, [])
    assert session.draw()


def test_streamlit_alone_takes_it_for_a_choice(monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    """Where this fails, Streamlit needs no mending any more."""
    use_streamlits(monkeypatch)
    assign_and_report_late(session)
    assert (session.seed, session.called) == (1, [1])


def test_it_is_ignored_where_the_run_was_interrupted_before_the_control(session: Session) -> None:
    session.state["seed"] = 2
    session.report(seed=1, other=5)
    assert (session.seed, session.called) == (2, [])
    assert session.draw()


def test_who_sets_it_back_has_chosen(session: Session) -> None:
    session.state["seed"] = 2
    session.draw()
    session.report(seed=1, other=0)
    assert (session.seed, session.called) == (1, [1])
    assert not session.draw()


def test_once_reported_the_value_before_is_a_choice_in_any_message(session: Session) -> None:
    session.state["seed"] = 2
    session.draw()
    session.report(seed=2, other=0)
    assert not session.draw()
    session.report(seed=1, other=5)
    assert (session.seed, session.called) == (1, [1])


def test_another_value_than_the_one_before_is_a_choice(session: Session) -> None:
    session.state["seed"] = 2
    session.draw()
    session.report(seed=3, other=5)
    assert (session.seed, session.called) == (3, [3])
    assert not session.draw()


def test_of_two_assigned_values_the_first_may_come_late(session: Session) -> None:
    for value in (2, 3):
        session.state["seed"] = value
        session.draw()
        session.report(seed=1, other=value)
    session.report(seed=2, other=9)
    assert (session.seed, session.called) == (3, [])
    session.report(seed=3, other=9)
    session.report(seed=2, other=9)
    assert (session.seed, session.called) == (2, [2])


def test_the_browser_is_told_again_until_it_reports_the_value(session: Session) -> None:
    session.state["seed"] = 2
    # The run is interrupted here: nothing of it reaches the browser.
    for _ in range(2):
        session.state.on_script_will_rerun(None)
        assert session.draw()
    session.report(seed=2, other=0)
    assert not session.draw()


def test_a_value_assigned_before_the_control_is_drawn_is_told_until_reported() -> None:
    session = Session()
    session.state["seed"] = 4
    assert session.draw()
    session.state.on_script_will_rerun(WidgetStates())
    assert session.draw()
    assert session.seed == 4


@pytest.mark.parametrize("count", [2, 100])
def test_what_is_assigned_again_and_again_and_never_reported_takes_no_more_memory(session: Session, count: int) -> None:
    for value in range(100):
        session.state["seed"] = 2 + value % count
        session.draw()
        session.state.on_script_will_rerun(None)
    assert len(control_reports._reports(session.state).assigned[SEED].former) <= min(count + 1, 16)


def test_without_assignment_nothing_is_told(session: Session) -> None:
    session.report(seed=7, other=1)
    assert (session.seed, session.draw(), session.called) == (7, False, [7])


def choose_and_repeat_after_it_left(session: Session) -> None:
    session.report(seed=7, other=1)
    session.leave()
    # Sent before the browser heard that the control is gone.
    session.report(seed=7, other=2)


def test_a_value_repeated_after_its_control_has_left_is_no_second_choice(session: Session) -> None:
    choose_and_repeat_after_it_left(session)
    assert (session.called, session.state["other"]) == ([7], 2)
    session.leave()
    # Another value was chosen before the control left.
    session.report(seed=8, other=2)
    assert session.called == [7, 8]


def test_the_same_value_is_a_choice_where_the_control_has_come_again(session: Session) -> None:
    session.report(seed=7, other=1)
    session.leave()
    session.report_without_seed(other=2)
    session.draw()
    session.report(seed=7, other=2)
    assert session.called == [7, 7]


def test_streamlit_alone_takes_a_repeated_value_for_a_choice(monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    """Where this fails, Streamlit needs no mending any more."""
    use_streamlits(monkeypatch)
    choose_and_repeat_after_it_left(session)
    assert session.called == [7, 7]


def test_the_server_uses_it() -> None:
    assert SessionState.register_widget is control_reports._register_until_reported
    assert SessionState.set_widgets_from_proto is control_reports._set_unless_late
    assert SessionState._compact_state is control_reports._note_assigned


def test_a_run_that_ends_may_still_assign_values(session: Session) -> None:
    def assign_another(value: int | None) -> float:
        """Do what a run in another thread may do meanwhile."""
        session.state._new_session_state[f"assigned {len(session.state._new_session_state)}"] = value
        return float(value or 0)

    session.state["seed"] = 2
    controls = session.state._new_widget_state.widget_metadata
    controls[SEED] = replace(controls[SEED], serializer=assign_another)
    session.report(seed=1, other=5)
    assert (session.seed, session.called) == (2, [])
