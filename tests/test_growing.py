"""Arrays that grow at their end: the same as joined ones, and nothing that was handed out ever changes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.growing import Growing

EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(1, 90)), max_size=12)


@given(first=st.integers(0, 5), edits=EDITS)
def test_it_is_what_joining_gives_and_earlier_arrays_stay(first: int, edits: list[tuple[float, int]]) -> None:
    def drawn(length: int) -> dict[str, np.ndarray]:
        return {"h": source.random((length, 1, 3)).astype(np.float32), "ids": source.integers(0, 9, length)}

    source = np.random.default_rng(0)
    start = drawn(first)
    grown, wanted, handed_out = Growing(start), start, []
    for part, length in edits:
        shared, more = round(part * len(wanted["ids"])), drawn(length)
        found = grown.extended(shared, more)
        wanted = {name: np.concatenate((values[:shared], more[name])) for name, values in wanted.items()}
        handed_out.append((found, {name: values.copy() for name, values in found.items()}))
        for name, values in wanted.items():
            np.testing.assert_array_equal(found[name], values)
    for found, kept in handed_out:
        for name, values in kept.items():
            np.testing.assert_array_equal(found[name], values)
