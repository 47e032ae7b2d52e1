"""The hyperparameter controls; all have sensible defaults."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lstm_viz.gates import NAMES, Kind
from lstm_viz.training.data.text_dataset import TextDataset
from lstm_viz.training.tasks.char_lm_config import CharLMConfig
from lstm_viz.ui.state import settings

UNITS = (16, 32, 48, 64, 96, 128, 192, 256)
STEPS = (100, 200, 500, 1000, 2000, 3000, 5000, 10_000, 20_000, 50_000)
RATES = (5e-4, 1e-3, 2e-3, 3e-3, 5e-3, 1e-2, 2e-2, 5e-2)
#: 0 means no clipping.
MAX_NORMS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
#: How often the held-out loss is measured during a training.
SCORES = 40
#: Two sliders of this width fit side by side on a phone.
_SLIDER_WIDTH = 165

_KIND = settings.choice("train_kind", "kind", list(NAMES), "lstm")
_LAYERS = settings.choice("train_layers", "layers", (1, 2), 1)
_UNITS = settings.choice("train_units", "units", UNITS, 96)
_STEPS = settings.choice("train_steps", "steps", STEPS, 1000)
_RATE = settings.choice("train_rate", "rate", RATES, 5e-3)
_MAX_NORM = settings.choice("train_cap", "clip", MAX_NORMS, 1.0)
_DROPOUT = settings.choice("train_dropout", "dropout", (0.0, 0.1, 0.2, 0.3, 0.5), 0.0)
_SEED = settings.number("train_seed", "seed", 0, 9999, 1)


def hyperparameter_controls(dataset: TextDataset) -> tuple[CharLMConfig, DeltaGenerator, DeltaGenerator]:
    """Draw the controls; return the configuration, the container of further settings, and the row that holds its button."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        kind: Kind = st.segmented_control(
            "Kind of network", list(NAMES), required=True, format_func=NAMES.__getitem__, width="content", **_KIND.widget_args()
        )
        layers: int = st.segmented_control("Layers", [1, 2], required=True, width="content", **_LAYERS.widget_args())
        units: int = st.select_slider(
            "Units per layer", UNITS, width=_SLIDER_WIDTH, **_UNITS.widget_args(),
            help="The size of each layer's state. More units can learn more and take longer.",
        )  # fmt: skip
        steps: int = st.select_slider(
            "Steps of training", STEPS, width=_SLIDER_WIDTH, format_func=lambda count: f"{count:,}", **_STEPS.widget_args(),
            help="Each step reads a piece of the text and updates all weights a little.",
        )  # fmt: skip
    config = CharLMConfig(kind, units, layers, steps=steps, bptt=dataset.bptt, score_every=max(1, steps // SCORES))
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    # With a key, so that an opened popover stays open when the page is redrawn.
    more = row.popover("More settings", icon=":material/tune:", key="train_more", on_change="rerun")
    with more:
        return _details(config), more, row


def _details(config: CharLMConfig) -> CharLMConfig:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        rate: float = st.select_slider(
            "Learning rate", RATES, width=200, format_func=lambda rate: f"{rate:g}", **_RATE.widget_args(),
            help="The maximum step size: it warms up first and decays to a hundredth.",
        )  # fmt: skip
        max_norm: float = st.select_slider(
            "Clip gradients at", MAX_NORMS, width=200, format_func=lambda norm: f"{norm:g}" if norm else "none",
            **_MAX_NORM.widget_args(),
            help="Gradient clipping: a larger gradient is scaled down to this norm.",
        )  # fmt: skip
        dropout: float = st.select_slider(
            "Dropout", (0.0, 0.1, 0.2, 0.3, 0.5), width=160, **_DROPOUT.widget_args(),
            help="The share of values set to zero at random in training, against overfitting.",
        )  # fmt: skip
        seed = st.number_input(
            "Seed", 0, 9999, width=120, **_SEED.widget_args(),
            help="Start of all random numbers: the same seed gives the same network.",
        )  # fmt: skip
    return replace(config, learning_rate=rate, max_grad_norm=max_norm or None, dropout=dropout, seed=int(seed))
