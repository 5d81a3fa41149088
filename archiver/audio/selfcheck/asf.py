"""The media objects of an ASF file's first sound stream. The format has no checksum of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from blake3 import blake3

from archiver.audio.selfcheck.result import SelfCheck
from archiver.audio.source import Source
from archiver.audio.walk.asf_packets import BrokenPacketError, Payload, payloads
from archiver.audio.walk.model import Walk

Feed = Callable[[bytes], object]

_AT_ONCE = 1 << 20


def check_asf(source: Source, walk: Walk, feed: Feed) -> SelfCheck:
    """Feed the media objects to ``feed``, one after another; gaps between them are findings."""
    held = walk.layout
    objects = _Objects(walk, feed, held.get("spread"))
    begin, each = walk.audio[0][0], held["packet_size"]
    per_read = max(1, _AT_ONCE // each)
    playing = blake3()
    for first in range(0, held["packets"], per_read):
        count = min(per_read, held["packets"] - first)
        data = source.read(begin + first * each, count * each)
        playing.update(data)
        for place in range(0, len(data), each):
            at = begin + first * each + place
            try:
                for payload in payloads(data[place : place + each]):
                    if payload.stream == held["stream"]:
                        objects.take(payload, at, held["preroll_ms"])
            except BrokenPacketError:
                walk.structure("a data packet is not built as it must be", at)
    objects.end()
    # All of the packets: when each object is played stands between the objects.
    walk.embedded["playing"] = {"blake3": playing.hexdigest()}
    _facts(walk, objects.size)
    return SelfCheck()


def _facts(walk: Walk, size: int) -> None:
    facts, pcm = walk.facts, walk.pcm
    width = pcm.bits // 8 * pcm.channels if pcm is not None else 0
    if width and facts.get("sample_rate"):
        walk.timed(size // width, facts["sample_rate"])
    rate, length = facts.get("sample_rate", 0), facts.get("duration_s", 0.0)
    walk.mark(sum(walk.audio[-1]), round(length * rate))
    if facts.get("duration_s") and "bit_rate" not in facts:
        facts["bit_rate"] = round(size * 8 / facts["duration_s"])


@dataclass(slots=True)
class _Objects:
    """The object that is being put together, and what has been of it."""

    walk: Walk
    feed: Feed
    spread: list[int] | None
    size: int = 0  # bytes of all objects
    number: int | None = None
    due: int | None = None
    there: int = 0
    at: int = 0
    parts: list[bytes] = field(default_factory=list)

    def take(self, payload: Payload, at: int, preroll: int) -> None:
        """Take in a part; ``at`` is where its packet begins."""
        if payload.offset == 0:
            self.end()
            self.number, self.due, self.there, self.at = payload.number, payload.size, 0, at
            if payload.time is not None:
                rate = self.walk.facts.get("sample_rate", 0)
                self.walk.mark(at, max(0, payload.time - preroll) * rate // 1000)
        elif payload.number != self.number or payload.offset != self.there:
            self.walk.structure("a part of the sound does not continue what stands before it", at)
            if payload.number != self.number:
                self.end()
                self.number, self.due, self.at = payload.number, payload.size, at
            self.there = payload.offset
        self.there += len(payload.data)
        self.size += len(payload.data)
        if self.spread is None:
            if payload.data:
                self.feed(payload.data)
            return
        self.parts.append(payload.data)
        if self.there > self.spread[0] * self.spread[1]:  # then it is not spread as it says
            self.feed(b"".join(self.parts))
            self.parts.clear()

    def end(self) -> None:
        """The object is at its end."""
        if self.number is not None and self.due is not None and self.there != self.due:
            self.walk.structure(f"{self.there} of {self.due} bytes of a part of the sound", self.at)
        if self.spread is not None:
            whole = b"".join(self.parts)
            self.feed(in_order(whole, *self.spread))
            self.parts.clear()
        self.number = None


def in_order(data: bytes, span: int, packet: int, chunk: int) -> bytes:
    """Undo the spreading of sound over ``span`` packets (3.17: virtual packets and chunks)."""
    if len(data) != span * packet:
        return data
    rows = packet // chunk
    return b"".join(
        data[chunk * (row + column * rows) : chunk * (row + column * rows + 1)]
        for row in range(rows)
        for column in range(span)
    )
