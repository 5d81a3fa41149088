"""What can be wrong with a name, judged as text.

``ORDINARY`` settles nearly every name in one match; only the rest is looked at closely.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

LONGEST_NAME = 255  # NAME_MAX in bytes on Unix, in UTF-16 units on NTFS, HFS+ and APFS
LONGEST_WINDOWS_PATH = 240  # MAX_PATH is 260 UTF-16 units: leaves room for a short place to be
LONGEST_PATH = 3_800  # PATH_MAX is 4,096 bytes: leaves room for the bag's own place

# CR and LF are controls too, but BagIt itself encodes them (RFC 8493 2.1.3): they do no harm.
_LINE_ENDS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_CONTROLS = "\x00-\x09\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"
# Unicode's format characters (Cf) except the visible Arabic, Syriac and Kaithi number signs,
# and the characters of other classes that show nothing: fillers, joiners, Braille blank.
_INVISIBLE = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_BLANKS = " \xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_WINDOWS_CHARACTERS = r'<>:"|?*\\'
_SURROGATES = "\ud800-\udfff"
_DEVICE_NAMES = r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[1-9¹²³])"
_SHORT = 63  # characters: at most 252 bytes, so never over-long

_ODD = _LINE_ENDS + _CONTROLS + _INVISIBLE + _WINDOWS_CHARACTERS + _SURROGATES + r"\r\n"
_EDGE = _ODD + _BLANKS + "."

ORDINARY = re.compile(
    rf"(?!(?i:{_DEVICE_NAMES}) *(?:\.|\Z)|(?i:thumbs\.db|desktop\.ini)\Z)"
    rf"[^{_EDGE}](?:[^{_ODD}]{{0,{_SHORT - 2}}}[^{_EDGE}])?"
)
"""Matches (``fullmatch``) a name about which there is nothing to say."""

_CHARACTER_RULES = (
    ("name-control", re.compile(f"[{_CONTROLS}]")),
    ("name-line-look-alike", re.compile(f"[{_LINE_ENDS}]")),
    ("name-bidi", re.compile(f"[{_INVISIBLE}]")),
)
_WINDOWS_CHARACTER = re.compile(f"[{_WINDOWS_CHARACTERS}]")
_DEVICE_NAME = re.compile(rf"({_DEVICE_NAMES}) *(?:\.|\Z)", re.IGNORECASE)
_BLANK_END = re.compile(rf"[{_BLANKS}]|(?s:.*)[{_BLANKS}]\Z")
_SYSTEM_FILE = re.compile(r"\._(?s:.)|(?:\.DS_Store|Thumbs\.db|desktop\.ini|Icon\r)\Z", re.I)
_NOT_UTF8 = re.compile(f"[{_SURROGATES}]")
_UNSHOWABLE = re.compile(f"[{_CONTROLS}{_LINE_ENDS}{_INVISIBLE}{_SURROGATES}\\r\\n\\\\]")


def oddities(name: str) -> Iterator[tuple[str, str]]:
    """Yield the code and detail of each rule the name (one component of a path) falls under."""
    if holds_bytes(name):
        yield "name-not-utf8", shown(name)
    if name[0] == ".":
        yield "hidden", ""
    if _SYSTEM_FILE.match(name):
        yield "system-file", ""
    for code, pattern in _CHARACTER_RULES:
        if found := dict.fromkeys(pattern.findall(name)):
            yield code, " ".join(f"U+{ord(character):04X}" for character in found)
    if _BLANK_END.match(name):
        yield "name-blank-end", ""
    if name[-1] == ".":
        yield "name-dot-end", ""
    if device := _DEVICE_NAME.match(name):
        yield "name-windows-reserved", device[1]
    elif found := dict.fromkeys(_WINDOWS_CHARACTER.findall(name)):
        yield "name-windows-reserved", " ".join(found)
    n_bytes, units = _utf8_bytes(name), utf16_units(name)
    if n_bytes > LONGEST_NAME or units > LONGEST_NAME:
        yield "name-long", f"{n_bytes} bytes, {units} UTF-16 units"


def path_oddities(path: str) -> Iterator[tuple[str, str]]:
    """Yield the code and detail of each rule the length of a whole path falls under."""
    n_bytes, units = _utf8_bytes(path), utf16_units(path)
    if n_bytes > LONGEST_PATH:
        yield "path-too-long", f"{n_bytes:,}"
    elif units > LONGEST_WINDOWS_PATH:
        yield "path-long", f"{units} UTF-16 units"


def holds_bytes(text: str) -> bool:
    """Return whether ``text`` holds bytes that are not UTF-8 (as lone surrogates)."""
    return _NOT_UTF8.search(text) is not None


def utf16_units(text: str) -> int:
    """Return the length of ``text`` as Windows and macOS count it."""
    return len(text) + sum(character > "\uffff" for character in text)


def shown(text: str) -> str:
    """Return ``text`` safe to print: ``\\xE9`` for a byte, ``\\u202E`` for a character."""
    return _UNSHOWABLE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    number = ord(match[0])
    if number == 0x5C:
        return "\\\\"
    if 0xDC80 <= number <= 0xDCFF:
        return f"\\x{number - 0xDC00:02X}"  # a byte that is not UTF-8, as os.fsdecode holds it
    if number > 0xFFFF:
        return f"\\U{number:08X}"
    return f"\\u{number:04X}"


def normal_key(name: str) -> str:
    """Return the same text for names that differ only in their Unicode normal form."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def caseless_key(name: str) -> str:
    """Return the same text for names equal but for case: Unicode's canonical caseless match."""
    if name.isascii():
        return name.lower()
    folded = unicodedata.normalize("NFD", name).casefold()
    return unicodedata.normalize("NFD", folded)


def _utf8_bytes(text: str) -> int:
    """Return the length on disk: "replace" makes one byte of each that is not UTF-8."""
    return len(text.encode("utf-8", "replace"))
