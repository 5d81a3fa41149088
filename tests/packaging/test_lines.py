"""The lines of a bag's own tag files."""

from __future__ import annotations

import json

import pytest

from archiver.canonical import canonical
from archiver.packaging.lines import source_line
from archiver.survey.entry import Entry

PLAIN = Entry('é "\\\n\u202e.wav', "file", 7, 1_234_567_890, 2, 3, 4, 0o104755, 1, "in", ())


@pytest.mark.parametrize(
    "entry",
    [
        PLAIN,
        PLAIN._replace(links=2),
        PLAIN._replace(mtime_ns=-1, mode=0o100000, standing="recorded"),
        PLAIN._replace(kind="directory"),
    ],
)
def test_a_source_line_is_canonical_json(entry: Entry) -> None:
    line = source_line(entry)
    record = json.loads(line)
    assert line == canonical(record) + b"\n"
    assert (record["path"], record["kind"]) == (entry.path, entry.kind)
    assert record["standing"] == entry.standing
    assert record["mode"] == f"{entry.mode & 0o7777:04o}"
    assert record.get("size") == (entry.size if entry.kind == "file" else None)
    assert record.get("links") == (2 if entry.links == 2 else None)
