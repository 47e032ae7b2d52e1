"""Interventions in the address: `f:all:all:0 cut:0:3,7` clamps f to 0 everywhere, and ablates two units of the first layer.

One intervention is its kind, layers, units and, if it has one, the value, separated by colons: a gate's symbol clamps the gate,
`cut` ablates units, `set-c` and `set-h` overwrite a state. Layers and units count from 0, as in `layer=` and `unit=`; `all` means
every one. A suffix `@3,5` limits it to steps, `@u2e` to characters (here a full stop).
"""

from __future__ import annotations

import re

from lstm_viz.gates import CELLS, PACKED
from lstm_viz.models.language import Config
from lstm_viz.ui.pages.what_if.interventions import Act, At, InterventionSpec, validate
from lstm_viz.ui.state.settings import InvalidSetting

#: The most interventions read from a link.
MAX_CHANGES = 12
_LONGEST = 2000
_CHANGE = re.compile(
    r"(?P<what>cut|set-[ch]|[a-z]):(?P<layers>all|[0-9,]{1,99}):(?P<units>all|[0-9,]{1,1500})"
    r"(?::(?P<value>-?[0-9]{1,3}(?:\.[0-9]{1,9})?))?(?:@(?P<at>[0-9,]{1,1500}|u[0-9a-f]{1,6}(?:,u[0-9a-f]{1,6})*))?"
)


def write(specs: tuple[InterventionSpec, ...]) -> str:
    """Format interventions for a link."""
    return " ".join(map(_format_spec, specs))


def read(text: str, config: Config) -> tuple[InterventionSpec, ...]:
    """Parse the interventions of a link. Raises InvalidSetting for what is malformed or not in this network."""
    parts = text.split()
    if len(text) > _LONGEST or len(parts) > MAX_CHANGES:
        raise InvalidSetting(f"up to {MAX_CHANGES} changes")
    return tuple(_validated(_parse_spec(part), config) for part in parts)


def _format_spec(spec: InterventionSpec) -> str:
    what = {"clamp": spec.symbol, "ablate": "cut", "overwrite": f"set-{spec.symbol}"}[spec.act]
    where = [",".join(map(str, each)) if each is not None else "all" for each in (spec.layers, spec.units)]
    value = [] if spec.act == "ablate" else [f"{round(spec.value, 6):.9g}"]
    at = spec.at
    if isinstance(at, str):
        when = "@" + ",".join(f"u{ord(character):x}" for character in at)
    else:
        when = "" if at is None else "@" + ",".join(map(str, at))
    return ":".join([what, *where, *value]) + when


def _parse_spec(part: str) -> InterventionSpec:
    match = _CHANGE.fullmatch(part)
    if match is None or (match["what"] == "cut") != (match["value"] is None):
        raise InvalidSetting("changes such as f:all:all:0, cut:0:3,7 or set-c:0:3:1.5@4")
    what, value = match["what"], float(match["value"] or 0)
    layers, units = (None if match[name] == "all" else _parse_numbers(match[name]) for name in ("layers", "units"))
    act: Act = "ablate" if what == "cut" else "overwrite" if what.startswith("set") else "clamp"
    return InterventionSpec(act, "h" if act == "ablate" else what[-1], value, layers, units, _at(match["at"]))


def _at(text: str | None) -> At:
    if text is None:
        return None
    if not text.startswith("u"):
        return _parse_numbers(text)
    points = [int(each[1:], 16) for each in text.split(",")]
    if any(point > 0x10FFFF or 0xD800 <= point < 0xE000 for point in points):
        raise InvalidSetting("characters by their code points, such as @u2e for a full stop")
    return "".join(map(chr, points))


def _parse_numbers(text: str) -> tuple[int, ...]:
    parts = text.split(",")
    if not all(part and len(part) < 7 for part in parts):
        raise InvalidSetting("numbers between commas, such as 3,7")
    return tuple(dict.fromkeys(map(int, parts)))


def _validated(spec: InterventionSpec, config: Config) -> InterventionSpec:
    """Return the intervention if this network supports it on a sufficiently long text. Raises InvalidSetting otherwise."""
    states = [each.symbol for each in CELLS[config.kind] if each.symbol in "ch"]
    gates = [*PACKED[config.kind], *(["h"] if config.kind == "rnn" else [])]
    available = {"clamp": gates, "overwrite": states, "ablate": ["h"]}[spec.act]
    if spec.symbol not in available:
        raise InvalidSetting(f"of this network {' '.join(available)}")
    if spec.act == "overwrite" and not isinstance(spec.at, tuple):
        raise InvalidSetting("a state is set at a step, such as set-c:0:3:1.5@4")
    ends = spec.value_range(config)
    if ends is not None and not ends[0] <= spec.value <= ends[1]:
        raise InvalidSetting(f"values of {spec.symbol} from {ends[0]:g} to {ends[1]:g}")
    # Longer than any text that is read: a step beyond the text is reported next to the intervention instead.
    _, (problem,) = validate([spec], config, 10**7)
    if problem:
        raise InvalidSetting(problem)
    return spec
