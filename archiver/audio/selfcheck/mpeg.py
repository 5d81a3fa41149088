"""The checksums LAME and Lavc leave in the first frame of an MP3: of their tag, of the music."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archiver.audio.selfcheck.crc import crc16_arc
from archiver.audio.selfcheck.result import SelfCheck
from archiver.audio.source import Source
from archiver.audio.walk.model import Walk

Feed = Callable[[bytes], object]


def check_mpeg(source: Source, walk: Walk, feed: Feed) -> SelfCheck:
    """Verify the tag's CRC-16 and the music's, feeding the frames of sound to ``feed``.

    The music CRC covers everything behind the first frame, up to the length the tag states.
    Files without such a tag have no checksum at all, whatever they sound like.
    """
    check = SelfCheck()
    length = _music_length(walk, check)
    if length <= 0:
        for offset, size in walk.audio:
            for piece in source.pieces(offset, size):
                feed(piece)
        return check
    begin, sound_end = walk.audio[0][0], sum(walk.audio[-1])
    end, at, crc = begin + length, begin, 0
    for offset, size, is_sound in _without_gaps(walk.audio, end):
        for piece in source.pieces(offset, size):
            if is_sound:
                feed(piece)
            crc = crc16_arc(memoryview(piece)[: max(0, end - at)], crc)
            at += len(piece)
    good = crc == walk.embedded["vbr_header"]["music_crc"] and end <= source.size
    check.complete = end >= sound_end
    if not check.count("lame-music-crc16", good):
        times = (0.0, walk.facts.get("duration_s", 0.0))
        check.damaged("somewhere in the music", begin, length, times)
    return check


def _music_length(walk: Walk, check: SelfCheck) -> int:
    """Return how many bytes behind the first frame the music CRC covers; 0 if it says nothing."""
    header = walk.embedded.get("vbr_header", {})
    if "tag_crc" not in header or not walk.audio:
        return 0
    frame = walk.codec_headers
    if not check.count(
        "lame-tag-crc16", crc16_arc(frame[: header["tag_crc_at"]]) == header["tag_crc"]
    ):
        place = walk.audio[0][0] - len(frame)
        check.damaged("the first frame, which holds the encoder's tag", place, len(frame))
        return 0
    length: int = header["music_length"] - len(frame)
    if length <= 0:
        check.notes.append("the encoder's tag gives no length for the music")
    return length


def _without_gaps(spans: list[tuple[int, int]], end: int) -> Iterator[tuple[int, int, bool]]:
    """Yield ``(offset, size, is sound)`` of all there is from the first span on, up to ``end``."""
    at = spans[0][0]
    for offset, size in spans:
        if offset > at:
            yield at, offset - at, False
        yield offset, size, True
        at = offset + size
    if end > at:
        yield at, end - at, False
