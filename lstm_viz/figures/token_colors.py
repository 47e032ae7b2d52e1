"""Values that colour the tokens of a text, with the ends of their scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True, eq=False)
class TokenColors:
    """One number per token, NaN for none, and the ends of the scale.

    A `signed` scale has zero in its middle. `label` is a short legend beside the text.
    """

    values: Float[np.ndarray, " time"]
    low: float
    high: float
    signed: bool
    label: str

    @classmethod
    def fitted(cls, values: Float[np.ndarray, " time"], label: str, signed: bool = False) -> TokenColors:
        """Build a scale that ends at the largest absolute value: from 0, or symmetric if `signed`."""
        finite = np.abs(values[np.isfinite(values)])
        high = float(finite.max(initial=0.0)) or 1.0
        return cls(values, -high if signed else 0.0, high, signed, label)

    def scale(self) -> dict[str, Any]:
        """Return the scale as sent to the browser."""
        return {"low": self.low, "high": self.high, "signed": self.signed, "label": self.label}
