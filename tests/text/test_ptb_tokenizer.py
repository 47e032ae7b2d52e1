"""What people type becomes the treebank's words, and no code point is lost on the way."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_viz.text.ptb_tokenizer import detokenize, fallbacks, normalize, split


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("I don't like it.", "i do n't like it ."),
        ("DON’T! can't Cannot won't", "do n't ! ca n't can not wo n't"),
        ("dont isnt want ants", "do n't is n't want ants"),
        ("It's they're I'd we'll you've I'm", "it 's they 're i 'd we 'll you 've i 'm"),
        ("the actors' best", "the actors ' best"),
        ("\u201cGood,\u201d she said", '" good , " she said'),
        ("``Good,'' she `said'", '" good , " she \' said \''),
        ("good.Bad,ugly", "good . bad , ugly"),
        ("well…no... . . wait.. what", "well ... no ... . . wait ... what"),
        ("long—and – dull -- so --- so", "long -- and -- dull -- so -- so"),
        ("a well-made, feel-good and/or funny-ish film", "a well-made , feel-good and/or funny-ish film"),
        ("rock'n'roll o'clock '90s 'em 'til", "rock'n'roll o'clock '90s 'em 'til"),
        ("Mr. Smith, the U.S. and e.g. I.", "mr. smith , the u.s. and e.g. i ."),
        ("3.5/5 1,000 9/11 10th 3D 2", "3.5/5 1,000 9/11 10th 3d 2"),
        ("What?! No!!! Why???", "what !? no ! why ?"),
        ("(really) [so]", "( really ) [ so ]"),
        ("great :) :-( ;) :D <3 b:c", "great :) :-( ;) :d <3 b : c"),
        ("😀😀 👍🏽 👨‍👩‍👧 🇩🇪❤️", "😀 😀 👍🏽 👨‍👩‍👧 🇩🇪 ❤️"),
        ("café cafe\u0301 naïve", "café café naïve"),
        ("10% off @home #fun ***", "10 % off @ home # fun ***"),
        ("see https://example.org/a?b=c now", "see https://example.org/a?b=c now"),
        ("wouldn't've", "would n't 've"),
        ("שלום עולם", "שלום עולם"),
        ("\n\t ", ""),
    ],
)  # fmt: skip
def test_words_by_hand(text: str, forms: str) -> None:
    assert " ".join(split(text).normalized) == forms


@given(st.text(max_size=40) | st.text(st.sampled_from("aAnt'’.-–…!?:)/ \u0301\u200d😀👍🏽🇩1,\ud83d"), max_size=40))
def test_every_code_point_but_blanks_belongs_to_one_word(text: str) -> None:
    found = split(text)
    assert [text[start:end] for start, end in found.spans] == list(found.surface)
    assert "".join(found.surface) == re.sub(r"\s+", "", text)
    assert all(found.normalized)


@pytest.mark.parametrize(
    ("written", "typed"),
    [("-LRB-", "("), ("-rrb-", ")"), ("``", '"'), ("''", '"'), ("and\\/or", "and/or"), ("\\*\\*", "**"), ("n't", "n't")],
)
def test_a_leaf_becomes_what_a_person_types(written: str, typed: str) -> None:
    assert detokenize(written) == typed
    assert split(typed).normalized == (normalize(typed),)


def test_variants_come_from_near_to_far() -> None:
    assert list(fallbacks("soooo")) == ["soooo", "soooo", "soo", "so"]
    assert list(fallbacks("cliché"))[1] == "cliche"
