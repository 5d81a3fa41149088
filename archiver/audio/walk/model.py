"""What a walk through a container finds, whatever the container."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from blake3 import blake3

from archiver.audio.marks import Marks
from archiver.audio.source import Source

MOST_BLOCKS = 10_000  # chunks, boxes or metadata blocks followed in one file
MOST_LISTED = 1_000  # blocks, and findings a tenth of that; what is beyond is counted
LARGEST_DIGESTED = 1 << 30  # no honest block that is not the sound itself comes near it
LARGEST_PARSED = 16 << 20  # a metadata block beyond this is listed with its digest, not parsed


@dataclass(frozen=True, slots=True)
class PcmLayout:
    """How uncompressed samples lie in the file, for the ``pcm`` digest."""

    bits: int
    channels: int
    big_endian: bool = False
    unsigned: bool = False  # as 8-bit samples are in WAVE


@dataclass(frozen=True, slots=True)
class Missing:
    """Sound that the container declares and the file has not: it ends at the byte ``offset``.

    ``there`` of ``due`` bytes are left of it, ``byte_rate`` of them a second (0: not known).
    """

    offset: int
    there: int
    due: int
    byte_rate: int = 0


@dataclass(slots=True)
class Walk:
    """Everything found on one way through a container; filled by the walker of its family.

    ``audio`` are the spans (offset, size) of the coded sound in playing order; ``codec_headers``
    what a decoder needs besides them; ``packets`` how many there are, where a table says so.
    ``missing`` is what was cut off.
    ``blocks`` and ``findings`` are JSON-ready. ``layout`` is what whoever reads the sound has to
    know of where it lies, and no part of the record. ``marks`` is there when somebody wants to know
    the times of places in the file: checks of frames add to it.
    """

    format_id: str
    version: str | None = None
    pronom: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    blocks: list[dict[str, Any]] = field(default_factory=list)
    embedded: dict[str, Any] = field(default_factory=dict)
    tags: list[dict[str, Any]] = field(default_factory=list)
    pictures: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    audio: list[tuple[int, int]] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    unlisted_blocks: int = 0
    layout: dict[str, Any] = field(default_factory=dict)
    codec_headers: bytes = b""
    pcm: PcmLayout | None = None
    packets: int | None = None
    marks: Marks | None = None

    def mark(self, offset: int, sample: int) -> None:
        """Note that the sample frame ``sample`` begins at the byte ``offset``, if anybody asks."""
        if self.marks is not None:
            self.marks.add(offset, sample)

    def finding(self, code: str, message: str, offset: int | None = None) -> None:
        """Record an observation, with the byte it was made at; a hundred of them are enough."""
        if len(self.findings) >= MOST_LISTED // 10:
            return
        found: dict[str, Any] = {"code": code, "message": message}
        if offset is not None:
            found["offset"] = offset
        self.findings.append(found)

    def structure(self, message: str, offset: int | None = None) -> None:
        """Record that the container is not built as it says or as its format demands."""
        self.finding("audio-structure", message, offset)

    def block(self, name: str, offset: int, size: int, source: Source | None = None) -> None:
        """List a block: its name, where its content begins and how long it is in the file.

        With ``source`` its digest is taken too (left out for the sound itself, which has its
        own).
        """
        if len(self.blocks) >= MOST_LISTED:
            self.unlisted_blocks += 1
            return
        entry: dict[str, Any] = {"id": name, "offset": offset, "size": size}
        if source is not None and size > LARGEST_DIGESTED:
            self.structure(f"the block {name!r} has {size} bytes, too many to be digested", offset)
        elif source is not None:
            entry["blake3"] = digest_of(source, offset, size)
        self.blocks.append(entry)

    def facts_from(self, **facts: Any) -> None:
        """Add facts; those that are ``None`` are unknown and left out."""
        self.facts.update({name: value for name, value in facts.items() if value is not None})

    def timed(self, frames: int, rate: int) -> None:
        """State the length: sample frames, and seconds to six decimals."""
        self.facts["frames"] = frames
        if rate > 0:
            self.facts["duration_s"] = seconds(frames, rate)


def seconds(frames: int, rate: int) -> float:
    """Return ``frames / rate`` to six decimals, rounded in whole numbers (no float drift)."""
    return (frames * 1_000_000 + rate // 2) // rate / 1_000_000


def digest_of(source: Source, offset: int, size: int) -> str:
    """Return the BLAKE3 (hexadecimal) of a range of the file."""
    digest = blake3()
    for piece in source.pieces(offset, size):
        digest.update(piece)
    return digest.hexdigest()


def block_name(raw: bytes) -> str:
    """Return a four-byte id as text that can be shown: odd bytes as ``\\x..``."""
    return "".join(chr(b) if 0x20 <= b < 0x7F and b != 0x5C else f"\\x{b:02x}" for b in raw)
