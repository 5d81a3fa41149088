"""Packaging with decoding asked for: the bag says what was decoded, and how."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archiver.state import State
from tests.audio.decode.decoding import encoded, wave
from tests.packaging.scene import assert_valid, bag_of, codes, new_archive, run

pytestmark = pytest.mark.usefixtures("real_tags")


def _album(folder: Path, kind: str) -> Path:
    folder.mkdir()
    source = wave(folder)
    encoded(source, kind)
    source.unlink()
    return folder


def _lines(bag: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (bag / name).read_bytes().splitlines()]


def test_a_bag_made_with_decoding_holds_digests_of_the_samples(tmp_path: Path) -> None:
    outcome = run(new_archive(tmp_path / "a"), _album(tmp_path / "Album", "wv"), decode=True)
    assert outcome.state is State.SOUND
    (record,) = _lines(bag_of(outcome), "metadata/audio.jsonl")
    assert record["decoding"]["frames_agree"] is True
    assert set(record["readers"]) == {"mutagen", "pyav", "ffmpeg"}
    (essence,) = _lines(bag_of(outcome), "fixity/essence.jsonl")
    assert essence["pcm"]["frames"] == 9_000
    assert_valid(bag_of(outcome))


def test_without_it_the_bag_says_what_was_not_checked(tmp_path: Path) -> None:
    outcome = run(new_archive(tmp_path / "a"), _album(tmp_path / "Album", "flac"))
    (record,) = _lines(bag_of(outcome), "metadata/audio.jsonl")
    assert "decoding" not in record
    assert record["self_check"]["not_checked"] == ["decoding", "flac-md5"]


def test_samples_that_are_not_those_encoded_are_damage_and_refused(tmp_path: Path) -> None:
    album = _album(tmp_path / "Album", "flac")
    path = album / "sound.flac"
    data = bytearray(path.read_bytes())
    data[26] ^= 1  # the MD5 in STREAMINFO
    path.write_bytes(data)
    archive = new_archive(tmp_path / "a")
    outcome = run(archive, album, decode=True)
    assert outcome.state is State.REFUSED
    assert "audio-damaged" in codes(outcome)
    outcome = run(archive, album, decode=True, known_damage="the only copy")
    assert codes(outcome) == ["audio-damaged-accepted"]
    assert (bag_of(outcome) / "data/sound.flac").read_bytes() == data
