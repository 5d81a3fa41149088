"""International Standard Recording Codes (ISO 3901), brought into one form so that they compare.

A code names a recording; it is no evidence of any right.
"""

from __future__ import annotations

import re

_FORM = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}", re.ASCII)
_LENGTH = 12
_DIGITS_FROM = 5  # country (2 letters), registrant (3 of either), year (2 digits), number (5)
_TO_DIGITS = str.maketrans("OIL", "011")
_TO_LETTERS = str.maketrans("01", "OI")


def bare_isrc(text: str) -> str:
    """Return ``text`` without the word ISRC and without separators, in capitals.

    >>> bare_isrc("ISRC: de-a12-26-00001")
    'DEA122600001'
    """
    bare = "".join(letter for letter in text.upper() if letter.isascii() and letter.isalnum())
    return bare.removeprefix("ISRC")


def normal_isrc(text: str) -> str | None:
    """Return the code that ``text`` holds as 12 characters, ``None`` when it holds none.

    Hyphens, blanks, small letters and a leading "ISRC" are as good as none. O for 0 and I or l
    for 1, and the other way about, are put right where the form leaves no doubt (IFPI, bulletin
    2015/01): the registrant's three characters may be either and stay.
    """
    bare = bare_isrc(text)
    if len(bare) != _LENGTH:
        return None
    country, digits = bare[:2].translate(_TO_LETTERS), bare[_DIGITS_FROM:].translate(_TO_DIGITS)
    code = country + bare[2:_DIGITS_FROM] + digits
    return code if _FORM.fullmatch(code) else None


def is_plain_isrc(text: str) -> bool:
    """Say whether ``text`` is a code beyond doubt, whatever separates its parts."""
    return _FORM.fullmatch(bare_isrc(text)) is not None
