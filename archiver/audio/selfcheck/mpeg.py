"""The checksums LAME and Lavc leave in the first frame of an MP3: of their tag, of the music."""

from __future__ import annotations

from collections.abc import Callable

from archiver.audio.selfcheck.crc import crc16_arc
from archiver.audio.selfcheck.result import SelfCheck
from archiver.audio.source import Source
from archiver.audio.walk.model import Walk

Feed = Callable[[bytes], object]
_LARGEST_MUSIC = 64 << 20  # bytes the CRC is computed over in one go


def check_mpeg(source: Source, walk: Walk, feed: Feed) -> SelfCheck:
    """Verify the tag's CRC-16 and the music's, feeding the frames of sound to ``feed``.

    The music CRC covers everything behind the first frame, up to the length the tag states.
    Files without such a tag have no checksum at all, whatever they sound like.
    """
    check = SelfCheck()
    for offset, size in walk.audio:
        for piece in source.pieces(offset, size):
            feed(piece)
    header = walk.embedded.get("vbr_header", {})
    if "tag_crc" not in header or not walk.audio:
        return check
    begin = walk.audio[0][0]
    frame = walk.codec_headers
    place = begin - len(frame)
    if not check.count(
        "lame-tag-crc16", crc16_arc(frame[: header["tag_crc_at"]]) == header["tag_crc"]
    ):
        check.damaged("the first frame, which holds the encoder's tag", place, len(frame))
        return check
    _music(source, walk, check, begin, header["music_length"] - len(frame), header["music_crc"])
    return check


def _music(
    source: Source, walk: Walk, check: SelfCheck, begin: int, length: int, stated: int
) -> None:
    end = walk.audio[-1][0] + walk.audio[-1][1]
    if length <= 0 or (stated == 0 and length + len(walk.codec_headers) == 0):
        check.notes.append("the encoder's tag gives no length for the music")
        return
    if length > _LARGEST_MUSIC:
        check.notes.append("the music is too long for its checksum to be verified here")
        return
    good = crc16_arc(source.read(begin, length)) == stated and begin + length <= source.size
    check.complete = begin + length >= end
    if not check.count("lame-music-crc16", good):
        times = (0.0, walk.facts.get("duration_s", 0.0))
        check.damaged("somewhere in the music", begin, length, times)
