"""Mutations of files of every kind: each examination comes to its end, in bounds."""

from __future__ import annotations

import os
import random
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver.audio.tags import Limits, TagReader
from tests.audio import sounds
from tests.audio.encoded import KINDS, encode

EACH = int(os.environ.get("ARCHIVER_FUZZ_AUDIO", "300")) // len(KINDS)
BOUNDS = Limits(memory=400 << 20, cpu=8, wall=60.0)
CODES = {
    "tags-unreadable", "tags-refused", "tags-too-large",
    "audio-structure", "audio-damaged", "audio-encrypted",
}  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Iterator[TagReader]:
    with TagReader(limits=BOUNDS) as workers:
        yield workers


def mutate(good: bytes, chance: random.Random) -> bytes:
    data = bytearray(good)
    for _ in range(chance.choice((1, 1, 2, 5, 30))):
        span = min(len(data), chance.choice((64, 512, 4096, len(data))))
        place = chance.randrange(span)
        if chance.random() < 0.3:
            place = len(data) - 1 - place
        kind = chance.random()
        if kind < 0.4:
            data[place] ^= 1 << chance.randrange(8)
        elif kind < 0.8:
            data[place] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
        else:
            word = struct.pack(
                chance.choice("<>") + "I", chance.choice((0, 0xFFFFFFFF, 0x7FFFFFFF))
            )
            data[place : place + 4] = word
    if chance.random() < 0.15:
        del data[chance.randrange(1, len(data)) :]
    return bytes(data)


@pytest.mark.parametrize("name", KINDS)
def test_no_mutation_escapes_hangs_or_grows(name: str, reader: TagReader, tmp_path: Path) -> None:
    chance = random.Random(f"fuzz {name}")
    good = encode(tmp_path, name).read_bytes()
    good = good[:60_000] + good[-30_000:] if len(good) > 90_000 else good
    paths = []
    for n in range(EACH):
        path = tmp_path / f"{n}"
        path.write_bytes(mutate(good, chance))
        paths.append((n, str(path)))
    for _, found in reader.examine_many(paths):
        assert {problem["code"] for problem in found.problems} <= CODES
        # Whatever a reader raises, the examination itself comes to its end.
        assert found.record["format"] is None or "self_check" in found.record


def hostile(name: str) -> bytes:
    if name == "flac headers without end":
        header = bytes.fromhex("fff8c91800c2")
        info = struct.pack(">HHQQ", 4096, 4096, 0, 0xAC442F000003E8)[:18] + bytes(16)
        return b"fLaC\x80\0\0\x22" + info + header * 300_000
    if name == "ff without end":
        return sounds.id3(sounds.title("x")) + b"\xff" * (24 << 20)
    if name == "tags without end":
        return sounds.id3() * 500_000 + sounds.mp3()
    if name == "boxes nested without end":
        head = b"\0\0\0\x10ftypM4A \0\0\0\0"
        return head + struct.pack(">I4s", 1 << 30, b"moov") * 200_000
    if name == "empty boxes without end":
        return b"\0\0\0\x10ftypM4A \0\0\0\0" + b"\0\0\0\x08free" * 500_000
    if name == "pages without end":
        return sounds.opus(10) + b"OggS" + bytes(23) * 1 + (b"OggS" + bytes(23)) * 200_000
    if name == "chunks without end":
        return b"RIFF\xff\xff\xff\xffWAVE" + b"junk\0\0\0\0" * 500_000
    chunk = b"LIST" + struct.pack("<I", 4 + 16 * 200_000) + b"INFO"
    return b"RIFF\xff\xff\xff\xffWAVE" + chunk + b"IART\x07\0\0\0MuellerX" * 200_000


@pytest.mark.parametrize(
    "name",
    [
        "flac headers without end",
        "ff without end",
        "tags without end",
        "boxes nested without end",
        "empty boxes without end",
        "pages without end",
        "chunks without end",
        "texts without end",
    ],
)
def test_a_file_without_measure_is_examined_in_bounds(
    name: str, reader: TagReader, tmp_path: Path
) -> None:
    path = tmp_path / "x"
    path.write_bytes(hostile(name))
    began = time.monotonic()
    found = reader.examine(str(path))
    assert time.monotonic() - began < BOUNDS.wall
    assert found.record["schema"] == "audio/1"
    assert "self_check" in found.record


@pytest.mark.parametrize("size", [1 << 32, (1 << 32) + 4096])
def test_a_sparse_wave_of_four_gibibytes_is_only_listed_without_its_sound(
    size: int, reader: TagReader, tmp_path: Path
) -> None:
    path = tmp_path / "x"
    head = bytearray(sounds.wav(0))
    head[4:8] = head[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(head)
    os.truncate(path, size)
    record = reader.read(str(path))
    assert record["facts"]["frames"] == (size - 44) // 4
    assert ("RF64" in str(record["findings"])) == (size > 1 << 32)
