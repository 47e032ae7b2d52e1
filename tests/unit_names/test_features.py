"""Every feature of the list against an example done by hand, and what is easily told apart against a loop over the characters."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.text.vocabulary import WordVocabulary
from lstm_viz.unit_names import FEATURES, Characters, Feature, marked_feature, regex_feature
from lstm_viz.unit_names.characters import nesting
from lstm_viz.unit_names.feature import MeasuredText

BY_NAME = {feature.name: feature for feature in FEATURES}
#: The text, and under it for yes-or-no features an x where it is true; for numbers the number (one digit).
EXAMPLES = {
    "line-position": ("ab\n\nc", "01200"),
    "line-start": ("ab\n\nc", "x..xx"),
    "newline": ("ab\n\nc", "..xx."),
    "blank-line": ("ab\n \nc\n\n", "....x..x"),
    "paragraph-line": ("a\nb\n\nc\nd", "00112001"),
    "leading-blank": ("  a b\n\n c", "xx.....x."),
    "indentation": ("  a b\n c", "12222211"),
    "capital-line": ("Ab\nc\n2D", "xxx...x"),
    "sentence-position": ("A b. Cd", "0123012"),
    "sentence-first-word": ("Ab cd. Ef g", "xx.....xx.."),
    "sentence-end": ("A. b? c!", ".x..x..x"),
    "bracket-depth": ("a(b[c])d)e", "0112210000"),
    "in-brackets": ("a(b[c])d)e", ".xxxxx...."),
    "in-round-brackets": ("[a(b)]c", "..xx..."),
    "in-quotes": ('a "bc" “d”.', "..xxx..xx.."),
    "speaker": ("King Lear:\nHow now: so\n\nFOOL:\nx", "xxxxxxxxxx" + "." * 14 + "xxxxx.."),
    "after-colon": ("a: b\nc", ".xxxx."),
    "url": ("see https://a.b/c now", "....xxxxxxxxxxxxx...."),
    "repeated": ("aab  ", "12112"),
    "word-position": ("ab c_1 ", "1201230"),
    "word-start": ("ab c_1 ", "x..x..."),
    "word-end": ("ab c_1 d", ".x...x.x"),
    "vowel": ("aBcE", "x..x"),
    "consonant": ("aBcE1", ".xx.."),
    "capital": ("aBÉ1", ".xx."),
    "capital-word": ("Ab cD", "xx..."),
    "all-capitals": ("AB Ab A1B", ".x......x"),
    "digit": ("a1 2", ".x.x"),
    "space": ("a \n\tb", ".xxx."),
    "punctuation": ("a,_ -", ".x..x"),
    "underscore-word": ("ab_c d_", "..xx..x"),
    "operator": ("a = b+c", "..x..x."),
    "assigned": ("a = b\nc", "..xxxx."),
    "comment": ("a = '#' # b\nc", "........xxx.."),
    "slash-comment": ('a "//" // b\n/*\n*/c', ".......xxxx.xxxxx."),
    "string": ("a('b\\'c') \"d\ne", "..xxxxxx..xx.."),
    "triple-string": ('x = """a\n"b""" c', "....xxxxxxxxxx.."),
    "keyword": ("if x: iffy for", "xx.........xxx"),
}
#: Words, and an x for each that is in the class.
WORDS = {
    "pronoun": ("I like them , n't", "x.x.."),
    "article": ("The cat and a dog", "x..x."),
    "preposition": ("go From here to", ".x.x"),
    "conjunction": ("you AND me because", ".x.x"),
    "but": ("good But bad", ".x."),
    "negation": ("was n’t not bad", ".xx."),
    "auxiliary": ("he is and 'll go", ".x.x."),
    "question": ("Who knows why", "x.x"),
    "intensifier": ("a very good", ".x."),
    "after-negation": ("is not a very good film", ".xxxx."),
    "ing": ("king sing ing ring-", "xx.."),
    "past": ("ended red used", "x.x"),
    "adverb": ("badly fly", "x."),
    "plural": ("films is", "x."),
    "comparison": ("better best bed nicest", "xx.x"),
    "mark": ("a , -- b2", ".xx."),
    "number": ("a 12 b2", ".xx"),
    "word-length": ("a film", "14"),
}


def drawn(values: np.ndarray) -> str:
    return "".join(("x" if value else ".") if values.dtype == bool else str(value) for value in values)


@pytest.mark.parametrize("name", EXAMPLES)
def test_by_hand(name: str) -> None:
    text, wanted = EXAMPLES[name]
    assert drawn(BY_NAME[name].of_text(text)) == wanted


@pytest.mark.parametrize("name", WORDS)
def test_words_by_hand(name: str) -> None:
    text, wanted = WORDS[name]
    assert drawn(BY_NAME[name].of_text(text)) == wanted


def test_every_feature_has_an_example_and_a_name_of_its_own() -> None:
    assert EXAMPLES.keys() | WORDS.keys() == set(BY_NAME)
    assert len(BY_NAME) == len(FEATURES) == len({feature.description for feature in FEATURES})


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
@settings(max_examples=20)
@given(text=st.text(st.sampled_from("aB1 _\n\t.:\"'()[]#/*=é!\\\ud800"), max_size=40))
def test_any_text_gets_one_value_of_the_right_sort_for_each(feature: Feature, text: str) -> None:
    values = feature.of_text(text)
    assert len(values) == (len(text.split()) if feature.by_word else len(text))
    assert values.dtype.kind == ("b" if feature.measure == "AUC" else "i")


@pytest.mark.parametrize(
    "feature", [each for each in FEATURES if not each.ahead and not each.by_word], ids=lambda each: each.name
)
@settings(max_examples=20)
@given(text=st.text(st.sampled_from("aB1 _\n.:\"'([])#=!\\"), max_size=30), cut=st.integers(0, 30))
def test_the_value_at_a_character_does_not_depend_on_later_ones(feature: Feature, text: str, cut: int) -> None:
    np.testing.assert_array_equal(feature.of_text(text)[:cut], feature.of_text(text[:cut]))


@given(st.text(st.sampled_from("ab([{)]}\n"), max_size=60))
def test_brackets_against_a_stack(text: str) -> None:
    depth, paragraph, wanted = 0, True, []
    for index, symbol in enumerate(text):
        if paragraph:
            depth = 0
        depth = max(0, depth + (symbol in "([{") - (symbol in ")]}"))
        wanted.append(depth)
        paragraph = symbol == "\n" and (index == 0 or text[index - 1] == "\n")
    assert BY_NAME["bracket-depth"].of_text(text).tolist() == wanted


@given(st.lists(st.sampled_from([1, 0, -1]), max_size=40), st.data())
def test_nesting_without_a_restart_at_the_beginning(steps: list[int], data: st.DataObject) -> None:
    restarts = data.draw(st.lists(st.booleans(), min_size=len(steps), max_size=len(steps)))
    depth, wanted = 0, []
    for step, restart in zip(steps, restarts, strict=True):
        depth = max(0, (0 if restart else depth) + step)
        wanted.append(depth)
    step = np.array(steps, int)
    assert nesting(step == 1, step == -1, np.array(restarts, bool)).tolist() == wanted


@given(st.text(st.sampled_from("aB \n._1"), max_size=60))
def test_lines_and_words_against_a_loop(text: str) -> None:
    line, word, begins, wanted = 0, 0, True, []
    for symbol in text:
        line = 0 if begins else line + 1
        word = word + 1 if symbol.isalnum() or symbol == "_" else 0
        wanted.append((line, word))
        begins = symbol == "\n"
    characters = Characters(text)
    values = zip(BY_NAME["line-position"].compute(characters), BY_NAME["word-position"].compute(characters), strict=True)
    assert list(values) == wanted


def test_a_word_has_a_feature_if_any_of_its_characters_has_it() -> None:
    text = "So (not here) U.S.A. x"
    tokens = WordVocabulary.of(["so"]).split(text)
    measured = MeasuredText(text, tokens)
    assert tokens.surface == ("So", "(", "not", "here", ")", "U.S.A.", "x")
    assert drawn(measured.values(BY_NAME["in-brackets"])) == ".xxx..."
    assert drawn(measured.values(BY_NAME["negation"])) == "..x...."
    assert measured.values(BY_NAME["sentence-position"]).tolist() == [1, 3, 6, 11, 12, 19, 1]


def test_a_feature_that_gives_no_number_for_each_is_refused() -> None:
    for wrong in (np.zeros(2), np.array(["a", "b", "c"]), np.array([0.0, np.nan, 1.0])):
        feature = Feature("wrong", "wrong", "ρ", lambda text, wrong=wrong: wrong)
        with pytest.raises(ValueError, match="wrong"):
            MeasuredText("abc").values(feature)


def test_own_features() -> None:
    assert drawn(regex_feature("^b+").of_text("abb\nbb\n")) == "....xx."
    assert drawn(regex_feature("(?i)LONDON|x*").of_text("in London")) == "...xxxxxx"
    assert drawn(marked_feature([(0, 1), (2, 4)]).of_text("abcde")) == "x.xx."
    for feature in (regex_feature("a+", "many a"), marked_feature([(0, 2)], "begin")):
        assert drawn(pickle.loads(pickle.dumps(feature)).of_text("aab")) == "xx."
    for spans in ([], [(2, 2)], [(-1, 3)], [(3, 1)]):
        with pytest.raises(ValueError, match="start < end"):
            marked_feature(spans)
    with pytest.raises(ValueError, match="has 3 characters"):
        marked_feature([(0, 4)]).of_text("abc")


@pytest.mark.parametrize(
    "pattern", ["", "(", "[z-a]", "a{2,1}", "(?P<a>x)(?P<a", "\\", "(?<=a+", "*", "x" * 501, "(?R", "\\p{Nope}"]
)
def test_what_is_no_regular_expression_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"characters|regular expression"):
        regex_feature(pattern)


@pytest.mark.parametrize("pattern", ["(a|aa)+$", "(?:(?:a|aa)+)+$", "(?:a{1,9}){1,99}b"])
def test_a_pattern_that_would_search_for_ages_is_stopped(pattern: str) -> None:
    feature = regex_feature(pattern, seconds=0.2)
    with pytest.raises(ValueError, match="was stopped"):
        feature.of_text("ab" + "a" * 5000 + "!")
