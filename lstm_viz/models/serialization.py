"""Models on disk: one safetensors file with configuration, vocabulary and metadata in its header; nothing is executed."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from lstm_viz.models.language import CELLS, Config, LanguageModel
from lstm_viz.text.vocabulary import Vocabulary, WordVocabulary

FORMAT = "lstm_viz language model 1"

#: Limits on uploaded files, checked before memory is allocated.
LIMITS = {"embedding": 1024, "hidden": 2048, "layers": 8, "symbols": 200_000}

#: Limit on the magnitude of weights; with larger ones sums overflow and results are not finite.
LARGEST = 1e6


class UnreadableModel(ValueError):
    """The file is not a model that this project can load; the message says what came and what was wanted."""


def save(model: LanguageModel, path: str | Path, metadata: Mapping[str, str], dtype: torch.dtype = torch.float16) -> None:
    """Write a model with its metadata (text values only); half precision halves the file and is widened again when loaded.

    Raises ValueError if a weight is not finite or too large for `dtype`, or for a vocabulary that a file cannot hold.
    """
    if type(model.vocabulary) not in (Vocabulary, WordVocabulary):
        raise ValueError(f"a vocabulary of {type(model.vocabulary).__name__} cannot be saved; keep the file that it came from")
    weights = {name: value.detach().to(dtype).contiguous() for name, value in model.state_dict().items()}
    check_finite(weights)
    header = {
        "format": FORMAT,
        "config": json.dumps(dataclasses.asdict(model.config)),
        "symbols": json.dumps(model.vocabulary.tokens),
        "facts": json.dumps(dict(metadata)),
    }
    save_file(weights, str(path), metadata=header)


def read(path: str | Path) -> LanguageModel:
    """Load a read-only model in float32; UnreadableModel if the file is not one of this project."""
    return _read(path, Path(path).name)


def read_bytes(data: bytes, name: str) -> LanguageModel:
    """Load a model from a file's content, as `read` does; `name` is used in messages."""
    # safetensors reads headers from files only.
    with TemporaryDirectory(prefix="lstm_viz-") as folder:
        path = Path(folder) / "model.safetensors"
        path.write_bytes(data)
        return _read(path, name)


def _read(path: str | Path, name: str) -> LanguageModel:
    try:
        with safe_open(str(path), framework="pt") as file:
            header = file.metadata() or {}
            if header.get("format") != FORMAT:
                raise ValueError(f"its safetensors header lacks the format {FORMAT!r}")
            config = _config(header)
            _check_texts(header)
            vocabulary = (WordVocabulary if config.words else Vocabulary)(tuple(json.loads(header["symbols"])))
            weights = {key: file.get_tensor(key).float() for key in file.keys()}  # noqa: SIM118
            _check_shapes(config, len(vocabulary), weights)
            check_finite(weights)
            check_size(weights)
            model = LanguageModel(config, vocabulary)
            model.load_state_dict(weights)
            model.metadata = {str(key): str(value) for key, value in dict(json.loads(header["facts"])).items()}
    except FileNotFoundError:
        raise
    except (SafetensorError, OSError) as error:
        raise UnreadableModel(f"{name} is not a safetensors file ({error}); save models with lstm_viz") from error
    except KeyError as error:
        raise UnreadableModel(f"{name} is not an lstm_viz model or is damaged: its header lacks {error}") from error
    except (TypeError, ValueError, RuntimeError) as error:
        raise UnreadableModel(f"{name} is not an lstm_viz model or is damaged: {error}") from error
    return model.eval().requires_grad_(False)


def _config(header: Mapping[str, str]) -> Config:
    config = Config(**json.loads(header["config"]))
    config = dataclasses.replace(config, classes=_classes(config.classes))
    if config.kind not in CELLS:
        raise ValueError(f"the header says kind = {config.kind!r}; {', '.join(CELLS)} were expected")
    if type(config.words) is not bool:
        raise ValueError(f"the header says words = {config.words!r}; true or false was expected")
    sizes = {**dataclasses.asdict(config), "symbols": len(json.loads(header["symbols"]))}
    for name, limit in LIMITS.items():
        if type(sizes[name]) is not int or not 1 <= sizes[name] <= limit:
            raise ValueError(f"the header says {name} = {sizes[name]!r}; a whole number from 1 to {limit} was expected")
    return config


def _classes(named: Any) -> tuple[str, ...]:
    """Return the class names in the header: none, or at least two different ones."""
    fit = type(named) in (list, tuple) and all(type(name) is str and name for name in named)
    if not fit or len(named) == 1 or len(set(named)) != len(named):
        raise ValueError(f"the header says classes = {str(named)[:80]}; at least two different names were expected, or none")
    return tuple(named)


def _check_texts(header: Mapping[str, str]) -> None:
    """Check for unpaired surrogates, which JSON may contain, but which cannot be displayed or written."""
    for name in ("config", "symbols", "facts"):
        try:
            json.dumps(json.loads(header[name]), ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError as error:
            raise ValueError(f"its {name} hold half a surrogate pair, which is not a character") from error


def _check_shapes(config: Config, symbols: int, weights: Mapping[str, torch.Tensor]) -> None:
    """Check, before memory is allocated for a model, that the file really holds what its header describes."""
    rows = {"lstm": 4, "gru": 3, "rnn": 1}[config.kind] * config.hidden
    expected = {
        "embedding.weight": (symbols, config.embedding),
        "decoder.weight": (len(config.classes) or symbols, config.hidden),
        "decoder.bias": (len(config.classes) or symbols,),
    }
    for layer in range(config.layers):
        expected[f"rnn.weight_ih_l{layer}"] = (rows, config.hidden if layer else config.embedding)
        expected[f"rnn.weight_hh_l{layer}"] = (rows, config.hidden)
        expected |= {f"rnn.bias_{side}_l{layer}": (rows,) for side in ("ih", "hh")}
    for name in sorted(expected.keys() & weights.keys()):
        if tuple(weights[name].shape) != expected[name]:
            raise ValueError(f"size mismatch for {name}: {tuple(weights[name].shape)} came, {expected[name]} was expected")
    if expected.keys() != weights.keys():
        missing, more = sorted(expected.keys() - weights.keys()), sorted(weights.keys() - expected.keys())
        raise ValueError(f"missing tensors: {', '.join(missing) or 'none'}; unknown tensors: {', '.join(more) or 'none'}")


def check_finite(weights: Mapping[str, torch.Tensor]) -> None:
    """Raise ValueError naming a tensor with values that are not finite."""
    for name, value in weights.items():
        if not value.isfinite().all():
            raise ValueError(f"{name} holds numbers that are not finite in {value.dtype}; train or save the model again")


def check_size(weights: Mapping[str, torch.Tensor]) -> None:
    """Raise ValueError naming a tensor with values so large that sums overflow."""
    for name, value in weights.items():
        if value.numel() and value.abs().max() > LARGEST:
            raise ValueError(f"{name} holds numbers beyond ±{LARGEST:,.0f}, too large for a trained model; train the model again")
