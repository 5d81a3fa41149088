"""True Audio: CRC-32 of the header, of the seek table and of each frame (zlib's own CRC)."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from archiver.audio.selfcheck.result import SelfCheck
from archiver.audio.source import Source
from archiver.audio.walk.model import Walk, seconds

Feed = Callable[[bytes], object]
_LARGEST_FRAME = 16 << 20


def check_tta(source: Source, walk: Walk, feed: Feed) -> SelfCheck:
    """Verify every checksum of the file, feeding the frames to ``feed``."""
    check = SelfCheck(complete=True)
    if not walk.audio:
        return check
    begin, size = walk.audio[0]
    shape, rate = walk.embedded["tta"], walk.facts["sample_rate"]
    count, per_frame = shape["frame_count"], shape["frame_samples"]
    table = source.read(begin - 4 * count - 4, 4 * count + 4)
    head = source.read(begin - len(table) - 22, 22)
    if not check.count("tta-header-crc32", _holds(head)):
        check.damaged("the header", begin - len(table) - 22, 22)
    table_holds = check.count("tta-seek-table-crc32", _holds(table))
    if not table_holds:
        check.damaged("the seek table", begin - len(table), len(table))
    at, end = begin, begin + size
    for n in range(count):
        length = int.from_bytes(table[4 * n : 4 * n + 4], "little")
        frame = source.read(at, min(length, end - at, _LARGEST_FRAME))
        feed(frame)
        good = len(frame) == length and _holds(frame)
        if table_holds:
            walk.mark(at, n * per_frame)
        if not check.count("tta-frame-crc32", good):
            times = (seconds(n * per_frame, rate), seconds((n + 1) * per_frame, rate))
            check.damaged("frame", at, len(frame), times)
        at += length
        if at > end:
            walk.structure("truncated: frames are missing")
            break
    for piece in source.pieces(at, end - at):
        feed(piece)
    if at < end:
        walk.structure(f"{end - at} bytes follow the last frame", at)
    return check


def _holds(data: bytes) -> bool:
    return len(data) > 4 and zlib.crc32(data[:-4]) == int.from_bytes(data[-4:], "little")
