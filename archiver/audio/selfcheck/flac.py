"""FLAC frames: header CRC-8, frame CRC-16, the count of samples (RFC 9639 section 9).

A frame does not say how long it is. It ends where the next header begins, and a header is
recognised by its sync code, its own CRC-8 and a frame number that follows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archiver.audio.selfcheck.crc import crc8, crc16
from archiver.audio.selfcheck.result import SelfCheck
from archiver.audio.source import Source
from archiver.audio.walk.model import Walk, seconds

_PIECE = 1 << 20
_LONGEST_HEADER = 16
# A frame of 65,535 samples in 8 channels of 32 bits, stored verbatim, has 2 MiB.
_LONGEST_FRAME = (2 << 20) + 4096
# Headers out of order tried as the end of one frame. In honest sound there is rarely one.
_MOST_TRIED = 32
_MOST_TRIED_IN_ALL = 10_000
_MOST_PLACES = 10_000  # damaged places after which there is nothing more to learn

Feed = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """RFC 9639 9.1. ``number`` counts frames, or samples where blocks vary in size."""

    number: int
    samples: int
    size: int
    variable: bool


def frame_header(data: bytes, at: int) -> FrameHeader | None:
    """Read a frame header whose CRC-8 holds; ``None`` when there is none at ``at``."""
    if len(data) < at + 6 or data[at] != 0xFF or data[at + 1] & 0xFE != 0xF8:
        return None
    block_code, rate_code = data[at + 2] >> 4, data[at + 2] & 15
    if block_code == 0 or rate_code == 15:
        return None
    if data[at + 3] >> 4 > 10 or data[at + 3] >> 1 & 7 == 3 or data[at + 3] & 1:
        return None
    number, place = _coded_number(data, at + 4)
    if number < 0:
        return None
    extra = {6: 1, 7: 2}.get(block_code, 0)
    samples = _block_size(block_code, int.from_bytes(data[place : place + extra]))
    place += extra + {12: 1, 13: 2, 14: 2}.get(rate_code, 0)
    if len(data) <= place or crc8(data[at:place]) != data[place]:
        return None
    return FrameHeader(number, samples, place + 1 - at, bool(data[at + 1] & 1))


def _block_size(code: int, extra: int) -> int:
    if code == 1:
        return 192
    if code <= 5:
        return 576 << (code - 2)
    return extra + 1 if code <= 7 else 256 << (code - 8)


def _coded_number(data: bytes, at: int) -> tuple[int, int]:
    """Read a number coded as UTF-8 codes characters, up to 36 bits; ``-1`` when malformed."""
    first = data[at]
    if first < 0x80:
        return first, at + 1
    length = 8 - (first ^ 0xFF).bit_length()
    if length < 2 or length > 7 or len(data) < at + length:
        return -1, at
    number = first & (0x7F >> length)
    for byte in data[at + 1 : at + length]:
        if byte & 0xC0 != 0x80:
            return -1, at
        number = number << 6 | byte & 0x3F
    return number, at + length


class _Window:
    """A piece of the file that moves forward; every byte passing through it feeds a digest."""

    def __init__(self, source: Source, start: int, end: int, feed: Feed) -> None:
        self.data = b""
        self.base = start
        self._source, self._next, self._end, self._feed = source, start, end, feed

    def more(self, keep_from: int) -> int:
        """Drop what lies before ``keep_from``, append a piece, return how far all has moved."""
        piece = self._source.read(self._next, min(_PIECE, self._end - self._next))
        self._feed(piece)
        self._next += len(piece)
        self.data = self.data[keep_from:] + piece
        self.base += keep_from
        if not piece:
            self._next = self._end
        return keep_from

    @property
    def at_end(self) -> bool:
        """Whether the last byte is in."""
        return self._next >= self._end


def check_flac(source: Source, walk: Walk, feed: Feed) -> SelfCheck:
    """Verify every frame of a FLAC file, feeding the bytes of the sound to ``feed``."""
    start, size = walk.audio[0]
    return _Frames(source, walk, start, start + size, feed).run()


class _Frames:
    """One run over the frames; ``position`` is the next frame's place in the window."""

    def __init__(self, source: Source, walk: Walk, start: int, end: int, feed: Feed) -> None:
        self.window = _Window(source, start, end, feed)
        self.walk = walk
        self.check = SelfCheck(complete=True)
        self.position = 0
        self.ahead: FrameHeader | None = None  # that of the next frame, where it was read already
        self.samples = 0  # played so far
        self.tried = 0
        self.rate = walk.facts.get("sample_rate", 0)
        self.block = walk.embedded.get("streaminfo", {}).get("block_size", [0, 0])[1]

    def run(self) -> SelfCheck:
        """Go over all frames, then compare their samples with what STREAMINFO says."""
        while self._fill(_LONGEST_HEADER):
            if self.check.places > _MOST_PLACES:
                self._give_up()
                break
            header = self.ahead or frame_header(self.window.data, self.position)
            if header is None:
                self._skip_to_header()
            else:
                self._frame(header)
        stated = self.walk.facts.get("frames")
        if stated is not None and not self.check.places and stated != self.samples:
            words = f"STREAMINFO promises {stated} samples, the frames hold {self.samples}"
            self.walk.structure(words)
            self.check.damaged("samples missing or too many", self.window.base + self.position, 0)
        elif stated is None:
            self.walk.timed(self.samples, self.rate)
        return self.check

    def _give_up(self) -> None:
        """Read the rest for the digest alone."""
        self.check.notes.append("too much damage: the rest was not looked at")
        while not self.window.at_end:
            self.window.more(len(self.window.data))

    def _fill(self, wanted: int) -> bool:
        """Have ``wanted`` bytes from the position on where there are as many; false at the end."""
        while len(self.window.data) - self.position < wanted and not self.window.at_end:
            self.position -= self.window.more(self.position)
        return len(self.window.data) > self.position

    def _frame(self, header: FrameHeader) -> None:
        begins = self._first_sample(header)
        end, good, self.ahead = self._find_end(header)
        kind = "flac-frame-crc16"
        if begins != self.samples:
            words = f"the frame begins at sample {begins}, due was {self.samples}"
            self.check.damaged(words, self.window.base + self.position, 0, self._times(begins, 0))
        if not self.check.count(kind, good):
            self.check.damaged(
                "frame",
                self.window.base + self.position,
                end - self.position,
                self._times(begins, header.samples),
            )
        else:
            self.walk.mark(self.window.base + self.position, begins)
            self.walk.mark(self.window.base + end, begins + header.samples)
        self.samples = begins + header.samples
        self.position = end

    def _first_sample(self, header: FrameHeader) -> int:
        return header.number if header.variable else header.number * (self.block or header.samples)

    def _times(self, first: int, count: int) -> tuple[float, float] | None:
        if not self.rate:
            return None
        return seconds(first, self.rate), seconds(first + count, self.rate)

    def _find_end(self, header: FrameHeader) -> tuple[int, bool, FrameHeader | None]:
        """Return where the frame ends (in the window), whether its CRC-16 holds, what follows."""
        data = self.window.data
        sync = data[self.position : self.position + 2]
        due = header.number + (header.samples if header.variable else 1)
        fallback, tried = None, 0
        # How far the CRC has come: what is between two headers tried is gone through once.
        crc, crc_to = 0, self.position
        seek = self.position + header.size
        while True:
            found = data.find(sync, seek)
            ahead = len(data) - _LONGEST_HEADER
            if (found < 0 or found > ahead) and not self.window.at_end:
                moved = self.window.more(self.position)
                data = self.window.data
                self.position -= moved
                crc_to -= moved
                seek = max(seek, ahead) - moved if found < 0 else found - moved
                fallback = None if fallback is None else fallback - moved
                continue
            if found < 0 or found - self.position > _LONGEST_FRAME:
                break
            following = frame_header(data, found)
            if following is not None:
                crc, crc_to = crc16(memoryview(data)[crc_to:found], crc), found
                if crc == 0:
                    return found, True, following
                if following.number == due:
                    return found, False, following
                fallback, tried = fallback or found, tried + 1
                self.tried += 1
                if tried > _MOST_TRIED or self.tried > _MOST_TRIED_IN_ALL:
                    break
            seek = found + 1
        if found < 0 and (end := self._last_end()):
            return end, True, None
        return fallback or len(data), False, None

    def _last_end(self) -> int | None:
        """Return the end of the last frame when its CRC holds, with zeros behind it or not.

        Zeros behind a frame leave the CRC at zero. Up to two of them may be the CRC itself;
        more are padding that somebody added.
        """
        data = self.window.data
        if crc16(memoryview(data)[self.position :]) != 0:
            return None
        bare = len(data.rstrip(b"\0"))
        if len(data) - bare > 2:
            self.walk.structure(f"{len(data) - bare} zero bytes follow the last frame")
        return len(data)

    def _skip_to_header(self) -> None:
        """Pass over bytes that are no frame, and record them as damage."""
        begin = self.window.base + self.position
        while True:
            self.position = self.window.data.find(b"\xff", self.position + 1)
            if self.position < 0:
                self.position = len(self.window.data)
                if self.window.at_end:
                    break
            if not self._fill(_LONGEST_HEADER):
                break
            if frame_header(self.window.data, self.position) is not None:
                break
        size = self.window.base + self.position - begin
        self.check.damaged("no frame", begin, size, self._times(self.samples, 0))
