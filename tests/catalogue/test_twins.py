"""What is held more than once, at each level, by the indexes and a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archiver.archive import sqlite_url
from archiver.catalogue import Catalogue, FileRow
from archiver.catalogue import twins as twins_module
from tests.catalogue.test_catalogue import ROW, _plan


def held(number: int, size: int, file: int, **known: Any) -> FileRow:
    digests = {key: bytes([value]) * 32 for key, value in known.items() if key == "stream"}
    digests |= {key: bytes([value]) * 16 for key, value in known.items() if key == "pcm_md5"}
    row = FileRow(number, f"data/{number}", size, 0, bytes([file]) * 32)
    return row._replace(**{**known, **digests})


ONE = [
    held(1, 100, 1, stream=1, pcm_md5=1, isrc="A"),
    held(2, 110, 2, stream=1, pcm_md5=1, isrc="A"),
    held(3, 70, 3, stream=3, pcm_md5=1, isrc="B"),
    held(4, 0, 9),
    held(5, 0, 9),
]
TWO = [held(1, 100, 1, stream=1, pcm_md5=1, isrc="A"), held(2, 50, 5, stream=5, isrc="B")]
THREE = [held(1, 7, 7), held(2, 7, 7), held(3, 30, 8), held(4, 30, 8)]


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """Three bags with files, sound and codes in common."""
    with Catalogue.create(sqlite_url(tmp_path / "c.sqlite"), "identity") as made:
        for name, files in (("one", ONE), ("two", TWO), ("three", THREE)):
            made.record_bag(replace(ROW, id=name, payload_digest=name.encode().hex() * 4), files)
        yield made


def groups(catalogue: Catalogue, level: str, bag: str | None = None) -> list[tuple[Any, ...]]:
    return [
        (
            group.value[:2],
            group.files,
            group.bags,
            group.bytes,
            [f"{member.bag}/{member.file.number}" for member in group.members()],
        )
        for group in catalogue.twins(level, bag)
    ]


def test_each_level_tells_what_the_finer_one_did_not(catalogue: Catalogue) -> None:
    assert groups(catalogue, "file") == [
        ("01", 2, 2, 100, ["one/1", "two/1"]),
        ("08", 2, 1, 30, ["three/3", "three/4"]),
        ("07", 2, 1, 7, ["three/1", "three/2"]),
    ]
    assert groups(catalogue, "stream") == [("01", 3, 2, 200, ["one/1", "one/2", "two/1"])]
    assert groups(catalogue, "pcm") == [("01", 4, 2, 270, ["one/1", "one/2", "one/3", "two/1"])]
    assert groups(catalogue, "isrc") == [("B", 2, 2, 50, ["one/3", "two/2"])]


def test_one_bag_is_asked_about_by_itself(catalogue: Catalogue) -> None:
    assert [group[0] for group in groups(catalogue, "file", "two")] == ["01"]
    assert [group[0] for group in groups(catalogue, "file", "three")] == ["08", "07"]
    assert groups(catalogue, "pcm", "three") == []
    assert groups(catalogue, "file", "none") == []


def test_the_same_question_can_be_asked_again(catalogue: Catalogue) -> None:
    assert groups(catalogue, "file") == groups(catalogue, "file")


def test_pages_lose_and_double_nothing(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = groups(catalogue, "file"), groups(catalogue, "pcm")
    for size in (1, 2, 3, 4):
        monkeypatch.setattr(twins_module, "_PAGE", size)
        assert (groups(catalogue, "file"), groups(catalogue, "pcm")) == expected


def test_bags_with_the_same_payload_are_named_in_the_order_of_sealing(catalogue: Catalogue) -> None:
    assert list(catalogue.same_payloads()) == []
    for name in ("z", "a"):
        catalogue.record_bag(replace(ROW, id=name), ())
    assert list(catalogue.same_payloads()) == [["z", "a"]]


def test_the_catalogue_stays_readable_only_while_it_is_asked(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    with Catalogue.open(sqlite_url(tmp_path / "c.sqlite")) as reader:
        found = reader.twins("file")
        next(found)
        catalogue.record_bag(replace(ROW, id="four"), THREE)  # a waiting reader keeps nobody out
        assert len(list(found)) == 2


def test_members_are_looked_up_by_an_index(catalogue: Catalogue) -> None:
    group = next(catalogue.twins("stream"))
    catalogue.probe = lambda: list(group.members())  # type: ignore[attr-defined]
    assert "SEARCH file USING INDEX file_by_stream" in _plan(catalogue, "probe")
