"""How ``archiver verify`` says that tags changed, or when in a recording the damage is."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.archive import open_archive
from tests.audio.sounds import chunk, id3, mp3, title, wav
from tests.cli.workbench import package, run


@pytest.fixture
def bag(tmp_path: Path, archive: Path) -> Path:
    """A sealed bag in an archive: an MP3 and a WAVE file with tags."""
    source = tmp_path / "music"
    source.mkdir()
    (source / "a.mp3").write_bytes(id3(title("Old \x1b[31m")) + mp3())
    (source / "b.wav").write_bytes(wav(44100, after=chunk(b"LIST", b"INFO" + _named("Old"))))
    return Path(package(source, archive, "--json").record("package")["path"])


def _named(text: str) -> bytes:
    return chunk(b"INAM", text.encode() + b"\0")


def _retag(bag: Path) -> None:
    for name in ("a.mp3", "b.wav"):
        path = bag / "data" / name
        path.chmod(0o644)
        data = path.read_bytes()
        assert data.count(b"Old") == 1
        path.write_bytes(data.replace(b"Old", b"New"))


def _events(archive: Path) -> list[str]:
    log = (open_archive(archive).log / "000001.jsonl").read_text()
    return [line for line in log.splitlines() if '"type":"verify"' in line]


def test_changed_tags_end_in_code_7_with_old_and_new(bag: Path, archive: Path) -> None:
    _retag(bag)
    done = run("verify", bag, "-a", archive)
    assert done.code == 7
    assert done.out.startswith(f"invalid: {bag}")
    assert "all of its sound is intact" in done.out
    assert "riff-info INAM: Old -> New" in done.out or "INAM: Old -> New" in done.out
    assert "Old \\x1b[31m -> New \\x1b[31m" in done.out
    (event,) = _events(archive)
    assert '"outcome":"altered"' in event
    assert '"verdict":"invalid"' in event
    assert run("list", "-a", archive, "--json").record("bag")["last_verdict"] == "altered"


def test_programs_are_told_the_keys_and_the_state(bag: Path) -> None:
    _retag(bag)
    done = run("verify", bag, "--json")
    record = done.record("verification")
    assert (record["verdict"], record["state"], record["audio"]) == ("invalid", "altered", None)
    findings = done.records("finding")
    assert {finding["severity"] for finding in findings} == {"altered"}
    assert findings[1]["detail"]["changes"]["keys"][0]["old"] == ["Old"]


def test_damage_outranks_changed_tags_and_programs_are_told_the_time(bag: Path) -> None:
    _retag(bag)
    path = bag / "data" / "b.wav"
    data = bytearray(path.read_bytes())
    data[44 + 4 * 22050] ^= 1  # the sample at half a second
    path.write_bytes(data)
    done = run("verify", bag, "--json")
    assert done.code == 3
    (damage,) = [one for one in done.records("finding") if one["severity"] == "damage"]
    (place,) = damage["detail"]["times"]
    assert place["from_s"] <= 0.5 <= place["to_s"]
    assert damage["detail"]["changes"]["keys"]


def test_recordings_are_counted_when_asked_for(bag: Path, archive: Path) -> None:
    done = run("verify", "--audio", bag, "-a", archive)
    assert done.code == 0
    assert "2 recordings" in done.out
    assert '"recordings":{' in _events(archive)[0]
    audio = run("verify", "--audio", bag, "--json").record("verification")["audio"]
    assert (audio["recordings"], audio["as_recorded"]) == (2, 2)
    assert sum(audio["verdicts"].values()) == 2
