"""What a file is, by its bytes."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from archiver.audio.formats import FORMATS
from archiver.audio.sniff import sniff
from archiver.audio.source import identify, open_source
from tests.audio import sounds
from tests.tools import require_tool

MADE = {
    "wav": sounds.wav(),
    "aiff": sounds.aiff(),
    "mp3": sounds.mp3(),
    "ogg-opus": sounds.opus(),
    "rf64": b"RF64\xff\xff\xff\xffWAVEds64" + bytes(100),
    "bw64": b"BW64\xff\xff\xff\xffWAVEds64" + bytes(100),
    "aifc": b"FORM\0\0\x10\0AIFCFVER" + bytes(100),
    "flac": b"fLaC\0\0\0\x22" + bytes(34),
    "wavpack": b"wvpk" + bytes(40),
    "musepack": b"MPCKSH" + bytes(40),
    "ape": b"MAC \x96\x0f" + bytes(40),
    "tta": b"TTA1\1\0\2\0" + bytes(40),
    "dsf": b"DSD \x1c\0\0\0\0\0\0\0" + bytes(40),
    "dff": b"FRM8\0\0\0\0\0\0\0\x40DSD FVER" + bytes(40),
    "caf": b"caff\0\1\0\0desc" + bytes(40),
    "au": b".snd\0\0\0\x18" + bytes(40),
    "asf": bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(40),
    "m4a": b"\0\0\0\x20ftypM4A \0\0\0\0" + bytes(40),
    "mp4": b"\0\0\0\x20ftypisom\0\0\0\0" + bytes(40),
    "matroska": b"\x1a\x45\xdf\xa3\xa3\x42\x86\x81\x01\x42\x82\x88matroska" + bytes(40),
    "w64": bytes.fromhex("726966662e91cf11a5d628db04c10000" + "00" * 8)
    + bytes.fromhex("77617665f3acd3118cd100c04f8edb8a"),
    "ogg-vorbis": sounds.ogg_page([b"\x01vorbis" + bytes(23)], 1, 0, 0, 2),
    "ogg-flac": sounds.ogg_page([b"\x7fFLAC\1\0" + bytes(40)], 1, 0, 0, 2),
    "ogg-speex": sounds.ogg_page([b"Speex   1.2" + bytes(70)], 1, 0, 0, 2),
}


@pytest.mark.parametrize("name", MADE)
def test_each_format_is_known_by_its_first_bytes(name: str) -> None:
    assert sniff(MADE[name][:4096]) == name
    assert name in FORMATS


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\0" * 4096,
        b"\xff" * 4096,
        b"RIFF\x10\0\0\0AVI LIST" + bytes(99),
        b"FORM\0\0\0\x10ILBM" + bytes(99),
        b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(99),
        b"%PDF-1.7\n" + bytes(99),
        b"\0\0\0\x20ftypheic\0\0\0\0" + bytes(99),
        b"ffconcat version 1.0\nfile secret.wav\n",
        "Ein Brief über FLAC\n".encode("utf-16"),
        sounds.ogg_page([b"\x80theora" + bytes(40)], 1, 0, 0, 2),
        sounds.mp3_frame() + bytes(3000),
    ],
)
def test_what_is_not_audio_is_not_called_audio(head: bytes) -> None:
    assert sniff(head) is None


def test_noise_is_never_taken_for_audio() -> None:
    chance = random.Random(5)
    for _ in range(400):
        assert sniff(b"\xff" + chance.randbytes(4095)) is None


@pytest.mark.parametrize("name", ["mp3", "flac", "tta", "ape", "musepack"])
def test_a_format_is_seen_behind_an_id3_tag(name: str) -> None:
    tag = sounds.id3(sounds.title("Vorspiel"), b"\0" * 500)
    assert sniff(tag + MADE[name][:3000]) == name


def test_a_tag_longer_than_the_head_is_taken_for_mp3_and_looked_behind_where_possible(
    tmp_path: Path,
) -> None:
    tag = sounds.id3(sounds.title("lang"), b"\0" * 200_000)
    path = tmp_path / "x"
    path.write_bytes(tag + MADE["flac"])
    assert sniff((tag + MADE["flac"])[:4096]) == "mp3"
    source = open_source(str(path))
    assert identify(source) == ("flac", len(tag))
    source.close()


def test_the_stream_of_an_ogg_file_that_begins_with_another_stream_is_found() -> None:
    skeleton = sounds.ogg_page([b"fishead\0" + bytes(56)], 1, 0, 0, 2)
    assert sniff(skeleton + MADE["ogg-vorbis"]) == "ogg-vorbis"


def test_zeros_before_the_first_frame_do_not_hide_an_mp3(tmp_path: Path) -> None:
    assert sniff(b"\0" * 700 + sounds.mp3()) == "mp3"
    path = tmp_path / "late"
    path.write_bytes(b"\0" * 20_000 + sounds.mp3())
    source = open_source(str(path))
    assert identify(source)[0] == "mp3"
    source.close()


def test_a_single_frame_that_ends_with_the_file_is_a_recording() -> None:
    assert sniff(sounds.mp3_frame()) == "mp3"
    assert sniff(sounds.mp3_frame() + sounds.id3v1("kurz")) == "mp3"


ENCODED = {
    "aac-adts": ("adts", "aac"),
    "mp2": ("mp2", "mp2"),
    "mp3": ("mp3", "libmp3lame"),
    "ogg-vorbis": ("ogg", "libvorbis"),
    "ogg-opus": ("opus", "libopus"),
    "ogg-flac": ("ogg", "flac"),
    "m4a": ("ipod", "aac"),
    "mp4": ("mp4", "aac"),
    "wavpack": ("wv", "wavpack"),
    "tta": ("tta", "tta"),
    "w64": ("w64", "pcm_s16le"),
    "caf": ("caf", "pcm_s16be"),
    "au": ("au", "pcm_s16be"),
    "asf": ("asf", "wmav2"),
    "matroska": ("matroska", "flac"),
    "aifc": ("aiff", "pcm_s16le"),
    "flac": ("flac", "flac"),
}


@pytest.mark.parametrize("name", ENCODED)
def test_files_of_a_real_encoder_are_known(name: str, tmp_path: Path) -> None:
    container, codec = ENCODED[name]
    path = tmp_path / "nameless"
    source = ["-f", "lavfi", "-i", "sine=frequency=440:duration=0.3"]
    subprocess.run(
        [require_tool("ffmpeg"), "-v", "error", *source, "-c:a", codec, "-f", container, str(path)],
        check=True,
    )
    assert sniff(path.read_bytes()[:4096]) == name
