"""``--audio``: every recording by its own checksums, and against what the bag recorded of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.state import State
from archiver.verify import BagVerification, Depth
from tests.audio.encoded import encode
from tests.bagit.bags import bag_files, seal, write
from tests.packaging import scene
from tests.recordings.bench import check, flip, only, packets, retag_with_mutagen, sealed_bag


def _codes(found: BagVerification) -> list[str]:
    return [finding.code for finding in found.findings]


def _flip_sound(path: Path) -> None:
    there = packets(path)
    offset, size, _, _ = there[len(there) // 2]
    flip(path, offset + size // 2)


def test_sound_recordings_are_counted_by_what_their_checksums_say(tmp_path: Path) -> None:
    bag = sealed_bag(tmp_path, "a.flac", "cbr.mp3", "s16.wav")
    found = check(bag, recordings=True)
    assert (found.verdict, found.state, _codes(found)) == ("valid", State.SOUND, [])
    assert found.recordings is not None
    assert found.recordings.verdicts == {"self-verified": 2, "manifest-only": 1}
    assert (found.recordings.recordings, found.recordings.as_recorded) == (3, 3)
    assert check(bag).recordings is None


def test_a_recording_that_was_sealed_damaged_is_a_known_state(tmp_path: Path) -> None:
    source = tmp_path / "music"
    source.mkdir()
    _flip_sound(encode(source, "a.flac"))
    archive = scene.new_archive(tmp_path / "archive")
    scene.run(archive, source, known_damage="the only copy there is")
    (bag,) = archive.bags.glob("*/*")
    found = check(bag, recordings=True)
    assert (found.verdict, found.state) == ("valid", State.SOUND)
    finding = only(found, "audio-damaged-accepted")
    assert finding.message.startswith("As it was sealed: its own checks fail at one place: frame")
    assert found.recordings is not None
    assert found.recordings.verdicts == {"damaged": 1}


@pytest.mark.parametrize("depth", [Depth.FULL, Depth.FAST])
def test_in_a_bag_of_another_tool_a_damaged_recording_is_damage(
    tmp_path: Path, depth: Depth
) -> None:
    path = encode(tmp_path, "a.flac")
    _flip_sound(path)
    whole = encode(tmp_path, "vorbis.ogg").read_bytes()
    payload = {"data/a.flac": path.read_bytes(), "data/b.ogg": whole, "data/c.txt": b"text"}
    bag = write(tmp_path / "bag", seal(bag_files(payload)))
    assert check(bag).state is State.SOUND
    found = check(bag, depth, recordings=True)
    assert found.state is State.UNSOUND
    finding = only(found, "recording-damaged")
    assert finding.path == "data/a.flac"
    assert "of the recording" in finding.message
    assert ("so when the bag was made" in finding.message) is (depth is Depth.FULL)
    assert found.recordings is not None
    assert found.recordings.verdicts == {"damaged": 1, "self-verified": 1}
    assert found.recordings.compared == 0


def test_without_digests_the_recorded_sound_still_convicts(tmp_path: Path) -> None:
    bag = sealed_bag(tmp_path, "s16.wav")
    _flip_sound(bag / "data" / "s16.wav")
    found = check(bag, Depth.BLAKE3, recordings=True)
    assert (_codes(found), found.state) == (["mismatch"], State.UNSOUND)  # said once
    found = check(bag, Depth.FAST)
    assert found.state is State.SOUND


def test_changed_tags_alone_are_no_damage_to_a_recording(tmp_path: Path) -> None:
    bag = sealed_bag(tmp_path, "a.flac")
    retag_with_mutagen(bag / "data" / "a.flac")
    found = check(bag, recordings=True)
    assert found.state is State.ALTERED
    assert found.recordings is not None
    assert found.recordings.as_recorded == 1


def test_a_bag_without_recordings_has_none_to_check(tmp_path: Path) -> None:
    bag = write(tmp_path / "bag", seal(bag_files({"data/a.txt": b"x"})))
    found = check(bag, recordings=True)
    assert found.state is State.SOUND
    assert found.recordings is not None
    assert found.recordings.recordings == 0
