"""tar in the form of POSIX.1-2001 (pax), for any name, size and time.

A pax header precedes a member only where the plain ustar header cannot say something: a long or
non-ASCII name, a size from 8 GiB on, a time that is not whole seconds.
"""

from __future__ import annotations

from archiver.serial.writing.member import Member, Output

_BLOCK = 512
_RECORD = 20 * _BLOCK  # what is written is padded to a multiple of this, as tar always did
_NAME, _PREFIX = 100, 155
_SIZE_LIMIT = 8**11
_TIME_LIMIT = 8**11
_FILE, _FOLDER, _PAX = b"0", b"5", b"x"


class TarWriter:
    """Writes a tar archive to ``out``, which need not be seekable."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._written = 0
        self._size = 0

    def begin(self, member: Member) -> None:
        """Write the member's headers."""
        self._size = member.size
        records = _pax_records(member)
        if records:
            self._put(_header(b"././@PaxHeader", b"", len(records), 0, _PAX))
            self._put(records)
            self._pad(len(records))
        name, prefix = _split(member.name.encode("utf-8"))
        seconds = member.mtime_ns // 1_000_000_000
        plain_time = seconds if 0 <= seconds < _TIME_LIMIT else 0
        plain_size = member.size if member.size < _SIZE_LIMIT else 0
        kind = _FOLDER if member.is_folder else _FILE
        self._put(_header(name, prefix, plain_size, plain_time, kind))

    def data(self, portion: memoryview) -> None:
        """Write more of the member's bytes."""
        self._put(portion)

    def end(self) -> None:
        """Fill the member's last block."""
        self._pad(self._size)

    def finish(self) -> None:
        """Write the two empty blocks of the end, and what fills the last record."""
        self._put(bytes(2 * _BLOCK))
        self._put(bytes(-self._written % _RECORD))

    def _put(self, data: bytes | memoryview) -> None:
        self._out.write(data)
        self._written += len(data)

    def _pad(self, size: int) -> None:
        self._put(bytes(-size % _BLOCK))


def _pax_records(member: Member) -> bytes:
    """Return the records of what a plain header cannot hold, in order of their keywords."""
    raw = member.name.encode("utf-8")
    seconds, nanoseconds = divmod(member.mtime_ns, 1_000_000_000)
    records = b""
    if nanoseconds or not 0 <= seconds < _TIME_LIMIT:
        records += _record("mtime", _decimal(member.mtime_ns).encode())
    if not raw.isascii() or _split(raw)[0] == b"":
        records += _record("path", raw)
    if member.size >= _SIZE_LIMIT:
        records += _record("size", str(member.size).encode())
    return records


def _decimal(nanoseconds: int) -> str:
    """Return a time in seconds; one before 1970 is a negative number, as pax has it."""
    sign = "-" if nanoseconds < 0 else ""
    seconds, fraction = divmod(abs(nanoseconds), 1_000_000_000)
    text = f"{sign}{seconds}.{fraction:09d}"
    return text.rstrip("0").rstrip(".")


def _record(keyword: str, value: bytes) -> bytes:
    """Return ``LENGTH KEYWORD=VALUE`` and LF; the length counts itself."""
    rest = b" " + keyword.encode() + b"=" + value + b"\n"
    length = len(rest)
    while len(str(length)) + len(rest) != length:
        length = len(str(length)) + len(rest)
    return str(length).encode() + rest


def _split(raw: bytes) -> tuple[bytes, bytes]:
    """Divide a name between a header's two fields; ("", "") when it fits into neither."""
    if len(raw) <= _NAME:
        return raw, b""
    cut = raw.find(b"/", len(raw) - _NAME - 1)
    if 0 < cut <= _PREFIX and cut < len(raw) - 1:
        return raw[cut + 1 :], raw[:cut]
    return b"", b""


def _header(name: bytes, prefix: bytes, size: int, mtime: int, kind: bytes) -> bytes:
    mode = b"0000755" if kind == _FOLDER else b"0000644"
    fields = [
        (name or b"long-name").ljust(_NAME, b"\0"),
        mode + b"\0",
        b"0000000\0",  # owner
        b"0000000\0",  # group
        b"%011o\0" % size,
        b"%011o\0" % mtime,
        b" " * 8,  # the checksum, counted as blanks
        kind,
        bytes(100),
        b"ustar\00000",
        bytes(32 + 32),
        b"0000000\0" * 2,
        prefix.ljust(_PREFIX, b"\0"),
        bytes(12),
    ]
    block = b"".join(fields)
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]
