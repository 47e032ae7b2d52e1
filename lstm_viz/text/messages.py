"""The text in e-mails (.eml, .mbox, .mht) and Jupyter notebooks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from email import message_from_string
from email.message import Message

#: The first line of each message in a mailbox, and a message's head.
_MAILBOX = re.compile(r"^From \S+ .*\d{4}.*\n", re.MULTILINE)
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]*):\s")
_NEEDED = frozenset(("mime-version", "content-type", "message-id", "received", "content-transfer-encoding"))


def is_mail(head: str) -> bool:
    """Return True if a text begins with the head of an e-mail, or of a page saved as one."""
    fields = []
    for line in _MAILBOX.sub("", head, count=1).lstrip().split("\n"):
        if not line.strip():
            break
        if line[:1] in " \t":
            continue
        field = _FIELD.match(line)
        if field is None:
            return False
        fields.append(field[1].lower())
    return len(fields) > 2 and bool(_NEEDED & set(fields)) and bool({"from", "subject", "date"} & set(fields))


def strip_mail(text: str, strip_html: Callable[[str], str]) -> str:
    """Return the texts of a message, or of all in a mailbox, without heads, attachments and encodings."""
    messages = _MAILBOX.split(text)[1:] if _MAILBOX.match(text) else [text]
    bodies = [_body(message_from_string(message), strip_html).strip() for message in messages if message.strip()]
    return "\n\n".join(filter(None, bodies)) + "\n"


def _body(message: Message, strip_html: Callable[[str], str]) -> str:
    leaves = [part for part in message.walk() if not part.is_multipart() and part.get_content_maintype() == "text"]
    texts = [part for part in leaves if part.get_filename() is None]
    plain = [part for part in texts if part.get_content_type() == "text/plain"]
    return "\n".join(_content(part, strip_html) for part in plain or texts)


def _content(part: Message, strip_html: Callable[[str], str]) -> str:
    packed = str(part.get("Content-Transfer-Encoding", "")).strip().lower() in ("quoted-printable", "base64")
    payload: object = part.get_payload(decode=True) if packed else part.get_payload()
    text = _decode(payload, part.get_content_charset("utf-8")) if isinstance(payload, bytes) else str(payload)
    text = text.replace("\r\n", "\n")
    return strip_html(text) if part.get_content_type() == "text/html" else text


def _decode(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset, "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def is_notebook(text: str) -> bool:
    """Return True for the JSON of a Jupyter notebook."""
    return text.lstrip()[:1] == "{" and '"cells"' in text and '"nbformat"' in text and '"cell_type"' in text


def strip_notebook(text: str) -> str:
    """Return the cells' sources, without outputs and pictures."""
    notebook = json.loads(text)
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise ValueError("no cells")
    sources = [cell.get("source", "") for cell in cells if isinstance(cell, dict)]
    lines = ["".join(map(str, source)) if isinstance(source, list) else str(source) for source in sources]
    return "\n\n".join(line for line in lines if line.strip()) + "\n"
