"""The catalogue is an index: made anew from bags and log it is the same, and any change shows."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from archiver import rebuild as rebuild_module
from archiver.archive import Archive
from archiver.catalogue import Catalogue
from archiver.errors import BusyError, EnvironmentUnusable
from archiver.events import EventLog, LogChangedError
from archiver.holdings import list_bags, show_bag, status
from archiver.rebuild import CatalogueOutcome, catch_up, check_catalogue, rebuild
from archiver.state import State
from archiver.verify_held import read_seals
from tests.catalogue.hand_made import (
    AGENT,
    CLOCK,
    SIZES,
    log_of,
    new_archive,
    note,
    seal,
    seal_detail,
    write_bag,
)

FLIPS = 60


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive with a history: three bags, sound, verified, and found damaged."""
    made = new_archive(tmp_path / "archive")
    seal(made, "album-1", hours=1)
    note(made, "package", "album-2", "success", hours=2)
    seal(made, "album-2", {"x.wav": 9}, hours=2)
    note(made, "verify", "album-1", "valid", hours=3)
    seal(made, "Album-0", {"ü": 1, "z": 2}, hours=4)
    note(made, "verify", "album-2", "invalid", hours=5)
    note(made, "recover", None, "nothing", hours=6)
    note(made, "incident-opened", "album-2", "unsound", hours=6)
    note(made, "reverify", None, "sound", hours=6)
    return made


def run(archive: Archive) -> CatalogueOutcome:
    return rebuild(archive, CLOCK, agent=AGENT)


def content(archive: Archive) -> dict[str, Any]:
    """Everything the catalogue says, except of rebuilding."""
    with Catalogue.open(archive.catalogue_url) as catalogue:
        bags = list(catalogue.bags())
        return {
            "bags": bags,
            "files": {row.id: list(catalogue.files(row.id)) for row in bags},
            "events": [row for row in catalogue.events() if row.type != "rebuild"],
            "meta": catalogue.meta(),
        }


def found(archive: Archive) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.path) for finding in check_catalogue(archive).findings]


def alter(archive: Archive, *statements: str) -> int:
    """Change the catalogue behind our back; return how many rows changed."""
    connection = sqlite3.connect(archive.catalogue_path, isolation_level=None)
    changed = sum(connection.execute(statement).rowcount for statement in statements)
    connection.close()
    return changed


def test_a_rebuilt_catalogue_says_what_the_grown_one_said(archive: Archive) -> None:
    grown = content(archive)
    assert len(grown["bags"]) == 3
    outcome = run(archive)
    assert content(archive) == grown
    assert (outcome.bags, outcome.files, outcome.events) == (3, 6, 10)
    assert outcome.findings == ()
    assert outcome.state is State.SOUND


def test_a_lost_catalogue_is_rebuilt(archive: Archive) -> None:
    grown = content(archive)
    archive.catalogue_path.unlink()
    run(archive)
    assert content(archive) == grown


@pytest.mark.parametrize("content_of_file", [b"", b"rubbish" * 1000])
def test_a_spoilt_catalogue_is_rebuilt(content_of_file: bytes, archive: Archive) -> None:
    grown = content(archive)
    archive.catalogue_path.write_bytes(content_of_file)
    run(archive)
    assert content(archive) == grown


def test_a_catalogue_of_another_version_is_rebuilt(archive: Archive) -> None:
    grown = content(archive)
    alter(archive, "UPDATE meta SET value = '0' WHERE name = 'schema_version'")
    assert found(archive) == [("catalogue-outdated", None)]
    run(archive)
    assert content(archive) == grown
    assert found(archive) == []


def test_rebuilding_is_an_event_in_log_and_catalogue(archive: Archive) -> None:
    run(archive)
    last = list(EventLog(archive.log, CLOCK).read())[-1]
    assert (last.type, last.outcome) == ("rebuild", "sound")
    assert last.detail == {"bags": 3, "events": 10, "files": 6, "findings": 0}
    with Catalogue.open(archive.catalogue_url) as catalogue:
        newest = catalogue.last_event()
    assert newest is not None
    assert newest.digest == last.digest
    assert found(archive) == []


def test_rebuilding_leaves_nothing_but_the_catalogue(archive: Archive) -> None:
    before = sorted(os.listdir(archive.root))
    (archive.root / ".catalogue.sqlite.new").write_bytes(b"of a run that died")
    run(archive)
    assert sorted(os.listdir(archive.root)) == before


def test_until_the_new_catalogue_is_whole_the_old_one_stays(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown = content(archive)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Catalogue, "swap_in", full)
        with pytest.raises(EnvironmentUnusable, match="No space left"):
            run(archive)
    assert content(archive) == grown
    run(archive)
    assert content(archive) == grown


def test_while_another_run_works_nothing_is_rebuilt(archive: Archive) -> None:
    with archive.writer_lock("package", CLOCK()), pytest.raises(BusyError, match="package"):
        run(archive)


def test_a_bag_that_is_gone_is_named_and_still_listed(archive: Archive) -> None:
    shutil.rmtree(archive.bag_path("album-1"))
    outcome = run(archive)
    assert [(one.code, one.path) for one in outcome.findings] == [("held-bag-missing", "album-1")]
    assert outcome.state is State.UNSOUND
    assert [row.id for row in list_bags(archive)] == ["album-1", "album-2", "Album-0"]
    assert list(show_bag(archive, "album-1").files) == []
    assert len(list(show_bag(archive, "album-2").files)) == 1


def test_a_bag_whose_records_cannot_be_read_is_named_and_the_rest_is_rebuilt(
    archive: Archive,
) -> None:
    (archive.bag_path("album-1") / "metadata/source.jsonl").unlink()
    outcome = run(archive)
    assert [(one.code, one.path) for one in outcome.findings] == [
        ("held-bag-unreadable", "album-1")
    ]
    assert outcome.state is State.INCOMPLETE
    assert len(list(list_bags(archive))) == 3


def test_a_bag_that_is_not_the_one_sealed_is_named(archive: Archive) -> None:
    with open(archive.bag_path("album-2") / "tagmanifest-sha512.txt", "ab") as file:
        file.write(b"\n")
    assert found(archive) == [("held-bag-differs", "album-2/tagmanifest-sha512.txt")]
    assert [one.code for one in run(archive).findings] == ["held-bag-differs"]


def test_a_bag_that_the_log_does_not_know_is_named_and_not_taken_in(archive: Archive) -> None:
    stray = archive.bag_path("stray")
    stray.parent.mkdir(exist_ok=True)
    write_bag(stray)
    misplaced = archive.bags / "zz" / "album-1"
    misplaced.mkdir(parents=True)
    (archive.bags / "notes.txt").touch()
    where = [str(path.relative_to(archive.root)) for path in (stray, misplaced)]
    expected = {("held-bag-unlogged", path) for path in [*where, "bags/notes.txt"]}
    assert set(found(archive)) == expected
    outcome = run(archive)
    assert {(one.code, one.path) for one in outcome.findings} == expected
    assert [row.id for row in list_bags(archive)] == ["album-1", "album-2", "Album-0"]


def test_a_seal_that_names_no_bag_or_lacks_facts_stops_nothing(archive: Archive) -> None:
    for bag in (None, "../../etc", "album-9"):
        log_of(archive).append("seal", bag=bag, outcome="success", detail={}, agent=AGENT)
    outcome = run(archive)
    assert [(one.code, one.path) for one in outcome.findings] == [
        ("held-bag-unreadable", None),
        ("held-bag-unreadable", "../../etc"),
        ("held-bag-unreadable", "album-9"),
    ]
    assert outcome.bags == 3


def test_a_damaged_log_is_named_left_alone_and_what_it_still_tells_is_rebuilt(
    archive: Archive,
) -> None:
    file = archive.log / "000001.jsonl"
    spoilt = file.read_bytes().replace(b'"outcome":"sound"', b'"outcome":"SOUND"')
    file.write_bytes(spoilt)
    outcome = run(archive)
    assert [one.code for one in outcome.findings] == ["log-broken"]
    assert file.read_bytes() == spoilt
    assert outcome.bags == 3
    assert len(list(list_bags(archive))) == 3


def test_a_sound_archive_has_no_differences_and_checking_it_changes_nothing(
    archive: Archive,
) -> None:
    before = {str(path): path.stat().st_mtime_ns for path in archive.root.rglob("*")}
    outcome = check_catalogue(archive)
    assert outcome.findings == ()
    assert outcome.state is State.SOUND
    assert (outcome.bags, outcome.files, outcome.events) == (3, 6, 10)
    assert {str(path): path.stat().st_mtime_ns for path in archive.root.rglob("*")} == before


COLUMNS = {
    "bag": {
        "id": "'other'",
        "sealed_at": "'2020-01-01T00:00:00Z'",
        "payload_files": "payload_files + 1",
        "payload_bytes": "'many'",
        "payload_digest": "x'00'",
        "tag_manifest_digest": "'text'",
        "policy_digest": "policy_digest || ' '",
        "basis": "x'ff'",
        "source_name": "CAST(x'ff' AS TEXT)",
        "last_verified_at": "NULL",
        "last_verdict": "'Valid'",
        "supersedes": "'other'",
        "key": "key + 100",
    },
    "file": {
        "bag": "1000",
        "path": "path || '/'",
        "size": "size + 1",
        "mtime_ns": "mtime_ns - 1",
        "blake3": "x'00'",
        "number": "number + 100",
        "media_format": "'mp3'",
        "verdict": "NULL",
        "duration_s": "'long'",
        "title": "title || ' '",
        "creator": "NULL",
        "album": "x'00'",
        "date": "substr(date, 1, 4)",
        "isrc": "'DEA128700002'",
        "stream": "zeroblob(32)",
        "pcm_md5": "'text'",
    },
    "search_data": {"id": "id + 1", "block": "zeroblob(length(block))"},
    "search_idx": {"segid": "segid + 1", "term": "x'30ffff'", "pgno": "pgno + 20"},
    "search_config": {"k": "'other'", "v": "v + 100"},
    "sqlite_sequence": {"name": "'other'", "seq": "0"},
    "event": {
        "seq": "seq + 100",
        "time": "'2020-01-01T00:00:00Z'",
        "type": "'Verify'",
        "bag": "'other'",
        "outcome": "NULL || ''",
        "digest": "x'00'",
    },
    "schedule": {
        "bag": "1000",
        "checked_at": "'2020-01-01T00:00:00Z'",
        "deep_at": "'2020-01-01T00:00:00Z'",
        "failing": "1 - failing",
        "files": "files + 1",
        "bytes": "bytes + 1",
    },
    "tally": {
        "tier": "'other'",
        "open_day": "'2020-01-01'",
        "due_day": "'2020-01-01'",
        "bags": "bags + 1",
        "files": "files + 1",
        "bytes": "bytes + 1",
        "failing": "failing + 1",
    },
    "run": {
        "seq": "seq + 100",
        "time": "'2020-01-01T00:00:00Z'",
        "outcome": "'Sound'",
        "bags": "bags + 1",
        "bytes": "bytes + 1",
        "seconds": "seconds + 1",
    },
    "incident": {
        "id": "id + 100",
        "bag": "'other'",
        "opened_at": "'2020-01-01T00:00:00Z'",
        "state": "'sound'",
        "last_at": "'2020-01-01T00:00:00Z'",
        "last_state": "'sound'",
        "checks": "checks + 1",
        "notes": "notes + 1",
        "closed_at": "'2020-01-01T00:00:00Z'",
        "reason": "'done'",
    },
    "unfiled": {
        "seq": "seq + 100",
        "time": "'2020-01-01T00:00:00Z'",
        "bag": "'other'",
        "state": "'sound'",
    },
    "meta": {"name": "'other'", "value": "'other'"},
}
# An index of a few words lies in one page, which is found without these; see the test below.
HARMLESS = (("search_idx", "segid"), ("search_idx", "term"))
OF_THE_POLICY = {"schedule": {"tier", "open_at", "due_at"}}  # looked up anew by every run
ROWS = {
    "bag": "id = 'album-1'",
    "file": "path = 'data/a.wav'",
    "event": "type = 'verify' AND bag = 'album-1'",
    "schedule": "bag = (SELECT key FROM bag WHERE id = 'album-1')",
    "tally": "TRUE",
    "run": "TRUE",
    "incident": "TRUE",
    "unfiled": "bag = 'album-2'",
    "meta": "name = 'archive'",
    "search_data": "id = (SELECT max(id) FROM search_data)",
    "search_idx": "segid = (SELECT max(segid) FROM search_idx)",
    "search_config": "k = 'version'",
    "sqlite_sequence": "name = 'bag'",
}


@pytest.mark.parametrize(
    ("table", "column"),
    [(t, column) for t in COLUMNS for column in COLUMNS[t] if (t, column) not in HARMLESS],
)
def test_a_value_altered_in_any_column_of_any_table_is_named(
    table: str, column: str, archive: Archive
) -> None:
    value = COLUMNS[table][column].replace("NULL || ''", "'changed'")
    assert alter(archive, f"UPDATE {table} SET {column} = {value} WHERE {ROWS[table]}") == 1
    outcome = check_catalogue(archive)
    assert outcome.findings
    assert outcome.state is State.UNSOUND
    told = " ".join(f"{one.message} {one.path} {one.detail}" for one in outcome.findings)
    named = {
        "file": "album-1",
        "bag": "album-1",
        "event": "5",
        "schedule": "album-1",
        "run": "run",
        "incident": "incident",
        "unfiled": "check",
        "meta": "another archive",
    }
    assert named.get(table, "") in told
    run(archive)
    assert found(archive) == []


def test_words_that_no_search_would_find_any_more_are_named(archive: Archive) -> None:
    seal(archive, "large", {f"{n:06x}.txt": 1 for n in range(2000)}, hours=7)
    assert alter(archive, "DELETE FROM search_idx") > 5
    assert set(found(archive)) == {("catalogue-index-differs", None)}


def test_a_mention_in_the_index_that_no_bag_makes_is_named(archive: Archive) -> None:
    alter(archive, f"INSERT INTO search (rowid, title) VALUES ({1 << 32 | 1}, 'Schwalbe')")
    (finding,) = check_catalogue(archive).findings
    assert finding.code == "catalogue-index-differs"
    assert finding.detail == {"word": "schwalbe", "missing": 0, "unknown": 1}


def test_the_columns_above_are_all_there_are(archive: Archive) -> None:
    connection = sqlite3.connect(archive.catalogue_path)
    tables = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if name != "search"  # a view on the tables that begin so
    ]
    columns = {
        table: {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        for table in tables
    }
    connection.close()
    expected = {table: set(names) for table, names in COLUMNS.items()}
    assert columns == {
        table: names | OF_THE_POLICY.get(table, set()) for table, names in expected.items()
    }


def test_a_difference_is_told_with_both_values(archive: Archive) -> None:
    alter(archive, "UPDATE file SET size = 6 WHERE path = 'data/a.wav'")
    (finding,) = check_catalogue(archive).findings
    assert finding.code == "catalogue-row-differs"
    assert finding.path == "album-1/data/a.wav"
    assert finding.detail == {"column": "size", "expected": 5, "found": 6}


@pytest.mark.parametrize("table", ["bag", "file", "event", "run"])
def test_a_row_that_is_lost_is_named(table: str, archive: Archive) -> None:
    assert alter(archive, f"DELETE FROM {table} WHERE {ROWS[table]}") == 1
    assert "catalogue-row-missing" in [code for code, _ in found(archive)]


def test_rows_that_nothing_stands_for_are_named(archive: Archive) -> None:
    into = "INSERT INTO file (bag, number, path, size, mtime_ns, blake3)"
    alter(
        archive,
        f"{into} VALUES (1, 9, 'data/more', 1, 1, x'00')",
        f"{into} VALUES (999, 9, 'data/more', 1, 1, x'00')",
        "INSERT INTO event VALUES (7777, '', '', NULL, '', x'00')",
    )
    assert found(archive) == [
        ("catalogue-row-unknown", "album-1/data/more"),
        ("catalogue-row-unknown", "7777"),
        ("catalogue-row-unknown", None),
    ]


def test_every_bit_flipped_in_the_catalogues_file_shows_or_changed_nothing(
    archive: Archive,
) -> None:
    sound, sound_content = archive.catalogue_path.read_bytes(), content(archive)
    dice = random.Random(7)
    for _ in range(FLIPS):
        place, bit = dice.randrange(len(sound)), dice.randrange(8)
        spoilt = bytearray(sound)
        spoilt[place] ^= 1 << bit
        archive.catalogue_path.write_bytes(spoilt)
        if not check_catalogue(archive).findings:
            assert content(archive) == sound_content, (place, bit)


def test_damage_to_an_index_is_named_though_every_row_can_be_read(archive: Archive) -> None:
    sound = archive.catalogue_path.read_bytes()
    row = show_bag(archive, "album-1").row
    digest = bytes.fromhex(row.payload_digest)
    places = [at for at in range(len(sound)) if sound.startswith(digest, at)]
    assert len(places) == 2, "in the table and in its index"
    named = set()
    for place in places:
        spoilt = bytearray(sound)
        spoilt[place] ^= 1
        archive.catalogue_path.write_bytes(spoilt)
        named |= {code for code, _ in found(archive)}
    assert named == {"catalogue-row-differs", "catalogue-damaged"}


def test_a_missing_catalogue_is_named_and_bags_and_log_are_still_looked_at(
    archive: Archive,
) -> None:
    archive.catalogue_path.unlink()
    shutil.rmtree(archive.bag_path("album-1"))
    assert found(archive) == [("catalogue-missing", None), ("held-bag-missing", "album-1")]
    assert not archive.catalogue_path.exists()


def _seal_unknown_to_the_catalogue(archive: Archive) -> EventLog:
    place = archive.bag_path("late")
    place.parent.mkdir(exist_ok=True)
    write_bag(place)
    log = log_of(archive, 7)
    log.append("seal", bag="late", outcome="success", detail=seal_detail(place), agent=AGENT)
    return log


def test_events_that_a_crash_kept_out_of_the_catalogue_are_no_damage(archive: Archive) -> None:
    _seal_unknown_to_the_catalogue(archive)
    outcome = check_catalogue(archive)
    assert [one.code for one in outcome.findings] == ["catalogue-behind"]
    assert outcome.state is State.SOUND


def test_what_a_crash_kept_out_of_the_catalogue_is_caught_up_with(archive: Archive) -> None:
    log = _seal_unknown_to_the_catalogue(archive)
    log.append("verify", bag="album-1", outcome="invalid", detail={}, agent=AGENT)
    with Catalogue.open(archive.catalogue_url, writing=True) as catalogue:
        assert catch_up(archive, catalogue) == ()
    assert found(archive) == []
    assert len(list(show_bag(archive, "late").files)) == len(SIZES)
    assert show_bag(archive, "album-1").row.last_verdict == "invalid"


def test_where_there_is_nothing_to_catch_up_with_nothing_is_read(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the log was read")

    monkeypatch.setattr(rebuild_module, "Intake", never)
    with Catalogue.open(archive.catalogue_url, writing=True) as catalogue:
        assert catch_up(archive, catalogue) == ()


def _rewritten(archive: Archive, lines: int) -> None:
    """Give the archive a log that is sound and holds other events from the first of them on."""
    for file in archive.log.iterdir():
        file.unlink()
    for hours in range(lines):
        log = log_of(archive, hours)
        log.append("verify", bag="album-2", outcome="valid", detail={}, agent=AGENT)


@pytest.mark.parametrize("lines", [3, 40])
def test_a_log_that_was_cut_off_or_rewritten_is_never_taken_for_the_one_before(
    archive: Archive, lines: int
) -> None:
    before = content(archive)
    _rewritten(archive, lines)
    with (
        Catalogue.open(archive.catalogue_url, writing=True) as catalogue,
        pytest.raises(LogChangedError, match="which the catalogue knows, is not in it"),
    ):
        catch_up(archive, catalogue)
    assert content(archive) == before
    shown = status(archive)
    assert shown.log_changed
    assert not shown.in_step
    assert [one.code for one in read_seals(archive, (), CLOCK).findings] == ["log-rewritten"]
    assert "log-rewritten" in {one.code for one in run(archive).findings}
    assert not status(archive).log_changed, "rebuilding accepts it, having said so"


def test_an_archive_written_to_during_the_check_is_not_called_damaged(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = rebuild_module._compared

    def meanwhile(expected: Catalogue, found: Catalogue) -> list[Any]:
        note(archive, "verify", "album-1", "invalid", hours=8)
        return real(expected, found)

    monkeypatch.setattr(rebuild_module, "_compared", meanwhile)
    with pytest.raises(BusyError, match="written to"):
        check_catalogue(archive)


def test_rows_are_what_they_were_sealed_as_to_the_last_column(archive: Archive) -> None:
    row = show_bag(archive, "album-1").row
    assert {name: value for name, value in asdict(row).items() if "digest" not in name} == {
        "id": "album-1",
        "sealed_at": "2026-01-02T04:04:05Z",
        "payload_files": 3,
        "payload_bytes": 12,
        "basis": "own-production",
        "source_name": "source of album-1",
        "last_verified_at": "2026-01-02T06:04:05Z",
        "last_verdict": "valid",
        "supersedes": None,
        "superseded_by": None,
    }
