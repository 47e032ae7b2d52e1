"""Archives: the texts in .gz, .bz2, .xz, .zip, .tar, .epub, .docx and .odt, unpacked in memory up to a limit, never to disk."""

from __future__ import annotations

import bz2
import io
import lzma
import posixpath
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from lstm_viz.text.byte_decoding import decode
from lstm_viz.text.files import UnreadableText
from lstm_viz.text.markup import strip_markup, strip_paragraphs

#: Maximum number of files in an archive.
MOST_FILES = 2000
#: Memory limit for unpacking .xz, in bytes.
_MEMORY = 128 * 2**20
_ASIDE = re.compile(r"(^|/)(__MACOSX/|\.)|/$|(^|/)(Thumbs\.db|desktop\.ini)$")
#: What a broken ZIP file raises.
_BROKEN = (
    *(zipfile.BadZipFile, NotImplementedError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, LookupError),
)
_PACKED = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")


@dataclass(frozen=True)
class ArchiveMember:
    """One text in an archive: its name, and its bytes or, for an office document or a book, its text."""

    name: str
    content: bytes | str


def is_packed(data: bytes) -> bool:
    """Return True for an archive of a supported kind."""
    streams = (*_PACKED[:3], b"\xfd7zXZ\x00")
    return data.startswith(streams) or is_tar(data) or data[:10] == b"BZh" + data[3:4] + b"1AY&SY"


def is_tar(data: bytes) -> bool:
    """Return True for a tar archive."""
    return data[257:262] == b"ustar"


def unpack(data: bytes, name: str, limit: int) -> tuple[list[ArchiveMember], tuple[str, ...]]:
    """Unpack an archive: its texts, and notes on what was left out.

    Args:
        data: The archive.
        name: The name used in messages.
        limit: Maximum number of unpacked bytes, counted while reading, whatever the archive's header says.

    Raises:
        UnreadableText: It is damaged, encrypted, too large, another kind of document, or has paths that lead outside.
    """
    if is_tar(data):
        return _tar(data, name, limit)
    if not data.startswith(b"PK"):
        return _stream(data, name, limit)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Zip(archive, name, limit).members()
    except _BROKEN as error:
        if isinstance(error, UnreadableText):
            raise
        raise UnreadableText(f"{name} is a broken ZIP archive; pack it again, or use the text itself") from error


def _stream(data: bytes, name: str, limit: int) -> tuple[list[ArchiveMember], tuple[str, ...]]:
    unpacked = bytearray()
    notes: tuple[str, ...] = ()
    rest = data
    try:
        while rest:
            if rest.startswith(b"\x1f\x8b"):
                gzip = zlib.decompressobj(31)
                unpacked += gzip.decompress(rest, limit + 1 - len(unpacked))
                over, rest = gzip.eof, gzip.unused_data.lstrip(b"\0")
            else:
                other = bz2.BZ2Decompressor() if rest.startswith(b"BZh") else lzma.LZMADecompressor(memlimit=_MEMORY)
                unpacked += other.decompress(rest, limit + 1 - len(unpacked))
                over, rest = other.eof, other.unused_data.lstrip(b"\0") if other.eof else b""
            if len(unpacked) > limit:
                raise UnreadableText(_too_large(name, limit))
            if not over:
                notes = ("It ends in the middle of its packed data; what came before is read.",)
                break
    except (zlib.error, OSError, lzma.LZMAError, EOFError, MemoryError) as error:
        if not unpacked:
            raise UnreadableText(f"{name} is a broken archive; pack it again, or use the text itself") from error
        notes = ("Its packed data are damaged; what came before is read.",)
    if not unpacked:
        raise UnreadableText(f"{name} is an archive with nothing in it that can be read; pack it again")
    if is_tar(bytes(unpacked[:512])):
        members, more = _tar(bytes(unpacked), name, limit)
        return members, notes + more
    if is_packed(bytes(unpacked[:512])):
        raise UnreadableText(f"{name} holds another archive; unpack it first")
    return [ArchiveMember("", bytes(unpacked))], notes


def _tar(data: bytes, name: str, limit: int) -> tuple[list[ArchiveMember], tuple[str, ...]]:
    """Return the regular files of a tar archive; links and devices are left out."""
    members: list[ArchiveMember] = []
    links, left = 0, limit
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for info in archive:
                _refuse_outside(info.name, name)
                if info.isdir() or _ASIDE.search(info.name):
                    continue
                file = archive.extractfile(info) if info.isfile() else None
                if file is None:
                    links += 1
                    continue
                content = file.read(left + 1)
                if len(content) > left:
                    raise UnreadableText(_too_large(name, limit))
                left -= len(content)
                if len(members) == MOST_FILES:
                    raise UnreadableText(f"{name} holds more than {MOST_FILES:,} files, the most that are read")
                members.append(_member(info.name, content, name, left))
                left -= len(members[-1].content) if isinstance(members[-1].content, str) else 0
    except (tarfile.TarError, OSError, EOFError, OverflowError) as error:
        if not members:
            raise UnreadableText(f"{name} is a broken tar archive; pack it again, or use the text itself") from error
        return members, ("Its packed data are damaged; what came before is read.", *_links_note(links))
    if not members:
        raise UnreadableText(f"{name} holds no file; pack texts into it")
    return members, _links_note(links)


def _member(path: str, content: bytes, archive: str, limit: int) -> ArchiveMember:
    """Return a file of an archive; the text of a document or a book in it. Another archive is refused."""
    if not is_packed(content):
        return ArchiveMember(path, content)
    if content.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as inner:
                document = _Zip(inner, path, limit).document()
        except (*_BROKEN, RuntimeError) as error:
            if isinstance(error, UnreadableText):
                raise
            document = None
        if document is not None:
            return ArchiveMember(path, document)
    raise UnreadableText(f"{archive} holds another archive, {path[-60:]}; unpack it first")


def _links_note(links: int) -> tuple[str, ...]:
    return (f"Links and devices in it, left out: {links:,}.",) if links else ()


def _too_large(name: str, limit: int) -> str:
    most = f"{limit / 2**20:g} MB" if limit >= 2**20 else f"{limit:,} bytes"
    return f"{name} holds more than {most} once unpacked, the most that is read; use a part of it"


class _Zip:
    """One open ZIP file, with the remaining byte limit."""

    def __init__(self, archive: zipfile.ZipFile, name: str, limit: int) -> None:
        self.archive, self.name, self.limit = archive, name, limit
        self.left = limit
        self.names = set(archive.namelist())

    def members(self) -> tuple[list[ArchiveMember], tuple[str, ...]]:
        infos = self.archive.infolist()
        for info in infos:
            _refuse_outside(info.filename, self.name)
        if any(info.flag_bits & 1 for info in infos):
            raise UnreadableText(f"{self.name} is locked by a password; pack it without one")
        document = self.document()
        if document is not None:
            return [ArchiveMember("", document)], self._notes()
        links = sum(stat.S_ISLNK(info.external_attr >> 16) for info in infos)
        return list(self._texts(infos)), _links_note(links)

    def document(self) -> str | None:
        """Return the text of a document or a book; None for a plain archive."""
        names = self.names
        if "META-INF/container.xml" in names or ("mimetype" in names and self._mimetype().startswith("application/epub")):
            return self._book(names)
        if "word/document.xml" in names:
            return self._document("word/document.xml")
        if "content.xml" in names and self._mimetype().startswith("application/vnd.oasis.opendocument.text"):
            return self._document("content.xml")
        if kind := _other_kind(names):
            raise UnreadableText(f"{self.name} looks like {kind}; a text was wanted, so save it as one")
        return None

    def _notes(self) -> tuple[str, ...]:
        notes = "word/footnotes.xml" in self.names or "word/endnotes.xml" in self.names
        if "content.xml" in self.names:
            with self.archive.open("content.xml") as file:
                notes = b":note-body" in file.read(self.limit)
        return ("Its footnotes are left out.",) if notes else ()

    def _texts(self, infos: list[zipfile.ZipInfo]) -> Iterator[ArchiveMember]:
        files = [
            info
            for info in infos
            if not info.is_dir() and not _ASIDE.search(info.filename) and not stat.S_ISLNK(info.external_attr >> 16)
        ]
        if len(files) > MOST_FILES:
            raise UnreadableText(f"{self.name} holds {len(files):,} files; up to {MOST_FILES:,} are read")
        if not files:
            raise UnreadableText(f"{self.name} holds no file; pack texts into it")
        for info in files:
            member = _member(info.filename, self._read(info.filename), self.name, self.left)
            self.left -= len(member.content) if isinstance(member.content, str) else 0
            yield member

    def _read(self, member: str) -> bytes:
        with self.archive.open(member) as file:
            data = file.read(self.left + 1)
        if len(data) > self.left:
            raise UnreadableText(_too_large(self.name, self.limit))
        self.left -= len(data)
        return data

    def _mimetype(self) -> str:
        if "mimetype" not in self.archive.namelist():
            return ""
        with self.archive.open("mimetype") as file:
            return file.read(200).decode("ascii", "replace").strip()

    def _document(self, member: str) -> str:
        try:
            return strip_paragraphs(self._read(member))
        except (ValueError, SyntaxError) as error:
            if isinstance(error, UnreadableText):
                raise
            raise UnreadableText(f"{self.name} is a broken document; save it again, or as plain text") from error

    def _book(self, names: set[str]) -> str:
        """Return the chapters of an EPUB in reading order."""
        broken = f"{self.name} is a broken EPUB; use its text"
        if "META-INF/encryption.xml" in names and _locks_text(self._read("META-INF/encryption.xml")):
            raise UnreadableText(f"{self.name} is locked (DRM), so that its text cannot be read; use its text")
        if "META-INF/container.xml" not in names:
            raise UnreadableText(broken)
        container = self._read("META-INF/container.xml").decode("utf-8", "replace")
        index = re.search(r"full-path\s*=\s*[\"']([^\"']+)", container)
        place = "" if index is None else index[1] if index[1] in names else unquote(index[1])
        if place not in names:
            raise UnreadableText(broken)
        package = _declared(self._read(place))
        items: dict[str, str] = {}
        for tag in re.findall(r"<(?:\w+:)?item\s[^<>]{1,4000}>", package):
            fields = dict(re.findall(r"([\w-]+)\s*=\s*[\"']([^\"']*)[\"']", tag))
            # The table of contents repeats the headings.
            if "html" in fields.get("media-type", "html") and "nav" not in fields.get("properties", "").split():
                items[fields.get("id", "")] = unquote(fields.get("href", "")).partition("#")[0]
        folder = posixpath.dirname(place)
        chapters: list[str] = []
        for reference in re.findall(r"<(?:\w+:)?itemref\s[^<>]*?idref\s*=\s*[\"']([^\"']+)", package):
            path = posixpath.normpath(posixpath.join(folder, items.get(reference, "")))
            if path not in names:
                continue
            try:
                chapters.append(strip_markup(_declared(self._read(path)), "html"))
            except UnreadableText as error:
                if "no text in its" not in str(error):
                    raise
        if not chapters:
            raise UnreadableText(f"no chapter with text is in {self.name}; use its text")
        return "\n".join(chapters)


#: How books are said to hide their fonts, which is no lock on their text.
_FONTS = (b"http://www.idpf.org/2008/embedding", b"http://ns.adobe.com/pdf/enc#RC")


def _locks_text(encryption: bytes) -> bool:
    """Return True if a book's list of what is encrypted names more than its fonts."""
    methods = re.findall(rb"EncryptionMethod[^>]*?Algorithm\s*=\s*[\"']([^\"']*)", encryption)
    return b"EncryptedData" in encryption and (not methods or any(method not in _FONTS for method in methods))


def _declared(data: bytes) -> str:
    """Decode XML in the encoding that it declares; detected where it declares none, or another than its own."""
    declared = re.match(rb"\s*<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w.-]{1,40})", data.removeprefix(b"\xef\xbb\xbf"))
    if declared and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode(declared[1].decode())
        except (UnicodeDecodeError, LookupError):
            pass
    return decode(data, "a chapter").text


def _refuse_outside(path: str, name: str) -> None:
    parts = re.split(r"[/\\]", path)
    if path.startswith(("/", "\\")) or ".." in parts or re.match(r"[A-Za-z]:", path) or "\0" in path:
        raise UnreadableText(f"{name} has a path that leads outside of it; pack it again without such a path")


def _other_kind(names: set[str]) -> str | None:
    if "[Content_Types].xml" in names:
        return "a presentation" if any(name.startswith("ppt/") for name in names) else "a workbook"
    if any(name.startswith("Index/") and name.endswith(".iwa") for name in names) or "Index.zip" in names:
        return "a document of Apple's Pages, Numbers or Keynote"
    if any(name.endswith("/data.pkl") or name == "data.pkl" for name in names):
        return "a PyTorch checkpoint"
    if "META-INF/MANIFEST.MF" in names:
        return "a Java program"
    if "content.xml" in names and "mimetype" in names:
        return "an OpenDocument file that is not a text"
    if names and all(name.endswith(".npy") for name in names):
        return "NumPy arrays"
    return None
