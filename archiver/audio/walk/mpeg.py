"""MPEG audio streams: frame after frame, and the Xing/Info, VBRI and LAME headers in the first.

Sources: ISO/IEC 11172-3 and 13818-3; the Xing header and "MP3 Info Tag rev 1" (LAME) as their
makers describe them; Fraunhofer's VBRI.
"""

from __future__ import annotations

import re
from typing import Any

from archiver.audio.embedded.text import field_text
from archiver.audio.mpeg_header import MpegHeader, free_header, free_size, mpeg_header
from archiver.audio.source import Source
from archiver.audio.walk.model import Walk
from archiver.audio.walk.tails import sound_end

_WINDOW = 1 << 20
_MOST_GAPS = 100
_MOST_SEARCHED = 16 << 20  # bytes looked through for a next frame, in all
# A sync code, layer and version, and a bit rate that is neither free nor forbidden.
_SYNC = re.compile(rb"\xff(?=[\xe2-\xff][\x10-\xef])")
_FREE_SYNC = re.compile(rb"\xff(?=[\xe2-\xff][\x00-\x0f])")
_FREE_HEAD = 16_384  # in which a few frames of free format stand
_MOST_ZEROS = 65_536
_WITHOUT_CHECKSUMS = re.compile(rb"LAME3\.[0-8][0-9](?![0-9])")  # before 3.90: a name alone
_PRONOM = {1: None, 2: "fmt/198", 3: "fmt/134"}


def walk_mpeg(source: Source, format_id: str, start: int) -> Walk:
    """Walk all frames of an MPEG audio file whose sound begins at ``start`` or behind zeros."""
    walk = Walk(format_id)
    end = sound_end(source, walk, start)
    free = _free_size(source, start)
    stream = FrameRun(source, start, end, free)
    first = stream.first
    if first is None:
        walk.structure("no frame was found", start)
        return walk
    walk.pronom = _PRONOM[first.layer]
    walk.version = f"MPEG-{first.version} layer {'I' * first.layer}"
    header = source.read(stream.begin, first.size)
    vbr = read_vbr_header(header, first)
    if vbr is not None:
        walk.embedded["vbr_header"] = vbr
        walk.codec_headers = header
        stream.drop_first()
    walk.audio = stream.spans
    walk.facts_from(free_frame_bytes=free or None)
    _facts(walk, stream, first, vbr)
    _judge(walk, stream, start, vbr, source)
    return walk


def _free_size(source: Source, start: int) -> int:
    """Return the unpadded size of frames whose headers state no bit rate; 0 for others."""
    head = source.read(start, 4)
    if head[:1] == b"\0":
        zeros = source.read(start, _MOST_ZEROS)
        start += len(zeros) - len(zeros.lstrip(b"\0"))
        head = source.read(start, 4)
    if len(head) < 4 or head[0] != 0xFF or head[2] & 0xF0:  # most files: a bit rate is stated
        return 0
    return free_size(source.read(start, _FREE_HEAD))


class FrameRun:
    """All frames from ``start`` to ``end``: how many of which kind, and what lies between them.

    ``free`` is the unpadded size of frames that do not tell it, 0 where frames do.
    """

    def __init__(self, source: Source, start: int, end: int, free: int = 0) -> None:
        self.first: MpegHeader | None = None
        self.begin = start
        self.kinds: dict[MpegHeader, int] = {}
        self.gaps: list[tuple[int, int]] = []
        self.spans: list[tuple[int, int]] = []
        self.cut: tuple[int, int] | None = None  # last frame: bytes there, bytes due
        self._source, self._end = source, end
        self._free, self._sync = free, _FREE_SYNC if free else _SYNC
        self._searched = 0
        self._run(start)

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return sum(self.kinds.values())

    def drop_first(self) -> None:
        """Take the first frame out: it holds a header and no sound."""
        assert self.first is not None
        self.kinds[self.first] -= 1
        offset, size = self.spans[0]
        self.spans[0] = (offset + self.first.size, size - self.first.size)

    def _run(self, at: int) -> None:
        base, data = at, b""
        span, end, kinds, free = at, self._end, self.kinds, self._free
        while True:
            place = at - base
            if place + 4 > len(data):
                data, base = self._source.read(at, min(_WINDOW, end - at)), at
                place = 0
                if len(data) < 4:
                    break
            header = free_header(data, place, free) if free else mpeg_header(data, place)
            if header is None or (header not in kinds and not self._belongs(header)):
                self._span(span, at)
                at = span = self._resync(at)
                continue
            if at + header.size > end:
                self.cut = (end - at, header.size)
                break
            if self.first is None:
                self.first, self.begin = header, at
            kinds[header] = kinds.get(header, 0) + 1
            at += header.size
        self._span(span, at)
        if at < self._end and self.cut is None:
            self.gaps.append((at, self._end - at))

    def _span(self, begin: int, end: int) -> None:
        if end > begin:
            self.spans.append((begin, end - begin))

    def _resync(self, lost: int) -> int:
        """Return where the next two frames in a row begin, or the end; record the gap."""
        at = lost + 1
        while at < self._end and self._searched < _MOST_SEARCHED:
            data = self._source.read(at, min(_WINDOW, self._end - at))
            for match in self._sync.finditer(data):
                place = match.start()
                header = self._header(data, place)
                if header is not None and self._follows(header, at + place):
                    self.gaps.append((lost, at + place - lost))
                    self._searched += place
                    return at + place
            at += max(1, len(data) - 3)
            self._searched += len(data)
        self.gaps.append((lost, self._end - lost))
        return self._end

    def _header(self, data: bytes, at: int = 0) -> MpegHeader | None:
        return free_header(data, at, self._free) if self._free else mpeg_header(data, at)

    def _belongs(self, header: MpegHeader) -> bool:
        return self.first is None or header.same_stream(self.first)

    def _follows(self, header: MpegHeader, at: int) -> bool:
        if not self._belongs(header):
            return False
        if at + header.size == self._end:
            return True
        following = self._header(self._source.read(at + header.size, 4))
        return following is not None and following.same_stream(header)


def _facts(walk: Walk, stream: FrameRun, first: MpegHeader, vbr: dict[str, Any] | None) -> None:
    sizes = sum(size for _, size in stream.spans)
    rates = {header.bit_rate for header, count in stream.kinds.items() if count}
    frames = stream.frames * first.samples
    walk.facts_from(
        codec=f"mp{first.layer}",
        sample_rate=first.sample_rate,
        channels=first.channels,
        channel_mode=first.channel_mode,
        mode="constant" if len(rates) <= 1 else "variable",
    )
    if vbr is not None and "delay" in vbr and frames > vbr["delay"] + vbr["padding"]:
        walk.facts["played_frames"] = frames - vbr["delay"] - vbr["padding"]
    walk.timed(frames, first.sample_rate)
    if len(rates) == 1 and "free_frame_bytes" not in walk.facts:
        walk.facts["bit_rate"] = rates.pop()
    elif frames:
        walk.facts["bit_rate"] = round(sizes * 8 * first.sample_rate / frames)


def _judge(
    walk: Walk, stream: FrameRun, start: int, vbr: dict[str, Any] | None, source: Source
) -> None:
    """Turn what lies between and behind frames into findings."""
    for offset, size in stream.gaps[:_MOST_GAPS]:
        zeros = size <= _WINDOW and not source.read(offset, size).strip(b"\0")
        what = "zero bytes are" if zeros else "bytes are"
        walk.structure(f"{size} {what} no frame", offset)
    if len(stream.gaps) > _MOST_GAPS:
        walk.structure(f"{len(stream.gaps)} gaps between frames in all", start)
    if stream.cut is not None:
        there, due = stream.cut
        walk.structure(f"truncated: the last frame has {there} of its {due} bytes")
    stated = vbr.get("frames") if vbr is not None else None
    if stated is not None and stated != stream.frames:
        walk.structure(f"the header promises {stated} frames, there are {stream.frames}")


def read_vbr_header(frame: bytes, header: MpegHeader) -> dict[str, Any] | None:
    """Read a Xing, Info or VBRI header from the first frame; ``None`` when it is plain sound."""
    if frame[36:40] == b"VBRI" and len(frame) >= 54:
        return {
            "kind": "VBRI",
            "bytes": int.from_bytes(frame[46:50]),
            "frames": int.from_bytes(frame[50:54]),
        }
    if header.layer != 3:
        return None
    mono = header.channels == 1
    at = 4 + ((17 if mono else 32) if header.version == "1" else (9 if mono else 17))
    at += 2 if header.protected and frame[at : at + 4] not in (b"Xing", b"Info") else 0
    if frame[at : at + 4] not in (b"Xing", b"Info"):
        return None
    found: dict[str, Any] = {"kind": frame[at : at + 4].decode("ascii")}
    flags = int.from_bytes(frame[at + 4 : at + 8])
    at += 8
    for bit, name, size in ((1, "frames", 4), (2, "bytes", 4), (4, "", 100), (8, "quality", 4)):
        if flags & bit:
            if name:
                found[name] = int.from_bytes(frame[at : at + size])
            at += size
    if len(frame) >= at + 36 and frame[at : at + 4].strip(b"\0"):
        found.update(_lame(frame, at))
    return found


def _lame(frame: bytes, at: int) -> dict[str, Any]:
    """Read what LAME (and Lavc) put behind the Xing fields: delays, lengths, checksums.

    Encoders that only leave their name there, or zeros for both checksums, state none.
    """
    encoder = {"encoder": field_text(frame[at : at + 9]).rstrip()}
    if _WITHOUT_CHECKSUMS.match(frame, at):
        return encoder
    delays = int.from_bytes(frame[at + 21 : at + 24])
    found = {
        **encoder,
        "method": frame[at + 9] & 15,
        "lowpass_hz": frame[at + 10] * 100,
        "delay": delays >> 12,
        "padding": delays & 0xFFF,
    }
    if not any(frame[at + 32 : at + 36]):
        return found
    return {
        **found,
        "music_length": int.from_bytes(frame[at + 28 : at + 32]),
        "music_crc": int.from_bytes(frame[at + 32 : at + 34]),
        "tag_crc": int.from_bytes(frame[at + 34 : at + 36]),
        "tag_crc_at": at + 34,
    }
