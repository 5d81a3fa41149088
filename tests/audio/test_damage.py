"""A campaign of damage: what the checksums inside a format find without any manifest."""

from __future__ import annotations

import random
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver.audio.source import identify, open_source
from archiver.audio.walk import walk
from tests.audio import sounds
from tests.audio.encoded import encode
from tests.audio.looking import look, look_at
from tests.tools import require_tool

BLOCK = 1024
HEADER = 64  # at most so many bytes at the start; where sound begins at once, its first four
# How often each wound is dealt to each file, and how many of them must be found, at least.
TRIALS = {"flip": 20, "zeroed": 6, "lost": 4, "swapped": 4, "doubled": 4, "cut": 3, "appended": 1,
          "header": 10}  # fmt: skip
# Every byte of the sound is under a checksum. In the first bytes those of Ogg, LAME's tag and TTA
# are, too; STREAMINFO and ID3v2 have none. Two header flips fewer than were found are demanded.
WITH_CHECKSUMS: dict[str, tuple[int, ...]] = {
    "a.flac": (20, 6, 4, 4, 4, 3, 1, 4),
    "s24.flac": (20, 6, 4, 4, 4, 3, 1, 1),
    "vorbis.ogg": (20, 6, 4, 4, 4, 3, 1, 10),
    "a.opus": (20, 6, 4, 4, 4, 3, 1, 10),
    "flac.oga": (20, 6, 4, 4, 4, 3, 1, 10),
    "a.spx": (20, 6, 4, 4, 4, 3, 1, 10),
    "cbr.mp3": (20, 6, 4, 4, 4, 3, 1, 0),
    "vbr.mp3": (20, 6, 4, 4, 4, 3, 1, 1),
    "lame.mp3": (20, 6, 4, 4, 4, 3, 1, 7),
    "free.mp3": (20, 6, 4, 4, 4, 3, 1, 10),
    "a.tta": (20, 6, 4, 4, 4, 3, 1, 10),
    "packed.wv": (20, 6, 4, 4, 4, 3, 1, 10),
    "flac.mka": (20, 6, 4, 4, 4, 3, 1, 4),
}
# Only where sizes and positions contradict each other is there anything to see: all that makes
# a file longer or shorter, and, where the sound is in frames, what breaks their headers. A bare
# MP3 stream cut between two frames is whole for all that anybody can tell.
WITHOUT: dict[str, tuple[int, ...]] = {
    "s16.wav": (0, 0, 4, 0, 4, 3, 1, 4),
    "a.w64": (0, 0, 4, 0, 4, 3, 1, 8),
    "a.aiff": (0, 0, 4, 0, 4, 3, 1, 7),
    "a.caf": (0, 0, 4, 0, 4, 3, 1, 2),
    "aac.m4a": (0, 0, 4, 0, 4, 3, 1, 2),
    "alac.m4a": (0, 0, 4, 0, 4, 3, 1, 1),
    "bare.mp3": (0, 6, 4, 4, 4, 2, 1, 4),
    "a.mp2": (0, 6, 4, 4, 4, 2, 1, 5),
    "a.aac": (0, 6, 4, 4, 4, 3, 1, 3),
    "pieces.m4a": (0, 0, 4, 0, 4, 3, 1, 3),
    "a.wv": (0, 0, 4, 0, 4, 3, 1, 8),
}
ENCODED: dict[str, list[str]] = {
    "packed.wv": ["wavpack", "-q", "-y"],
    "lame.mp3": ["lame", "--quiet", "-T", "-V2"],
    "bare.mp3": ["lame", "--quiet", "-t", "-b", "128"],
}


def make(folder: Path, name: str) -> Path:
    if name not in ENCODED:
        return encode(folder, name)
    program, *options = ENCODED[name]
    made = folder / name
    end = ["-o", str(made)] if program == "wavpack" else [str(made)]
    run = [require_tool(program), *options, str(encode(folder, "s16.wav")), *end]
    subprocess.run(run, check=True)
    return made


def sound_of(path: Path) -> list[tuple[int, int]]:
    """Return where the coded sound is, as (offset, size)."""
    source = open_source(str(path))
    try:
        format_id, start = identify(source)
        assert format_id is not None
        found = walk(source, format_id, start)
        assert found is not None
        return found.audio
    finally:
        source.close()


def flipped(data: bytes, place: int, chance: random.Random) -> bytes:
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def wounds(
    good: bytes, sound: list[tuple[int, int]], chance: random.Random
) -> Iterator[tuple[str, bytes]]:
    """Deal each of :data:`TRIALS`: in the sound, in what is before it, at the end."""
    first, last = sound[0][0], sound[-1][0] + sound[-1][1]
    for _ in range(TRIALS["flip"]):
        offset, size = chance.choices(sound, [size for _, size in sound])[0]
        yield "flip", flipped(good, chance.randrange(offset, offset + size), chance)
    for _ in range(TRIALS["zeroed"]):
        a = chance.randrange(first, last - 4 * BLOCK)
        yield "zeroed", good[:a] + bytes(4 * BLOCK) + good[a + 4 * BLOCK :]
    for _ in range(TRIALS["lost"]):
        a = chance.randrange(first, last - 4 * BLOCK)
        b = a + 2 * BLOCK
        yield "lost", good[:a] + good[a + BLOCK :]
        yield "doubled", good[: a + BLOCK] + good[a:]
        swapped = good[b : b + BLOCK] + good[a + BLOCK : b] + good[a : a + BLOCK]
        yield "swapped", good[:a] + swapped + good[b + BLOCK :]
    yield "cut", good[: int(len(good) * 0.9)]
    yield "cut", good[: len(good) // 2]
    yield "cut", good[:-1]
    yield "appended", good + chance.randbytes(4 * BLOCK)
    for _ in range(TRIALS["header"]):
        yield "header", flipped(good, chance.randrange(max(4, min(first, HEADER))), chance)


def campaign(name: str, folder: Path) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Return how many wounds of each kind were found, and the verdicts by kind."""
    path = make(folder, name)
    good, sound = path.read_bytes(), sound_of(path)
    whole = look(path)
    assert whole.problems == ()
    found: Counter[str] = Counter()
    verdicts: Counter[tuple[str, str]] = Counter()
    for kind, bad in wounds(good, sound, random.Random(f"damage {name}")):
        seen = look_at(folder, bad, f"bad {name}")
        verdicts[kind, seen.verdict] += 1
        found[kind] += bool(seen.problems)
        if kind not in ("header", "appended", "cut"):
            assert seen.essence != whole.essence, "the digest of the sound tells any wound"
        if seen.verdict == "damaged":
            assert seen.record["self_check"]["damage"]
            assert "audio-damaged" in [problem["code"] for problem in seen.problems]
    dealt = Counter[str]()
    for (kind, _), count in verdicts.items():
        dealt[kind] += count
    assert dealt == TRIALS
    return found, verdicts


def assert_found(found: Counter[str], due: tuple[int, ...]) -> None:
    table = dict(zip(TRIALS, due, strict=True))
    assert {kind: min(found[kind], table[kind]) for kind in TRIALS} == table


@pytest.mark.parametrize("name", WITH_CHECKSUMS)
def test_every_wound_shows_where_the_format_has_checksums(name: str, tmp_path: Path) -> None:
    assert look(make(tmp_path, name)).verdict == "self-verified"
    found, verdicts = campaign(name, tmp_path)
    assert verdicts["flip", "damaged"] == TRIALS["flip"]
    assert_found(found, WITH_CHECKSUMS[name])


@pytest.mark.parametrize("name", WITHOUT)
def test_a_format_without_checksums_never_claims_to_have_verified_itself(
    name: str, tmp_path: Path
) -> None:
    assert look(make(tmp_path, name)).verdict == "manifest-only"
    found, verdicts = campaign(name, tmp_path)
    assert not [key for key in verdicts if key[1] == "self-verified"]
    assert verdicts["flip", "manifest-only"] == TRIALS["flip"]
    assert_found(found, WITHOUT[name])


def test_damage_in_a_flac_file_is_placed_in_time(tmp_path: Path) -> None:
    good = make(tmp_path, "a.flac").read_bytes()
    middle = len(good) // 2
    found = look_at(tmp_path, good[:middle] + bytes([good[middle] ^ 4]) + good[middle + 1 :])
    (place,) = found.record["self_check"]["damage"]
    assert place["offset"] <= middle < place["offset"] + place["size"]
    assert 0.5 < place["from_s"] < place["to_s"] < 1.5
    assert found.record["self_check"]["checks"]["flac-frame-crc16"]["bad"] == 1


def test_damage_in_an_ogg_file_is_placed_in_time(tmp_path: Path) -> None:
    good = make(tmp_path, "vorbis.ogg").read_bytes()
    middle = len(good) // 2
    found = look_at(tmp_path, good[:middle] + bytes([good[middle] ^ 4]) + good[middle + 1 :])
    place = found.record["self_check"]["damage"][0]
    assert place["offset"] <= middle < place["offset"] + place["size"]
    assert 0 <= place["from_s"] < place["to_s"] <= 2.1


def test_a_lost_page_is_missed_by_its_number(tmp_path: Path) -> None:
    good = sounds.opus(50)
    starts = [n for n in range(len(good)) if good.startswith(b"OggS", n)]
    found = look_at(tmp_path, good[: starts[3]] + good[starts[4] :])
    assert found.verdict == "damaged"
    assert "page 4 follows page 2" in found.record["self_check"]["damage"][0]["what"]


def test_bytes_between_ogg_pages_are_placed(tmp_path: Path) -> None:
    good = sounds.opus(50)
    starts = [n for n in range(len(good)) if good.startswith(b"OggS", n)]
    found = look_at(tmp_path, good[: starts[4]] + b"x" * 77 + good[starts[4] :])
    assert found.record["self_check"]["damage"] == [
        {"what": "no page", "offset": starts[4], "size": 77, "from_s": 0.3935, "to_s": 0.3935}
    ]


def test_a_chained_ogg_file_is_read_through_all_its_links(tmp_path: Path) -> None:
    one = sounds.opus(50)
    single = look_at(tmp_path, one)
    # The second link gets a serial number of its own, and its CRCs anew.
    linked = b""
    for body in one.split(b"OggS")[1:]:
        page = bytearray(b"OggS" + body)
        page[14:18] = b"\x05\0\0\0"
        page[22:26] = b"\0\0\0\0"
        page[22:26] = sounds.ogg_crc(bytes(page)).to_bytes(4, "little")
        linked += bytes(page)
    found = look_at(tmp_path, one + linked)
    assert found.verdict == "self-verified"
    assert found.record["facts"]["links"] == 2
    assert found.record["facts"]["frames"] == 2 * single.record["facts"]["frames"]
