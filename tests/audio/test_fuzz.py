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
from tests.audio.encoded import BY_OTHERS, KINDS, UNREAD, encode

ALL = [*KINDS, *BY_OTHERS, *UNREAD]
# In continuous integration twelve thousand and more: rounded up for each kind of file.
TOTAL = int(os.environ.get("ARCHIVER_FUZZ_AUDIO", "12000" if os.environ.get("CI") else "600"))
EACH = -(-TOTAL // len(ALL))
# What is kept of a sample: headers and some sound, and what stands at the end.
FRONT, BACK = 16_384, 8_192
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


@pytest.mark.parametrize("name", ALL)
def test_no_mutation_escapes_hangs_or_grows(name: str, reader: TagReader, tmp_path: Path) -> None:
    chance = random.Random(f"fuzz {name}")
    good = encode(tmp_path, name).read_bytes()
    good = good[:FRONT] + good[-BACK:] if len(good) > FRONT + BACK else good
    paths = []
    for n in range(EACH):
        path = tmp_path / f"{n}"
        path.write_bytes(mutate(good, chance))
        paths.append((n, str(path)))
    answers = 0
    for _, found in reader.examine_many(paths):
        answers += 1
        assert {problem["code"] for problem in found.problems} <= CODES
        # Whatever a reader raises, the examination itself comes to its end.
        assert found.record["format"] is None or "self_check" in found.record
    assert answers == EACH


_ENTITIES = b"".join(b"<!ENTITY l%d '%s'>" % (n + 1, b"&l%d;" % n * 10) for n in range(20))
_LAUGHTER = b"<!DOCTYPE x [<!ENTITY l0 'ha'>" + _ENTITIES + b"]><x>&l20;</x>"
_LONG_NAME = b"<" + b"n" * 2_000_000 + b">" + b"<b>x</b>" * 4_000
_ATTRIBUTES = b"<x " + b" ".join(b"a%d='x'" % n for n in range(200_000)) + b"/>"
XML = {
    "laughing iXML": (b"iXML", _LAUGHTER),
    "laughing axml": (b"axml", _LAUGHTER),
    "laughing XMP": (b"_PMX", _LAUGHTER),
    "elements without measure in iXML": (b"iXML", b"<a>" * 1_000_000),
    "names without measure in axml": (b"axml", _LONG_NAME),
    "attributes without measure in XMP": (b"_PMX", _ATTRIBUTES),
}


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
    if name == "a million frames":
        frame = sounds.id3_frame(b"TXXX", b"\x03key\0value")
        return sounds.id3(frame * 1_000_000) + sounds.mp3()
    if name == "comments without end":
        notes = struct.pack("<II", 0, 1 << 31) + struct.pack("<I", 0) * 2_000_000
        head = struct.pack(">HHQQ", 4096, 4096, 0, 0xAC442F000003E8)[:18] + bytes(16)
        return b"fLaC\0\0\0\x22" + head + b"\x84" + len(notes).to_bytes(3) + notes
    if name in XML:
        chunk, text = XML[name]
        return sounds.wav(300, after=sounds.chunk(chunk, text))
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
        "a million frames",
        "comments without end",
        *XML,
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


@pytest.mark.parametrize("name", XML)
def test_hostile_xml_costs_no_other_fact_of_the_file(
    name: str, reader: TagReader, tmp_path: Path
) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(hostile(name))
    found = reader.examine(str(path))
    key = {b"iXML": "ixml", b"axml": "axml", b"_PMX": "xmp"}[XML[name][0]]
    assert "unreadable" in found.record["embedded"][key]
    assert found.record["facts"]["frames"] == 300
    assert found.problems == ()


GIGANTIC = {
    "wav": b"RIFF\xff\xff\xff\xffWAVE" + sounds.chunk(b"fmt ", sounds.fmt())
    + b"data\xfe\xff\xff\xff",
    "wav list": b"RIFF\xff\xff\xff\xffWAVELIST\xfe\xff\xff\xffINFO",
    "rf64": b"RF64\xff\xff\xff\xffWAVE" + sounds.chunk(b"ds64", b"\xff" * 28)
    + sounds.chunk(b"fmt ", sounds.fmt()) + b"data\xff\xff\xff\xff",
    "w64": bytes.fromhex("726966662e91cf11a5d628db04c10000") + b"\xff" * 7 + b"\x7f"
    + bytes.fromhex("77617665f3acd3118cd100c04f8edb8a")
    + bytes.fromhex("64617461f3acd3118cd100c04f8edb8a") + b"\xff" * 7 + b"\x7f",
    "aiff": b"FORM\xff\xff\xff\xffAIFFCOMM\0\0\0\x12\0\2\xff\xff\xff\xff\0\x10"
    + sounds.extended(44100) + b"SSND\xff\xff\xff\xff" + bytes(8),
    "caf": b"caff\0\1\0\0desc" + struct.pack(">Q", 1 << 62),
    "dff": b"FRM8\x7f\xff\xff\xff\xff\xff\xff\xffDSD PROP\x7f" + b"\xff" * 7 + b"SND FS  ",
    "mp4": b"\0\0\0\x10ftypM4A \0\0\0\0" + struct.pack(">I4sQ", 1, b"mdat", 1 << 62),
    "mp4 samples": b"\0\0\0\x10ftypM4A \0\0\0\0" + struct.pack(">I4s", 0xFFFFFFFF, b"moov")
    + struct.pack(">I4s", 0xFFFFFFF0, b"trak"),
    "flac": b"fLaC\0\0\0\x22" + struct.pack(">HHQQ", 4096, 4096, 0, 0xAC442FFFFFFFFF)
    + bytes(14) + b"\x86\xff\xff\xff" + struct.pack(">II", 3, 0xFFFFFFFF),
    "tta": b"TTA1" + struct.pack("<HHHII", 1, 2, 16, 44100, 0xFFFFFFFF) + bytes(4),
    "wavpack": b"wvpk" + struct.pack("<IHBBIIIII", 0xFFFFFFF8, 0x410, 0, 0, 0, 0, 4096, 0, 0),
    "musepack": b"MPCKSH\xff\xff\xff\xff\xff\xff\xff\x7f",
    "ape": b"MAC \x96\x0f\0\0" + struct.pack("<4I", *[0xFFFFFFFF] * 4) + bytes(60),
    "au": b".snd" + struct.pack(">5I", 0xFFFFFFFF, 0xFFFFFFFE, 3, 44100, 2),
    "dsf": b"DSD " + struct.pack("<QQQ", 28, 1 << 63, 1 << 63) + b"fmt " + bytes(48)
    + b"data" + struct.pack("<Q", 1 << 63),
    "ogg": sounds.ogg_page([b"\x7fFLAC\1\0\xff\xff" + b"fLaC" + b"\xff" * 60], 1, 0, 1 << 62, 2),
    "asf": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + b"\xff" * 14,
    "matroska": b"\x1a\x45\xdf\xa3\x01" + b"\xff" * 7 + b"matroska",
    "id3": b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + sounds.mp3(),
    "ape tag": sounds.mp3() + b"APETAGEX" + struct.pack("<IIII", 2000, 0xFFFFFFFF, 1 << 31, 0)
    + bytes(8),
}  # fmt: skip


@pytest.mark.parametrize("name", GIGANTIC)
def test_sizes_of_four_gibibytes_and_more_are_never_believed(
    name: str, reader: TagReader, tmp_path: Path
) -> None:
    path = tmp_path / "x"
    path.write_bytes(GIGANTIC[name] + bytes(200))
    began = time.process_time()
    found = reader.examine(str(path))
    assert time.process_time() - began < 1
    assert {problem["code"] for problem in found.problems} <= CODES
    assert found.record["format"] is None or "self_check" in found.record
    assert found.verdict != "self-verified"


def test_a_script_that_would_open_other_files_is_no_recording_whatever_its_name(
    reader: TagReader, tmp_path: Path
) -> None:
    (tmp_path / "secret.wav").write_bytes(sounds.wav())
    script = tmp_path / "song.mp3"
    script.write_bytes(b"ffconcat version 1.0\nfile secret.wav\n")
    found = reader.examine(str(script))
    assert (found.record["format"], found.essence, found.record["tags"]) == (None, None, [])
    assert [problem["code"] for problem in found.problems] == ["audio-misnamed"]


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
