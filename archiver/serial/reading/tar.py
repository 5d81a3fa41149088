"""The members of a tar file: V7, ustar, GNU and pax, read header by header.

Every byte is accounted for: a header whose checksum is wrong, a member that is longer than the
file, an end that is missing and bytes behind the end are damage, never guessed at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from archiver.serial.reading.model import Member, Meter, RefusedArchiveError, damaged, plain_name

_BLOCK = 512
_PIECE = 1 << 20
_REGULAR, _FOLDER = (b"0", b"\0", b"7"), b"5"
_PAX, _PAX_ALL, _LONG_NAME, _LONG_LINK = b"x", b"g", b"L", b"K"
_KINDS = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a device",
    b"4": "a device",
    b"6": "a pipe",
    b"S": "a file with holes",
}
_TIME = re.compile(r"(-?)([0-9]{1,18})(?:\.([0-9]*))?")
# Kept beside the records of an extended header, whose keywords hold no "=".
_GNU_NAME, _EXTENDED = "=long name", "=extended"
_HARMLESS_FOR_ALL = ("comment", "mtime", "atime", "ctime", "uid", "gid", "uname", "gname")


class TarMembers:
    """The members of the tar file open at ``fd``, which must be a regular file.

    ``refused`` collects what is wrong with single members; the rest is read on.
    """

    def __init__(self, fd: int, meter: Meter) -> None:
        self._fd, self._meter = fd, meter
        self._size = os.fstat(fd).st_size
        self.refused: list[RefusedArchiveError] = []

    def __iter__(self) -> Iterator[Member]:
        """Yield the members in order. Raises :class:`RefusedArchiveError` and ``OSError``."""
        at = 0
        special: dict[str, str] = {}
        while True:
            self._meter.header()
            block = self._bytes(at, _BLOCK)
            if not block.strip(b"\0"):
                self._check_end(at)
                return
            _check_sum(block, at)
            kind, size = block[156:157], _number(block[124:136], at)
            if kind in (_PAX, _PAX_ALL, _LONG_NAME, _LONG_LINK):
                self._special(kind, at + _BLOCK, size, special)
            else:
                size = _pax_size(special, size)
                member = self._member(block, kind, at + _BLOCK, size, special)
                if member is not None:
                    yield member
                special = {}
            at += _BLOCK + size + -size % _BLOCK
            if at > self._size:
                raise damaged(f"a member is longer than the file, at byte {at - size:,}")

    def _member(
        self, block: bytes, kind: bytes, offset: int, size: int, special: dict[str, str]
    ) -> Member | None:
        raw = special.get("path") or special.get(_GNU_NAME) or _name(block)
        try:
            if kind not in (*_REGULAR, _FOLDER) or any("sparse" in key for key in special):
                what = _KINDS.get(kind, "neither a file nor a folder")
                raise RefusedArchiveError("archive-not-a-file", f"it is {what}", raw, fatal=False)
            _check_one_name(special, kind, raw)
            name = plain_name(raw)
        except RefusedArchiveError as refused:
            self.refused.append(refused)
            return None
        is_folder = kind == _FOLDER or (kind == b"\0" and raw.endswith("/"))
        if name is None:
            return None
        if is_folder and size:
            raise damaged("a folder that has bytes", raw)
        self._meter.content(size)
        moment = _moment(special, block, offset)
        return Member(name, is_folder, size, offset, size, mtime_ns=moment)

    def _special(self, kind: bytes, at: int, size: int, special: dict[str, str]) -> None:
        """Read a header that says something of the next member."""
        if size > self._meter.caps.header_bytes:
            raise RefusedArchiveError("archive-too-large", f"a header of {size:,} bytes")
        data = self._bytes(at, size)
        if kind == _LONG_NAME:
            if _GNU_NAME in special:
                raise damaged(f"two long names for one member, before byte {at:,}")
            special[_GNU_NAME] = _text(data.rstrip(b"\0"))
        elif kind == _PAX:
            if _EXTENDED in special:
                raise damaged(f"two extended headers for one member, before byte {at:,}")
            special.update(_records(data, at))
            special[_EXTENDED] = ""
        elif kind == _PAX_ALL and set(_records(data, at)) - set(_HARMLESS_FOR_ALL):
            raise damaged(f"a header that renames or resizes all members, before byte {at:,}")

    def _bytes(self, at: int, size: int) -> bytes:
        data = os.pread(self._fd, size, at)
        while len(data) < size:
            more = os.pread(self._fd, size - len(data), at + len(data))
            if not more:
                raise damaged(f"the file is cut off at byte {self._size:,}")
            data += more
        return data

    def _check_end(self, at: int) -> None:
        """Behind the first empty block there must be nothing but zeros."""
        while piece := os.pread(self._fd, _PIECE, at):
            self._meter.look_at_the_time()
            if piece.strip(b"\0"):
                raise damaged(f"there are bytes behind the end, from byte {at:,} on")
            at += len(piece)


def _check_one_name(special: dict[str, str], kind: bytes, raw: str) -> None:
    """Refuse a name that tools read differently."""
    if len({special[key] for key in ("path", _GNU_NAME) if key in special}) > 1:
        raise damaged("it has two names", raw)
    if kind in (b"0", b"7") and raw.endswith("/"):
        raise damaged("it is a file by its kind, and a folder by its name", raw)


def is_header(block: bytes) -> bool:
    """Tell whether ``block`` is a member's header, by its own checksum."""
    try:
        _check_sum(block, 0)
    except (RefusedArchiveError, IndexError):
        return False
    return len(block) == _BLOCK and block[:1] != b"\0"


def _check_sum(block: bytes, at: int) -> None:
    blank = block[:148] + b" " * 8 + block[156:]
    stated = _number(block[148:156], at)
    signed = sum(byte - 256 if byte > 127 else byte for byte in blank)
    if stated not in (sum(blank), signed):
        raise damaged(f"the header at byte {at:,} does not agree with its own checksum")


def _number(data: bytes, at: int) -> int:
    """Read an octal number, or GNU's binary one."""
    if data[0] == 0x80:
        return int.from_bytes(data[1:], "big")
    text = data.split(b"\0")[0].strip(b" ")
    if text.strip(b"01234567"):
        raise damaged(f"a number in the header at byte {at:,} cannot be read")
    return int(text or b"0", 8)


def _name(block: bytes) -> str:
    name = block[:100].split(b"\0")[0]
    if block[257:263] == b"ustar\0":
        prefix = block[345:500].split(b"\0")[0]
        name = prefix + b"/" + name if prefix else name
    return _text(name)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _records(data: bytes, at: int) -> dict[str, str]:
    """Read ``LENGTH KEYWORD=VALUE`` lines; each length must be right."""
    records: dict[str, str] = {}
    while data:
        digits, blank, _ = data[:20].partition(b" ")
        length = int(digits) if digits.isdigit() and blank else 0
        keyword, sign, value = data[len(digits) + 1 : length].partition(b"=")
        if not length or not sign or value[-1:] != b"\n" or length > len(data):
            raise damaged(f"the extended header at byte {at:,} cannot be read")
        if _text(keyword) in records:
            raise damaged(f"the extended header at byte {at:,} says one thing twice")
        records[_text(keyword)] = _text(value[:-1])
        data = data[length:]
    return records


def _moment(special: dict[str, str], block: bytes, at: int) -> int | None:
    """Return the modification time in nanoseconds; ``None`` for a pax time that cannot be read."""
    stated = special.get("mtime")
    if stated is None:
        return _number(block[136:148], at) * 1_000_000_000
    form = _TIME.fullmatch(stated)
    if form is None:
        return None
    sign, seconds, fraction = form.groups(default="")
    moment = int(seconds) * 1_000_000_000 + int(fraction[:9].ljust(9, "0"))
    return -moment if sign else moment


def _pax_size(special: dict[str, str], size: int) -> int:
    stated = special.get("size")
    if stated is None:
        return size
    if not (stated.isascii() and stated.isdigit() and len(stated) < 20):
        raise damaged("an extended header gives a size that is no number")
    return int(stated)
