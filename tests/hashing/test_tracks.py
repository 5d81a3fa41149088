"""Digests of a disc's track: AccurateRip's sum by its definition, and by whipper's own program."""

from __future__ import annotations

import struct
import zlib

import pytest

from archiver.hashing.tracks import FRAME, SECTOR, TRACK_DIGESTS, track_digest

FRAMES = 12 * SECTOR
# Noise that any program can make again: 32-bit words of a linear congruential generator.
WORDS = [1]
while len(WORDS) < FRAMES:
    WORDS.append((WORDS[-1] * 1_664_525 + 1_013_904_223) % (1 << 32))
RAW = struct.pack(f"<{FRAMES}I", *WORDS)


def by_definition(version: int, first: bool, last: bool) -> str:
    total = 0
    for place, word in enumerate(WORDS, start=1):
        if (first and place < 5 * SECTOR) or (last and place > FRAMES - 5 * SECTOR):
            continue
        product = place * word
        total += product % (1 << 32) + (product >> 32 if version == 2 else 0)
    return f"{total % (1 << 32):08x}"


# What accuraterip.compute() of whipper 0.10.0 says of a WAVE file of these samples.
BY_WHIPPER = {
    "accuraterip-v1": "c32ccd48",
    "accuraterip-v2": "c3e84781",
    "accuraterip-v1:first": "d1be3392",
    "accuraterip-v2:first": "d258c2a2",
    "accuraterip-v1:last": "f5f431ea",
    "accuraterip-v2:last": "f633ff14",
    "accuraterip-v1:only": "04859834",
    "accuraterip-v2:only": "04a47a35",
}


@pytest.mark.parametrize("piece", [len(RAW), 1 << 12, 4_001])
@pytest.mark.parametrize("name", TRACK_DIGESTS)
def test_sums_are_those_of_the_definition_however_the_samples_are_cut(
    name: str, piece: int
) -> None:
    digest = track_digest(name)
    for at in range(0, len(RAW), piece):
        digest.update(memoryview(RAW)[at : at + piece])
    found = digest.digest().hex()
    if name == "copy-crc":
        assert found == f"{zlib.crc32(RAW):08x}"
        return
    version, _, place = name.removeprefix("accuraterip-v").partition(":")
    first, last = place in ("first", "only"), place in ("last", "only")
    assert found == by_definition(int(version), first, last) == BY_WHIPPER[name]


def test_a_first_track_shorter_than_what_is_left_out_has_the_sum_of_nothing() -> None:
    for name in ("accuraterip-v1:first", "accuraterip-v2:last"):
        digest = track_digest(name)
        digest.update(memoryview(RAW)[: 4 * SECTOR * FRAME])
        assert digest.digest() == bytes(4)
