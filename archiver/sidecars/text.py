"""Bytes of a sidecar -> numbered lines of text, whatever wrote them."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

MAX_BYTES = 32 << 20
"""A longer sidecar is not read: 32 MiB list some 200,000 files."""

MAX_LINE = 8_192
"""Characters; what follows in a longer line is not looked at. (A path has 4,096 bytes.)"""


def decode(data: bytes) -> str:
    """Return the text in ``data``: by its byte order mark, else UTF-8, else Windows-1252.

    UTF-16 without a mark is known by its zeros. Bytes that mean nothing become U+FFFD, so this
    never fails; the names concerned will not be found, and that is reported.
    """
    if data.startswith(codecs.BOM_UTF8):
        return data[3:].decode("utf-8", "replace")
    if data.startswith(codecs.BOM_UTF16_LE):
        return data[2:].decode("utf-16-le", "replace")
    if data.startswith(codecs.BOM_UTF16_BE):
        return data[2:].decode("utf-16-be", "replace")
    head = data[:512]
    if head and head[1::2].count(0) > len(head) // 4 > head[0::2].count(0):
        return data.decode("utf-16-le", "replace")
    if head and head[0::2].count(0) > len(head) // 4 > head[1::2].count(0):
        return data.decode("utf-16-be", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def numbered_lines(data: bytes) -> Iterator[tuple[int, str]]:
    """Yield ``(number, line)``, from 1, without line ends (LF, CRLF, or CR alone).

    Only these end a line: a name may well hold U+2028. Blank lines are left out; a line longer
    than :data:`MAX_LINE` is cut there.
    """
    text = decode(data)
    if "\n" not in text:
        text = text.replace("\r", "\n")
    number, at = 0, 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        number += 1
        line = text[at : min(end, at + MAX_LINE)].removesuffix("\r")
        if line.strip():
            yield number, line
        at = end + 1
