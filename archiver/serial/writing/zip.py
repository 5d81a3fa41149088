"""zip, with ZIP64 where it is needed.

Members are stored as they are, so that every version of every compressor writes the same bytes.
"""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from archiver.serial.writing.member import Member, Output

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END64 = struct.Struct("<4sQ2H2I4Q")
_LOCATOR64 = struct.Struct("<4sIQI")
_END = struct.Struct("<4s4H2IH")
_FULL32, _FULL16 = 0xFFFFFFFF, 0xFFFF
_UTF8 = 1 << 11
_UNIX = 3 << 8
_PLAIN, _ZIP64 = 20, 45
_CRC_AT = 14
_EPOCH_OF_DOS = datetime(1980, 1, 1, tzinfo=UTC)
_LAST_OF_DOS = datetime(2107, 12, 31, 23, 59, 58, tzinfo=UTC)
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_1601_TO_1970 = 11_644_473_600


class ZipWriter:
    """Writes a zip archive to ``out``, which must be seekable: a CRC is known behind its bytes.

    ``directory`` is an empty file, in which the directory grows until it is written at the end.
    """

    def __init__(self, out: Output, directory: BinaryIO) -> None:
        self._out, self._directory = out, directory
        self._members = 0
        self._member = Member("", 0, 0)
        self._at = self._crc = 0

    def begin(self, member: Member) -> None:
        """Write the member's local header, its CRC still open."""
        self._member, self._at, self._crc = member, self._out.tell(), 0
        raw, large = member.name.encode("utf-8"), member.size >= _FULL32
        extra = _times(member.mtime_ns)
        if large:
            extra = struct.pack("<2H2Q", 1, 16, member.size, member.size) + extra
        size = _FULL32 if large else member.size
        clock, date = _dos(member.mtime_ns)
        version = _ZIP64 if large else _PLAIN
        fields = (version, _UTF8, 0, clock, date, 0, size, size, len(raw), len(extra))
        self._out.write(_LOCAL.pack(b"PK\3\4", *fields) + raw + extra)

    def data(self, portion: memoryview) -> None:
        """Write more of the member's bytes."""
        self._crc = zlib.crc32(portion, self._crc)
        self._out.write(portion)

    def end(self) -> None:
        """Fill in the CRC, and note the member for the directory."""
        behind = self._out.tell()
        self._out.seek(self._at + _CRC_AT)
        self._out.write(struct.pack("<I", self._crc))
        self._out.seek(behind)
        self._directory.write(self._entry())
        self._members += 1

    def finish(self) -> None:
        """Write the directory and the end."""
        start = self._out.tell()
        self._directory.seek(0)
        while piece := self._directory.read(1 << 20):
            self._out.write(piece)
        behind = self._out.tell()
        size, count = behind - start, self._members
        if count >= _FULL16 or size >= _FULL32 or start >= _FULL32:
            wide = (44, _ZIP64 | _UNIX, _ZIP64, 0, 0, count, count, size, start)
            self._out.write(_END64.pack(b"PK\6\6", *wide))
            self._out.write(_LOCATOR64.pack(b"PK\6\7", 0, behind, 1))
        few = min(count, _FULL16)
        fields = (0, 0, few, few, min(size, _FULL32), min(start, _FULL32), 0)
        self._out.write(_END.pack(b"PK\5\6", *fields))

    def _entry(self) -> bytes:
        member = self._member
        raw = member.name.encode("utf-8")
        size, at = min(member.size, _FULL32), min(self._at, _FULL32)
        wide = b""
        if member.size >= _FULL32:
            wide += struct.pack("<2Q", member.size, member.size)
        if self._at >= _FULL32:
            wide += struct.pack("<Q", self._at)
        extra = (struct.pack("<2H", 1, len(wide)) + wide if wide else b"") + _times(member.mtime_ns)
        clock, date = _dos(member.mtime_ns)
        version = _ZIP64 if wide else _PLAIN
        mode = (0o040755 << 16 | 0x10) if member.is_folder else 0o100644 << 16
        return (
            _CENTRAL.pack(
                b"PK\1\2", version | _UNIX, version, _UTF8, 0, clock, date, self._crc, size, size,
                len(raw), len(extra), 0, 0, 0, mode, at,
            )
            + raw
            + extra
        )  # fmt: skip


def _dos(mtime_ns: int) -> tuple[int, int]:
    """Return time and date as MS-DOS had them: two seconds apart, 1980 to 2107; here in UTC."""
    try:
        moment = _UNIX_EPOCH + timedelta(seconds=mtime_ns // 1_000_000_000)
    except OverflowError:
        moment = _EPOCH_OF_DOS if mtime_ns < 0 else _LAST_OF_DOS
    moment = max(_EPOCH_OF_DOS, min(moment, _LAST_OF_DOS))
    clock = moment.hour << 11 | moment.minute << 5 | moment.second // 2
    return clock, (moment.year - 1980) << 9 | moment.month << 5 | moment.day


def _times(mtime_ns: int) -> bytes:
    """Return the extra fields that say the time better: whole seconds (UT), 100 ns (NTFS)."""
    extra = b""
    seconds = mtime_ns // 1_000_000_000
    if -(1 << 31) <= seconds < 1 << 31:
        extra += struct.pack("<2HBi", 0x5455, 5, 1, seconds)
    ticks = mtime_ns // 100 + _SECONDS_1601_TO_1970 * 10_000_000
    if 0 <= ticks < 1 << 64:
        extra += struct.pack("<2HI2H3Q", 0x000A, 32, 0, 1, 24, ticks, ticks, ticks)
    return extra
