"""``archiver verify`` as people and pipelines meet it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from archiver.archive import open_archive
from tests.cli.workbench import run


def _flip(file: Path) -> None:
    file.chmod(0o644)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def _snapshot(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_ctime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _verify_events(archive: Path) -> list[str]:
    log = (open_archive(archive).log / "000001.jsonl").read_text()
    return [line for line in log.splitlines() if '"type":"verify"' in line]


def test_a_sound_bag_is_valid_and_its_check_is_recorded(bag: Path, archive: Path) -> None:
    done = run("verify", bag.name, "-a", archive)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0] == f"valid: {bag}"
    assert "the bag that was sealed" in done.out
    (event,) = _verify_events(archive)
    assert '"outcome":"valid"' in event
    assert run("list", "-a", archive, "--json").record("bag")["last_verdict"] == "valid"


def test_without_an_archive_nothing_at_all_is_written(bag: Path, archive: Path) -> None:
    before = _snapshot(archive)
    done = run("verify", bag, "--json")
    assert done.code == 0
    assert done.record("verification")["verdict"] == "valid"
    assert _snapshot(archive) == before


def test_no_record_leaves_the_archive_as_it_was(bag: Path, archive: Path) -> None:
    before = _snapshot(archive)
    assert run("verify", bag, "-a", archive, "--no-record").code == 0
    assert _snapshot(archive) == before


def test_a_flipped_bit_is_named_with_its_place_and_ends_in_code_3(bag: Path, archive: Path) -> None:
    _flip(bag / "data" / "bell\x07\u202e.txt")
    done = run("verify", bag, "-a", archive)
    assert done.code == 3
    assert done.out.startswith(f"invalid: {bag}")
    assert "data/bell\\x07\\u202e.txt" in done.out
    assert '"outcome":"invalid"' in _verify_events(archive)[0]
    records = run("verify", bag, "--json").records("finding")
    assert [record["path"] for record in records] == ["data/bell\x07\u202e.txt"]


def test_a_bag_that_is_valid_but_not_the_sealed_one_is_found(bag: Path, archive: Path) -> None:
    info = bag / "bag-info.txt"
    info.chmod(0o644)
    info.write_text(info.read_text() + "Contact-Name: forged\n")
    import hashlib

    manifest = bag / "tagmanifest-sha512.txt"
    manifest.chmod(0o644)
    lines = manifest.read_text().splitlines()
    fresh = hashlib.sha512(info.read_bytes()).hexdigest()
    lines = [f"{fresh}  bag-info.txt" if "bag-info.txt" in line else line for line in lines]
    manifest.write_text("\n".join(lines) + "\n")
    assert run("verify", bag).code == 0
    done = run("verify", bag.name, "-a", archive)
    assert done.code == 3
    assert "not-the-sealed-bag" in done.out


def test_a_bag_that_was_sealed_and_is_gone_is_damage(bag: Path, archive: Path) -> None:
    shutil.rmtree(bag)
    done = run("verify", bag.name, "-a", archive)
    assert done.code == 3
    assert done.out.startswith("missing: ")


def test_a_fast_check_says_how_little_it_proves_and_is_not_recorded(
    bag: Path, archive: Path
) -> None:
    done = run("verify", "--fast", bag, "-a", archive)
    assert done.code == 0
    assert done.out.startswith("complete: ")
    assert "no digest was taken" in done.out
    assert _verify_events(archive) == []
    (bag / "data" / "First" / "01 A.wav").unlink()
    assert run("verify", "--fast", bag, "-a", archive).code == 3
    assert len(_verify_events(archive)) == 1


def test_blake3_finds_damage_too(bag: Path) -> None:
    assert run("verify", "--blake3", bag, "--json").record("verification")["verdict"] == (
        "sound-by-blake3"
    )
    _flip(bag / "data" / "First" / "01 A.wav")
    assert run("verify", "--blake3", bag).code == 3


def test_several_bags_each_have_their_outcome_and_the_gravest_speaks(
    bag: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy\x1b[2J"
    shutil.copytree(bag, copy)
    _flip(copy / "data" / "First" / "01 A.wav")
    done = run("verify", bag, copy, tmp_path / "nowhere", "--json")
    assert done.code == 3
    assert [record["verdict"] for record in done.records("verification")] == ["valid", "invalid"]
    assert done.record("error")["state"] == "usage"
    assert run("verify", copy).code == 3


@pytest.mark.usefixtures("bag")
def test_what_is_no_folder_and_no_bag_is_said_so(archive: Path) -> None:
    done = run("verify", "nothing-of-that-name", "-a", archive)
    assert done.code == 2
    assert "archiver list" in done.err
    done = run("verify", "nothing\x1b/of that name", "-a", archive)
    assert done.code == 2


def test_quiet_is_silent_about_sound_bags_only(bag: Path) -> None:
    assert run("verify", "-q", bag).text == ""
    _flip(bag / "data" / "First" / "01 A.wav")
    assert run("verify", "-q", bag).out.startswith("invalid: ")


def test_fast_and_blake3_exclude_each_other(bag: Path) -> None:
    assert run("verify", "--fast", "--blake3", bag).code == 2


def test_an_archive_named_and_not_there_is_an_error(bag: Path, tmp_path: Path) -> None:
    assert run("verify", bag, "-a", tmp_path / "nowhere").code == 10


def test_a_damaged_log_is_reported_beside_the_verdict(bag: Path, archive: Path) -> None:
    log = open_archive(archive).log / "000001.jsonl"
    log.write_bytes(log.read_bytes().replace(b"own-production", b"public-domain"))
    done = run("verify", bag, "-a", archive)
    assert done.code == 3
    assert "log-broken" in done.out


def test_the_cli_loads_no_database_to_verify_a_bag_anywhere(bag: Path) -> None:
    import subprocess
    import sys

    script = (
        "import sys\nfrom cli.main import archiver\n"
        "try:\n    archiver.main(['verify', sys.argv[1]])\n"
        "except SystemExit as end:\n    print(end.code, *sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(bag)],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "", "PYTHONPATH": ":".join(sys.path)},
        cwd=bag.parent,
    )
    code, *modules = done.stdout.splitlines()[-1].split()
    assert code == "0"
    assert not {"sqlalchemy", "msgspec", "rich", "mutagen"} & set(modules)


def test_a_bag_in_a_file_is_judged_like_the_folder(bag: Path, tmp_path: Path) -> None:
    assert run("export", bag, "--in-house", tmp_path / "a.tar").code == 0
    record = run("verify", tmp_path / "a.tar", "--json").record("verification")
    assert (record["verdict"], record["id"]) == ("valid", None)
    data = bytearray((tmp_path / "a.tar").read_bytes())
    data[data.index(b"hostile name")] ^= 1
    (tmp_path / "a.tar").write_bytes(data)
    done = run("verify", tmp_path / "a.tar")
    assert done.code == 3 and "bell\\x07\\u202e.txt" in done.out
    assert run("verify", "--audio", tmp_path / "a.tar").code == 2


def test_a_check_that_cannot_be_recorded_takes_nothing_from_what_was_found(
    bag: Path, archive: Path
) -> None:
    lock = archive / "log" / ".lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()  # so the log cannot be written, not even by root
    said = run("verify", bag.name, "-a", archive)
    assert said.code == 1 and said.out.startswith("valid")
    assert "verified, but not recorded (--no-record leaves that out)" in said.err
    assert f"the archive cannot be written: {lock}" in said.err
    assert run("verify", bag.name, "-a", archive, "--no-record").code == 0
    _flip(next(bag.rglob("data/**/*.wav")))
    assert run("verify", bag.name, "-a", archive).code == 3
