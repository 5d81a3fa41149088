"""``archiver inventory``, and ``export --csv``, as people and pipelines meet them."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from archiver.inventories.columns import COLUMNS
from tests.cli.workbench import run
from tests.conftest import write_tone

HOUSE = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of two bags, "First" (a tone, a text with a hostile name) and "Second"."""
    top = tmp_path_factory.mktemp("inventory")
    write_tone(top / "source" / "First" / "=1+1\u202e;-2.wav")
    (top / "source" / "First" / "notes\r\n.txt").write_text("x")
    write_tone(top / "source" / "Second" / "b.wav", 550)
    words = ("--each", "--basis", "own-production", "-a", top / "archive")
    assert run("package", top / "source", *words).code == 0
    return top / "archive"


@pytest.fixture
def archive(sealed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sealed, tmp_path / "archive"))


def ids(archive: Path) -> list[str]:
    return [one["id"] for one in run("list", "-a", archive, "--json").records("bag")]


def rows_of(place: Path) -> list[dict[str, str]]:
    with place.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_one_row_a_file_with_all_that_is_known_of_it(sealed: Path, tmp_path: Path) -> None:
    place = tmp_path / "a.csv"
    done = run("export", "--csv", place, "-a", sealed, "--as-of", "2026-05-04")
    assert (done.code, done.out) == (0, "")
    assert done.err == f"wrote {place}: 3 files, {place.stat().st_size / 1000:.1f} kB\n"
    tone, text, other = rows_of(place)
    assert tone["path"] == "data/=1+1\\u202e;\\u002d2.wav"
    assert text["path"] == "data/notes\\u000d\\u000a.txt"
    assert (tone["format"], tone["sample_rate"], tone["channels"]) == ("wav", "8000", "1")
    assert (tone["media_type"], tone["duration_s"]) == ("audio/vnd.wave", "0.1")
    assert (text["bytes"], text["format"], text["sample_rate"]) == ("1", "", "")
    assert text["sha512"] == hashlib.sha512(b"x").hexdigest()
    assert tone["rights_basis"] == text["rights_basis"] == "own-production"
    assert tone["rights_disseminate"] in ("allow", "conditional", "disallow")
    assert tone["rights_as_of"] == "2026-05-04"
    assert tone["last_verdict"] == "valid"
    assert [tone["bag"], other["bag"]] == ids(sealed)


def test_json_lines_say_the_same_as_the_csv_and_recordings_leave_the_rest_out(
    sealed: Path, tmp_path: Path
) -> None:
    run("export", "--csv", tmp_path / "a.csv", "--of", "recordings", "-a", sealed)
    done = run("export", "--jsonl", "-", "--of", "recordings", "-a", sealed)
    assert (done.code, done.err) == (0, "")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert [one.pop("schema") for one in lines] == ["inventory/1"] * 2
    for row, line in zip(rows_of(tmp_path / "a.csv"), lines, strict=True):
        assert row.keys() == line.keys()
        assert row["blake3"] == line["blake3"] and row["bytes"] == str(line["bytes"])
    assert lines[0]["path"] == "data/=1+1\u202e;-2.wav"


def test_inventory_and_export_write_the_same(sealed: Path, tmp_path: Path) -> None:
    run("export", "--csv", tmp_path / "a.csv", "-a", sealed, "--as-of", "2026-05-04")
    words = ("inventory", "--csv", "-a", sealed, "--as-of", "2026-05-04")
    assert run(*words, "-o", tmp_path / "b.csv").code == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert run(*words).out.splitlines() == (tmp_path / "a.csv").read_text("utf-8").splitlines()
    assert run("inventory", "-a", sealed).code == 2


def test_a_bag_far_from_its_archive_has_an_inventory_too(archive: Path, tmp_path: Path) -> None:
    first, _ = ids(archive)
    (place,) = archive.glob(f"bags/*/{first}")
    held = json.loads(run("inventory", "--jsonl", first, "-a", archive).out.splitlines()[0])
    away = place.rename(tmp_path / "away")
    done = run("inventory", "--jsonl", away)
    known = {"last_verified_at": None, "last_verdict": None, "superseded_by": None}
    assert json.loads(done.out.splitlines()[0]) == {**held, **known, "bag": "away"}
    assert run("inventory", "--jsonl", "--of", "bags", away).code == 2
    (away / "metadata/source.jsonl").unlink()
    done = run("inventory", "--csv", "-o", tmp_path / "a.csv", away)
    assert (done.code, (tmp_path / "a.csv").exists()) == (4, False)


def test_bags_can_be_named_by_id_or_folder_and_are_told_once(sealed: Path) -> None:
    first, second = ids(sealed)
    (place,) = sealed.glob(f"bags/*/{second}")
    done = run("export", "--jsonl", "-", "--of", "bags", second, place, "-a", sealed)
    (row,) = map(json.loads, done.out.splitlines())
    assert (row["bag"], row["files"], row["superseded_by"]) == (second, 1, None)
    assert first not in run("export", "--csv", "-", second, "-a", sealed).out


def test_a_bag_whose_records_are_lost_keeps_its_rows_and_ends_in_4(
    archive: Path, tmp_path: Path
) -> None:
    first, _ = ids(archive)
    (place,) = archive.glob(f"bags/*/{first}")
    (place / "metadata/audio.jsonl").unlink()
    done = run("export", "--csv", tmp_path / "a.csv", "-a", archive, "--json")
    assert done.code == 4
    assert done.record("finding")["code"] == "inventory-bag-unread"
    told = done.record("inventory")
    assert (told["rows"], told["unread_bags"], told["state"]) == (3, 1, "incomplete")
    tone, _, other = rows_of(tmp_path / "a.csv")
    assert (tone["format"], tone["sample_rate"], other["sample_rate"]) == ("wav", "", "8000")
    assert run("export", "--csv", "-", "--of", "bags", "-a", archive).code == 0


def test_records_that_are_not_those_of_the_catalogue_are_not_believed(archive: Path) -> None:
    _, second = ids(archive)
    (place,) = archive.glob(f"bags/*/{second}")
    listed = place / "fixity/blake3.txt"
    listed.chmod(0o644)
    listed.write_text("0" * 64 + "  data/b.wav\n")
    done = run("export", "--jsonl", "-", second, "-a", archive)
    row = json.loads(done.out)
    assert (done.code, row["sha512"], row["sample_rate"]) == (4, None, None)
    assert row["blake3"] != "0" * 64 and second in done.err


def test_nothing_is_overwritten_and_nothing_half_made_stays(sealed: Path, tmp_path: Path) -> None:
    place = tmp_path / "a.csv"
    place.write_text("mine")
    assert run("export", "--csv", place, "-a", sealed).code == 2
    assert place.read_text() == "mine"
    assert run("export", "--csv", tmp_path / "no" / "a.csv", "-a", sealed).code == 2
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(
    "words",
    [
        ("--csv", "a.csv", "--jsonl", "b.jsonl"),
        ("--csv", "a.csv", "--as", "tar"),
        ("--csv", "a.csv", "--audience", "onsite"),
        ("--csv", "-", "--json"),
        ("--jsonl", "a.jsonl", "--bom"),
        ("--csv", "a.csv", "no-such-bag"),
        ("--csv", "a.csv", "."),
        ("--of", "bags"),
        ("one",),
    ],
)
def test_what_does_not_go_together_is_a_usage_error(
    words: tuple[str, ...], sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("export", *words, "-a", sealed).code == 2
    assert list(tmp_path.iterdir()) == []


def test_the_mark_for_excel_comes_first(sealed: Path, tmp_path: Path) -> None:
    run("export", "--csv", tmp_path / "a.csv", "--bom", "--of", "bags", "-a", sealed, "-q")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbfbag,")


def test_every_row_is_as_the_schema_says_and_the_schema_names_every_column(sealed: Path) -> None:
    text = (HOUSE / "docs/schemas/inventory-1.schema.json").read_text("utf-8")
    schema = json.loads(text)
    judge = jsonschema.Draft202012Validator(schema)
    for of, kind in (("files", "file_row"), ("recordings", "file_row"), ("bags", "bag_row")):
        lines = run("inventory", "--jsonl", "--of", of, "-a", sealed).out.splitlines()
        assert lines
        for line in lines:
            judge.validate(json.loads(line))
        named = schema["$defs"][kind]
        assert [*named["properties"]] == [*COLUMNS[of], "schema"]  # type: ignore[index]
        assert set(named["required"]) == set(named["properties"])
    bad = json.loads(lines[0]) | {"payload_blake3": "abc"}
    assert not judge.is_valid(bad)
