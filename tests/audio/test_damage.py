"""A campaign of damage: what the checksums inside a format find without any manifest."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audio import sounds
from tests.audio.encoded import encode
from tests.audio.looking import look, look_at
from tests.tools import require_tool

WITH_CHECKSUMS = ["a.flac", "s24.flac", "vorbis.ogg", "a.opus", "flac.oga", "a.spx", "cbr.mp3",
                  "vbr.mp3", "a.tta", "packed.wv"]  # fmt: skip
WITHOUT = ["s16.wav", "a.w64", "a.aiff", "aac.m4a", "alac.m4a", "a.aac", "a.mp2", "a.caf", "a.wv"]
BLOCK = 1024


def make(folder: Path, name: str) -> Path:
    if name != "packed.wv":
        return encode(folder, name)
    packed = folder / name
    run = [require_tool("wavpack"), "-q", "-y", str(encode(folder, "s16.wav")), "-o", str(packed)]
    subprocess.run(run, check=True)
    return packed


def flips(good: bytes, first: int, count: int, chance: random.Random) -> Iterator[bytes]:
    for _ in range(count):
        place = chance.randrange(first, len(good) - 160)
        yield good[:place] + bytes([good[place] ^ 1 << chance.randrange(8)]) + good[place + 1 :]


def wounds(good: bytes, first: int, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Blocks zeroed, lost, doubled and exchanged; the end cut off; bytes appended."""
    for _ in range(6):
        a = chance.randrange(first, len(good) - 4 * BLOCK)
        b = a + 2 * BLOCK
        yield "zeroed", good[:a] + bytes(BLOCK) + good[a + BLOCK :]
        yield "lost", good[:a] + good[a + BLOCK :]
        yield "doubled", good[: a + BLOCK] + good[a:]
        swapped = good[b : b + BLOCK] + good[a + BLOCK : b] + good[a : a + BLOCK]
        yield "exchanged", good[:a] + swapped + good[b + BLOCK :]
    for part in (0.1, 0.5):
        yield "cut", good[: int(len(good) * (1 - part))]
    yield "cut", good[:-1]
    yield "appended", good + chance.randbytes(4 * BLOCK)


@pytest.mark.parametrize("name", WITH_CHECKSUMS)
def test_every_wound_shows_where_the_format_has_checksums(name: str, tmp_path: Path) -> None:
    path = make(tmp_path, name)
    good, chance = path.read_bytes(), random.Random(f"damage {name}")
    whole = look(path)
    assert whole.verdict == "self-verified"
    first = len(good) // 10
    for bad in flips(good, first, 20, chance):
        found = look_at(tmp_path, bad)
        assert found.verdict == "damaged"
        assert found.record["self_check"]["damage"]
        assert "audio-damaged" in [problem["code"] for problem in found.problems]
    for kind, bad in wounds(good, first, chance):
        assert look_at(tmp_path, bad).verdict in ("damaged", "structure"), kind
    for bad in flips(good, 0, 10, chance):
        look_at(tmp_path, bad)


@pytest.mark.parametrize("name", WITHOUT)
def test_a_format_without_checksums_never_claims_to_have_verified_itself(
    name: str, tmp_path: Path
) -> None:
    path = make(tmp_path, name)
    good, chance = path.read_bytes(), random.Random(f"damage {name}")
    essence = look(path).essence
    for bad in flips(good, len(good) // 10, 20, chance):
        found = look_at(tmp_path, bad)
        assert found.verdict != "self-verified"
        assert found.essence != essence
    for kind, bad in wounds(good, len(good) // 10, chance):
        found = look_at(tmp_path, bad)
        assert found.verdict != "self-verified"
        if kind in ("cut", "appended") and name not in ("a.wv", "a.caf"):
            assert found.verdict == "structure"


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
