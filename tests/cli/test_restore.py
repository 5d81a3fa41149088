"""``archiver restore`` as people and pipelines meet it."""

from __future__ import annotations

from pathlib import Path

from tests.cli.workbench import run


def test_a_held_bag_is_named_by_its_id(bag: Path, archive: Path, tmp_path: Path) -> None:
    done = run("restore", bag.name, tmp_path / "back", "-a", archive)
    assert (done.code, done.out) == (0, "")
    assert "5 files" in done.err and "as they were in the source" in done.err
    assert (tmp_path / "back" / "bell\x07\u202e.txt").read_text() == "hostile name\n"


def test_a_bag_anywhere_needs_no_archive(bag: Path, tmp_path: Path) -> None:
    record = run("restore", bag, tmp_path / "back", "--json").record("restore")
    assert (record["state"], record["exact"], record["files"]) == ("sound", True, 5)
    assert record["path"] == str(tmp_path / "back")


def test_damage_ends_in_3_and_names_the_file_safely(bag: Path, tmp_path: Path) -> None:
    victim = bag / "data" / "bell\x07\u202e.txt"
    victim.chmod(0o644)
    victim.write_text("hostile nAme\n")
    done = run("restore", bag, tmp_path / "back", "--quiet")
    assert done.code == 3
    assert "bell\\x07\\u202e.txt" in done.err and "1 of 5 files left out" in done.err
    assert len(list((tmp_path / "back").rglob("*.*"))) == 4


def test_a_held_bag_that_was_exchanged_is_noticed(bag: Path, archive: Path, tmp_path: Path) -> None:
    for name in ("tagmanifest-sha512.txt", "README.txt"):
        (bag / name).chmod(0o644)
    listed = (bag / "tagmanifest-sha512.txt").read_text()
    kept = [line for line in listed.splitlines() if not line.endswith("README.txt")]
    (bag / "tagmanifest-sha512.txt").write_text("\n".join(kept) + "\n")
    (bag / "README.txt").unlink()
    assert run("restore", bag, tmp_path / "one").code == 0
    done = run("restore", bag.name, tmp_path / "two", "-a", archive)
    assert done.code == 3 and "not-the-sealed-bag" in done.err


def test_a_dry_run_answers_on_standard_output(bag: Path, tmp_path: Path) -> None:
    done = run("restore", bag, tmp_path / "back", "--dry-run")
    assert (done.code, done.err) == (0, "")
    assert "would restore 5 files" in done.out
    assert not (tmp_path / "back").exists()


def test_a_place_in_use_is_a_usage_error(bag: Path, tmp_path: Path) -> None:
    done = run("restore", bag, tmp_path)
    assert done.code == 2 and "nothing is ever overwritten" in str(done)


def test_all_parts_of_an_export_are_joined_and_one_alone_is_not(bag: Path, tmp_path: Path) -> None:
    (tmp_path / "usb").mkdir()
    words = ("--as", "tar", "--split-size", "90kB", "--in-house", "--json")
    record = run("export", bag, tmp_path / "usb", *words).record("export")
    parts = [part["path"] for part in record["parts"]]
    assert len(parts) > 1
    foreseen = run("restore", *parts, tmp_path / "back", "-n", "--json").record("restore")
    done = run("restore", *parts, tmp_path / "back", "--json").record("restore")
    assert {**foreseen, "dry_run": False, "bytes_free": None, "folders": done["folders"]} == done
    assert (done["parts"], done["exact"], done["files"]) == (parts, True, 5)
    said = run("restore", *parts, tmp_path / "bag", "--as-bag")
    assert said.code == 0 and "a valid bag in" in said.err
    assert run("verify", tmp_path / "bag").code == 0
    alone = run("restore", parts[1], tmp_path / "alone")
    assert alone.code == 2 and f"part 2 of {len(parts)}" in alone.err
    mixed = run("restore", bag, parts[0], tmp_path / "alone")
    assert mixed.code == 2 and "is no file" in mixed.err
    assert run("restore", bag, tmp_path / "alone", "--as-bag").code == 2
    assert not (tmp_path / "alone").exists()


def test_one_file_is_given_back_if_its_bytes_are_those_listed(
    bag: Path, archive: Path, tmp_path: Path
) -> None:
    (tmp_path / "here").mkdir()
    name = f"{bag.name}/data/First/01 A.wav"
    original = bag / "data/First/01 A.wav"
    foreseen = run("restore", name, tmp_path / "here", "-n", "-a", archive, "--json")
    assert not list((tmp_path / "here").iterdir())
    done = run("restore", name, tmp_path / "here", "-a", archive, "--json").record("restore")
    assert {**foreseen.record("restore"), "dry_run": False} == done
    assert (done["id"], done["file"]) == (bag.name, "data/First/01 A.wav")
    copy = tmp_path / "here/01 A.wav"
    assert copy.read_bytes() == original.read_bytes()
    assert copy.stat().st_mtime_ns == original.stat().st_mtime_ns
    assert run("restore", name, tmp_path / "here", "-a", archive).code == 2  # it is there already
    assert run("restore", original, tmp_path / "new.wav").code == 0  # by its path, without archive
    assert run("restore", f"{name}x", tmp_path / "other", "-a", archive).code == 2
    original.chmod(0o644)
    original.write_bytes(original.read_bytes()[:-1] + b"?")
    said = run("restore", name, tmp_path / "bad.wav", "-a", archive)
    assert said.code == 3 and "not those recorded in manifest-sha512.txt" in said.err
    original.unlink()
    assert run("restore", name, tmp_path / "bad.wav", "-a", archive).code == 3
    assert sorted(path.name for path in tmp_path.glob("*.wav")) == ["new.wav"]
