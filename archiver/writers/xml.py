"""XML as text: escaping, elements, attributes. What is written here is always well-formed.

A character that XML 1.0 cannot hold, not even as a reference (NUL and most control characters,
lone surrogates, U+FFFE, U+FFFF), is written ``\\uXXXX`` in four small hexadecimal digits. A
backslash that happens to stand before what looks like that is written ``\\u005c``, so the way
back (:func:`unescaped`) has one answer. Characters that a terminal would obey or hide are
written as references, which is the same text to every reader of XML.
"""

from __future__ import annotations

import re
from urllib.parse import quote

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'

_IMPOSSIBLE = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_HIDDEN = (
    "\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f"
)
_ODD = re.compile(f'[&<>"\t\n\r{_IMPOSSIBLE}{_HIDDEN}]|\\\\(?=u[0-9a-f]{{4}})')
_CANNOT_BE = re.compile(f"[{_IMPOSSIBLE}\\\\]")
_WRITTEN = re.compile(r"\\u([0-9a-f]{4})")
_NAMED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def escaped(text: str) -> str:
    """Return ``text`` fit for content and for attributes in double quotes."""
    return _ODD.sub(_reference, text)


def _reference(match: re.Match[str]) -> str:
    character = match.group()
    if named := _NAMED.get(character):
        return named
    if _CANNOT_BE.match(character):
        return f"\\u{ord(character):04x}"
    return f"&#x{ord(character):x};"


def unescaped(text: str) -> str:
    """Return what was given to :func:`escaped`, from what a reader of XML says stands there."""
    return _WRITTEN.sub(lambda match: chr(int(match.group(1), 16)), text)


def element(name: str, text: object, attributes: str = "") -> str:
    """Return an element with text; ``attributes`` is what :func:`attributes_of` made, or ours."""
    return f"<{name}{attributes}>{escaped(str(text))}</{name}>"


def attributes_of(**values: object) -> str:
    """Return attributes, each with a blank before it; those that are ``None`` are left out."""
    return "".join(
        f' {name}="{escaped(str(value))}"' for name, value in values.items() if value is not None
    )


def relative_url(path: str) -> str:
    """Return the path as a relative URL: the bytes of its name, percent-encoded (RFC 3986)."""
    return quote(path.encode("utf-8", "surrogatepass"), safe="/")
