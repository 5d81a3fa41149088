"""A file that ends before the sound it declares is damaged; one written into a pipe is not."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import pytest

from archiver.audio.examination import AudioExamination
from archiver.audio.walk.declared import never_filled_in
from archiver.recordings.judgement import Sound, what_became_of_the_sound
from tests.audio import sounds
from tests.audio.encoded import SECONDS, encode
from tests.audio.looking import look, look_at
from tests.tools import require_tool

_PLAIN = ("s16.wav", "s24.wav", "u8.wav", "f32.wav", "long.rf64", "a.w64", "a.aiff", "s24.aiff",
          "sowt.aifc", "a.caf", "a.au", "24.w64", "24-sox.aiff", "mu-law.au",
          "a-law.wav")  # fmt: skip
_CODED = ("ima.wav", "gsm.wav", "alac.caf", "mp3.wav")
# Through a pipe no writer can go back and fill in the sizes.
_PIPES = {
    "ffmpeg wav": ["ffmpeg", "-v", "error", "-i", "{in}", "-f", "wav", "-"],
    "ffmpeg rf64": ["ffmpeg", "-v", "error", "-i", "{in}", "-rf64", "always", "-f", "wav", "-"],
    "ffmpeg w64": ["ffmpeg", "-v", "error", "-i", "{in}", "-f", "w64", "-"],
    "ffmpeg aiff": ["ffmpeg", "-v", "error", "-i", "{in}", "-f", "aiff", "-"],
    "ffmpeg caf": ["ffmpeg", "-v", "error", "-i", "{in}", "-f", "caf", "-"],
    "ffmpeg au": ["ffmpeg", "-v", "error", "-i", "{in}", "-f", "au", "-"],
    "sox wav": ["sox", "-V1", "{in}", "-t", "wav", "-"],
    "sox aiff": ["sox", "-V1", "{in}", "-t", "aiff", "-"],
    "sox aifc": ["sox", "-V1", "{in}", "-t", "aifc", "-"],
    "sox au": ["sox", "-V1", "{in}", "-t", "au", "-"],
}


def _place(found: AudioExamination) -> dict[str, float]:
    assert found.verdict == "damaged"
    assert "audio-damaged" in [problem["code"] for problem in found.problems]
    (place,) = found.record["self_check"]["damage"]
    assert "sound is missing" in place["what"]
    return dict(place, what=0)


@pytest.mark.parametrize("name", _PLAIN)
def test_sound_that_was_cut_off_is_damage_at_its_place_and_time(name: str, tmp_path: Path) -> None:
    good = encode(tmp_path, name).read_bytes()
    assert look(tmp_path / name).verdict == "manifest-only"
    for end in (len(good) * 2 // 3, len(good) - 900):
        found = look_at(tmp_path, good[:end], f"cut-{name}")
        place = _place(found)
        assert place["offset"] == end
        assert place["to_s"] == pytest.approx(SECONDS, abs=0.01)
        assert place["from_s"] == pytest.approx(SECONDS * end / len(good), abs=0.05)


@pytest.mark.parametrize("name", _CODED)
def test_coded_sound_that_was_cut_off_is_damage_too(name: str, tmp_path: Path) -> None:
    good = encode(tmp_path, name).read_bytes()
    end = len(good) // 2
    assert _place(look_at(tmp_path, good[:end], f"cut-{name}"))["offset"] == end


def test_one_missing_byte_of_sound_is_missing_sound(tmp_path: Path) -> None:
    good = sounds.wav(1000)
    assert _place(look_at(tmp_path, good[:-1]))["offset"] == len(good) - 1


@pytest.mark.parametrize("optimised", [True, False])
def test_an_mpeg_4_file_whose_sound_was_cut_off_is_damaged(optimised: bool, tmp_path: Path) -> None:
    """With its index in front it is known what is lost; with the index lost, all of it is."""
    path = tmp_path / "a.m4a"
    run = [require_tool("ffmpeg"), "-v", "error", "-i", str(encode(tmp_path, "s16.wav"))]
    moved = ["-movflags", "faststart"] if optimised else []
    subprocess.run([*run, "-c:a", "aac", *moved, str(path)], check=True)
    good = path.read_bytes()
    end = len(good) // 2
    assert _place(look_at(tmp_path, good[:end], "cut.m4a"))["offset"] == end


def _dsf(frames: int = 80_000) -> bytes:
    sound = bytes(range(256)) * (2 * frames // 8 // 256)
    fmt = struct.pack("<IIIIIIQII", 1, 0, 2, 2, 2_822_400, 1, frames, 4096, 0)
    body = b"fmt " + struct.pack("<Q", 52) + fmt
    body += b"data" + struct.pack("<Q", 12 + len(sound)) + sound
    return b"DSD " + struct.pack("<QQQ", 28, 28 + len(body), 0) + body


def _dff() -> bytes:
    def part(name: bytes, content: bytes) -> bytes:
        return name + struct.pack(">Q", len(content)) + content

    shape = part(b"FS  ", struct.pack(">I", 2_822_400)) + part(b"CHNL", b"\0\x02SLFTSRGT")
    body = b"DSD " + part(b"FVER", b"\1\5\0\0") + part(b"PROP", b"SND " + shape)
    return part(b"FRM8", body + part(b"DSD ", b"\x69" * 8_000))


@pytest.mark.parametrize("good", [_dsf(), _dff()], ids=["dsf", "dff"])
def test_dsd_that_was_cut_off_is_damaged(good: bytes, tmp_path: Path) -> None:
    assert look_at(tmp_path, good).verdict == "manifest-only"
    assert _place(look_at(tmp_path, good[:-100]))["offset"] == len(good) - 100


@pytest.mark.parametrize("good", [sounds.wav(100), sounds.aiff(100)], ids=["wav", "aiff"])
def test_a_file_that_ends_before_its_sound_begins_has_lost_it_all(
    good: bytes, tmp_path: Path
) -> None:
    found = look_at(tmp_path, good[:38])
    assert _place(found)["offset"] == 38
    assert found.essence is None


def test_lost_tags_behind_the_sound_are_no_lost_sound(tmp_path: Path) -> None:
    good = sounds.wav(1000, after=sounds.chunk(b"LIST", b"INFOINAM\x06\0\0\0Title\0"))
    for end in (len(good) - 4, len(good) - 24):
        assert look_at(tmp_path, good[:end]).verdict == "structure"


def test_a_chunk_that_contradicts_its_file_is_no_lost_sound(tmp_path: Path) -> None:
    """Some writers count the header into the size of the data; the file's own size is right."""
    for good, at, order in ((sounds.wav(1000), 40, "<"), (sounds.aiff(1000), 42, ">")):
        data = bytearray(good)
        (size,) = struct.unpack_from(order + "I", data, at)
        struct.pack_into(order + "I", data, at, size + 44)
        assert look_at(tmp_path, bytes(data)).verdict == "structure"


@pytest.mark.parametrize("how", _PIPES)
def test_what_was_written_into_a_pipe_is_whole_and_all_of_it_is_digested(
    how: str, tmp_path: Path
) -> None:
    source = encode(tmp_path, "s16.wav")
    program, *words = [word.format_map({"in": str(source)}) for word in _PIPES[how]]
    run = subprocess.run([require_tool(program), *words], check=True, capture_output=True)
    found = look_at(tmp_path, run.stdout, f"piped.{how.split()[1]}")
    assert found.verdict in ("structure", "manifest-only")
    whole = look(source)
    assert found.essence is not None and whole.essence is not None
    assert found.essence["pcm"] == whole.essence["pcm"]
    assert found.record["facts"]["duration_s"] == SECONDS


def test_what_lame_decodes_into_a_pipe_is_whole(tmp_path: Path) -> None:
    run = [require_tool("lame"), "--quiet", "--decode", str(encode(tmp_path, "cbr-lame.mp3")), "-"]
    done = subprocess.run(run, check=True, capture_output=True)
    found = look_at(tmp_path, done.stdout)
    assert found.verdict in ("structure", "manifest-only")
    assert found.record["facts"]["duration_s"] == pytest.approx(SECONDS, abs=0.1)


def test_sizes_that_mean_something_are_not_taken_for_those_of_a_pipe() -> None:
    assert all(map(never_filled_in, (0, 0x7FFFFFFF - 44, 1 << 31, 0xFFFFFFFF, (1 << 64) - 1)))
    assert not any(map(never_filled_in, (1, 0x7F100000, 0x7FFFE000, 0xC0000000, 1 << 33)))


@pytest.mark.parametrize("good", [sounds.wav(1000), sounds.aiff(1000)], ids=["wav", "aiff"])
def test_bytes_in_no_chunk_may_be_sound_so_a_change_there_is_no_retag(
    good: bytes, tmp_path: Path
) -> None:
    old = look_at(tmp_path, good + b"\0" * 64)
    new = look_at(tmp_path, good + b"\0" * 63 + b"\1")
    assert what_became_of_the_sound(old, new) is not Sound.INTACT


def test_where_no_sound_was_found_none_is_called_intact(tmp_path: Path) -> None:
    old, new = look_at(tmp_path, sounds.wav(0)), look_at(tmp_path, sounds.wav(0) + b"LIST\0\0\0\0")
    assert what_became_of_the_sound(old, new) is Sound.UNKNOWN
