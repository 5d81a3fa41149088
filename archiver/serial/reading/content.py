"""The bytes of one member, in portions; a member that is not what it said is damage."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator

from archiver.serial.reading.model import DEFLATED, Member, damaged

_PIECE = 1 << 20


def content(fd: int, member: Member) -> Iterator[bytes]:
    """Yield the bytes of ``member`` in portions of at most 1 MiB; never more than it said.

    Raises ``OSError``, and :class:`RefusedArchiveError` when they are more or fewer, do not
    unpack, or do not have the CRC that the archive states.
    """
    done = crc = 0
    portions = _unpacked(fd, member) if member.method == DEFLATED else _packed(fd, member)
    for portion in portions:
        done += len(portion)
        if done > member.size:
            raise damaged(f"it holds more than the {member.size:,} bytes it states", member.name)
        if member.crc is not None:
            crc = zlib.crc32(portion, crc)
        yield portion
    if done != member.size:
        raise damaged(f"it holds {done:,} of the {member.size:,} bytes it states", member.name)
    if member.crc not in (None, crc):
        raise damaged("its bytes do not have the CRC that the archive states", member.name)


def _packed(fd: int, member: Member) -> Iterator[bytes]:
    at, end = member.offset, member.offset + member.packed
    while at < end:
        piece = os.pread(fd, min(_PIECE, end - at), at)
        if not piece:
            return
        at += len(piece)
        yield piece


def _unpacked(fd: int, member: Member) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for piece in _packed(fd, member):
        while piece:
            try:
                portion = inflater.decompress(piece, _PIECE)
            except zlib.error:
                raise damaged("it cannot be unpacked", member.name) from None
            if portion:
                yield portion
            piece = inflater.unconsumed_tail
        if inflater.unused_data:
            raise damaged("there are bytes behind its end", member.name)
    rest = inflater.flush()
    if rest:
        yield rest
    if not inflater.eof:
        raise damaged("its packed bytes are cut off", member.name)
