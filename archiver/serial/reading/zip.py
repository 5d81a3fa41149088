"""The members of a zip file, by its directory, each held against its own header.

A name or size that the directory and the member's header do not agree on, members that share
bytes, and bytes of which the directory knows nothing are damage, never guessed at.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator

from archiver.serial.reading.model import (
    DEFLATED,
    STORED,
    Member,
    Meter,
    RefusedArchiveError,
    damaged,
    plain_name,
)

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR64 = struct.Struct("<4sIQI")
_COMMENT = 0xFFFF
_FULL32, _FULL16 = 0xFFFFFFFF, 0xFFFF
_ENCRYPTED, _DESCRIBED_BEHIND, _STRONG, _UTF8 = 1, 1 << 3, 1 << 6, 1 << 11
_DESCRIPTION = 24  # bytes of the longest
_UNIX = 3
_NTFS, _UNIX_TIME, _OTHER_NAME = 0x000A, 0x5455, 0x7075
_SECONDS_1601_TO_1970 = 11_644_473_600


class ZipMembers:
    """The members of the zip file open at ``fd``, which must be a regular file.

    ``refused`` collects what is wrong with single members; the rest is read on.
    """

    def __init__(self, fd: int, meter: Meter) -> None:
        self._fd, self._meter = fd, meter
        self._size = os.fstat(fd).st_size
        self.refused: list[RefusedArchiveError] = []
        self._spans: list[tuple[int, int, bytes]] = []

    def __iter__(self) -> Iterator[Member]:
        """Yield the members in the directory's order.

        Raises :class:`RefusedArchiveError` and ``OSError``.
        """
        start, size, count = self._directory()
        at, behind = start, start + size
        for _ in range(count):
            self._meter.header()
            fields = _CENTRAL.unpack(self._bytes(at, _CENTRAL.size))
            if fields[0] != b"PK\1\2":
                raise damaged(f"no entry of the directory at byte {at:,}")
            lengths = fields[10:13]
            rest = self._bytes(at + _CENTRAL.size, sum(lengths))
            at += _CENTRAL.size + len(rest)
            if at > behind:
                raise damaged("the directory is longer than it says")
            try:
                member = self._member(fields, rest[: lengths[0]], rest[lengths[0] :][: lengths[1]])
            except RefusedArchiveError as refused:
                if refused.fatal:
                    raise
                self.refused.append(refused)
                continue
            if member is not None:
                yield member
        if at != behind:
            raise damaged("the directory holds more than it says")
        self._check_spans(start)

    def _directory(self) -> tuple[int, int, int]:
        """Return where the directory begins, its size, and how many entries it has."""
        length = min(self._size, _END.size + _COMMENT)
        tail = self._bytes(self._size - length, length)
        at = tail.rfind(b"PK\5\6")
        if at < 0 or at + _END.size > len(tail):
            raise damaged("there is no end of a directory: the file is cut off, or no zip file")
        fields = _END.unpack_from(tail, at)
        if at + _END.size + fields[7] != len(tail):
            raise damaged("there are bytes behind the end")
        place = self._size - length + at
        count, size, start = fields[4:7]
        if fields[1] or fields[2] or fields[3] != fields[4]:
            raise damaged("it is one part of an archive in several parts")
        place, count, size, start = self._directory64(place, count, size, start)
        if start + size != place:
            raise damaged("the directory is not where the end says")
        return start, size, count

    def _directory64(self, end: int, *plain: int) -> tuple[int, int, int, int]:
        """Return the same from the ZIP64 record if there is one, as some readers always do."""
        at = end - _LOCATOR64.size
        if at < 0:
            return (end, *plain)  # type: ignore[return-value]
        mark, _, place, _ = _LOCATOR64.unpack(self._bytes(at, _LOCATOR64.size))
        if mark != b"PK\6\7":
            return (end, *plain)  # type: ignore[return-value]
        fields = _END64.unpack(self._bytes(place, _END64.size))
        if fields[0] != b"PK\6\6" or place + 12 + fields[1] != at or fields[4] or fields[5]:
            raise damaged("the end of the directory (ZIP64) cannot be read")
        for value, wide, full in zip(plain, fields[7:10], (_FULL16, _FULL32, _FULL32), strict=True):
            if value not in (full, wide):
                raise damaged("the two ends of the directory contradict each other")
        return place, fields[7], fields[8], fields[9]

    def _member(self, fields: tuple[int, ...], raw: bytes, extra: bytes) -> Member | None:
        made_by, flags, method, crc = fields[1], fields[3], fields[4], fields[7]
        name, mode = _text(raw, flags), fields[15] >> 16
        packed, size, at = _wide(extra, fields[8], fields[9], fields[16], name)
        is_folder = name.endswith("/")
        if made_by >> 8 == _UNIX and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise RefusedArchiveError(
                "archive-not-a-file", "it is a link or a special file", name, fatal=False
            )
        if flags & (_ENCRYPTED | _STRONG) or method not in (STORED, DEFLATED):
            message = "it is encrypted, or packed in a way not known here"
            raise RefusedArchiveError("archive-not-readable", message, name, fatal=False)
        _check_other_name(extra, name)
        plain = plain_name(name)
        if (method == STORED and packed != size) or (is_folder and size):
            raise damaged("the sizes in the directory contradict each other", name)
        self._meter.content(size)
        offset = self._data_of(at, raw, method, flags, (crc, packed, size))
        if plain is None:
            return None
        return Member(plain, is_folder, size, offset, packed, method, crc, _moment(extra))

    def _data_of(
        self, at: int, raw: bytes, method: int, flags: int, said: tuple[int, int, int]
    ) -> int:
        """Return where the member's bytes begin, its own header having been compared.

        ``said`` are CRC, packed size and size by the directory.
        """
        name, packed = _text(raw, flags), said[1]
        local = _LOCAL.unpack(self._bytes(at, _LOCAL.size))
        rest = self._bytes(at + _LOCAL.size, local[9] + local[10]) if local[0] == b"PK\3\4" else b""
        extra = rest[local[9] :]
        if (
            rest[: local[9]] != raw
            or local[3] != method
            or (local[2] ^ flags) & (_ENCRYPTED | _STRONG)
        ):
            raise damaged("the directory and the member's own header contradict", name)
        _check_other_name(extra, name)
        own_packed, own_size, _ = _wide(extra, local[7], local[8], 0, name)
        behind = (flags | local[2]) & _DESCRIBED_BEHIND
        if (local[6], own_packed, own_size) != said and not (behind and local[6] == 0):
            raise damaged("the directory and the member's own header contradict", name)
        offset: int = at + _LOCAL.size + len(rest)
        if offset + packed > self._size:
            raise damaged("the member is longer than the file", name)
        self._spans.append((at, offset + packed, _described(said) if behind else b""))
        return offset

    def _check_spans(self, directory: int) -> None:
        """Every byte belongs to one member, or is the directory's.

        Behind a member may stand what describes it, where it says so. Where a member was refused
        its place is not known, so nothing is said of what lies between the others.
        """
        end, after = 0, b""
        for start, stop, described in [*sorted(self._spans), (directory, directory, b"")]:
            if start < end:
                raise damaged(f"two members share the bytes from {start:,} on")
            between = self._bytes(end, min(start - end, _DESCRIPTION + 1))
            if between and not self.refused and not _is_description(between, after):
                raise damaged(f"the directory knows nothing of the bytes from {end:,} on")
            end, after = stop, described

    def _bytes(self, at: int, size: int) -> bytes:
        if at < 0 or at + size > self._size:
            raise damaged(f"the file is cut off at byte {self._size:,}")
        data = b""
        while len(data) < size:
            more = os.pread(self._fd, size - len(data), at + len(data))
            if not more:
                raise damaged(f"the file is cut off at byte {at + len(data):,}")
            data += more
        return data


def _described(said: tuple[int, int, int]) -> bytes:
    return struct.pack("<3Q", *said)


def _is_description(between: bytes, described: bytes) -> bool:
    """Tell whether bytes are the data descriptor of a member of that CRC and those sizes."""
    if not described:
        return False
    said = struct.unpack("<3Q", described)
    body = between.removeprefix(b"PK\7\x08") if len(between) in (16, 24) else between
    form = {12: "<3I", 20: "<I2Q"}.get(len(body))
    return form is not None and struct.unpack(form, body) == said


def _check_other_name(extra: bytes, name: str) -> None:
    """Refuse a member that has another name in an extra field, which some tools heed."""
    for kind, body in _fields_of(extra):
        if kind == _OTHER_NAME and body[5:] != name.encode("utf-8", "surrogateescape"):
            raise damaged("an extra field gives it another name", name)


def _fields_of(extra: bytes) -> Iterator[tuple[int, bytes]]:
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        yield kind, extra[4 : 4 + length]
        extra = extra[4 + length :]


def _text(raw: bytes, flags: int) -> str:
    """Decode a name: UTF-8 where it says so or is it, else the code page of the first PCs."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "surrogateescape") if flags & _UTF8 else raw.decode("cp437")


def _wide(extra: bytes, packed: int, size: int, at: int, name: str) -> tuple[int, int, int]:
    """Return packed size, size and place, from the ZIP64 field where the plain ones are full."""
    values = [size, packed, at]
    wanted = [place for place, value in enumerate(values) if value == _FULL32]
    while len(extra) >= 4 and wanted:
        kind, length = struct.unpack_from("<2H", extra)
        if kind == 1:
            if length < 8 * len(wanted) or length + 4 > len(extra):
                raise damaged("its ZIP64 field is too short", name)
            found = struct.unpack_from(f"<{len(wanted)}Q", extra, 4)
            for place, value in zip(wanted, found, strict=True):
                values[place] = value
            break
        extra = extra[4 + length :]
    return values[1], values[0], values[2]


def _moment(extra: bytes) -> int | None:
    """Return the time in nanoseconds from the extra fields; MS-DOS's has no place on earth."""
    found = None
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        body, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == _NTFS and len(body) >= 16 and body[4:8] == b"\1\0\x18\0":
            ticks = struct.unpack_from("<Q", body, 8)[0]
            return int(ticks - _SECONDS_1601_TO_1970 * 10_000_000) * 100
        if kind == _UNIX_TIME and len(body) >= 5 and body[0] & 1:
            found = int(struct.unpack_from("<i", body, 1)[0]) * 1_000_000_000
    return found
