"""Colour scales for values on a light background, as #rrggbb: evenly spaced stops from the low end to the high end."""

from __future__ import annotations

#: From 0 to 1, for gates.
SEQUENTIAL = ("#f5f8fc", "#d6e6f4", "#abd0e6", "#6aaed6", "#3787c0", "#105ba4", "#08306b")
#: From −1 over the background's tone at 0 to +1, for states.
DIVERGING = ("#0b3c7d", "#2f79b5", "#85bcdb", "#f5f6f8", "#f6b48f", "#d8593f", "#84160f")
#: A single curve.
INK = "#0072b2"
