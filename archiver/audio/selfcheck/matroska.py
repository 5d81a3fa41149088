"""The CRC-32 elements of a Matroska file, and the frames of its first sound track.

Sources: RFC 8794 11.3.1 (``CRC-32``: the first child, over all that follow it), RFC 9559 10
(blocks, lacing).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from blake3 import blake3

from archiver.audio.selfcheck.result import SelfCheck
from archiver.audio.source import Source
from archiver.audio.walk.matroska.ebml import Element, crc_of, element, first_crc, number
from archiver.audio.walk.matroska.top import CLUSTER, MOST, NAMES, ONLY_AT_TOP, Top
from archiver.audio.walk.model import Walk

Feed = Callable[[bytes], object]

_SIMPLE_BLOCK, _GROUP, _BLOCK, _TIMESTAMP = 0xA3, 0xA0, 0xA1, 0xE7
_PREVIOUS_SIZE, _POSITION, _VOID, _CRC = 0xAB, 0xA7, 0xEC, 0xBF
_NOT_PLAYED = (_PREVIOUS_SIZE, _POSITION, _VOID, _CRC)  # they follow from where things lie
_KIND = "ebml-crc32"
_WINDOW = 1 << 20
_LARGEST_BLOCK = 32 << 20
_NANOSECONDS = 1_000_000_000
_LONGEST = 1e9  # seconds


def check_matroska(source: Source, walk: Walk, feed: Feed) -> SelfCheck:
    """Verify all CRC-32 elements at the top, feeding the frames of the sound track to ``feed``.

    The checksums cover the sound where every cluster has one.
    """
    check = SelfCheck()
    held = walk.layout
    at, end = held["segment"]
    top, sound = Top(source, end), _Sound(walk, feed, held)
    clusters = covered = 0
    for _ in range(MOST):
        if at >= end:
            break
        found = top.at(at)
        if found is None:  # said by the walk
            at = top.next_cluster(at)
            continue
        size = end - found.offset if found.size is None else min(found.size, end - found.offset)
        if found.kind != CLUSTER:
            _verify(source, check, found, size)
            at = found.offset + size
            continue
        begin = sound.played
        behind = _cluster(source, sound, found, found.offset + size)
        clusters += 1
        if found.size is not None:
            covered += _verify(source, check, found, size, (begin, max(begin, sound.played)))
        at = behind
    check.complete = 0 < clusters == covered and at >= end
    sound.state(check)
    return check


def _verify(
    source: Source,
    check: SelfCheck,
    found: Element,
    size: int,
    times: tuple[float, float] | None = None,
) -> int:
    """Verify the checksum of one element where it has one; return how many it has."""
    stated = first_crc(source.read(found.offset, min(size, 16)))
    if stated is None:
        return 0
    crc, skip = stated
    if not check.count(_KIND, crc_of(source, found.offset + skip, size - skip) == crc):
        name = NAMES.get(found.kind, "an element at the top")
        check.damaged(name, found.offset, size, times)
    return 1


@dataclass(slots=True)
class _Sound:
    """What becomes of the blocks: frames are fed, times noted."""

    walk: Walk
    feed: Feed
    held: dict[str, Any]
    frames: int = 0
    size: int = 0
    played: float = 0.0  # seconds: when the last block begins
    base: int = 0  # the cluster's timestamp
    front: bytes = field(init=False)  # what was stripped off each frame
    unit: float = field(init=False)  # seconds of one tick
    playing: blake3 = field(default_factory=blake3)

    def __post_init__(self) -> None:
        self.playing.update(self.held["playing"])
        self.front = bytes.fromhex(self.held.get("stripped", ""))
        self.unit = self.held.get("timestamp_scale", 1_000_000) / _NANOSECONDS

    def block(self, data: bytes, offset: int) -> None:
        """Take in one block; those of other tracks are passed over."""
        track, length = number(data)
        if track != self.held["track"] or not length:
            self.playing.update(data)
            return
        if len(data) < length + 3:
            self._wrong(offset)
            return
        shift = int.from_bytes(data[length : length + 2], signed=True)
        lacing = data[length + 2] & 6
        self.playing.update(data[: length + 3])
        body = data[length + 3 :]
        frames = [body] if not lacing else laced(body, lacing)
        if frames is None:
            self._wrong(offset)
            return
        self.played = min(max(0.0, (self.base + shift) * self.unit), _LONGEST)
        rate = self.walk.facts.get("sample_rate", 0)
        self.walk.mark(offset, round(self.played * rate))
        for frame in frames:
            if self.front or frame:
                self.feed(self.front + frame)
            self.size += len(self.front) + len(frame)
        self.frames += len(frames)

    def _wrong(self, offset: int) -> None:
        self.walk.structure("a block of sound is not built as it must be", offset)

    def state(self, check: SelfCheck) -> None:
        """Enter what only all of the blocks tell."""
        self.walk.embedded["playing"] = {"blake3": self.playing.hexdigest()}
        facts, pcm = self.walk.facts, self.walk.pcm
        if pcm is not None and facts.get("sample_rate"):
            width = pcm.bits // 8 * pcm.channels
            self.walk.timed(self.size // width, facts["sample_rate"])
        elif "duration_s" not in facts and self.frames:
            # Nobody says how long it is: as far as the beginning of the last block at least.
            facts["duration_s"] = round(self.played, 6)
            check.notes.append("the length is that up to the last block: the file does not say it")
        length = max(self.played, facts.get("duration_s", 0.0))
        self.walk.mark(sum(self.walk.audio[-1]), round(length * facts.get("sample_rate", 0)))
        if facts.get("duration_s"):
            facts["bit_rate"] = round(self.size * 8 / facts["duration_s"])


def _cluster(source: Source, sound: _Sound, cluster: Element, end: int) -> int:
    """Go over one cluster; return where it ends, or something else begins that is not of it."""
    data, base, at = b"", cluster.offset, cluster.offset
    while at < end:
        if at + 12 > base + len(data):
            data, base = source.read(at, min(_WINDOW, end - at)), at
        found = element(data, at - base, base)
        if found is None or found.size is None or found.kind in ONLY_AT_TOP:
            if cluster.size is None and found is not None and found.kind in ONLY_AT_TOP:
                return at
            sound.walk.structure("a cluster is not made of whole elements", at)
            return at if found is not None and found.kind in ONLY_AT_TOP else end
        size = min(found.size, end - found.offset)
        if found.size > size:
            sound.walk.structure("a cluster is not made of whole elements", at)
        if size > _LARGEST_BLOCK:
            sound.walk.structure(f"an element of {size} bytes in a cluster is passed over", at)
        elif found.kind not in _NOT_PLAYED:
            if found.offset + size > base + len(data):
                wanted = max(_WINDOW, found.offset + size - at)
                data, base = source.read(at, min(wanted, end - at)), at
            _part(sound, found, data[found.offset - base : found.offset - base + size])
        at = found.offset + size
    return at


def _part(sound: _Sound, found: Element, content: bytes) -> None:
    """Take in one part of a cluster: a block, its time, or what else tells how to play."""
    if found.kind == _SIMPLE_BLOCK:
        sound.block(content, found.offset)
        return
    if found.kind == _TIMESTAMP:
        sound.base = int.from_bytes(content[:8])
    if found.kind != _GROUP:
        sound.playing.update(content)
        return
    at = 0
    while at < len(content):
        inner = element(content, at)
        if inner is None or inner.size is None:
            sound.playing.update(content[at:])
            return
        part = content[inner.offset : inner.offset + inner.size]
        if inner.kind == _BLOCK:
            sound.block(part, found.offset + inner.offset)
        else:
            sound.playing.update(part)
        at = inner.offset + inner.size


def laced(data: bytes, lacing: int) -> list[bytes] | None:
    """Return the frames of a block that holds several; ``None`` where their sizes do not fit.

    ``lacing`` is 2 for Xiph's sizes, 4 for frames of one size, 6 for EBML's.
    """
    if not data:
        return None
    count = data[0] + 1
    if lacing == 4:
        size, rest = divmod(len(data) - 1, count)
        if rest or not size:
            return None
        return [data[1 + n * size : 1 + (n + 1) * size] for n in range(count)]
    sizes, at = [], 1
    for size, after in _xiph(data, count - 1) if lacing == 2 else _ebml(data, count - 1):
        sizes.append(size)
        at = after
    if len(sizes) != count - 1 or min(sizes, default=0) < 0 or at + sum(sizes) > len(data):
        return None
    frames = []
    for size in sizes:
        frames.append(data[at : at + size])
        at += size
    return [*frames, data[at:]]


def _xiph(data: bytes, count: int) -> Iterator[tuple[int, int]]:
    """Yield each size and where the next one stands: bytes of 255 as long as it goes on."""
    at = 1
    for _ in range(count):
        size = 0
        while at < len(data) and data[at] == 0xFF:
            size, at = size + 255, at + 1
        if at >= len(data):
            return
        size, at = size + data[at], at + 1
        yield size, at


def _ebml(data: bytes, count: int) -> Iterator[tuple[int, int]]:
    """Yield each size and where the next one stands: a number, then differences from the last."""
    at, size = 1, 0
    for place in range(count):
        value, length = number(data, at)
        if not length:
            return
        size = value if not place else size + value - ((1 << (7 * length - 1)) - 1)
        at += length
        yield size, at
