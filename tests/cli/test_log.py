"""``archiver log``: a log that was rewritten is found out, and a proof stands by itself."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from archiver.canonical import canonical
from archiver.events.event import BEGINNING, line_digest
from archiver.events.head import Head, write_head
from tests.cli.workbench import Said, package, run

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "verify_log_proof.py"


@pytest.fixture
def archive(tone_folder: Path, tmp_path: Path) -> Path:
    """An archive of one bag, whose log holds three events and then some checks."""
    place = tmp_path / "archive"
    assert package(tone_folder / "First", place, "--id", "first").code == 0
    for _ in range(4):
        assert run("verify", "first", "-a", place).code == 0
    return place


def forge(archive: Path, seq: int, keep: Callable[[int], bool] = lambda _: True) -> None:
    """Rewrite event ``seq`` and everything that vouches for it, as one who can write all."""
    (file,) = (archive / "log").glob("0*.jsonl")
    prev, lines = BEGINNING, []
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        record = json.loads(line)
        record["prev"] = prev
        if number == seq:
            record["time"] = "2020-02-02T02:02:02Z"
        if keep(number):
            lines.append(canonical(record))
            prev = line_digest(lines[-1])
    file.write_bytes(b"".join(line + b"\n" for line in lines))
    write_head(archive / "log", Head(len(lines), prev))


def checkpoint(archive: Path, place: Path, *more: str | Path) -> Path:
    """Write a checkpoint of the archive's log to ``place``."""
    said = run("log", "checkpoint", "-a", archive, *more)
    assert said.code == 0, said.text
    place.write_text(said.out, "utf-8")
    return place


def found(said: Said) -> list[tuple[str, object]]:
    """The code and the first changed event of each finding."""
    return [
        (one["code"], one["detail"].get("first", one["detail"].get("from")))
        for one in said.records("finding")
    ]


def test_a_sound_log_continues_every_checkpoint_it_ever_gave(archive: Path, tmp_path: Path) -> None:
    first = checkpoint(archive, tmp_path / "first.txt")
    assert run("verify", "first", "-a", archive).code == 0
    second = checkpoint(archive, tmp_path / "second.txt")
    said = run("log", "verify", "-a", archive, "--against", first, "--against", second, "--json")
    assert said.code == 0
    summary = said.record("log-verification")
    assert [(one["size"], one["agrees"]) for one in summary["compared"]] == [(7, True), (8, True)]
    assert first.read_text().splitlines()[1] == "7"


@pytest.mark.parametrize("seq", [1, 3, 5, 7])
def test_a_forger_who_rewrote_everything_is_found_by_a_checkpoint(
    archive: Path, tmp_path: Path, seq: int
) -> None:
    kept = checkpoint(archive, tmp_path / "kept.txt")
    forge(archive, seq)
    assert run("log", "verify", "-a", archive).code == 0, "nothing in the log itself can tell"
    said = run("log", "verify", "-a", archive, "--against", kept, "--json")
    assert said.code == 3
    assert found(said) == [("log-rewritten", seq)]


def test_without_a_catalogue_the_change_lies_between_two_checkpoints(
    archive: Path, tmp_path: Path
) -> None:
    before = checkpoint(archive, tmp_path / "before.txt")
    for _ in range(2):
        assert run("verify", "first", "-a", archive).code == 0
    after = checkpoint(archive, tmp_path / "after.txt")
    forge(archive, 9)
    (archive / "catalogue.sqlite").unlink()
    said = run("log", "verify", "-a", archive, "--against", after, "--against", before, "--json")
    assert said.code == 3
    (finding,) = said.records("finding")
    assert (finding["detail"]["from"], finding["detail"]["to"]) == (8, 9)
    assert finding["detail"]["checkpoint"] == str(after)


def test_an_older_copy_of_the_log_names_the_first_changed_line(
    archive: Path, tmp_path: Path
) -> None:
    shutil.copytree(archive / "log", tmp_path / "copy")
    assert run("verify", "first", "-a", archive).code == 0
    assert run("log", "verify", "-a", archive, "--against", tmp_path / "copy").code == 0
    forge(archive, 4)
    said = run("log", "verify", "-a", archive, "--against", tmp_path / "copy", "--json")
    assert (said.code, found(said)) == (3, [("log-rewritten", 4)])


@pytest.mark.parametrize("as_copy", [False, True])
def test_a_log_that_lost_its_end_is_shorter_than_what_was_seen(
    archive: Path, tmp_path: Path, as_copy: bool
) -> None:
    kept = checkpoint(archive, tmp_path / "kept.txt")
    shutil.copytree(archive / "log", tmp_path / "copy")
    forge(archive, 0, keep=lambda number: number <= 5)
    against = tmp_path / "copy" if as_copy else kept
    said = run("log", "verify", "-a", archive, "--against", against, "--json")
    assert said.code == 3
    assert [code for code, _ in found(said)] == ["log-shorter"]


def test_a_checkpoint_of_another_archive_is_no_evidence(
    archive: Path, tone_folder: Path, tmp_path: Path
) -> None:
    assert package(tone_folder / "Second", tmp_path / "other").code == 0
    other = checkpoint(tmp_path / "other", tmp_path / "other.txt")
    said = run("log", "verify", "-a", archive, "--against", other)
    assert said.code == 2
    assert "not of this archive" in said.err


def test_a_damaged_line_is_told_as_before(archive: Path) -> None:
    (file,) = (archive / "log").glob("0*.jsonl")
    data = bytearray(file.read_bytes())
    data[data.index(b'"valid"') + 1] ^= 1
    file.write_bytes(data)
    said = run("log", "verify", "-a", archive, "--json")
    assert said.code == 3
    assert "log-broken" in {code for code, _ in found(said)}


def script(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the script that people are given, with nothing but the standard library."""
    command = [sys.executable, "-I", "-S", str(SCRIPT), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_proof_is_checked_without_this_program_and_binds_the_bag(
    archive: Path, tmp_path: Path
) -> None:
    said = run("log", "prove", "first", "-a", archive)
    assert said.code == 0
    proof = tmp_path / "proof.json"
    proof.write_text(said.out, "utf-8")
    (bag,) = archive.glob("bags/*/first")
    done = script(proof, bag)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("good") == 2
    manifest = bag / "tagmanifest-sha512.txt"
    manifest.chmod(0o644)
    manifest.write_bytes(manifest.read_bytes() + b"\n")
    assert script(proof, bag).returncode == 1
    assert script(proof).returncode == 0


@pytest.mark.parametrize("seq", range(1, 8))
def test_every_event_can_be_proven_and_no_altered_proof_holds(
    archive: Path, tmp_path: Path, seq: int
) -> None:
    said = run("log", "prove", "--event", str(seq), "-a", archive, "--json")
    proof = said.record("log-proof")
    place = tmp_path / "proof.json"

    def holds(**changes: object) -> bool:
        place.write_text(json.dumps(proof | changes), "utf-8")
        return script(place).returncode == 0

    assert holds()
    path = proof["path"]
    assert not holds(line=proof["line"].replace("audio-archiver", "audio-archived"))
    assert not holds(index=proof["index"] ^ 1)
    assert not holds(path=path[:-1])
    assert not holds(path=[*path, path[0]])
    assert not holds(path=["00" * 32, *path[1:]])
    assert not holds(size=proof["size"] + 1)


def test_a_witness_signs_and_every_later_check_compares_with_it(
    archive: Path, tmp_path: Path
) -> None:
    log_key, key = tmp_path / "log.key", tmp_path / "witness.key"
    ours = run("log", "key", log_key, "-a", archive).out.strip()
    theirs = run("log", "key", "--witness", "--name", "radio.example", key).out.strip()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    point = checkpoint(archive, tmp_path / "point.txt", "--key", log_key)
    cosigned = tmp_path / "cosigned.txt"
    cosigned.write_text(run("log", "cosign", point, "--key", key).out, "utf-8")
    said = run("log", "witness", cosigned, "-a", archive, "--key", theirs, "--key", ours, "--json")
    assert said.code == 0, said.text
    record = said.record("witness")
    assert record["signed_by"][1] == "radio.example"
    later = run("log", "verify", "-a", archive, "--key", theirs, "--json")
    assert later.code == 0
    (compared,) = later.record("log-verification")["compared"]
    assert compared == {
        "name": f"log/witness/{Path(record['path']).name}",
        "size": 7,
        "agrees": True,
    }
    forge(archive, 2)
    assert run("log", "verify", "-a", archive).code == 3


def test_a_forged_signature_is_damage_and_a_missing_one_a_warning(
    archive: Path, tmp_path: Path
) -> None:
    key = tmp_path / "log.key"
    public = run("log", "key", key, "-a", archive).out.strip()
    signed = checkpoint(archive, tmp_path / "signed.txt", "--key", key)
    unsigned = checkpoint(archive, tmp_path / "unsigned.txt")
    said = run("log", "verify", "-a", archive, "--against", unsigned, "--key", public, "--json")
    assert (said.code, found(said)) == (0, [("checkpoint-not-vouched", None)])
    text = signed.read_text("utf-8")
    assert run("verify", "first", "-a", archive).code == 0
    later = checkpoint(archive, tmp_path / "later.txt").read_text("utf-8")
    signed.write_text(later + text[text.index("\n\n") + 1 :], "utf-8")
    said = run("log", "verify", "-a", archive, "--against", signed, "--key", public, "--json")
    assert said.code == 3
    assert ("checkpoint-forged", None) in found(said)


def test_what_the_log_does_not_continue_is_not_kept(archive: Path, tmp_path: Path) -> None:
    kept = checkpoint(archive, tmp_path / "kept.txt")
    forge(archive, 3)
    assert run("log", "witness", kept, "-a", archive).code == 3
    assert not (archive / "log" / "witness").exists()


def test_a_key_is_never_overwritten(archive: Path, tmp_path: Path) -> None:
    key = tmp_path / "log.key"
    assert run("log", "key", key, "-a", archive).code == 0
    before = key.read_bytes()
    assert run("log", "key", key, "-a", archive).code == 2
    assert key.read_bytes() == before


def test_a_bag_is_a_witness_of_the_log_as_it_was_before(
    archive: Path, tone_folder: Path, tmp_path: Path
) -> None:
    assert package(tone_folder / "Second", archive, "--id", "second").code == 0
    (bag,) = archive.glob("bags/*/second")
    shutil.copytree(bag, tmp_path / "sent to a partner")
    kept = tmp_path / "sent to a partner"
    for place in (kept, kept / "fixity/log-checkpoint.txt"):
        said = run("log", "verify", "-a", archive, "--against", place, "--json")
        (compared,) = said.record("log-verification")["compared"]
        assert (said.code, compared["size"], compared["agrees"]) == (0, 7, True)
    forge(archive, 5)
    said = run("log", "verify", "-a", archive, "--against", kept, "--json")
    assert (said.code, found(said)) == (3, [("log-rewritten", 5)])


def test_of_all_bags_the_first_that_saw_another_log_is_named(
    archive: Path, tone_folder: Path
) -> None:
    for number in (2, 3, 4):
        assert package(tone_folder / "Second", archive, "--id", f"b{number}", "--again").code == 0
    said = run("log", "verify", "-a", archive, "--against-bags", "--json")
    counts = {"agree": 4, "differ": 0, "without": 0, "foreign": 0}
    assert (said.code, said.record("log-verification")["bags"]) == (0, counts)
    (archive / "catalogue.sqlite").unlink()  # which would tell the very line
    forge(archive, 8)  # after the second bag's checkpoint, before the third's
    said = run("log", "verify", "-a", archive, "--against-bags", "--json")
    assert (said.code, found(said)) == (3, [("log-rewritten", 8)])
    (finding,) = said.records("finding")
    assert finding["detail"]["checkpoint"] == "the bag b3"
    assert said.record("log-verification")["bags"] == counts | {"agree": 2, "differ": 2}
    assert "2 bags saw another log" in run("log", "verify", "-a", archive, "--against-bags").text
    forge(archive, 0, keep=lambda number: number <= 8)
    said = run("log", "verify", "-a", archive, "--against-bags", "--json")
    assert [code for code, _ in found(said)] == ["log-shorter"]


def test_bags_without_a_checkpoint_and_of_other_logs_are_counted_and_no_evidence(
    archive: Path,
) -> None:
    (bag,) = archive.glob("bags/*/first")
    place = bag / "fixity/log-checkpoint.txt"
    text = place.read_text()
    for kind in ("foreign", "without"):
        place.chmod(0o644)
        place.write_text(text.replace("audio-archiver/", "audio-archiver/9"))
        if kind == "without":
            place.unlink()
        said = run("log", "verify", "-a", archive, "--against-bags", "--json")
        bags = said.record("log-verification")["bags"]
        assert (said.code, bags[kind], bags["agree"], bags["differ"]) == (0, 1, 0, 0)
    place.write_text("nonsense")
    said = run("log", "verify", "-a", archive, "--against-bags", "--json")
    assert (said.code, found(said)) == (4, [("checkpoint-unreadable", None)])


def test_a_key_made_without_naming_a_place_signs_whatever_is_handed_out(
    archive: Path, tone_folder: Path, tmp_path: Path
) -> None:
    home = {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    public = run("log", "key", "-a", archive, **home).out.strip()
    (place,) = (tmp_path / "config/archiver").iterdir()
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    source, more = tone_folder / "Second", ("--basis", "own-production", "--id", "second")
    assert run("package", source, "-a", archive, *more, **home).code == 0
    (bag,) = archive.glob("bags/*/second")
    note = run("reverify", "-a", archive, "--json", **home).record("run")["checkpoint"]["note"]
    (tmp_path / "note.txt").write_text(note, "utf-8")
    for signed in (bag, tmp_path / "note.txt"):
        said = run("log", "verify", "-a", archive, "--against", signed, "--key", public, "--json")
        assert (said.code, found(said)) == (0, [])


def test_a_key_that_cannot_be_used_stops_packaging_and_is_only_said_by_a_run(
    archive: Path, tone_folder: Path
) -> None:
    lost = {"ARCHIVER_LOG_KEY": "/nowhere/log.key"}
    more = ("--basis", "own-production", "--id", "second")
    done = run("package", tone_folder / "Second", "-a", archive, *more, **lost)
    assert (done.code, list(archive.glob("bags/*/second"))) == (2, [])
    said = run("reverify", "-a", archive, "--json", **lost)
    assert (said.code, found(said)) == (0, [("checkpoint-unsigned", None)])
    assert said.record("run")["checkpoint"]["note"].count("\n") == 3


def test_without_the_extra_only_signing_is_missing(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "log.key"
    assert run("log", "key", key, "-a", archive).code == 0
    for name in [name for name in sys.modules if name.split(".")[0] == "cryptography"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    assert run("log", "checkpoint", "-a", archive).code == 0
    said = run("log", "checkpoint", "-a", archive, "--key", key)
    assert said.code == 2
    assert "audio-archiver[sign]" in said.err


@pytest.mark.parametrize("words", [(), ("first", "--event", "1"), ("nothing",), ("--event", "99")])
def test_what_cannot_be_proven_is_said(archive: Path, words: tuple[str, ...]) -> None:
    assert run("log", "prove", *words, "-a", archive).code == 2
