"""The Internet Archive's listing of an item."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path

from archiver.sidecars import Kind, parse_sidecar
from tests.sidecars.scene import findings, records, results, write

SOUND = b"some sound"


def listing(data: bytes = SOUND, name: str = "sub/a &amp; b.mp3") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<files>
  <file name="{name}" source="original">
    <mtime>1</mtime><size>{len(data)}</size>
    <md5>{hashlib.md5(data).hexdigest()}</md5>
    <crc32>{zlib.crc32(data):08x}</crc32>
    <sha1>{hashlib.sha1(data).hexdigest()}</sha1>
    <format>VBR MP3</format>
  </file>
  <file name="item_files.xml" source="original"><md5>{"0" * 32}</md5></file>
</files>""".encode()


def test_size_and_three_digests_are_checked_and_its_own_is_not(tmp_path: Path) -> None:
    write(tmp_path, {"item_files.xml": listing(), "sub/a & b.mp3": SOUND})
    name = "sub/a & b.mp3"
    assert results(tmp_path) == [(name, "verified")] * 4 + [("item_files.xml", "unverifiable")]


def test_a_changed_byte_is_seen_by_each_digest_but_not_by_the_size(tmp_path: Path) -> None:
    write(tmp_path, {"item_files.xml": listing(), "sub/a & b.mp3": b"some sOund"})
    found = {one["algorithm"]: one["result"] for one in records(tmp_path)[:4]}
    assert found.pop("size") == "verified"
    assert set(found.values()) == {"mismatch"}
    assert len(findings(tmp_path)["prior-mismatch"]) == 3


def test_a_document_type_is_refused_and_nothing_is_expanded() -> None:
    bomb = b'<!DOCTYPE files [<!ENTITY a "aaaa">]><files><file name="&a;"/></files>'
    parsed = parse_sidecar("item_files.xml", Kind.ARCHIVE_ORG, bomb)
    assert parsed.problem == "a document type declaration"
    assert list(parsed.assertions) == []


def test_what_stands_before_a_break_is_taken(tmp_path: Path) -> None:
    write(tmp_path, {"item_files.xml": listing()[:-30], "sub/a & b.mp3": SOUND})
    assert [one[1] for one in results(tmp_path)[:4]] == ["verified"] * 4
    (found,) = findings(tmp_path)["prior-malformed"]
    assert "broken XML" in found.message


def test_values_that_are_no_digests_are_counted() -> None:
    data = b'<files><file name="a"><md5>none</md5></file><file><md5>0</md5></file></files>'
    parsed = parse_sidecar("item_files.xml", Kind.ARCHIVE_ORG, data)
    assert (len(parsed.assertions), parsed.not_understood) == (0, 2)


def test_a_size_is_a_number_however_it_is_written() -> None:
    data = b'<files><file name="a"><size>0010</size></file></files>'
    parsed = parse_sidecar("item_files.xml", Kind.ARCHIVE_ORG, data)
    assert [one.expected for one in parsed.assertions] == ["10"]


def test_elements_within_elements_without_end_are_not_read() -> None:
    parsed = parse_sidecar("item_files.xml", Kind.ARCHIVE_ORG, b"<files>" * 100)
    assert parsed.problem == "elements nested too deeply"
