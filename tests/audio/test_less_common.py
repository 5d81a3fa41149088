"""CAF, AU, DSD and Monkey's Audio: what no common encoder here makes is made by hand."""

from __future__ import annotations

import hashlib
import json
import struct
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from archiver.audio.examination import AudioExamination
from tests.audio.encoded import encode, packets_by_ffmpeg
from tests.audio.looking import look, look_at
from tests.tools import require_tool


def probed(path: Path) -> dict[str, Any]:
    run = [require_tool("ffprobe"), "-v", "error", "-of", "json", "-show_streams", str(path)]
    out = subprocess.run(run, check=True, capture_output=True)
    stream: dict[str, Any] = json.loads(out.stdout)["streams"][0]
    return stream


def stream_of(found: AudioExamination) -> tuple[str, int]:
    assert found.essence is not None
    stream = found.essence["stream"]
    return stream["blake3"], stream["size"]


def digest(data: bytes) -> tuple[str, int]:
    return blake3(data).hexdigest(), len(data)


# Core Audio Format


def caf_chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack(">q", len(body)) + body


def caf(*chunks: bytes, kind: bytes = b"opus", packet: int = 0, frames: int = 960) -> bytes:
    shape = struct.pack(">d4sIIIII", 48000.0, kind, 0, packet, frames, 2, 0)
    return b"caff\0\1\0\0" + caf_chunk(b"desc", shape) + b"".join(chunks)


def packet_table(sizes: bytes, count: int, valid: int = 2880) -> bytes:
    return caf_chunk(b"pakt", struct.pack(">qqii", count, valid, 312, 5) + sizes)


DATA = caf_chunk(b"data", bytes(4) + b"a" * 5 + b"b" * 200 + b"c" * 7)


def test_strings_of_information_in_a_caf_file_are_tags(tmp_path: Path) -> None:
    path = tmp_path / "a.caf"
    run = [require_tool("ffmpeg"), "-v", "error", "-i", str(encode(tmp_path, "s16.wav"))]
    tags = ["-metadata", "title=Ein Lied", "-metadata", "artist=Müller"]
    subprocess.run([*run, *tags, "-c:a", "libopus", str(path)], check=True)
    found = look(path)
    assert found.record["view"]["title"] == ["Ein Lied"]
    assert found.record["view"]["creator"] == ["Müller"]
    assert found.problems == ()
    data = path.read_bytes()
    cut = data.replace(b"Ein Lied\0", b"Ein Lied!")
    assert "strings" in look_at(tmp_path, cut, "a.caf").problems[0]["message"]


def test_the_packet_table_of_a_caf_file_is_held_against_its_data(tmp_path: Path) -> None:
    good = look_at(tmp_path, caf(packet_table(b"\x05\x81\x48\x07", 3), DATA), "a.caf")
    assert good.problems == ()
    facts = good.record["facts"]
    assert (facts["frames"], facts["priming_frames"], facts["remainder_frames"]) == (2880, 312, 5)
    assert facts["mode"] == "variable"
    assert facts["bit_rate"] == round(212 * 8 / 0.06)
    with_frames = packet_table(b"\x05\x87\x40\x81\x48\x87\x40\x07\x87\x40", 3)
    assert look_at(tmp_path, caf(with_frames, DATA, frames=0), "a.caf").problems == ()
    for table, words in (
        (packet_table(b"\x05\x81\x48", 3), "has 2 of 3 packets"),
        (packet_table(b"\x05\x81\x48\x06", 3), "names 211 bytes of 212"),
        (packet_table(b"\x05", 1 << 62), "names 4611686018427387904 packets"),
        (packet_table(b"\xff" * 100_000, 3), "has 0 of 3 packets"),
    ):
        began = time.process_time()
        found = look_at(tmp_path, caf(table, DATA), "a.caf")
        assert time.process_time() - began < 1
        assert words in found.problems[0]["message"]
        assert found.verdict == "structure"


# AU


def test_the_annotation_of_an_au_file_is_a_tag(tmp_path: Path) -> None:
    path = tmp_path / "a.au"
    run = [require_tool("sox"), str(encode(tmp_path, "s16.wav")), "--comment", "Zweites Band"]
    subprocess.run([*run, str(path)], check=True)
    found = look(path)
    assert [(tag["key"], tag["values"]) for tag in found.record["tags"]] == [
        ("(annotation)", ["Zweites Band"])
    ]
    assert [block["id"] for block in found.record["blocks"]] == ["(annotation)"]


# DSD


def dsf(blocks: int = 4, tag: bytes = b"") -> tuple[bytes, bytes]:
    """Return a DSF file of two channels and its sound: blocks of 4,096 bytes, by turns."""
    sound = b"".join(bytes([n + 1]) * 4096 for n in range(2 * blocks))
    shape = struct.pack("<IIIIIIQII", 1, 0, 2, 2, 2822400, 1, blocks * 4096 * 8, 4096, 0)
    size = 28 + 52 + 12 + len(sound)
    head = b"DSD " + struct.pack("<QQQ", 28, size + len(tag), size if tag else 0)
    shape_chunk = b"fmt " + struct.pack("<Q", 52) + shape
    return head + shape_chunk + b"data" + struct.pack("<Q", 12 + len(sound)) + sound + tag, sound


def iff(name: bytes, body: bytes) -> bytes:
    return name + struct.pack(">Q", len(body)) + body + b"\0" * (len(body) % 2)


def dff(*sound: bytes, kind: bytes = b"DSD ") -> bytes:
    prop = b"SND " + iff(b"FS  ", struct.pack(">I", 2822400))
    prop += iff(b"CHNL", struct.pack(">H4s4s", 2, b"SLFT", b"SRGT"))
    prop += iff(b"CMPR", kind + b"\x0enot compressed\0")
    words = iff(b"DIIN", iff(b"DITI", b"\0\0\0\4Lied") + iff(b"DIAR", b"\0\0\0\7M\xc3\xbcller"))
    body = b"DSD " + iff(b"FVER", b"\1\5\0\0") + iff(b"PROP", prop) + b"".join(sound) + words
    return iff(b"FRM8", body)


def test_dsd_is_counted_in_bits_and_its_sound_is_what_ffmpeg_takes_out(tmp_path: Path) -> None:
    data, sound = dsf()
    (tmp_path / "a.dsf").write_bytes(data)
    raw = bytes(range(256)) * 64
    (tmp_path / "a.dff").write_bytes(dff(iff(b"DSD ", raw)))
    for name, packets in (("a.dsf", sound), ("a.dff", raw)):
        found, shown = look(tmp_path / name), probed(tmp_path / name)
        facts = found.record["facts"]
        assert stream_of(found) == digest(packets) == digest(packets_by_ffmpeg(tmp_path / name))
        assert facts["sample_rate"] == 2822400 == 8 * int(shown["sample_rate"])  # FFmpeg: bytes
        assert facts["frames"] == len(packets) * 8 // 2
        assert facts["duration_s"] == pytest.approx(float(shown["duration"]), abs=1e-4)
        assert (found.verdict, facts["channels"]) == ("manifest-only", 2)
    assert look(tmp_path / "a.dff").record["view"] == {"title": ["Lied"], "creator": ["Müller"]}
    assert look(tmp_path / "a.dff").record["version"] == "1.5"


def test_frames_that_dst_packed_are_the_stream_and_their_number_the_length(
    tmp_path: Path,
) -> None:
    frames = [bytes([n]) * (100 + n) for n in range(5)]
    packed = iff(b"FRTE", struct.pack(">IH", 5, 75))
    packed += b"".join(iff(b"DSTF", frame) + iff(b"DSTC", b"abcd") for frame in frames)
    found = look_at(tmp_path, dff(iff(b"DST ", packed), kind=b"DST "), "a.dff")
    assert stream_of(found) == digest(b"".join(frames))
    assert found.record["facts"]["duration_s"] == round(5 / 75, 6)
    assert found.verdict == "manifest-only"
    lost = packed[: -len(iff(b"DSTF", frames[4]) + iff(b"DSTC", b"abcd"))]
    found = look_at(tmp_path, dff(iff(b"DST ", lost), kind=b"DST "), "a.dff")
    assert "4 of 5 frames" in found.problems[0]["message"]


# Monkey's Audio

FRAMES = bytes(range(256)) * 40
WAVE, TAIL, TABLE = b"RIFF" + bytes(40), b"LIST" + bytes(8), struct.pack("<III", 1, 2, 3)


def ape(frames: bytes = FRAMES, digested: bool = True) -> bytes:
    """Return a file of version 3.99: three frames of 73,728 samples, the last of them of 100."""
    header = struct.pack("<HHIIIHHI", 2000, 0, 73728, 100, 3, 16, 2, 44100)
    md5 = hashlib.md5(WAVE + FRAMES + TAIL + header + TABLE, usedforsecurity=False).digest()
    sizes = struct.pack("<7I", 52, 24, len(TABLE), len(WAVE), len(FRAMES), 0, len(TAIL))
    descriptor = b"MAC " + struct.pack("<HH", 3990, 0) + sizes + (md5 if digested else bytes(16))
    return descriptor + header + TABLE + WAVE + frames + TAIL


def old_ape(version: int, level: int, flags: int) -> bytes:
    """Return a file from before there were descriptors."""
    wave = b"" if flags & 32 else WAVE
    head = b"MAC " + struct.pack(
        "<HHHHIIIII", version, level, flags, 2, 44100, len(wave), len(TAIL), 3, 100
    )
    more = struct.pack("<I", 30000) if flags & 4 else b""
    more += struct.pack("<I", 3) if flags & 16 else b""
    return head + more + TABLE + wave + FRAMES + TAIL


def test_the_digest_of_a_monkeys_audio_file_finds_every_flip(tmp_path: Path) -> None:
    good = look_at(tmp_path, ape(), "a.ape")
    assert (good.verdict, good.problems[1:]) == ("self-verified", ())
    assert stream_of(good) == digest(FRAMES)
    assert good.record["facts"]["frames"] == 2 * 73728 + 100
    for place in (60, 80, 100, 200, 5000, len(ape()) - 2):
        data = bytearray(ape())
        data[place] ^= 16
        found = look_at(tmp_path, bytes(data), "a.ape")
        assert found.verdict == "damaged", place
    assert look_at(tmp_path, ape(digested=False), "a.ape").verdict == "manifest-only"


def test_frames_of_a_monkeys_audio_file_that_were_cut_off_are_missing(tmp_path: Path) -> None:
    cut = ape()[:5000]
    found = look_at(tmp_path, cut, "a.ape")
    assert found.verdict == "damaged"
    assert found.record["self_check"]["damage"][-1]["offset"] == 5000
    assert "21 bytes follow" in str(look_at(tmp_path, ape() + b"x" * 9, "a.ape").problems)


@pytest.mark.parametrize(
    ("version", "level", "flags"),
    [(3970, 2000, 32), (3950, 3000, 4 | 16), (3920, 2000, 8), (3850, 4000, 16), (3820, 1000, 0)],
)
def test_monkeys_audio_without_a_descriptor_has_its_facts_and_frames(
    version: int, level: int, flags: int, tmp_path: Path
) -> None:
    path = tmp_path / "a.ape"
    path.write_bytes(old_ape(version, level, flags))
    found, shown = look(path), probed(path)
    facts = found.record["facts"]
    assert stream_of(found) == digest(FRAMES)
    assert facts["duration_s"] == pytest.approx(float(shown["duration"]), abs=1e-5)
    assert facts["bit_depth"] == (24 if flags & 8 else 16)
    assert found.verdict == "manifest-only"
