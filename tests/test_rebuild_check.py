"""The catalogue compared with bags and log: any change of any value shows, and nothing else."""

from __future__ import annotations

import random
import shutil
import sqlite3
from dataclasses import asdict
from typing import Any

import pytest

from archiver import rebuild as rebuild_module
from archiver.archive import Archive
from archiver.catalogue import Catalogue
from archiver.errors import BusyError
from archiver.holdings import show_bag
from archiver.rebuild import check_catalogue
from archiver.state import State
from tests.catalogue.hand_made import (
    note,
    seal,
)
from tests.catalogue.history import alter, archive, content, found, run

__all__ = ["archive"]

FLIPS = 60


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
