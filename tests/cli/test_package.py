"""``archiver package`` as people and pipelines meet it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.workbench import package, run


def test_the_summary_says_what_was_made_where_and_what_next(
    tone_folder: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    done = package(tone_folder, archive)
    assert (done.code, done.out) == (0, "")
    first, *rest = done.err.splitlines()
    assert first == f"there was no archive in {archive}; made one with the default policy"
    assert rest[0] == f"packaged: {tone_folder}"
    assert rest[1].startswith("  bag collection-")
    assert rest[1].endswith(" (4 files, 4.9 kB)")
    bag = Path(rest[2].removeprefix("  in "))
    assert (bag / "bagit.txt").is_file()
    assert "read back" in rest[3]
    assert rest[-1] == f"next, at any time: archiver verify {bag.name} --archive {archive}"


def test_with_json_standard_output_holds_records_and_nothing_else(
    tone_folder: Path, tmp_path: Path
) -> None:
    done = package(tone_folder, tmp_path / "archive", "--json")
    assert (done.code, done.err) == (0, "")
    record = done.record("package")
    assert record["state"] == "sound"
    assert record["files"] == 4
    assert done.record("archive")["made"] is True


def test_quiet_says_nothing_when_all_is_well_and_speaks_up_when_not(
    tone_folder: Path, tmp_path: Path
) -> None:
    assert package(tone_folder, tmp_path / "archive", "-q").text == ""
    (tone_folder / "link").symlink_to("elsewhere")
    refused = package(tone_folder, tmp_path / "archive", "-q")
    assert refused.code == 5
    assert "symlink" in refused.err


def test_without_a_basis_nothing_is_read_or_made_and_the_way_out_is_shown(
    tone_folder: Path, tmp_path: Path
) -> None:
    tone_folder.joinpath("First").chmod(0)
    done = run("package", tone_folder, "-a", tmp_path / "archive")
    tone_folder.joinpath("First").chmod(0o755)
    assert done.code == 5
    assert "--basis own-production" in done.err
    assert "--rights FILE" in done.err
    assert not (tmp_path / "archive").exists()


def test_a_rights_file_says_the_same_as_the_options(tone_folder: Path, tmp_path: Path) -> None:
    rights = tmp_path / "rights.toml"
    rights.write_text('[rights]\nbasis = "licence"\nnote = "CC0"\ndate = 2024-05-01\n')
    done = run("package", tone_folder, "-a", tmp_path / "one", "--rights", rights, "--json")
    same = run("package", tone_folder, "-a", tmp_path / "two", "--json", "--basis", "licence",
               "--rights-note", "CC0", "--rights-date", "2024-05-01")  # fmt: skip
    texts = [
        Path(said.record("package")["path"], "metadata/rights.json").read_bytes()
        for said in (done, same)
    ]
    assert texts[0] == texts[1]
    assert b'"CC0"' in texts[0]


def test_mistakes_in_a_rights_file_are_all_named(tone_folder: Path, tmp_path: Path) -> None:
    rights = tmp_path / "rights.toml"
    rights.write_text('[rights]\nbasis = "mine\\u001b"\nnot = 1\n')
    done = run("package", tone_folder, "-a", tmp_path / "archive", "--rights", rights)
    assert done.code == 2
    assert "rights.basis" in done.err
    assert "rights.not" in done.err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--rights", "r.toml", "--basis", "donor"), "exclude each other"),
        (("--rights-note", "CC0"), "Add --basis"),
        (("--basis", "own-production", "--info", "no pair"), "Source-Organization=Our Archive"),
        (("--basis", "own-production", "--id", "../up"), "cannot be a bag identifier"),
        (("--basis", "own-production", "--id", "x", "--each"), "Package one SOURCE at a time"),
        (("--basis", "nonsense"), "'own-production'"),
        (("--basis", "own-production", "--info", "Payload-Oxum=1.1"), "worked out"),
    ],
)
def test_what_makes_no_sense_is_answered_with_how_it_would(
    tone_folder: Path, tmp_path: Path, words: tuple[str, ...], hint: str
) -> None:
    done = run("package", tone_folder, "-a", tmp_path / "archive", *words)
    assert done.code == 2
    assert hint in done.err
    assert not (tmp_path / "archive").exists()


def test_info_from_file_and_options_stands_in_the_bag_in_order(
    tone_folder: Path, tmp_path: Path
) -> None:
    info = tmp_path / "info.txt"
    info.write_text("Source-Organization: Ours\nExternal-Description: long\n  longer\n")
    more = ("--info-file", str(info), "--info", "Contact-Name=A = B", "--json")
    done = package(tone_folder, tmp_path / "archive", *more)
    lines = Path(done.record("package")["path"], "bag-info.txt").read_text().splitlines()
    assert lines[:4] == [
        "Source-Organization: Ours",
        "External-Description: long",
        " longer",
        "Contact-Name: A = B",
    ]


def test_each_sub_folder_becomes_a_bag_and_what_lies_beside_is_refused(
    tone_folder: Path, tmp_path: Path
) -> None:
    (tone_folder / "loose\x1b.wav").write_text("x")
    (tone_folder / "Empty").mkdir()
    (tone_folder / "Aside").symlink_to("First")
    done = package(tone_folder, tmp_path / "archive", "--each", "--json")
    assert done.code == 5
    states = {
        os.path.basename(record["source"]): record["state"] for record in done.records("package")
    }
    assert states == {
        "collection": "refused",
        "Empty": "refused",
        "First": "sound",
        "Second": "sound",
    }
    beside = [r["path"] for r in done.records("finding") if r["code"] == "beside-the-folders"]
    assert beside == ["Aside", "loose\x1b.wav"]


def test_one_bad_source_does_not_stop_the_others(tone_folder: Path, tmp_path: Path) -> None:
    gone, good = tmp_path / "gone\x1b[2J", tone_folder / "Second"
    done = run("package", gone, good, "-a", tmp_path / "archive", "--basis", "donor",
               "--rights-note", "letter of 3 May 2024")  # fmt: skip
    assert done.code == 5
    assert f"packaged: {good}" in done.err
    assert "gone\\x1b[2J" in done.err
    assert "2 sources: 1 refused, 1 packaged" in done.err


def test_the_same_content_is_recognised_and_not_kept_twice(
    tone_folder: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    first = package(tone_folder, archive, "--json").record("package")
    again = package(tone_folder, archive, "--json").record("package")
    assert (again["bag"], again["already_held"]) == (first["bag"], True)
    assert len(run("list", "-a", archive, "--json").records()) == 1


def test_a_dry_run_shows_every_decision_and_writes_nothing(
    tone_folder: Path, tmp_path: Path
) -> None:
    (tone_folder / "First" / "empty\u202e.wav").write_text("")
    done = package(tone_folder, tmp_path / "archive", "--dry-run", "--json")
    assert done.code == 0
    decided = {record["path"]: record["standing"] for record in done.records("decision")}
    assert decided["First/01 A.wav"] == "in"
    assert len(decided) == 7
    preview = done.record("preview")
    assert (preview["files"], preview["reasons"]["zero-bytes"]) == (5, 1)
    assert preview["estimated_seconds"] >= 0
    assert not (tmp_path / "archive").exists()
    text = package(tone_folder, tmp_path / "archive", "--dry-run", "--all")
    assert "(an estimate)" in text.out
    assert "in        First/01 A.wav" in text.out


def test_ten_thousand_warnings_read_as_a_dozen_lines(tmp_path: Path) -> None:
    source = tmp_path / "many"
    source.mkdir()
    for number in range(2_000):
        (source / f"{number}\x1b.wav ").write_bytes(b"")
    done = package(source, tmp_path / "archive", "--dry-run")
    assert "(2,000 times)" in done.out
    assert len(done.out.splitlines()) < 25


def test_no_archive_is_made_for_nothing_but_refusals(tone_folder: Path, tmp_path: Path) -> None:
    (tone_folder / "link").symlink_to("elsewhere")
    archive = tmp_path / "archive"
    done = run(
        "package", tone_folder, tmp_path / "not there", "-a", archive, "--basis", "own-production"
    )
    assert done.code == 5
    assert "symlink" in done.err
    assert "not there" in done.err
    assert not archive.exists()


def test_every_offender_of_a_refused_source_is_named(tone_folder: Path, tmp_path: Path) -> None:
    for number in range(40):
        (tone_folder / f"link {number}\x07").symlink_to("/etc/\x1b]0;evil\x07")
    done = package(tone_folder, tmp_path / "archive")
    assert done.code == 5
    assert all(f"link {number}\\x07" in done.err for number in range(40))


def test_names_that_are_not_utf8_are_shown_as_their_bytes(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (Path(os.fsdecode(bytes(source) + b"/caf\xe9.wav"))).write_bytes(b"x")
    done = package(source, tmp_path / "archive")
    assert done.code == 5
    assert "caf\\xe9.wav" in done.err


def test_a_second_run_leaves_while_the_first_holds_the_archive(
    tone_folder: Path, tmp_path: Path
) -> None:
    from archiver.archive import open_archive
    from archiver.clock import system_clock

    archive = tmp_path / "archive"
    package(tone_folder / "First", archive)
    with open_archive(archive).writer_lock("test", system_clock()):
        done = package(tone_folder / "Second", archive)
    assert done.code == 11
    assert "--lock-wait" in done.err


def test_a_fixed_clock_makes_two_bags_the_same_byte_for_byte(
    tone_folder: Path, tmp_path: Path
) -> None:
    bags = []
    for name in ("one", "two"):
        said = run("package", tone_folder, "-a", tmp_path / name, "--basis", "own-production",
                   "--json", ARCHIVER_CLOCK="2026-01-01T00:00:00Z")  # fmt: skip
        bags.append(Path(said.record("package")["path"]))
    one, two = ({p.relative_to(bag): p.read_bytes() for p in bag.rglob("*") if p.is_file()}
                for bag in bags)  # fmt: skip
    seen = Path("fixity/log-checkpoint.txt")  # of each archive's own log, whose name is in it
    assert one.pop(seen) != two.pop(seen)
    manifest = Path("tagmanifest-sha512.txt")
    lines = [set(bag.pop(manifest).splitlines()) for bag in (one, two)]
    assert all(line.endswith(os.fsencode(seen)) for line in lines[0] ^ lines[1])
    assert one == two
    assert b"Bagging-Date: 2026-01-01" in one[Path("bag-info.txt")]


def test_a_clock_that_is_no_moment_is_a_usage_error(tone_folder: Path, tmp_path: Path) -> None:
    done = run("package", tone_folder, "-a", tmp_path / "archive", "--basis", "own-production",
               ARCHIVER_CLOCK="yesterday\x1b")  # fmt: skip
    assert done.code == 2
    assert "2026-01-31T12:00:00Z" in done.err
