"""Recordings whose own checksums do not hold are refused, unless their damage is accepted."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from archiver.findings import Severity
from archiver.state import State
from tests.audio import sounds
from tests.cli.workbench import run as run_command
from tests.packaging.scene import (
    assert_books_agree,
    assert_valid,
    bag_of,
    codes,
    make_source,
    new_archive,
    run,
    staged,
    visible,
)

pytestmark = pytest.mark.usefixtures("real_tags")


def _damaged() -> bytes:
    """An Opus file with a bit flipped in its third second."""
    good = sounds.opus(200)
    place = len(good) * 3 // 4
    return good[:place] + bytes([good[place] ^ 8]) + good[place + 1 :]


def _album(folder: Path, **more: bytes) -> Path:
    files = {"whole.opus": sounds.opus(50), "plain.wav": sounds.wav(), "torn.opus": _damaged()}
    return make_source(folder, files | {name.replace("_", "."): more[name] for name in more})


def _record(bag: Path, name: str) -> dict[str, Any]:
    lines = (bag / "metadata/audio.jsonl").read_bytes().splitlines()
    (found,) = [one for one in map(json.loads, lines) if one["path"] == f"data/{name}"]
    record: dict[str, Any] = found
    return record


def test_a_recording_whose_checksum_fails_refuses_the_source_and_is_named(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    outcome = run(archive, _album(tmp_path / "Album"))
    assert outcome.state is State.REFUSED
    (finding,) = [one for one in outcome.findings if one.code == "audio-damaged"]
    assert finding.path == "torn.opus"
    assert finding.severity is Severity.REFUSAL
    places: Any = finding.detail["first"]
    (place,) = places
    assert place["offset"] <= len(_damaged()) * 3 // 4 < place["offset"] + place["size"]
    assert 2 < place["from_s"] < place["to_s"] < 4
    assert f"at byte {place['offset']}, {place['from_s']} s into the recording" in finding.message
    assert outcome.recordings == {"self-verified": 1, "manifest-only": 1, "damaged": 1}
    assert visible(archive) == []
    assert_books_agree(archive)


def test_accepted_damage_is_taken_with_its_reason_and_never_copied_twice(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    source = _album(tmp_path / "Album")
    run(archive, source)
    kept = {path.name: path.stat().st_ino for path in archive.staging.rglob("data/*")}
    assert set(kept) == {"whole.opus", "plain.wav", "torn.opus"}
    outcome = run(archive, source, known_damage="the only copy there is")
    assert outcome.state is State.SOUND
    bag = bag_of(outcome)
    assert {path.name: path.stat().st_ino for path in (bag / "data").iterdir()} == kept
    check = _record(bag, "torn.opus")["self_check"]
    assert check["verdict"] == "damaged"
    assert check["accepted"] == "the only copy there is"
    assert "accepted" not in _record(bag, "whole.opus")["self_check"]
    assert codes(outcome) == ["audio-damaged-accepted"]
    assert outcome.findings[0].detail["accepted"] == "the only copy there is"
    assert staged(archive) == []
    assert_valid(bag)
    assert_books_agree(archive)


def test_both_witnesses_of_damage_are_heard_in_one_run(tmp_path: Path) -> None:
    line = f"{hashlib.md5(b'what it once was').hexdigest()} *plain.wav\n".encode()
    source = _album(tmp_path / "Album", tape_md5=line)
    archive = new_archive(tmp_path / "archive")
    assert {"prior-mismatch", "audio-damaged"} <= set(codes(run(archive, source)))
    outcome = run(archive, source, known_damage="all there is")
    assert outcome.state is State.SOUND
    assert {"prior-mismatch-accepted", "audio-damaged-accepted"} <= set(codes(outcome))


def test_damage_is_not_lost_among_more_tags_than_a_record_may_hold(tmp_path: Path) -> None:
    frames = [sounds.id3_frame(b"TXXX", b"\x03%d\0" % n + b"x" * 100_000) for n in range(20)]
    chunks = sounds.chunk(b"MD5 ", bytes(16)) + sounds.chunk(b"id3 ", sounds.id3(*frames))
    source = make_source(tmp_path / "Album", {"torn.wav": sounds.wav(after=chunks)})
    outcome = run(new_archive(tmp_path / "archive"), source)
    assert outcome.state is State.REFUSED
    assert set(codes(outcome)) == {"tags-too-large", "audio-damaged"}


def test_a_recording_that_is_only_built_oddly_comes_in_with_a_warning(tmp_path: Path) -> None:
    source = make_source(tmp_path / "Odd", {"a.wav": sounds.wav() + bytes(100)})
    outcome = run(new_archive(tmp_path / "archive"), source)
    assert outcome.state is State.SOUND
    assert set(codes(outcome)) == {"audio-structure"}
    assert outcome.recordings == {"structure": 1}


def test_a_recording_that_was_cut_off_is_refused_unless_accepted(tmp_path: Path) -> None:
    source = make_source(tmp_path / "Cut", {"a.wav": sounds.wav()[:-100]})
    archive = new_archive(tmp_path / "archive")
    outcome = run(archive, source)
    assert outcome.state is State.REFUSED
    assert "audio-damaged" in codes(outcome)
    outcome = run(archive, source, known_damage="all that is left of it")
    assert outcome.state is State.SOUND


def test_a_reason_for_damage_that_is_not_there_changes_nothing(tmp_path: Path) -> None:
    source = make_source(tmp_path / "Album", {"a.opus": sounds.opus(50)})
    bags = [
        bag_of(run(new_archive(tmp_path / name), source, known_damage=reason))
        for name, reason in (("one", None), ("two", "just in case"))
    ]
    records = [(bag / "metadata/audio.jsonl").read_bytes() for bag in bags]
    assert records[0] == records[1]


def test_people_and_programs_are_told_the_verdicts(tmp_path: Path) -> None:
    source = _album(tmp_path / "Album")
    asked = ("package", source, "--archive", tmp_path / "archive", "--basis", "own-production")
    done = run_command(*asked)
    assert done.code == 5
    assert "refused: audio-damaged" in done.err
    assert "torn.opus: page at byte" in done.err
    assert "3 recordings: 1 damaged, 1 manifest-only, 1 self-verified" in done.err
    done = run_command(*asked, "--accept-known-damage", "--reason", "all there is", "--json")
    assert done.code == 0
    told = [json.loads(line) for line in done.out.splitlines()]
    (last,) = [one for one in told if one["type"] == "package"]
    assert last["recordings"] == {"damaged": 1, "manifest-only": 1, "self-verified": 1}
