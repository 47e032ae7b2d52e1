"""What the browser reports of controls is taken for the user's act only where it is one.

Every message of the browser holds the values of all controls that it shows. Streamlit calls a control's callback where the value
differs from the one it knows. Three things go wrong:

- The app has assigned a value. Streamlit tells the browser of it in one run only. A message that the browser sent for another
  control before it heard of the new value holds the former one: Streamlit takes this for the user's choice.
- The run may be interrupted before the control is drawn. The browser then never hears of the assigned value, shows the control's
  first option and reports that.
- A control has left the page, and Streamlit has dropped its value. A message that the browser sent before it heard of this holds
  the value once more: Streamlit takes it for a new one.

Streamlit has no public hook for this, so that three methods are wrapped; a test holds what they are expected to do.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.state.common import RegisterWidgetResult, WidgetMetadata
from streamlit.runtime.state.session_state import SessionState, Value, WStates

_compact_state = SessionState._compact_state
_set_widgets_from_proto = SessionState.set_widgets_from_proto
_register_widget = SessionState.register_widget
#: The key of the session's state that holds its `_Reports`.
_REPORTS = "control_reports"
#: Kinds of states that the browser sends only when somebody acts.
_TRIGGERS = frozenset({"trigger_value", "string_trigger_value", "json_trigger_value", "chat_input_value"})

#: The most former values of a control that are known: one in a closed popover may be assigned in every run and is never reported.
_MOST = 16


@dataclass(frozen=True)
class _Assigned:
    """A value assigned to a control: as the app knows it, as the browser will report it, and what it may report before."""

    value: Any
    report: WidgetState | None
    former: tuple[WidgetState, ...]

    def is_former(self, report: WidgetState) -> bool:
        return report in self.former and report != self.report


@dataclass
class _Reports:
    """What the browser reported last, and the assigned values that it has not reported yet, by the control's id."""

    last: dict[str, WidgetState] = field(default_factory=dict)
    assigned: dict[str, _Assigned] = field(default_factory=dict)


def correct_control_reports() -> None:
    """Make Streamlit send an assigned value until the browser has reported it, and ignore late and repeated reports."""
    SessionState._compact_state = _note_assigned  # type: ignore[method-assign]
    SessionState.set_widgets_from_proto = _set_unless_late  # type: ignore[method-assign]
    SessionState.register_widget = _register_until_reported  # type: ignore[method-assign]


def _reports(state: SessionState) -> _Reports:
    reports: _Reports = state._old_state.setdefault(_REPORTS, _Reports())
    return reports


def _note_assigned(self: SessionState) -> None:
    """At the start of a run: note the values that the run before has assigned to controls.

    A run that was told to end may still be assigning, in a thread with a lock of its own; so a copy is gone through.
    """
    reports = _reports(self)
    for key, value in list(self._new_session_state.items()):
        widget_id = self._get_widget_id(key)
        metadata = self._new_widget_state.widget_metadata.get(widget_id)
        if metadata is not None:
            earlier, last = reports.assigned.get(widget_id), reports.last.get(widget_id)
            reported = [*earlier.former, earlier.report] if earlier else [last]
            former = [each for place, each in enumerate(reported) if each is not None and each not in reported[:place]]
            report = WStates({widget_id: Value(value)}, {widget_id: metadata}).get_serialized(widget_id)
            reports.assigned[widget_id] = _Assigned(value, report, tuple(former[-_MOST:]))
    _compact_state(self)


def _set_unless_late(self: SessionState, widget_states: WidgetStates) -> None:
    """Take the browser's report, without late values.

    A message that differs in the assigned control alone was sent because somebody has changed this control back.
    """
    reports, states = _reports(self), widget_states.widgets
    assigned = dict(reports.assigned)
    late = {each.id for each in states if each.id in assigned and assigned[each.id].is_former(each)}
    if not any(each.id not in late and _is_act(each, reports.last.get(each.id)) for each in states):
        late = set()
    in_time = [each for each in states if each.id not in late]
    for each in in_time:
        reports.assigned.pop(each.id, None)
    repeated = [each.id for each in in_time if each == reports.last.get(each.id) and each.WhichOneof("value") not in _TRIGGERS]
    reports.last = {each.id: each for each in states}
    _set_widgets_from_proto(self, WidgetStates(widgets=in_time) if late else widget_states)
    for widget_id in repeated:
        # Streamlit has dropped the value of a control that has left the page. Known again, it has not changed.
        if widget_id not in self._old_state and widget_id in self._new_widget_state:
            self._old_state[widget_id] = self._new_widget_state[widget_id]


def _register_until_reported(
    self: SessionState, metadata: WidgetMetadata[Any], user_key: str | None
) -> RegisterWidgetResult[Any]:  # fmt: skip
    """Register a control; its value counts as changed while the browser has not reported it."""
    result = _register_widget(self, metadata, user_key)
    reports = _reports(self)
    assigned = reports.assigned.get(metadata.id)
    if assigned is None or result.value_changed:
        return result
    if assigned.value != result.value:
        reports.assigned.pop(metadata.id, None)
        return result
    return replace(result, value_changed=True)


def _is_act(reported: WidgetState, last: WidgetState | None) -> bool:
    """Whether this may be why the browser sent its message: a press, or a value other than the last one."""
    return reported.WhichOneof("value") in _TRIGGERS or (last is not None and reported != last)
