"""Names for units: the feature of a text that each unit of a network tracks best, chosen on one half and scored on the other.

    names = lstm_viz.name_units("python-lstm", source_code)
    names.best(0, "c", 243).describe()              # inside brackets ( [ {, AUC 0.98 on unseen text
    names.by_feature()                              # for each feature the unit that tracks it best
    names.to_csv("units.csv")
    shipped_names("python-lstm")                    # what was measured before and ships with the model
    lstm_viz.name_units(model, text, own=[regex_feature("[0-9]{4}", "a year")])

A feature has one value for each character or word, and uses only what comes before it, except where its `ahead` says otherwise.
"""

from lstm_viz.unit_names.characters import Characters
from lstm_viz.unit_names.feature import Feature
from lstm_viz.unit_names.naming import FEATURES, name_units, naming
from lstm_viz.unit_names.own_features import marked_feature, regex_feature
from lstm_viz.unit_names.result import UnitName, UnitNames
from lstm_viz.unit_names.stored import read_names, shipped_names, write_names

__all__ = [
    "FEATURES",
    "Characters",
    "Feature",
    "UnitName",
    "UnitNames",
    "marked_feature",
    "name_units",
    "naming",
    "read_names",
    "regex_feature",
    "shipped_names",
    "write_names",
]  # fmt: skip
