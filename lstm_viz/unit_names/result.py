"""The result of naming units: for each unit the feature that it tracks best, and for each feature the best unit."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float, Int

from lstm_viz.gates import Kind
from lstm_viz.results import Result
from lstm_viz.unit_names.feature import Measure

#: The columns of `to_csv`.
COLUMNS = (
    "layer", "quantity", "unit", "feature", "description", "measure", "high_where", "score_choosing_half", "score_other_half",
    "control", "agreement", "tracks",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class UnitName(Result):
    """What the quantity `symbol` of one unit, in a `layer` counted from 0, tracks best.

    `feature` is the feature's identifier, `description` its words on screen. `sign` is 1 if the unit is high where the feature
    is, −1 if it is low there. `chosen` and `score` are the AUC or |ρ| on the half of the text that chose the feature and on the
    other half, in that direction; `control` is the highest score on the other half that the same choice reached with shifted
    features. `agreement` is φ on the other half of the feature and the unit, cut at the value that was best on the first half;
    for a number it is ρ. `tracks` is False if the score says nothing; `feature` is then only the best of those tried, and "" if
    none could be tried.

    Examples:
        >>> name = lstm_viz.unit_names.shipped_names("shakespeare-lstm").best(0, "c", 119)
        >>> name.symbol, name.unit, name.tracks, name.measure
        ('c', 119, True, 'ρ')
    """

    layer: int
    symbol: str
    unit: int
    feature: str
    description: str
    measure: Measure
    sign: int
    chosen: float
    score: float
    control: float
    agreement: float
    tracks: bool

    @property
    def strength(self) -> float:
        """Return the score between −1 and 1: 2 AUC − 1 or ρ, on the other half."""
        return 2.0 * self.score - 1.0 if self.measure == "AUC" else self.score

    def describe(self, brief: bool = False) -> str:
        """Return the name and its score in words: "inside brackets, AUC 0.93 on unseen text"; `brief` ends at the score."""
        if not self.feature:
            return "tracks nothing on this list"
        score = f"{self.measure if self.measure == 'AUC' else '|ρ|'} {self.score:.2f}{'' if brief else ' on unseen text'}"
        if not self.tracks:
            reached = ""
            if self.strength >= LEAST_STRENGTH:
                rare = self.agreement < LEAST_AGREEMENT
                reached = ", but most places that it picks are others" if rare else ", which shifted features reach too"
            return f"tracks nothing on this list (best: {self.description}, {score}{reached})"
        return f"{self.description}{', low there' if self.sign < 0 else ''}, {score}"


@dataclass(frozen=True, eq=False, repr=False)
class UnitNames(Result):
    """The names of all units of a network, one row for each layer, quantity and unit, measured on one text.

    Strengths are 2 AUC − 1 for yes-or-no features and ρ for numbers, between −1 and 1; `chosen` is positive, and `scored` is in
    the direction chosen, whose `sign` is −1 where the unit is low with the feature. `feature` is an index into `features`, −1
    where no feature could be tried. `best_row`, `best_sign`, `best_chosen`, `best_scored` and `best_agreement` are by feature:
    the row that tracks it best, chosen and scored in the same way; −1 for one that was too rare. `control` is the highest
    strength on the other half that a unit reached with shifted features, of which there were `shifts`, `agreement` φ or ρ there.
    `source` says in words which text it was, `fingerprint` which network, `positions` how many tokens were compared.

    Examples:
        >>> names = lstm_viz.unit_names.shipped_names("shakespeare-lstm")
        >>> len(names) == len(names.unit) == len(names.symbol), names.kind
        (True, 'lstm')
    """

    kind: Kind
    source: str
    fingerprint: str
    positions: int
    shifts: int
    features: tuple[tuple[str, str, Measure], ...]
    layer: Int[np.ndarray, " row"]
    symbol: tuple[str, ...]
    unit: Int[np.ndarray, " row"]
    feature: Int[np.ndarray, " row"]
    sign: Int[np.ndarray, " row"]
    chosen: Float[np.ndarray, " row"]
    scored: Float[np.ndarray, " row"]
    control: Float[np.ndarray, " row"]
    agreement: Float[np.ndarray, " row"]
    tracks: Bool[np.ndarray, " row"]
    best_row: Int[np.ndarray, " feature"]
    best_sign: Int[np.ndarray, " feature"]
    best_chosen: Float[np.ndarray, " feature"]
    best_scored: Float[np.ndarray, " feature"]
    best_agreement: Float[np.ndarray, " feature"]

    def __len__(self) -> int:
        return len(self.unit)

    def best(self, layer: int, symbol: str, unit: int) -> UnitName:
        """Return what a unit tracks best; its layer is counted from 0.

        Raises:
            KeyError: The network has no such layer and quantity.
            IndexError: It has no such unit.
        """
        row = self._rows.get((layer, symbol, unit))
        if row is not None:
            return self.row(row)
        units = [number for at, name, number in self._rows if (at, name) == (layer, symbol)]
        if not units:
            has = sorted({(at, name) for at, name, _ in self._rows})
            raise KeyError(f"there is no {symbol!r} of layer {layer}; there is {', '.join(f'{s} of layer {n}' for n, s in has)}")
        raise IndexError(f"unit {unit} of layer {layer} was wanted; its units are 0 to {max(units)}")

    def row(self, index: int) -> UnitName:
        """Return one row by its index."""
        number = int(self.feature[index])
        name, description, measure = self.features[number] if number >= 0 else ("", "", "AUC")
        return UnitName(
            int(self.layer[index]), self.symbol[index], int(self.unit[index]), name, description, measure, int(self.sign[index]),
            natural(self.chosen[index], measure), natural(self.scored[index], measure), natural(self.control[index], measure),
            float(self.agreement[index]), bool(self.tracks[index]),
        )  # fmt: skip

    def table(
        self, symbols: Sequence[str] | None = None, layer: int | None = None, feature: str | None = None, tracking: bool = False
    ) -> list[UnitName]:
        """Return rows, the strongest first, filtered by quantity, layer, feature, and by whether they track it."""
        keep = np.ones(len(self), bool)
        if symbols is not None:
            keep &= np.isin(np.array(self.symbol), list(symbols))
        if layer is not None:
            keep &= self.layer == layer
        if feature is not None:
            numbers = [number for number, (name, _, _) in enumerate(self.features) if name == feature]
            if not numbers:
                raise KeyError(f"there is no feature {feature!r}; there are {', '.join(name for name, _, _ in self.features)}")
            keep &= np.isin(self.feature, numbers)
        if tracking:
            keep &= self.tracks
        rows = np.flatnonzero(keep)
        return [self.row(index) for index in rows[np.argsort(-self.scored[rows], kind="stable")].tolist()]

    def by_feature(self) -> list[UnitName]:
        """Return the unit that tracks each feature best, the strongest first; features that are rare in the text are left out.

        Here the unit was chosen for the feature, not the feature for the unit; `control` and `tracks` are those of its row, where
        the strength found here counts.
        """
        result = []
        for number in np.argsort(-self.best_scored, kind="stable").tolist():
            row = int(self.best_row[number])
            if row < 0:
                continue
            name, description, measure = self.features[number]
            scored, control = float(self.best_scored[number]), float(self.control[row])
            result.append(
                UnitName(
                    int(self.layer[row]), self.symbol[row], int(self.unit[row]), name, description, measure,
                    int(self.best_sign[number]), natural(self.best_chosen[number], measure), natural(scored, measure),
                    natural(control, measure), float(self.best_agreement[number]),
                    scored >= LEAST_STRENGTH and scored > control and self.best_agreement[number] >= LEAST_AGREEMENT,
                )
            )  # fmt: skip
        return result

    def to_csv(self, path: str | Path | None = None) -> str:
        """Return all rows as CSV, the strongest first, layers counted from 1; write them to a file if a path is given."""
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for each in self.table():
            high = "feature" if each.sign > 0 else "elsewhere"
            scores = [f"{value:.4f}" for value in (each.chosen, each.score, each.control, each.agreement)]
            writer.writerow(
                [each.layer + 1, each.symbol, each.unit, each.feature, each.description, each.measure, high, *scores, each.tracks]
            )
        if path is not None:
            Path(path).write_text(file.getvalue(), encoding="utf-8")
        return file.getvalue()

    @cached_property
    def _rows(self) -> dict[tuple[int, str, int], int]:
        """Return each row by its layer, symbol and unit."""
        keys = zip(self.layer.tolist(), self.symbol, self.unit.tolist(), strict=True)
        return {key: row for row, key in enumerate(keys)}

    def _summary(self) -> Iterator[str]:
        yield f"{len(self):,} rows"
        yield f"{int(self.tracks.sum()):,} track one of {len(self.features)} features"
        yield f"{self.positions:,} positions"

    def _picture(self) -> str:
        rows = "".join(
            f"<tr><td>{each.symbol} {each.unit}, layer {each.layer + 1}</td><td>{html.escape(each.describe())}</td></tr>"
            for each in self.by_feature()[:10]
        )
        return f"<table>{rows}</table>"


#: The least strength at which a unit is said to track a feature: an AUC of 0.8, or |ρ| = 0.6.
LEAST_STRENGTH = 0.6
#: The least φ (or |ρ|) on the half that did not choose, without which a unit tracks nothing: the AUC of a rare feature is high
#: already where most places that the unit picks are wrong.
LEAST_AGREEMENT = 0.3


def natural(strength: float, measure: Measure) -> float:
    """Return a strength as an AUC or as ρ."""
    return (1.0 + float(strength)) / 2.0 if measure == "AUC" else float(strength)
