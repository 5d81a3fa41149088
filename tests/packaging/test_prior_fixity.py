"""What digest lists among the files say of them is checked before a bag is sealed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from archiver.state import State
from tests.packaging.scene import (
    assert_valid,
    bag_of,
    codes,
    make_source,
    new_archive,
    run,
    staged,
    visible,
)

_SOUND = b"RIFF is not needed for a digest" * 40


def _album(folder: Path, expected: bytes) -> Path:
    line = f"{hashlib.md5(expected).hexdigest()} *side one.wav\r\n".encode()
    return make_source(folder, {"side one.wav": _SOUND, "tape.md5": line})


def test_a_list_that_agrees_is_kept_as_evidence_in_the_bag(tmp_path: Path) -> None:
    outcome = run(new_archive(tmp_path / "archive"), _album(tmp_path / "Album", _SOUND))
    assert outcome.state is State.SOUND
    lines = (bag_of(outcome) / "metadata/prior-fixity.jsonl").read_bytes().splitlines()
    (record,) = map(json.loads, lines)
    assert record["result"] == "verified"
    assert_valid(bag_of(outcome))


def test_a_file_that_is_not_what_its_list_says_refuses_the_source(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    outcome = run(archive, _album(tmp_path / "Album", b"what it once was"))
    assert outcome.state is State.REFUSED
    assert "prior-mismatch" in codes(outcome)
    assert visible(archive) == []


def test_known_damage_is_taken_with_its_reason_and_never_copied_twice(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    source = _album(tmp_path / "Album", b"what it once was")
    run(archive, source)
    kept = {path: path.stat().st_ino for path in _staged_files(archive.staging)}
    assert kept
    outcome = run(archive, source, known_damage="the only copy there is")
    assert outcome.state is State.SOUND
    assert {(bag_of(outcome) / "data" / path.name).stat().st_ino for path in kept} == set(
        kept.values()
    )
    text = (bag_of(outcome) / "metadata/prior-fixity.jsonl").read_text("utf-8")
    assert "the only copy there is" in text
    assert staged(archive) == []
    assert_valid(bag_of(outcome))


def _staged_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("data/*") if path.is_file()]
