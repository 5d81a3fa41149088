"""What is asked of a decoder, and what it gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for one file.

    ``decode``: decode all of its sound. ``digests``: those of a compact disc's track wanted
    besides, by their names in :data:`archiver.hashing.tracks.TRACK_DIGESTS`. ``given_up``: decoding
    was tried and ended the process that did it, in these words; it is not tried again.
    """

    decode: bool = False
    digests: tuple[str, ...] = ()
    given_up: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the wish as part of a worker's task."""
        return {"decode": self.decode, "digests": self.digests, "given_up": self.given_up}

    @staticmethod
    def from_json(task: Mapping[str, Any]) -> Wish:
        """Read what :meth:`to_json` wrote."""
        return Wish(task["decode"], tuple(task["digests"]), task["given_up"])


@dataclass(slots=True)
class Decoded:
    """What came out of the decoder.

    ``frames`` are sample frames, ``packet_sizes`` how many of them came at once. ``failures``
    counts what the decoder refused, ``first`` is its word on the first of it, ``at_frame`` how many
    frames had come before. ``unfinished`` says why the end was not reached, where it was not.
    ``pcm`` are MD5 and BLAKE3 of the samples (RFC 9639 8.2), ``bits`` wide, where all of them came
    and are whole numbers that once went in; ``md5_in_source_order`` is their MD5 in the other order
    that WavPack takes it in; ``digests`` what was wished for besides.
    """

    codec: str = ""
    sample_rate: int = 0
    channels: int = 0
    frames: int = 0
    packet_sizes: set[int] = field(default_factory=set)
    failures: int = 0
    first: str | None = None
    at_frame: int = 0
    unfinished: str | None = None
    bits: int = 0
    pcm: dict[str, str] | None = None
    md5_in_source_order: str | None = None
    digests: dict[str, str] = field(default_factory=dict)

    def failed(self, words: str) -> None:
        """Count something refused."""
        self.failures += 1
        if self.first is None:
            self.first, self.at_frame = words, self.frames
