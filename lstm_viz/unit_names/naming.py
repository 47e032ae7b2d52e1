"""For every unit of every quantity, the text feature it tracks best: chosen on one half of a text and scored on the other.

The halves are contiguous, because neighbouring characters depend on each other: of positions drawn at random both halves would
hold nearly the same ones. What chance reaches is measured by the same procedure with the features rotated along the text by large
random distances, which breaks their relation to the units and keeps their runs. Controls of this kind: Hewitt & Liang 2019,
"Designing and Interpreting Probes with Control Tasks".
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from lstm_viz.corpus.resets import check_parts
from lstm_viz.corpus.result import Scan
from lstm_viz.corpus.running_stats import PASSAGE
from lstm_viz.corpus.saving import digest
from lstm_viz.corpus.scanner import scanning
from lstm_viz.gates import Kind
from lstm_viz.models.catalog import load
from lstm_viz.models.checks import require_model, require_text
from lstm_viz.models.fingerprint import fingerprint
from lstm_viz.models.imported_network import ImportedNetwork
from lstm_viz.models.language import LanguageModel
from lstm_viz.text.tokens import Tokens
from lstm_viz.text.vocabulary import WordVocabulary
from lstm_viz.unit_names import layout_features, word_features
from lstm_viz.unit_names.activations import Activations, ReadActivations, ScannedActivations
from lstm_viz.unit_names.feature import Feature, MeasuredText, offered_features
from lstm_viz.unit_names.feature_comparison import FeatureComparison
from lstm_viz.unit_names.result import UnitNames

#: The list of features.
FEATURES: tuple[Feature, ...] = (*layout_features.FEATURES, *word_features.FEATURES)
#: Tokens compared, at most, and fewest in a text.
POSITIONS, FEWEST = 100_000, 500
#: The most stretches of a long text that are compared.
MAX_BLOCKS = 1024
#: The share of progress that the scan of a text takes, in percent.
SCANNING = 40


def name_units(
    model: str | LanguageModel | ImportedNetwork, text: str, own: Sequence[Feature] = (),
    features: Sequence[Feature] | None = None, parts: Sequence[int] | None = None, source: str = "", positions: int = POSITIONS,
) -> UnitNames:  # fmt: skip
    """Find for every unit of every quantity the text feature that it tracks best.

    Yes-or-no features are scored by the AUC, numbers by Spearman's |ρ|. The first half of the text chooses each unit's feature
    and its direction, the second half scores it. Of several features that reach an AUC of 0.8 (or |ρ| of 0.6) the one is chosen
    with which the unit, cut at its best value, agrees most: the highest φ coefficient, so that rare features, whose AUC is soon
    high, do not win. A unit tracks its feature if the score is at least an AUC of 0.8 (or |ρ| of 0.6), φ with the same cut is at
    least 0.3, and the score is higher than what the same procedure reaches with features rotated along the text: in 99% of all
    cases over the quantity's units, and in each case of this unit.

    Args:
        model: A network of characters or words, or the name of a shipped one. A language model of characters carries its state
            through the text; any other network reads each part from the zero state.
        text: At least 500 tokens, better 100,000.
        own: Features of your own, in addition to the list: see `regex_feature`, `marked_feature` and `Feature`.
        features: Features in place of the list.
        parts: Steps at which the network restarts, the first at 0. None: it never restarts; a network of words restarts at each
            line.
        source: What the text is, in words; it is kept with the names.
        positions: How many tokens are compared at most. Of a longer text evenly spaced stretches are taken, for which the state
            is exact; of a text that is read part by part, evenly spaced parts.

    Returns:
        The names: `best(layer, symbol, unit)`, `table()`, `by_feature()`, `to_csv()`.

    Raises:
        ValueError: The text is too short, has too little to compare, a feature does not fit, or the network reads numbers.
        TypeError: The model is not one of this library, the text not a str, or a feature not a `Feature`.

    Examples:
        >>> names = lstm_viz.name_units("brackets", "([()])\\n(())\\n[[]()]\\n" * 50)
        >>> names.by_feature()[0].measure in ("AUC", "ρ")
        True
    """
    *_, result = naming(model, text, own, features, parts, source, positions)
    assert isinstance(result, UnitNames)
    return result


def naming(
    model: str | LanguageModel | ImportedNetwork, text: str, own: Sequence[Feature] = (),
    features: Sequence[Feature] | None = None, parts: Sequence[int] | None = None, source: str = "", positions: int = POSITIONS,
    scan: Scan | None = None, note: str | None = None,
) -> Iterator[int | UnitNames]:  # fmt: skip
    """Name units as `name_units` does; yield 1, 2, … 99 as percentages of progress, and finally the names.

    Stop iterating to cancel. The arguments can be pickled for a job.

    Args:
        model: As for `name_units`.
        text: As for `name_units`.
        own: As for `name_units`.
        features: As for `name_units`.
        parts: As for `name_units`.
        source: As for `name_units`.
        positions: As for `name_units`.
        scan: A scan of the text by this model, if there is one; otherwise the text is scanned first.
        note: A file in which progress is saved, beside a second one. The same call resumes from them; both are deleted at the
            end.

    Returns:
        An iterator over percentages of progress, and finally the names.

    Raises:
        ValueError: As for `name_units`, and for a scan of another text or network, once the next item is requested.

    Examples:
        >>> from lstm_viz.unit_names import naming
        >>> *percents, names = naming("brackets", "([()])\\n(())\\n[[]()]\\n" * 50)
        >>> percents == sorted(percents), names.kind
        (True, 'lstm')
    """
    network = load(model) if isinstance(model, str) else model
    if not isinstance(network, ImportedNetwork):
        require_model(network)
    require_text(text)
    for each in (*own, *(features or ())):
        if not isinstance(each, Feature):
            raise TypeError(f"{each!r:.60} is no Feature; see regex_feature, marked_feature and Feature in lstm_viz.unit_names")
    chosen = offered_features(FEATURES if features is None else features, reads_words(network)) + tuple(own)
    if positions < FEWEST:
        raise ValueError(f"positions is {positions:,}; at least {FEWEST} were wanted")
    # The first percent says at once that it has begun: a long text and a busy server take a while to the next.
    yield (begin := 1)
    if scans(network):
        assert isinstance(network, LanguageModel)
        _check_length(len(text))
        if scan is None:
            begin, scan = yield from _scan_for_names(network, text, parts, note)
        elif len(scan.surprise) != len(text) or scan.fingerprint != fingerprint(network):
            raise ValueError("the scan is of another text or network; scan this text with this network")
        activations: Activations = ScannedActivations(network, scan, text, positions)
        measured = MeasuredText(text)
        kind: Kind = network.config.kind
    else:
        tokens = split_parts(network, text, parts, positions)
        whole = _concatenate(tokens)
        _check_length(len(whole.surface))
        activations, measured = ReadActivations(network, tokens), MeasuredText(text, whole)
        kind = activations.kind
    comparison = FeatureComparison(chosen, measured, activations)
    compared = None if note is None else Path(f"{note}.compared")
    identity = "" if note is None else _identity(network, text, parts, positions, chosen)
    shares = comparison.run(compared, identity)
    yield from _percentages((begin + (99 - begin) * done // total for done, total in shares), begin)
    if note is not None and compared is not None:
        Path(note).unlink(missing_ok=True)
        compared.unlink(missing_ok=True)
    yield comparison.result(kind, source, "" if isinstance(network, ImportedNetwork) else fingerprint(network))


def _scan_for_names(
    network: LanguageModel, text: str, parts: Sequence[int] | None, note: str | None
) -> Generator[int, None, tuple[int, Scan]]:
    """Scan a text for its checkpoints alone; yield percentages up to `SCANNING`; return the last one, and the scan."""
    stride = 2 * PASSAGE * -(-len(text) // (2 * PASSAGE * MAX_BLOCKS))
    reported = 1
    for item in scanning(network, text, stride, 0, parts=(0,) if parts is None else parts, note=note, keep_note=True):
        if not isinstance(item, int):
            return reported, item
        if item * SCANNING // 100 > reported:
            reported = item * SCANNING // 100
            yield reported
    raise AssertionError("a scan ends with its result")


def _percentages(percentages: Iterable[int], reported: int) -> Iterator[int]:
    """Yield those percentages that are higher than all before."""
    for percent in percentages:
        if percent > reported:
            reported = percent
            yield reported


def _identity(
    network: LanguageModel | ImportedNetwork, text: str, parts: Sequence[int] | None, positions: int, features: Sequence[Feature]
) -> str:
    """Return what must be the same for a stopped comparison to go on."""
    weights = hashlib.sha256()
    for name, value in network.state_dict().items():
        weights.update(name.encode() + value.detach().contiguous().numpy().tobytes())
    named = [(each.name, each.description) for each in features]
    return f"{weights.hexdigest()} {digest(text)} {parts and list(parts)} {positions} {named}"


def reads_words(network: LanguageModel | ImportedNetwork) -> bool:
    """Return True for a network of words."""
    if isinstance(network, LanguageModel):
        return network.config.words
    return isinstance(network.vocabulary, WordVocabulary)


def scans(network: LanguageModel | ImportedNetwork) -> bool:
    """Return True for a language model of characters, whose texts are scanned from beginning to end."""
    return isinstance(network, LanguageModel) and network.predicts_next_token and not network.config.words


def split_parts(
    network: LanguageModel | ImportedNetwork, text: str, parts: Sequence[int] | None, most: int
) -> list[Tokens]:  # fmt: skip
    """Return the tokens of each part of a text, evenly spaced ones if all have more than `most` tokens; spans are in the text.

    Raises:
        ValueError: The network reads numbers, or the parts do not fit the text.
    """
    vocabulary = network.vocabulary
    if vocabulary is None:
        raise ValueError("this network reads numbers; names of units need one that reads characters or words")
    if not text:
        return []
    if parts is None:
        parts = [0]
        if reads_words(network):
            parts += [index + 1 for index, symbol in enumerate(text[:-1]) if symbol == "\n"]
    starts = check_parts(parts, len(text)).tolist()
    tokens = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        part = vocabulary.split(text[start:end])
        if part.surface:
            tokens.append(Tokens(part.surface, part.normalized, part.spans + start))
    total = sum(len(part.surface) for part in tokens)
    tokens = tokens[:: -(-total // most)] if total > most else tokens
    result, remaining = [], most
    for part in tokens:
        if remaining > 0:
            result.append(Tokens(part.surface[:remaining], part.normalized[:remaining], part.spans[:remaining]))
        remaining -= len(part.surface)
    return result


def _concatenate(parts: Sequence[Tokens]) -> Tokens:
    spans = [part.spans for part in parts] or [np.zeros((0, 2), np.int64)]
    surface = tuple(token for part in parts for token in part.surface)
    return Tokens(surface, tuple(token for part in parts for token in part.normalized), np.concatenate(spans))


def _check_length(tokens: int) -> None:
    if tokens < FEWEST:
        raise ValueError(f"the text has {tokens:,} tokens; at least {FEWEST} are needed, and 100,000 are better: add more text")
