"""Numbers that colour the letters of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True, eq=False)
class TokenColors:
    """One number for each symbol that was read, NaN where there is none, with the ends of its scale.

    A `signed` scale has zero in its middle. `label` is short: it stands beside the coloured text.
    """

    values: Float[np.ndarray, " time"]
    low: float
    high: float
    signed: bool
    label: str

    @classmethod
    def fitted(cls, values: Float[np.ndarray, " time"], label: str, signed: bool = False) -> TokenColors:
        """Letters on a scale that ends at the largest of the values: from 0, or from its negative where `signed`."""
        finite = np.abs(values[np.isfinite(values)])
        high = float(finite.max(initial=0.0)) or 1.0
        return cls(values, -high if signed else 0.0, high, signed, label)

    def scale(self) -> dict[str, Any]:
        """The scale as the browser is told."""
        return {"low": self.low, "high": self.high, "signed": self.signed, "label": self.label}
