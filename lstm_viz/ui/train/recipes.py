"""The controls that say what kind of network is trained and how; all have sensible values already."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_viz.gates import NAMES, Kind
from lstm_viz.training.material import Material
from lstm_viz.training.recipe import Recipe

UNITS = (16, 32, 48, 64, 96, 128, 192, 256)
STEPS = (100, 200, 500, 1000, 2000, 3000, 5000, 10_000, 20_000, 50_000)
RATES = (5e-4, 1e-3, 2e-3, 3e-3, 5e-3, 1e-2, 2e-2, 5e-2)
#: 0 stands for no cap.
CAPS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
#: Times that the held-out part is measured in one training.
SCORES = 40


def choose(material: Material) -> Recipe:
    """Draw the controls; the recipe that they say, its streams as wide as the text allows."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        kind: Kind = st.segmented_control(
            "Kind of network", list(NAMES), key="train_kind", default="lstm", required=True, format_func=NAMES.__getitem__,
            width="content", persist_state="session",
        )  # fmt: skip
        layers: int = st.segmented_control(
            "Layers", [1, 2], key="train_layers", default=1, required=True, width="content", persist_state="session"
        )
        units: int = st.select_slider(
            "Units a layer", UNITS, 96, key="train_units", width=220, persist_state="session",
            help="How many numbers each layer remembers. More can learn more, and take longer.",
        )  # fmt: skip
        steps: int = st.select_slider(
            "Steps of training", STEPS, 1000, key="train_steps", width=260, format_func=lambda count: f"{count:,}",
            persist_state="session", help="At each step it reads a piece of the text and all its weights are corrected a little.",
        )  # fmt: skip
    recipe = Recipe(kind, units, layers, steps=steps, streams=material.streams, score_every=max(1, steps // SCORES))
    with st.expander("More settings", icon=":material/tune:"):
        return _details(recipe)


def _details(recipe: Recipe) -> Recipe:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        rate: float = st.select_slider(
            "Learning rate", RATES, 5e-3, key="train_rate", width=200, format_func=lambda rate: f"{rate:g}",
            persist_state="session",
            help="How far the weights move at a step, at the most: it rises at first and falls to a hundredth in the end.",
        )  # fmt: skip
        cap: float = st.select_slider(
            "Cap on the gradient", CAPS, 0.5, key="train_cap", width=200, persist_state="session",
            format_func=lambda cap: f"{cap:g}" if cap else "none",
            help="A gradient that is longer is shortened to this length, so that no step throws the weights too far.",
        )  # fmt: skip
        dropout: float = st.select_slider(
            "Dropout", (0.0, 0.1, 0.2, 0.3, 0.5), 0.0, key="train_dropout", width=160, persist_state="session",
            help="The share of numbers that are set to zero by chance in training, which makes learning by heart harder.",
        )  # fmt: skip
        seed = st.number_input(
            "Seed", 0, 9999, 1, key="train_seed", width=120, persist_state="session",
            help="Decides all that chance decides: the same seed gives the same network.",
        )  # fmt: skip
    return replace(recipe, rate=rate, cap=cap or None, dropout=dropout, seed=int(seed))
