"""The series that ship, each with the column, the averaging and the words that belong to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lstm_viz.series.csv_reader import read_table
from lstm_viz.series.model import Series, select_series
from lstm_viz.series.resampling import Frequency

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Dataset:
    """A series that ships; the forecaster of the same name was trained on it."""

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
        """The series itself."""
        return select_series(read_table(self.path), self.column, every=self.every)


SHIPPED: dict[str, Dataset] = {
    shipped.name: shipped
    for shipped in (
        Dataset("yearly-sunspots", "Sunspots a year", "Spots on the sun, 1700–2008: they come and go about every eleven years, "
                "each time to another height.", "sunspot number", "SUNACTIVITY"),
        Dataset("monthly-sunspots", "Sunspots a month", "Spots on the sun, month by month, 1749–1983: the same cycle under a "
                "lot of noise.", "sunspot number", "Sunspots"),
        Dataset("co2", "CO₂ in the air", "Carbon dioxide on Mauna Loa, 1958–2001, averaged by month: it climbs, and breathes "
                "with the seasons.", "ppm", "co2", "month"),
    )
}  # fmt: skip
