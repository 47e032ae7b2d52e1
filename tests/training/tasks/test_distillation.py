"""A tutor reads BERT's files as BERT does, spells words as WordPiece does, learns, and is asked where it should be."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn.functional import gelu, layer_norm, linear

from lstm_viz import load
from lstm_viz.__main__ import main
from lstm_viz.training.data.augmentation import NEAREST, augment, neighbours
from lstm_viz.training.data.treebank import NO_LABEL, LabelledPrefix
from lstm_viz.training.loop.trainer import Trainer, TrainerConfig
from lstm_viz.training.tasks.distillation import TeacherTask, UnreadableTeacher, read_teacher, side_by_side, soft_labels, spell
from tests.facts import states

WIDTH, INNER, HEADS, LAYERS = 8, 12, 2, 2
PIECES = ("[PAD]", "[CLS]", "[SEP]", "[UNK]", "good", "bad", "film", "not", "##ly", "ba", "'", "n", "t", "cafe")
WORDS = ("\N{REPLACEMENT CHARACTER}", "good", "bad", "film", "not", "badly", "n't", "café", "qqq")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    draw = torch.Generator().manual_seed(3)
    shapes = {
        "embeddings.word_embeddings.weight": (len(PIECES), WIDTH), "embeddings.position_embeddings.weight": (20, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
    }  # fmt: skip
    square = [*(f"attention.self.{part}" for part in ("query", "key", "value")), "attention.output.dense"]
    parts = dict.fromkeys(square, (WIDTH, WIDTH)) | {"intermediate.dense": (INNER, WIDTH), "output.dense": (WIDTH, INNER)}
    norms = ["embeddings.LayerNorm"]
    for layer in range(LAYERS):
        shapes |= {f"encoder.layer.{layer}.{name}.weight": shape for name, shape in parts.items()}
        shapes |= {f"encoder.layer.{layer}.{name}.bias": shape[:1] for name, shape in parts.items()}
        norms += [f"encoder.layer.{layer}.{name}.LayerNorm" for name in ("attention.output", "output")]
    shapes |= {f"{name}.{end}": (WIDTH,) for name in norms for end in ("weight", "bias")}
    weights = {name: 0.5 * torch.randn(shape, generator=draw) for name, shape in shapes.items()}
    weights |= {f"{name}.weight": weights[f"{name}.weight"] + 1.0 for name in norms}
    save_file(weights, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps({
        "vocab_size": len(PIECES), "hidden_size": WIDTH, "intermediate_size": INNER, "num_attention_heads": HEADS,
        "num_hidden_layers": LAYERS, "max_position_embeddings": 20,
    }))  # fmt: skip
    (tmp_path / "tokenizer.json").write_text(json.dumps({"model": {"vocab": {piece: k for k, piece in enumerate(PIECES)}}}))
    return tmp_path


def by_hand(weights: dict[str, Tensor], pieces: list[int]) -> Tensor:
    """BERT's last hidden states for one phrase, written out from the paper: post-norm, scaled dot products, GELU."""

    def dense(name: str, x: Tensor) -> Tensor:
        return linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])

    def norm(name: str, x: Tensor) -> Tensor:
        return layer_norm(x, (WIDTH,), weights[f"{name}.LayerNorm.weight"], weights[f"{name}.LayerNorm.bias"], 1e-12)

    x = weights["embeddings.word_embeddings.weight"][pieces] + weights["embeddings.token_type_embeddings.weight"][0]
    x = norm("embeddings", x + weights["embeddings.position_embeddings.weight"][: len(pieces)])
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}."
        heads = [
            dense(f"{at}attention.self.{part}", x).view(-1, HEADS, WIDTH // HEADS).transpose(0, 1) for part in ("query", "key")
        ]
        shares = (heads[0] @ heads[1].transpose(1, 2) / math.sqrt(WIDTH // HEADS)).softmax(-1)
        mixed = shares @ dense(f"{at}attention.self.value", x).view(-1, HEADS, WIDTH // HEADS).transpose(0, 1)
        x = norm(f"{at}attention.output", dense(f"{at}attention.output.dense", mixed.transpose(0, 1).reshape(-1, WIDTH)) + x)
        x = norm(f"{at}output", dense(f"{at}output.dense", gelu(dense(f"{at}intermediate.dense", x))) + x)
    return x


def test_it_reads_as_bert_does(folder: Path) -> None:
    tutor = read_teacher(folder, WORDS).eval()
    weights = load_file(folder / "model.safetensors")
    phrases = [tutor.spell(np.array(ids)) for ids in ([1, 3], [4, 5, 6, 7, 2, 1], [8])]
    tutor.head = nn.Identity()  # type: ignore[assignment]
    with torch.no_grad():
        found = tutor(*side_by_side(phrases))
    for row, pieces in zip(found, phrases, strict=True):
        torch.testing.assert_close(row, by_hand(weights, pieces.tolist()).mean(0), atol=1e-5, rtol=1e-5)


def test_words_are_spelt_in_the_longest_pieces() -> None:
    known = {piece: number for number, piece in enumerate(PIECES)}
    told = {
        "film": ("film",),
        "badly": ("bad", "##ly"),
        "n't": ("n", "'", "t"),
        "café": ("cafe",),
        "qqq": ("[UNK]",),
        "baq": ("[UNK]",),
    }
    for word, pieces in told.items():
        assert spell(word, known) == tuple(known[piece] for piece in pieces)


def test_it_is_asked_of_wholes_always_and_of_beginnings_sometimes(folder: Path) -> None:
    tutor = read_teacher(folder, WORDS)
    texts = [np.array([1, 2, 3]), np.array([4]), np.array([5, 4, 3, 2])]
    everything = soft_labels(tutor, texts, 1.0, np.random.default_rng(1))
    for text, found in zip(texts, everything, strict=True):
        wanted = [tutor.predict([text[: t + 1]])[0] for t in range(len(text))]
        np.testing.assert_allclose(found, wanted, atol=1e-6)
        np.testing.assert_allclose(found.sum(-1), 1.0, atol=1e-6)
    for found, whole in zip(soft_labels(tutor, texts, 0.0, np.random.default_rng(1)), everything, strict=True):
        np.testing.assert_allclose(found[-1], whole[-1], atol=1e-6)
        assert not found[:-1].any()


def test_it_learns_what_the_labels_say(folder: Path) -> None:
    readings = [LabelledPrefix(np.array([1, 3]), np.array([NO_LABEL, 4])), LabelledPrefix(np.array([2, 3]), np.array([0, 0]))]
    held_out = [(np.array([1, 3]), 4), (np.array([2, 3]), 0)]
    torch.manual_seed(0)
    task = TeacherTask(read_teacher(folder, WORDS), readings, held_out, 1, share=3.0)
    *_, last = Trainer(task, TrainerConfig(250, 5e-3, warmup=2, weight_decay=0.0, score_every=250))
    assert last.validation_loss == 0.0
    assert last.loss < 0.5


def test_the_command_teaches_a_tutor_first_and_says_so_on_the_card(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["lstm-viz", "train", "sentiment"])
    place = tmp_path_factory.mktemp("judge")
    lines = ["(4 (4 good) (2 film))", "(0 (0 bad) (2 film))", "(3 (3 good) (2 (2 film) (2 film)))"]
    for part in ("train", "dev"):
        (place / f"{part}.txt").write_text("\n".join(lines * 8))
    parts = [option for part in ("train", "dev") for option in (f"--{part}", str(place / f"{part}.txt"))]
    sizes = ["--hidden", "6", "--embedding", "4", "--epochs", "2", "--tutor", str(folder)]
    sizes += ["--tutor-epochs", "3", "--tutor-share", "3"]
    out = place / "judge.safetensors"
    result = CliRunner().invoke(main, ["train", "sentiment", *parts, *sizes, "--asked", "1", "--out", str(out)])
    assert result.exit_code == 0, result.output
    facts = load(out).metadata
    assert states(facts["data"], "teacher", folder.name)
    share = torch.load(place / "judge-tutor.state.pt", weights_only=True)["best"]
    assert states(facts["epochs"], "2.0", "teacher's 3", f"{1 - share:.2%}")
    both = CliRunner().invoke(main, ["train", "sentiment", *parts, *sizes, "--teachers", "1", "--out", str(out)])
    assert both.exit_code == 1
    assert "one of the two" in both.output


@pytest.mark.parametrize("gone", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_folder_that_lacks_a_file_is_refused(folder: Path, gone: str) -> None:
    (folder / gone).unlink()
    with pytest.raises(UnreadableTeacher, match="is wanted"):
        read_teacher(folder, WORDS)


def test_other_weights_are_refused(folder: Path) -> None:
    save_file({"something": torch.zeros(2)}, folder / "model.safetensors")
    with pytest.raises(UnreadableTeacher, match="holds no teacher"):
        read_teacher(folder, WORDS)


def test_neighbours_are_the_nearest_by_cosine() -> None:
    vectors = np.random.default_rng(2).normal(size=(40, 3))
    vectors[7] = 0.0
    found = neighbours(vectors, np.arange(40), block=16)
    assert 7 not in found
    for word, near in found.items():
        cosines = [-2.0 if other in (7, word) else vectors[word] @ vectors[other] / np.linalg.norm(vectors[word])
                   / np.linalg.norm(vectors[other]) for other in range(40)]  # fmt: skip
        assert set(near) == set(np.argsort(cosines)[-NEAREST:])


def test_invented_sentences_swap_words_for_neighbours_and_have_no_label() -> None:
    vectors = np.random.default_rng(2).normal(size=(40, 3))
    vectors[5] = 0.0
    readings = [LabelledPrefix(np.arange(1, 11), np.full(10, 3)), LabelledPrefix(np.array([1, 2]), np.array([2, 2]))]
    found = list(augment(readings, vectors, 30, seed=1, swapped=0.5))
    near = neighbours(vectors, np.arange(40))
    assert len(found) == 30
    assert all((each.labels == NO_LABEL).all() for each in found)
    swaps = [(mine, other) for each in found for mine, other in zip(readings[0].ids, each.ids, strict=True) if mine != other]
    assert 100 < len(swaps) < 200
    assert all(other in near[mine] for mine, other in swaps)
    assert not any(mine == 5 for mine, _ in swaps)
