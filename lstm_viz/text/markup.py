"""Markup formats: recognised by a text's beginning, and stripped."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree
from striprtf.striprtf import rtf_to_text

from lstm_viz.text.files import UnreadableText
from lstm_viz.text.messages import is_mail, is_notebook, strip_mail, strip_notebook

#: The name of each format.
FORMS = {
    "html": "HTML", "rtf": "RTF", "xml": "XML", "ansi": "ANSI colours", "mail": "MIME (e-mail)", "notebook": "Jupyter's JSON",
}  # fmt: skip

_HTML = re.compile(r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_XML = re.compile(r"\s*<\?xml\s")
#: A part of a page, in a file that is named as one; a document type without entities of its own.
_FRAGMENT = re.compile(r"\s*(<!--.*?-->\s*)*<[a-z][a-z0-9]*[\s/>]", re.IGNORECASE | re.DOTALL)
_PAGE_NAMES = (".html", ".htm", ".xhtml")
_DOCTYPE = re.compile(r"<!DOCTYPE\s[^\[<>]*>")
#: Colours of a terminal, and all of its control sequences (ECMA-48).
_COLOUR = re.compile(r"\x1b\[[\d;]{0,20}m")
_CONTROL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
#: The most spaces that one mark of OpenDocument stands for.
_SPACES = 1000
#: Length of the beginning by which a format is recognised.
_HEAD = 4096

#: Elements whose content is not text, and block elements.
_HIDDEN = frozenset(("script", "style", "head", "template", "noscript", "svg", "math", "iframe", "object", "select"))
_BLOCKS = frozenset((
    *("address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset"),
    *("figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main"),
    *("nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "title", "tr", "ul", "br", "option"),
))  # fmt: skip
_CELLS = frozenset(("td", "th"))
#: Paragraphs, tabs and line breaks of Open XML and OpenDocument, without their namespaces.
_PARAGRAPHS = frozenset(("p", "h"))
#: The same in books and editions: lines of verse, headings.
_LINES = frozenset(("v", "l", "subtitle", "text-author", "head", "lg", "stanza"))
_EDITIONS = re.compile(r"fictionbook|tei-c\.org")
#: What documents hold beside their text: deleted and moved text, fields, a second form of the same; notes; pictures, metadata.
_UNSEEN = frozenset((
    *("delText", "instrText", "moveFrom", "Fallback", "tracked-changes", "annotation", "binary", "description"),
    *("note", "teiHeader"),
))  # fmt: skip
_DOCUMENTS = re.compile(r"wordprocessingml|markup-compatibility|opendocument|fictionbook|tei-c\.org")
_TABS, _BREAKS = frozenset(("tab",)), frozenset(("br", "cr", "line-break"))


def detect_markup(text: str, name: str = "") -> str:
    """Return a text's format, one of `FORMS` or "plain".

    Args:
        text: The text.
        name: The file's name: a part of a page is one if the file is named so.
    """
    head = text[:_HEAD]
    if head.lstrip().startswith("{\\rtf"):
        return "rtf"
    if _HTML.match(head):
        return "html"
    if _XML.match(head):
        return "xml"
    if name.lower().endswith(_PAGE_NAMES) and _FRAGMENT.match(head):
        return "html"
    if is_mail(head):
        return "mail"
    if is_notebook(text):
        return "notebook"
    return "ansi" if "\x1b[" in text and _COLOUR.search(text) else "plain"


def strip_markup(text: str, form: str) -> str:
    """Return the plain text of a text in a format from `detect_markup`.

    Raises UnreadableText if it has no text, or the format is broken.
    """
    try:
        bare = _STRIPPERS[form](text)
    except (etree.LxmlError, ValueError, LookupError, ArithmeticError, RecursionError) as error:
        raise UnreadableText(f"its {FORMS[form]} is broken; save it as plain text") from error
    # Numbers in RTF may be unpaired surrogates.
    bare = bare.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "")
    if not bare.strip():
        raise UnreadableText(f"there is no text in its {FORMS[form]}; choose one with text in it, or read it as it stands")
    return bare


class _Visible:
    """A target of lxml's parsers that collects the visible text of a page, line by line, without building a tree."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._hidden: list[str] = []
        self._preformatted = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _HIDDEN:
            self._hidden.append(tag)
        elif tag in _BLOCKS:
            self.pieces.append("\n")
        if tag == "pre":
            self._preformatted += 1

    def end(self, tag: str) -> None:
        if self._hidden and tag == self._hidden[-1]:
            self._hidden.pop()
        elif tag in _BLOCKS:
            self.pieces.append("\n\n" if tag == "p" else "\n")
        elif tag in _CELLS:
            self.pieces.append("\t")
        if tag == "pre" and self._preformatted:
            self._preformatted -= 1

    def data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data if self._preformatted else re.sub(r"[ \t\r\n\f]+", " ", data))

    def comment(self, text: str) -> None:
        """Ignore comments."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Ignore processing instructions."""

    def close(self) -> str:
        text = re.sub(r"[ \t]*\n[ ]*", "\n", "".join(self.pieces))
        return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


class _Paragraphs(_Visible):
    """The same for word processors' XML: paragraphs, tabs and breaks; other elements only contribute their content."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        space, _, name = tag.rpartition("}")
        if self._hidden or (name in _UNSEEN and _DOCUMENTS.search(space)):
            self._hidden.append(tag)
        elif name == "s" and "opendocument" in space:
            count = next((value for key, value in dict(attributes).items() if key.endswith("}c")), "1")
            self.pieces.append(" " * min(int(count) if count.isdecimal() else 1, _SPACES))
        elif name in _TABS:
            self.pieces.append("\t")
        elif name in _BREAKS:
            self.pieces.append("\n")
        elif name == "noBreakHyphen":
            self.pieces.append("\u2011")

    def end(self, tag: str) -> None:
        space, _, name = tag.rpartition("}")
        if self._hidden:
            self._hidden.pop()
        elif name in _PARAGRAPHS or (name in _LINES and _EDITIONS.search(space)):
            self.pieces.append("\n")

    def data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data)

    def close(self) -> str:
        return "".join(self.pieces)


def _strip_html(text: str) -> str:
    parser = etree.HTMLParser(target=_Visible(), huge_tree=True)
    # The encoding that the page declares must be ignored: it is decoded already.
    parser.feed(re.sub(r"^\s*<\?xml[^>]*>", "", text))
    plain_text: str = parser.close()
    return plain_text


def _strip_rtf(text: str) -> str:
    plain_text: str = rtf_to_text(text, errors="replace")
    return plain_text


def _strip_ansi(text: str) -> str:
    return _CONTROL.sub("", text)


def _strip_xml(text: str) -> str:
    return strip_paragraphs(_DOCTYPE.sub("", re.sub(r"^\s*<\?xml[^>]*\?>", "", text), count=1).encode())


def _strip_mail(text: str) -> str:
    return strip_mail(text, _strip_html)


_STRIPPERS = {
    "html": _strip_html, "rtf": _strip_rtf, "xml": _strip_xml, "ansi": _strip_ansi, "mail": _strip_mail,
    "notebook": strip_notebook,
}  # fmt: skip


def strip_paragraphs(data: bytes) -> str:
    """Return the text in XML, one line a paragraph; ValueError for a document type, whose entities may expand without limit."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ValueError("a document type")
    parser = etree.XMLParser(target=_Paragraphs(), resolve_entities=False, no_network=True, huge_tree=True)
    parser.feed(data)
    plain_text: str = parser.close()
    return plain_text
