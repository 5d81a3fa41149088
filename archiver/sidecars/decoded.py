"""The third way: what samples are, as a decoder gives them.

This room knows no decoder. Whoever has one hands it in, as a :class:`Decoder`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from archiver.sidecars.ledger import Fact, Needed

DAMAGED = "damaged"
"""Stands for the digest of samples that are not all there: equal to none that is asserted."""

_NOT_HELD = "the decoder gave no such digest of it"


@dataclass(frozen=True, slots=True)
class DecodedSound:
    """What decoding one file gave.

    ``md5``: of the samples, signed, little-endian, at their depth of ``bits`` (RFC 9639 8.2).
    ``digests``: of a disc's track, by the names in :mod:`archiver.hashing.tracks`. ``damaged``: the
    file's own checksums say so. ``trouble``: why there is no MD5.
    """

    md5: str | None = None
    bits: int = 0
    digests: Mapping[str, str] = field(default_factory=dict)
    damaged: bool = False
    trouble: str | None = None


class Decoder(Protocol):
    """Somebody who can decode payload files."""

    def hear(self, files: Iterator[Needed]) -> Iterator[tuple[Needed, DecodedSound]]:
        """Decode each file for the digests it is needed for; all of them come back, in order."""


def facts_of_decoding(needed: Needed, heard: DecodedSound) -> Iterable[Fact]:
    """Return the facts that one file's decoding gave; they replace what was known without it.

    A decoder that fails takes nothing back: what a header states is still what it states.
    """
    for algorithm in needed.algorithms:
        value = _value(algorithm, heard)
        if heard.damaged:
            words = "the checksums of the file itself do not hold, or sound is missing"
            yield Fact(needed.file, algorithm, DAMAGED, reason=words)
        elif value is not None:
            yield Fact(needed.file, algorithm, value)
        elif algorithm not in needed.stated:
            yield Fact(needed.file, algorithm, None, reason=heard.trouble or _NOT_HELD)


def _value(algorithm: str, heard: DecodedSound) -> str | None:
    if algorithm == "ffp":
        return heard.md5
    if algorithm == "st5":
        # The data chunk of a WAVE file; its 8-bit samples are unsigned, unlike those decoded.
        return heard.md5 if heard.bits in (16, 24, 32) else None
    return heard.digests.get(algorithm)
