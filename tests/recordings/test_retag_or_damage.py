"""A new title is not damage, a flipped bit in the sound is, and verification tells which."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from archiver.recordings import explain
from archiver.state import State
from archiver.verify import Depth, Sealed
from archiver.verify_serial import verify_serialised
from tests.audio.encoded import encode
from tests.recordings.bench import (
    KINDS,
    NEW,
    RETAGS,
    check,
    flip,
    only,
    packets,
    retag_list_info,
    retag_with_mutagen,
    sealed_bag,
)
from tests.tools import require_tool


def _times(detail: Any) -> tuple[float, float]:
    (place,) = detail["times"]
    return place["from_s"], place["to_s"]


@pytest.mark.parametrize("how", RETAGS)
def test_a_retagged_recording_is_altered_and_its_keys_are_named(tmp_path: Path, how: str) -> None:
    name, retag = RETAGS[how]
    bag = sealed_bag(tmp_path, name)
    retag(bag / "data" / name)
    found = check(bag)
    assert (found.verdict, found.state) == ("invalid", State.ALTERED), found.findings
    finding = only(found, "metadata-changed")
    assert finding.path == f"data/{name}"
    changes: Any = finding.detail["changes"]
    values = [value for change in changes["keys"] for value in change["new"]]
    assert NEW in values or NEW[:8] in values
    assert NEW[:8] in finding.message


@pytest.mark.parametrize("name", [*KINDS, "pieces.m4a", "flac.mka", "opus.webm"])
def test_a_flipped_bit_in_the_sound_is_damage_at_its_time(tmp_path: Path, name: str) -> None:
    bag = sealed_bag(tmp_path, name)
    path = bag / "data" / name
    found_packets = packets(path)
    offset, size, begin, end = found_packets[len(found_packets) * 2 // 3]
    flip(path, offset + size // 2)
    found = check(bag)
    assert (found.verdict, found.state) == ("invalid", State.UNSOUND)
    finding = only(found, "mismatch")
    from_s, to_s = _times(finding.detail)
    assert from_s - 0.001 <= begin and end <= to_s + 0.001
    assert "of the recording" in finding.message
    assert finding.detail["sound"] == "differs"


def test_damage_in_a_long_recording_is_named_by_its_block(tmp_path: Path) -> None:
    source = tmp_path / "music"
    source.mkdir()
    for name, coding in (
        ("long.wav", "pcm_s16le"),
        ("long.flac", "flac"),
        ("long.aiff", "pcm_s16be"),
    ):
        noise = "anoisesrc=d=30:c=white:r=44100:seed=3:a=0.5,aformat=channel_layouts=stereo"
        run = [require_tool("ffmpeg"), "-v", "error", "-f", "lavfi", "-i", noise, "-c:a", coding]
        subprocess.run([*run, str(source / name)], check=True)
    from tests.packaging import scene

    archive = scene.new_archive(tmp_path / "archive")
    scene.run(archive, source)
    (bag,) = archive.bags.glob("*/*")
    wanted = {}
    for path in sorted((bag / "data").iterdir()):
        path.chmod(0o644)
        offset, _, begin, end = packets(path)[-30]
        flip(path, offset + 100)
        wanted[f"data/{path.name}"] = begin, end
    found = check(bag)
    assert found.state is State.UNSOUND
    seen = {finding.path: finding for finding in found.findings}
    for place, (begin, end) in wanted.items():
        from_s, to_s = _times(seen[place].detail)
        assert from_s <= begin + 0.001 and end <= to_s + 0.001, place
        assert to_s - from_s < 7  # a block of 1 MiB is 6 s of sound on a compact disc
    message = seen["data/long.flac"].message
    assert "its own checks fail at one place: frame at byte" in message


@pytest.mark.parametrize("name", ["a.flac", "cbr.mp3", "s16.wav", "aac.m4a", "vorbis.ogg"])
def test_a_new_title_over_damaged_sound_says_both(tmp_path: Path, name: str) -> None:
    bag = sealed_bag(tmp_path, name)
    path = bag / "data" / name
    retag_with_mutagen(path)
    found_packets = packets(path)
    offset, size, _, _ = found_packets[len(found_packets) // 2]
    flip(path, offset + size // 2)
    found = check(bag)
    assert found.state is State.UNSOUND
    finding = only(found, "mismatch")
    assert "around the sound changed too" in finding.message
    assert NEW in finding.message
    assert finding.detail["sound"] == "differs"


@pytest.mark.parametrize("name", ["a.flac", "cbr.mp3", "s16.wav", "aac.m4a", "a.wv"])
def test_a_flipped_bit_in_a_tag_harms_no_sound(tmp_path: Path, name: str) -> None:
    bag = sealed_bag(tmp_path, name)
    path = bag / "data" / name
    flip(path, path.read_bytes().index(b"Ein Lied") + 2)
    found = check(bag)
    assert found.state is State.ALTERED
    finding = only(found, "metadata-changed")
    assert "Ein Lied -> Eio Lied" in finding.message
    assert [found.code for found in found.findings] == ["metadata-changed"]


def test_a_flipped_bit_in_an_ogg_tag_breaks_its_page(tmp_path: Path) -> None:
    bag = sealed_bag(tmp_path, "vorbis.ogg")
    path = bag / "data" / "vorbis.ogg"
    flip(path, path.read_bytes().index(b"Ein Lied"))
    found = check(bag)
    assert found.state is State.UNSOUND


@pytest.mark.parametrize(
    ("name", "mark", "step"),
    [
        ("a.flac", b"fLaC", 4 + 4 + 11),  # STREAMINFO: sample rate
        ("s16.wav", b"fmt ", 8 + 4),  # sample rate
        ("a.aiff", b"COMM", 8 + 10),  # sample rate
        ("aac.m4a", b"stts", 4 + 8 + 7),  # how long a sample is played
        ("aac.m4a", b"elst", 4 + 8 + 7),  # where playing begins
        ("a.opus", b"OpusHead", 10),  # pre-skip
        ("pieces.m4a", b"tfdt", 4 + 7),  # when a fragment begins
        ("opus.webm", b"OpusHead", 10),
    ],
)
def test_what_a_player_is_told_belongs_to_the_sound(
    tmp_path: Path, name: str, mark: bytes, step: int
) -> None:
    bag = sealed_bag(tmp_path, name)
    path = bag / "data" / name
    flip(path, path.read_bytes().index(mark) + step)
    found = check(bag)
    assert found.state is State.UNSOUND
    assert only(found, "mismatch").detail.get("sound") != "intact"


def test_padding_alone_is_said_to_be_padding(tmp_path: Path) -> None:
    bag = sealed_bag(tmp_path, "a.flac")
    path = bag / "data" / "a.flac"
    subprocess.run([require_tool("metaflac"), "--add-padding=5000", str(path)], check=True)
    found = check(bag)
    assert found.state is State.ALTERED
    assert "blocks PADDING" in only(found, "metadata-changed").message
    assert only(found, "payload-size-altered").detail["recorded_files"] == 2


def test_another_recording_in_its_place_is_not_called_decay(tmp_path: Path) -> None:
    bag = sealed_bag(tmp_path, "a.flac")
    place = bag / "data" / "a.flac"
    run = [require_tool("ffmpeg"), "-v", "error", "-y", "-i", str(place), "-af", "volume=0.5"]
    subprocess.run([*run, str(tmp_path / "other.flac")], check=True)
    place.write_bytes((tmp_path / "other.flac").read_bytes())
    found = check(bag)
    assert found.state is State.UNSOUND
    assert "may have been edited or replaced" in only(found, "mismatch").message


@pytest.mark.parametrize("depth", [Depth.FULL, Depth.BLAKE3])
def test_every_depth_that_reads_tells_the_difference(tmp_path: Path, depth: Depth) -> None:
    bag = sealed_bag(tmp_path, "cbr.mp3")
    retag_with_mutagen(bag / "data" / "cbr.mp3")
    found = check(bag, depth)
    assert (found.verdict, found.state) == ("invalid", State.ALTERED)


def test_damage_elsewhere_outranks_changed_tags(tmp_path: Path) -> None:
    bag = sealed_bag(tmp_path, "cbr.mp3")
    retag_with_mutagen(bag / "data" / "cbr.mp3")
    (bag / "data" / "notes.txt").write_text("no recording!\n")
    assert check(bag).state is State.UNSOUND


@pytest.mark.parametrize("name", ["metadata/audio.jsonl", "fixity/essence.jsonl"])
def test_records_that_were_tampered_with_explain_nothing(tmp_path: Path, name: str) -> None:
    bag = sealed_bag(tmp_path, "s16.wav")
    retag_list_info(bag / "data" / "s16.wav")
    flip(bag / name, 1)
    found = check(bag)
    assert found.state is State.UNSOUND
    assert {finding.path for finding in found.findings if finding.code == "mismatch"} == {
        name,
        "data/s16.wav",
    }


def test_records_under_another_tag_manifest_than_the_sealed_one_explain_nothing(
    tmp_path: Path,
) -> None:
    bag = sealed_bag(tmp_path, "s16.wav")
    sealed = hashlib.sha512((bag / "tagmanifest-sha512.txt").read_bytes()).hexdigest()
    payload = sum(path.stat().st_size for path in (bag / "data").iterdir())
    retag_list_info(bag / "data" / "s16.wav")
    seal = Sealed(sealed, 2, payload)
    assert check(bag, expected=seal).state is State.ALTERED
    record = bag / "metadata" / "audio.jsonl"
    old = hashlib.sha512(record.read_bytes()).hexdigest()
    record.write_bytes(record.read_bytes() + b"\n")
    manifest = bag / "tagmanifest-sha512.txt"
    fresh = hashlib.sha512(record.read_bytes()).hexdigest()
    manifest.write_text(manifest.read_text().replace(old, fresh))
    assert check(bag).state is State.ALTERED  # nobody outside knows better
    found = check(bag, expected=seal)
    assert found.state is State.UNSOUND
    assert only(found, "mismatch").path == "data/s16.wav"


def test_beyond_so_many_files_the_rest_stays_damage_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explain, "MOST_EXAMINED", 1)
    bag = sealed_bag(tmp_path, "a.flac", "cbr.mp3", "vbr.mp3")
    for name in ("a.flac", "cbr.mp3", "vbr.mp3"):
        retag_with_mutagen(bag / "data" / name)
    found = check(bag)
    assert found.state is State.UNSOUND
    assert only(found, "metadata-changed").path == "data/a.flac"
    assert "2 more files" in only(found, "changes-not-examined").message
    assert sum(finding.code == "mismatch" for finding in found.findings) == 2


def test_what_is_called_intact_decodes_to_the_same_samples(tmp_path: Path) -> None:
    """Bits flipped all over the headers: an independent decoder must hear no difference."""
    import random

    from archiver.recordings.judgement import Sound, what_became_of_the_sound
    from tests.audio.looking import look

    def heard(path: Path) -> bytes:
        run = [require_tool("ffmpeg"), "-v", "error", "-i", str(path), "-map", "0:a:0"]
        return subprocess.run([*run, "-f", "md5", "-"], check=False, capture_output=True).stdout

    dice, intact = random.Random(5), 0
    for name in ("alac.m4a", "a.flac", "s16.wav", "cbr.mp3"):
        whole = encode(tmp_path, name)
        data, old, due = whole.read_bytes(), look(whole), heard(whole)
        begin = data.find(b"moov") if name == "alac.m4a" else 0
        for _ in range(12):
            place = begin + dice.randrange(min(600, len(data) - begin))
            other = tmp_path / f"flipped-{name}"
            other.write_bytes(data)
            flip(other, place, 1 << dice.randrange(8))
            if what_became_of_the_sound(old, look(other)) is Sound.INTACT:
                intact += 1
                assert heard(other) == due, (name, place)
    assert intact


@pytest.mark.parametrize("form", ["gztar", "zip"])
def test_in_a_tar_or_zip_a_retag_and_damage_are_told_apart_too(tmp_path: Path, form: str) -> None:
    bag = sealed_bag(tmp_path, "a.flac", "s16.wav")
    retag_with_mutagen(bag / "data/a.flac")
    place = shutil.make_archive(str(tmp_path / "file"), form, bag.parent, bag.name)
    found = verify_serialised(place, depth=Depth.FULL)
    assert (found.verdict, found.state) == ("invalid", State.ALTERED), found.findings
    assert only(found, "metadata-changed").path == "data/a.flac"
    folder = check(bag)
    assert [one for one in found.findings if one.code != "archive-not-one-bag"] == [
        *folder.findings
    ]
    offset, size, begin, end = packets(bag / "data/s16.wav")[-2]
    flip(bag / "data/s16.wav", offset + size // 2)
    place = shutil.make_archive(str(tmp_path / "worse"), form, bag.parent, bag.name)
    found = verify_serialised(place, depth=Depth.FULL)
    assert found.state is State.UNSOUND
    from_s, to_s = _times(only(found, "mismatch").detail)
    assert from_s <= begin and end <= to_s
