"""How many files of a public corpus are read right.

Run it with `python -m benchmarks.encodings FOLDER`. It has a folder for each encoding, named as chardet's own tests name
theirs, such as `windows-1251-russian`; to get them, unpack what `pip download --no-deps --no-binary :all: chardet==5.2.0`
brings, and name its folder `tests`.

A file is right where its text equals what its folder's encoding gives; "doubted" where it does not, but a note says that the
encoding is a guess; "silent" where nothing says so. Other detectors are counted too where they are installed.
"""

from __future__ import annotations

import codecs
import importlib
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import click

from lstm_viz.text.byte_decoding import decode
from lstm_viz.text.files import UnreadableText

#: Names of folders that Python's codecs are not called by.
NAMES = {
    "maccyrillic": "mac_cyrillic", "macroman": "mac_roman", "macgreek": "mac_greek", "maciceland": "mac_iceland",
    "maclatin2": "mac_latin2", "macturkish": "mac_turkish", "ibm855": "cp855", "ibm866": "cp866", "hz-gb-2312": "hz",
}  # fmt: skip


def codec_of(folder: str) -> str | None:
    """The codec that a folder is named by, its language left out; None where Python has none, as for EUC-TW."""
    for name in (folder.lower(), folder.lower().rpartition("-")[0]):
        try:
            return codecs.lookup(NAMES.get(name, name)).name
        except LookupError:
            continue
    return None


def _name(detect: Callable[[bytes], Mapping[str, str | None]], data: bytes) -> str | None:
    return detect(data)["encoding"]


def detectors() -> dict[str, Callable[[bytes], str | None]]:
    """Well-kept detectors that are installed, each as a function from bytes to an encoding."""
    by_name: dict[str, Callable[[bytes], str | None]] = {}
    for name in ("chardet", "cchardet", "charset_normalizer"):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        by_name[f"{name} {getattr(module, '__version__', '')}"] = partial(_name, module.detect)
    return by_name


def is_right(data: bytes, text: str | None, codec: str) -> bool:
    """Whether a text is what the codec gives, a byte order mark aside."""
    if text is None:
        return False
    return text.removeprefix("\ufeff") == data.decode(codec, "replace").removeprefix("\ufeff")


@click.command(help=__doc__)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Count what is right, doubted, refused and silently wrong."""
    files = [path for path in sorted(folder.glob("*/*")) if path.is_file()]
    counts: Counter[str] = Counter()
    rest: list[str] = []
    for path in files:
        data, codec = path.read_bytes(), codec_of(path.parent.name)
        try:
            decoded = decode(data)
        except UnreadableText as error:
            kind, how = "refused", str(error)
        else:
            doubted = any("guessed" in note for note in decoded.notes)
            right = codec is not None and is_right(data, decoded.text, codec)
            kind, how = ("right" if right else "doubted" if doubted else "silent"), decoded.encoding
        counts[kind] += 1
        if kind != "right":
            rest.append(f"  {kind:8} {path.parent.name}/{path.name}: {how}")
    print(
        f"lstm_viz.read_text: of {len(files)} files "
        + ", ".join(f"{counts[kind]} {kind}" for kind in ("right", "doubted", "refused", "silent"))
    )
    print("\n".join(rest))
    for name, detect in detectors().items():
        hits = 0
        for path in files:
            data, codec = path.read_bytes(), codec_of(path.parent.name)
            guess = detect(data)
            try:
                hits += codec is not None and guess is not None and is_right(data, data.decode(guess, "replace"), codec)
            except LookupError:
                continue
        print(f"{name}: {hits} right")


if __name__ == "__main__":
    main()
