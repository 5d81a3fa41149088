"""MPEG-4: protected sample entries, their schemes, and protection system headers.

Sources: ISO/IEC 14496-12 8.12 (``sinf``, ``frma``, ``schm``), ISO/IEC 23001-7 (common encryption,
``pssh``), OMA DRM Content Format 2.1 (``odrm``), and the entry types that shops use.
"""

from __future__ import annotations

from collections.abc import Iterator

from archiver.audio.protection.model import MOST_HEADERS, Protection
from archiver.audio.source import Source

_CONTAINERS = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"))
_ENTRIES = {
    b"drms": "Apple FairPlay",
    b"drmi": "Apple FairPlay",
    b"aavd": "Audible",
    b"enca": "Common Encryption or the like",
    b"encv": "Common Encryption or the like",
}
_SCHEMES = {
    b"cenc": "Common Encryption (cenc)",
    b"cbc1": "Common Encryption (cbc1)",
    b"cens": "Common Encryption (cens)",
    b"cbcs": "Common Encryption (cbcs)",
    b"piff": "Microsoft PIFF",
    b"odkm": "OMA DRM",
    b"itun": "Apple FairPlay",
}
_PIFF = bytes.fromhex("d08a4f1810f34a82b6c832d8aba183d3")  # PIFF 1.1 5.3.1, protection header
_AUDIBLE = (b"aax ", b"aaxc")  # brands
_DEEPEST = 8
_LARGEST_ENTRY = 1 << 16


def look_at_mp4(source: Source) -> Protection | None:
    """Walk the boxes down to the sample descriptions; return the first mark of protection."""
    for name, offset, size, skip in _boxes(source):
        if name == b"stsd":
            found = _entries(source, offset + skip, offset + size)
        elif name == b"pssh":
            found = Protection("Common Encryption (pssh)", offset)
        elif name == b"odrm":
            found = Protection("OMA DRM", offset)
        elif name == b"ftyp" and source.read(offset + skip, 4) in _AUDIBLE:
            found = Protection("Audible", offset + skip)
        elif name == b"uuid" and source.read(offset + skip, 16) == _PIFF:
            found = Protection("Microsoft PIFF", offset)
        else:
            found = None
        if found is not None:
            return found
    return None


def _boxes(source: Source) -> Iterator[tuple[bytes, int, int, int]]:
    """Yield type, offset, size and length of the header of each box, parents first."""
    ends = [source.size]
    at = 0
    for _ in range(MOST_HEADERS):
        while len(ends) > 1 and at >= ends[-1]:
            at = ends.pop()
        head = source.read(at, 16)
        if len(head) < 8:
            return
        size, name, skip = int.from_bytes(head[:4]), head[4:8], 8
        if size == 1:
            size, skip = int.from_bytes(head[8:16]), 16
        elif size == 0:
            size = ends[-1] - at
        if size < skip:
            return
        size = min(size, ends[-1] - at)
        yield name, at, size, skip
        if name in _CONTAINERS and len(ends) < _DEEPEST:
            ends.append(at + size)
            at += skip
        else:
            at += size


def _entries(source: Source, start: int, end: int) -> Protection | None:
    """Look at the sample entries of one ``stsd`` box, whose content lies between two offsets."""
    at = start + 8  # version, flags, number of entries
    for _ in range(64):
        head = source.read(at, 8)
        size, name = int.from_bytes(head[:4]), head[4:8]
        if len(head) < 8 or size < 8 or at + 8 > end:
            return None
        entry = source.read(at, min(size, _LARGEST_ENTRY))
        if name in _ENTRIES:
            return Protection(_system(name, entry), at + 4)
        at += size
    return None


def _system(name: bytes, entry: bytes) -> str:
    """Return the system by the scheme its ``schm`` box names, else by the type of the entry."""
    place = entry.find(b"schm")
    scheme = entry[place + 8 : place + 12] if place >= 0 else b""
    return _SCHEMES.get(scheme) or _ENTRIES[name]
