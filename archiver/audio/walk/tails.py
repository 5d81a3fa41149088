"""Tags that other programs hang behind a recording: ID3v1 and APEv2."""

from __future__ import annotations

from archiver.audio.source import Source
from archiver.audio.walk.model import Walk


def sound_end(source: Source, walk: Walk, start: int) -> int:
    """Return where the recording ends and list the tags that stand behind it.

    ID3v1 is 128 bytes beginning with ``TAG``; APEv2 ends with a 32-byte footer that gives the
    size of the items and itself, and may have a header of 32 bytes more.
    """
    end = source.size
    for _ in range(4):
        if end - 128 >= start and source.read(end - 128, 3) == b"TAG":
            end -= 128
            walk.block("ID3v1", end, 128, source)
        elif size := ape_size(source, end):
            if end - size < start:
                break
            end -= size
            walk.block("APEv2", end, size, source)
        else:
            break
    return end


def ape_size(source: Source, end: int) -> int:
    """Return the bytes of the APE tag whose footer ends at ``end``; 0 without one."""
    footer = source.read(end - 32, 32)
    if end < 32 or footer[:8] != b"APETAGEX":
        return 0
    size = int.from_bytes(footer[12:16], "little")
    flags = int.from_bytes(footer[20:24], "little")
    return max(size, 32) + (32 if flags & 0x80000000 else 0)
