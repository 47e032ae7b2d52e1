"""Changes as the address has them: `f:all:all:0 cut:0:3,7` holds f at 0 everywhere, and cuts two units of the first layer out.

One change is what is changed, then layers, units and, where there is one, the value, between colons: a gate's symbol holds it,
`cut` cuts units out, `set-c` and `set-h` overwrite a state. Layers and units count from 0, as `layer=` and `unit=` do; `all`
stands for each of them. `@3,5` behind it says at which steps it holds, `@u2e` at which characters (here a full stop).
"""

from __future__ import annotations

import re

from lstm_viz.gates import CELLS, PACKED
from lstm_viz.models.language import Config
from lstm_viz.ui.pages.what_if.interventions import Act, At, Plan, fitting
from lstm_viz.ui.state.settings import Refused

#: So many changes are read from a link.
MOST = 12
_LONGEST = 2000
_CHANGE = re.compile(
    r"(?P<what>cut|set-[ch]|[a-z]):(?P<layers>all|[0-9,]{1,99}):(?P<units>all|[0-9,]{1,1500})"
    r"(?::(?P<value>-?[0-9]{1,3}(?:\.[0-9]{1,9})?))?(?:@(?P<at>[0-9,]{1,1500}|u[0-9a-f]{1,6}(?:,u[0-9a-f]{1,6})*))?"
)


def write(plans: tuple[Plan, ...]) -> str:
    """Plans as a link has them."""
    return " ".join(map(_written, plans))


def read(asked: str, config: Config) -> tuple[Plan, ...]:
    """The plans that a link names; Refused for what cannot be read and for what this network does not have."""
    parts = asked.split()
    if len(asked) > _LONGEST or len(parts) > MOST:
        raise Refused(f"up to {MOST} changes")
    return tuple(_checked(_plan(part), config) for part in parts)


def _written(plan: Plan) -> str:
    what = {"hold": plan.symbol, "cut": "cut", "set": f"set-{plan.symbol}"}[plan.act]
    where = [",".join(map(str, each)) if each is not None else "all" for each in (plan.layers, plan.units)]
    value = [] if plan.act == "cut" else [f"{round(plan.value, 6):.9g}"]
    at = plan.at
    if isinstance(at, str):
        when = "@" + ",".join(f"u{ord(character):x}" for character in at)
    else:
        when = "" if at is None else "@" + ",".join(map(str, at))
    return ":".join([what, *where, *value]) + when


def _plan(part: str) -> Plan:
    found = _CHANGE.fullmatch(part)
    if found is None or (found["what"] == "cut") != (found["value"] is None):
        raise Refused("changes such as f:all:all:0, cut:0:3,7 or set-c:0:3:1.5@4")
    what, value = found["what"], float(found["value"] or 0)
    layers, units = (None if found[name] == "all" else _whole(found[name]) for name in ("layers", "units"))
    act: Act = "cut" if what == "cut" else "set" if what.startswith("set") else "hold"
    return Plan(act, "h" if act == "cut" else what[-1], value, layers, units, _at(found["at"]))


def _at(asked: str | None) -> At:
    if asked is None:
        return None
    if not asked.startswith("u"):
        return _whole(asked)
    points = [int(each[1:], 16) for each in asked.split(",")]
    if any(point > 0x10FFFF or 0xD800 <= point < 0xE000 for point in points):
        raise Refused("characters by their code points, such as @u2e for a full stop")
    return "".join(map(chr, points))


def _whole(asked: str) -> tuple[int, ...]:
    parts = asked.split(",")
    if not all(part and len(part) < 7 for part in parts):
        raise Refused("numbers between commas, such as 3,7")
    return tuple(dict.fromkeys(map(int, parts)))


def _checked(plan: Plan, config: Config) -> Plan:
    """The plan, as this network can carry it out on a text that is long enough."""
    states = [each.symbol for each in CELLS[config.kind] if each.symbol in "ch"]
    offered = {"hold": [*PACKED[config.kind], *(["h"] if config.kind == "rnn" else [])], "set": states, "cut": ["h"]}[plan.act]
    if plan.symbol not in offered:
        raise Refused(f"of this network {' '.join(offered)}")
    if plan.act == "set" and not isinstance(plan.at, tuple):
        raise Refused("a state is set at a step, such as set-c:0:3:1.5@4")
    ends = plan.ends(config)
    if ends is not None and not ends[0] <= plan.value <= ends[1]:
        raise Refused(f"values of {plan.symbol} from {ends[0]:g} to {ends[1]:g}")
    # A text longer than any that is read: a step that this text does not have is said where the change stands.
    _, (problem,) = fitting([plan], config, 10**7)
    if problem:
        raise Refused(problem)
    return plan
