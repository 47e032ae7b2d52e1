"""The shipped series, each with its column, averaging and texts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lstm_viz.series.csv_reader import read_table
from lstm_viz.series.model import Series, select_series
from lstm_viz.series.resampling import Frequency

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Dataset:
    """A shipped series; the forecaster of the same name was trained on it."""

    name: str
    title: str
    description: str
    unit: str
    column: str
    every: Frequency | None = None

    @property
    def path(self) -> Path:
        """Its table."""
        return DATA / f"{self.name}.csv"

    def read(self) -> Series:
        """Read the series."""
        return select_series(read_table(self.path), self.column, every=self.every)


SHIPPED: dict[str, Dataset] = {
    shipped.name: shipped
    for shipped in (
        Dataset("yearly-sunspots", "Sunspots a year", "Sunspot numbers, 1700–2008: a cycle of about eleven years "
                "with varying height.", "sunspot number", "SUNACTIVITY"),
        Dataset("monthly-sunspots", "Sunspots a month", "Monthly sunspot numbers, 1749–1983: the same cycle with much "
                "more noise.", "sunspot number", "Sunspots"),
        Dataset("co2", "CO₂ in the air", "Carbon dioxide on Mauna Loa, 1958–2001, monthly means: a rising trend "
                "with a yearly season.", "ppm", "co2", "month"),
    )
}  # fmt: skip
