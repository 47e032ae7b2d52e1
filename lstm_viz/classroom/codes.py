"""Codes of rooms, which are read aloud and typed, and tokens, which nobody can guess."""

from __future__ import annotations

import hashlib
import hmac
import secrets

#: No vowels, so that no words come out, and no letters that look like another one of the list (G like C, Q, V and Y).
LETTERS = "BCDFHJKLMNPRSTWXZ"

#: Letters in a code: there are 83,521 codes.
LENGTH = 4


def new_code() -> str:
    """Draw a room's code, `LENGTH` letters, from the operating system's random numbers."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def read_code(text: str) -> str | None:
    """Return the code that somebody typed, in any case and with blanks; None if it cannot be one.

    Examples:
        >>> read_code(" bc df")
        'BCDF'
    """
    code = "".join(text[:20].split()).upper()
    return code if len(code) == LENGTH and all(letter in LETTERS for letter in code) else None


def new_token() -> str:
    """Return a secret of 128 random bits."""
    return secrets.token_urlsafe(16)


def digest(token: str) -> str:
    """Return the SHA-256 of a token, which is stored in place of the token itself."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def is_token(token: str, stored: str) -> bool:
    """Return True if `stored` is the digest of this token; the comparison takes the same time wherever they differ."""
    return hmac.compare_digest(digest(token), stored)
