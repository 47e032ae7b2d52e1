"""All units compared with all features, some quantities at a time; features are chosen on one half and scored on the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int

from lstm_viz.corpus import stored
from lstm_viz.gates import Kind
from lstm_viz.unit_names.activations import Activations, Key
from lstm_viz.unit_names.agreement import best_cut, phi
from lstm_viz.unit_names.feature import Feature, MeasuredText
from lstm_viz.unit_names.result import LEAST_AGREEMENT, LEAST_STRENGTH, UnitNames
from lstm_viz.unit_names.strength import rank_rows, strengths, varies, weights

#: The arrays of one quantity's results, by unit, and those by feature.
_ROW = ("feature", "sign", "chosen", "scored", "control", "agreement", "tracks")
_BY_FEATURE = ("best_row", "best_sign", "best_chosen", "best_scored", "best_agreement")
#: Numbers held at once.
MOST_NUMBERS = 2**26
#: A feature is tried if in each half this many positions differ from its most frequent value, and it changes this often.
LEAST_POSITIONS, LEAST_CHANGES = 30, 20
#: Number of rotations for the control, the quantile of what they reach that must be exceeded, and the seed of their distances.
SHIFTS, QUANTILE, SEED = 20, 0.99, 0


class FeatureComparison:
    """One network's units against some features at the sampled positions of a text."""

    def __init__(self, features: Sequence[Feature], measured: MeasuredText, activations: Activations) -> None:
        self.features, self.activations = tuple(features), activations
        positions = activations.positions
        self.half = int(np.searchsorted(positions, activations.total // 2))
        values = [measured.values(feature)[positions] for feature in features]
        self.tried = [index for index, each in enumerate(values) if all(self._varies(half) for half in self._halves(each))]
        if not self.tried:
            raise ValueError("no feature occurs often enough in both halves of the text; give a longer or a more varied one")
        self.measures = [features[index].measure for index in self.tried]
        flags = [self._halves(values[index]) for index in self.tried]
        self.flags = flags
        self.weights = tuple(weights([halves[side] for halves in flags], self.measures) for side in (0, 1))
        draw = np.random.default_rng(SEED)
        sizes = self.half, len(positions) - self.half
        self.shifts = [tuple(int(draw.integers(size // 10, size - size // 10)) for size in sizes) for _ in range(SHIFTS)]
        self.rows: list[dict[str, np.ndarray]] = []
        count = len(self.tried)
        self.best_row, self.best_sign = np.full(count, -1), np.ones(count, np.int8)
        self.best_chosen, self.best_scored, self.best_agreement = np.full(count, -np.inf), np.zeros(count), np.zeros(count)
        self._done = 0

    def run(self, note: Path | None = None, identity: str = "") -> Iterator[tuple[int, int]]:
        """Compare all quantities; yield how many steps of how many are done.

        After each quantity the results are saved to the file `note`, if there is one; a run with the same `identity` resumes
        from there.
        """
        if note is not None:
            self._resume(note, identity)
        groups = self._groups()
        total = 2 * len(self.activations.units)
        done = 2 * len(self.rows)
        for keys in groups:
            buffers = {key: np.empty((self.activations.units[key], len(self.activations.positions)), np.float32) for key in keys}
            for at, piece in self.activations.read(keys):
                for key, values in piece.items():
                    buffers[key][:, at : at + len(values)] = values.T
                yield done + len(keys) * at // len(self.activations.positions), total
            done += len(keys)
            for key in keys:
                self._compare(buffers.pop(key))
                if note is not None:
                    self._save(note, identity)
                done += 1
                yield done, total

    def result(self, kind: Kind, source: str, fingerprint: str) -> UnitNames:
        """Return the names once all quantities have been compared."""
        tried = np.array(self.tried)
        by_feature = {
            "best_row": np.full(len(self.features), -1), "best_sign": np.ones(len(self.features), np.int8),
            "best_chosen": np.zeros(len(self.features)), "best_scored": np.zeros(len(self.features)),
            "best_agreement": np.zeros(len(self.features)),
        }  # fmt: skip
        for name, values in by_feature.items():
            values[tried] = getattr(self, name)
        keys = list(self.activations.units.items())
        joined = {name: np.concatenate([rows[name] for rows in self.rows]) for name in self.rows[0]}
        return UnitNames(
            kind=kind,
            source=source,
            fingerprint=fingerprint,
            positions=len(self.activations.positions),
            shifts=SHIFTS,
            features=tuple((each.name, each.description, each.measure) for each in self.features),
            layer=np.concatenate([np.full(units, layer) for (layer, _), units in keys]),
            symbol=tuple(symbol for (_, symbol), units in keys for _ in range(units)),
            unit=np.concatenate([np.arange(units) for _, units in keys]),
            **joined,
            **by_feature,
        )

    def _compare(self, values: Float[np.ndarray, "unit time"]) -> None:
        """Compare the units of one quantity."""
        if not np.isfinite(values).all():
            raise ValueError("the network computed values that are not finite on this text; its units cannot be compared")
        first, second = values[:, : self.half].copy(), values[:, self.half :].copy()
        rank_rows(first)
        rank_rows(second)
        unit = np.arange(len(values))
        chosen = strengths(first, self.weights[0], self.measures)
        scored = strengths(second, self.weights[1], self.measures)
        feature, agreement = self._choose(values, chosen, scored)
        sign = np.where(chosen[unit, feature] < 0, -1, 1)
        controls = np.empty((SHIFTS, len(values)))
        for control, shift in zip(controls, self.shifts, strict=True):
            by_chance = strengths(first, self.weights[0], self.measures, shift[0])
            again = strengths(second, self.weights[1], self.measures, shift[1])
            best = np.abs(by_chance).argmax(axis=1)
            control[:] = again[unit, best] * np.where(by_chance[unit, best] < 0, -1, 1)
        own = controls.max(axis=0)
        score = scored[unit, feature] * sign
        least = max(LEAST_STRENGTH, float(np.quantile(controls, QUANTILE)))
        self.rows.append(
            {
                "feature": np.array(self.tried)[feature],
                "sign": sign.astype(np.int8),
                "chosen": np.abs(chosen[unit, feature]).astype(np.float64),
                "scored": score.astype(np.float64),
                "control": own,
                "agreement": agreement,
                "tracks": (score >= least) & (score > own) & (agreement >= LEAST_AGREEMENT),
            }
        )
        self._update_best(values, chosen, scored)
        self._done += len(values)

    def _choose(
        self, values: Float[np.ndarray, "unit time"], chosen: Float[np.ndarray, "unit feature"],
        scored: Float[np.ndarray, "unit feature"],
    ) -> tuple[Int[np.ndarray, " unit"], Float[np.ndarray, " unit"]]:  # fmt: skip
        """Return each unit's feature, chosen on the first half, and how well the unit agrees with it on the second.

        Of the features that are strong enough to be a name, it is the one with the highest φ (or |ρ| of a number): by the AUC
        alone rare features win. If none is, it is the strongest.
        """
        features, agreements = np.abs(chosen).argmax(axis=1), np.zeros(len(values))
        for unit, row in enumerate(chosen):
            likely = np.flatnonzero(np.abs(row) >= LEAST_STRENGTH).tolist() or [int(features[unit])]
            order, candidates = np.argsort(values[unit, : self.half]), []
            for each in likely:
                sign = -1 if row[each] < 0 else 1
                first, second = self._agreement(values[unit], each, sign, sign * scored[unit, each], order)
                candidates.append((abs(row[each]) if first is None else first, second, each))
            _, agreements[unit], features[unit] = max(candidates)
        return features, agreements

    def _agreement(
        self, values: Float[np.ndarray, " time"], feature: int, sign: int, scored: float,
        order: Int[np.ndarray, " time"] | None = None,
    ) -> tuple[float | None, float]:  # fmt: skip
        """Return how well a unit agrees with a feature on both halves: φ; of a number None and its ρ on the second half."""
        if self.measures[feature] == "ρ":
            return None, float(scored)
        first, second = self.flags[feature]
        cut = best_cut(values[: self.half], first, sign, order)
        return sign * cut.phi, sign * phi(values[self.half :], second, cut.least)

    def _update_best(
        self, values: Float[np.ndarray, "unit time"], chosen: Float[np.ndarray, "unit feature"],
        scored: Float[np.ndarray, "unit feature"],
    ) -> None:  # fmt: skip
        """Keep for each feature the unit that followed it best on the first half."""
        feature = np.arange(chosen.shape[1])
        unit = np.abs(chosen).argmax(axis=0)
        strength = np.abs(chosen)[unit, feature]
        sign = np.where(chosen[unit, feature] < 0, -1, 1)
        better = strength > self.best_chosen
        self.best_row = np.where(better, unit + self._done, self.best_row)
        self.best_sign = np.where(better, sign, self.best_sign)
        self.best_scored = np.where(better, scored[unit, feature] * sign, self.best_scored)
        self.best_chosen = np.where(better, strength, self.best_chosen)
        for each in np.flatnonzero(better).tolist():
            self.best_agreement[each] = self._agreement(values[unit[each]], each, int(sign[each]), self.best_scored[each])[1]

    def _groups(self) -> list[list[Key]]:
        """Return the quantities that are left, in groups that fit into memory together."""
        groups: list[list[Key]] = []
        numbers = 0
        for key, units in list(self.activations.units.items())[len(self.rows) :]:
            size = units * len(self.activations.positions)
            if not groups or numbers + size > MOST_NUMBERS:
                groups.append([])
                numbers = 0
            groups[-1].append(key)
            numbers += size
        return groups

    def _save(self, note: Path, identity: str) -> None:
        arrays = {f"{number}.{name}": values for number, row in enumerate(self.rows) for name, values in row.items()}
        arrays |= {name: getattr(self, name) for name in _BY_FEATURE}
        stored.write(note, {"identity": identity, "rows": str(len(self.rows)), "done": str(self._done)}, arrays)

    def _resume(self, note: Path, identity: str) -> None:
        """Restore the results of a run that was stopped; a file of another run, or a damaged one, is ignored."""
        if not note.exists():
            return
        try:
            header, arrays = stored.read(note)
            if header.get("identity") != identity:
                return
            rows = [{name: arrays[f"{number}.{name}"].copy() for name in _ROW} for number in range(int(header["rows"]))]
            best, done = {name: arrays[name].copy() for name in _BY_FEATURE}, int(header["done"])
        except (KeyError, ValueError):
            return
        self.rows, self._done = rows, done
        for name, values in best.items():
            setattr(self, name, values)

    def _halves(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return values[: self.half], values[self.half :]

    @staticmethod
    def _varies(values: np.ndarray) -> bool:
        return varies(values, LEAST_POSITIONS, LEAST_CHANGES)
