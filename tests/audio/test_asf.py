"""ASF and WMA: media objects out of all kinds of payloads, beside FFmpeg's demuxer."""

from __future__ import annotations

import struct
import subprocess
import time
from pathlib import Path
from typing import Any

import mutagen
import pytest
from blake3 import blake3
from mutagen.asf._attrs import ASFByteArrayAttribute

from archiver.audio.examination import AudioExamination, Question
from archiver.audio.examine import examine_source
from archiver.audio.selfcheck.asf import in_order
from archiver.audio.source import open_source
from archiver.audio.tags import Limits
from tests.audio import sounds
from tests.audio.encoded import encode, packets_by_ffmpeg
from tests.audio.looking import look, look_at
from tests.tools import require_tool

GUIDS = {
    "header": "3026b2758e66cf11a6d900aa0062ce6c",
    "data": "3626b2758e66cf11a6d900aa0062ce6c",
    "file": "a1dcab8c47a9cf118ee400c00c205365",
    "stream": "9107dcb7b7a9cf118ee600c00c205365",
    "sound": "409e69f84d5bcf11a8fd00805f5c442b",
    "spread": "50cdc3bf8f61cf118bb200aa00b4e220",
}
SIZE = 300
PREROLL = 3000
# How wide numbers are: stream number one byte always; object number, offset, replicated length.
NARROW, WIDE = 0x40 | 0x10 | 0x04 | 0x01, 0x40 | 0x30 | 0x0C | 0x03


def guid(name: str) -> bytes:
    return bytes.fromhex(GUIDS[name])


def obj(name: str, *content: bytes) -> bytes:
    body = b"".join(content)
    return guid(name) + struct.pack("<Q", 24 + len(body)) + body


def asf(*packets: bytes, spread: bytes = b"", flags: int = 2, size: int = SIZE) -> bytes:
    """Return a file with one stream of MP3, 44.1 kHz stereo, that lasts two seconds."""
    played = (2000 + PREROLL) * 10_000
    times = struct.pack("<QQQ", played, played, PREROLL)
    file = obj(
        "file", bytes(32), struct.pack("<Q", len(packets)), times,
        struct.pack("<IIII", flags, size, size, 128_000),
    )  # fmt: skip
    wave = struct.pack("<HHIIHHH", 0x55, 2, 44100, 16000, 1, 0, 0)
    stream = obj(
        "stream", guid("sound"), guid("spread"), bytes(8),
        struct.pack("<IIHI", len(wave), len(spread), 1, 0), wave, spread,
    )  # fmt: skip
    head = file + stream
    header = guid("header") + struct.pack("<QIBB", 30 + len(head), 2, 1, 2) + head
    return header + obj("data", bytes(16), struct.pack("<QH", len(packets), 0x0101), *packets)


def part(
    number: int, offset: int, whole: bytes, length: int, wide: bool = False, stream: int = 1
) -> tuple[bytes, bytes]:
    """Return head and data of a payload: ``length`` bytes of an object from ``offset`` on."""
    time_ms = PREROLL + 100 * number
    form = "<BIII" if wide else "<BBBB"
    head = struct.pack(form, 0x80 | stream, number, offset, 8)
    return head + struct.pack("<II", len(whole), time_ms), whole[offset : offset + length]


def packet(*payloads: tuple[bytes, bytes], wide: bool = False, correction: bool = True) -> bytes:
    """Return a packet of one payload, or of several where there are."""
    many = len(payloads) > 1
    body = b""
    if many:
        body = bytes([(0xC0 if wide else 0x80) | len(payloads)])
    for head, data in payloads:
        length = len(data).to_bytes(4 if wide else 2, "little") if many else b""
        body += head + length + data
    front = b"\x82\0\0" if correction else b""
    fixed = len(front) + 2 + 2 + 4 + 2 + len(body)  # with two bytes that state the padding
    padding = SIZE - fixed
    assert padding >= 0
    head = bytes([0x10 | many, WIDE if wide else NARROW]) + struct.pack("<H", padding)
    return front + head + bytes(6) + body + bytes(padding)


def compressed(number: int, frames: list[bytes]) -> tuple[bytes, bytes]:
    """Return a payload of whole objects, each of which its length stands before."""
    head = struct.pack("<BBBBB", 0x81, number, 50, 1, 20)
    return head, b"".join(bytes([len(frame)]) + frame for frame in frames)


def stream_of(found: AudioExamination) -> tuple[str, int]:
    assert found.essence is not None
    stream = found.essence["stream"]
    return stream["blake3"], stream["size"]


def digest(data: bytes) -> tuple[str, int]:
    return blake3(data).hexdigest(), len(data)


ONE, TWO = bytes(range(200)), bytes(range(100)) * 4
FRAMES = [bytes([n]) * 20 for n in range(5)]
LAYOUTS: dict[str, tuple[list[bytes], bytes]] = {
    "single": ([packet(part(0, 0, ONE, 200)), packet(part(1, 0, ONE, 200))], ONE + ONE),
    "in parts": (
        [packet(part(0, 0, TWO, 250)), packet(part(0, 250, TWO, 150), part(1, 0, ONE[:40], 40))],
        TWO + ONE[:40],
    ),
    "many": ([packet(*(part(n, 0, FRAMES[n], 20) for n in range(5)))], b"".join(FRAMES)),
    "of other streams": (
        [packet(part(0, 0, ONE[:30], 30), part(0, 0, ONE, 200, stream=2))],
        ONE[:30],
    ),
    "compressed": ([packet(compressed(0, FRAMES))], b"".join(FRAMES)),
    "compressed and not": (
        [packet(compressed(0, FRAMES), part(5, 0, ONE[:50], 50))],
        b"".join(FRAMES) + ONE[:50],
    ),
    "wide": (
        [packet(*(part(n, 0, FRAMES[n], 20, wide=True) for n in range(5)), wide=True)],
        b"".join(FRAMES),
    ),
    "without correction": ([packet(part(0, 0, ONE, 200), correction=False)], ONE),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_objects_are_put_together_out_of_all_kinds_of_payloads(name: str, tmp_path: Path) -> None:
    packets, sound = LAYOUTS[name]
    path = tmp_path / "a.asf"
    path.write_bytes(asf(*packets))
    found = look(path)
    assert stream_of(found) == digest(sound) == digest(packets_by_ffmpeg(path))
    assert found.verdict == "manifest-only"
    assert found.record["facts"]["duration_s"] == 2.0


def test_sound_that_is_spread_over_packets_is_put_in_order(tmp_path: Path) -> None:
    spread = struct.pack("<BHHHB", 3, 60, 20, 1, 0)
    whole = bytes(range(180))
    path = tmp_path / "a.asf"
    path.write_bytes(
        asf(packet(part(0, 0, whole, 180)), packet(part(1, 0, ONE, 200)), spread=spread)
    )
    found = look(path)
    chunks = [whole[n : n + 20] for n in range(0, 180, 20)]
    ordered = b"".join(chunks[n] for n in (0, 3, 6, 1, 4, 7, 2, 5, 8))
    assert in_order(whole, 3, 60, 20) == ordered
    assert stream_of(found) == digest(ordered + ONE)
    assert packets_by_ffmpeg(path).startswith(ordered)


def test_sound_beside_pictures_is_the_same_sound(tmp_path: Path) -> None:
    sound, film = encode(tmp_path, "a.wma"), tmp_path / "a.wmv"
    run = [require_tool("ffmpeg"), "-v", "error", "-f", "lavfi", "-i", "testsrc=d=2:s=64x64"]
    subprocess.run([*run, "-i", str(sound), "-c:a", "copy", str(film)], check=True)
    found = look(film)
    assert stream_of(found) == stream_of(look(sound)) == digest(packets_by_ffmpeg(film))
    assert [look(path).record["pronom"] for path in (sound, film)] == ["fmt/132", "fmt/133"]


def test_new_tags_and_a_picture_leave_the_stream_as_it_was(tmp_path: Path) -> None:
    path = encode(tmp_path, "a.wma")
    before, image = look(path), sounds.png()
    tagged: Any = mutagen.File(path)
    tagged["Title"] = "Neu" * 1000
    cover = struct.pack("<BI", 3, len(image)) + "image/png\0\0".encode("utf-16-le") + image
    tagged["WM/Picture"] = [ASFByteArrayAttribute(cover)]  # type: ignore[no-untyped-call]
    tagged.save()
    after = look(path)
    assert after.essence == before.essence
    assert after.record["view"]["title"][0].startswith("NeuNeu")
    (picture,) = after.record["pictures"]
    assert (picture["type"], picture["blake3"]) == (3, blake3(image).hexdigest())
    assert (after.verdict, after.problems) == ("manifest-only", ())


def test_a_lost_packet_and_lost_sound_are_noticed(tmp_path: Path) -> None:
    packets = [packet(part(n, 0, ONE, 200)) for n in range(10)]
    packets[4:6] = [packet(part(4, 0, TWO, 250)), packet(part(4, 250, TWO, 150))]
    good = asf(*packets)
    place = good.index(packets[5])
    found = look_at(tmp_path, good[:place] + good[place + SIZE :] + bytes(SIZE), "a.asf")
    assert "250 of 400 bytes" in str(found.problems)
    assert found.verdict == "structure"
    found = look_at(tmp_path, good[: len(good) - 5 * SIZE], "a.asf")
    assert found.verdict == "damaged"
    (lost,) = found.record["self_check"]["damage"]
    assert (lost["offset"], lost["from_s"], lost["to_s"]) == (len(good) - 5 * SIZE, 1.0, 2.0)


def test_damaged_bytes_are_played_when_their_packet_is(tmp_path: Path) -> None:
    packets = [packet(part(n, 0, ONE, 200)) for n in range(10)]
    data = asf(*packets)
    path = tmp_path / "a.asf"
    path.write_bytes(data)
    place = data.index(packets[3]) + 100
    source = open_source(str(path))
    found = examine_source(source, Limits(), question=Question(((place, place),)))
    source.close()
    assert found.places == ({"from_s": 0.3, "to_s": 0.4},)


HOSTILE = {
    "packets of nothing": asf(size=0),
    "packets without measure": asf(bytes(3000), size=0xFFFFFFFF),
    "zeros packed together": asf(*[packet((b"\x81\0\0\1\0", bytes(200)))] * 500),
    "packets that are none": asf(*[b"\xff" * SIZE] * 500),
    "objects of nothing": asf() + obj("file") * 30_000,
    "live": asf(packet(part(0, 0, ONE, 200)), flags=1),
}


FINE = ("live", "zeros packed together")


@pytest.mark.parametrize("name", HOSTILE)
def test_packets_and_objects_that_cannot_be_are_read_in_bounds(name: str, tmp_path: Path) -> None:
    began = time.process_time()
    found = look_at(tmp_path, HOSTILE[name], "a.asf")
    assert time.process_time() - began < 5
    assert found.verdict in (
        ("manifest-only",) if name == "live" else ("structure", "manifest-only")
    )
