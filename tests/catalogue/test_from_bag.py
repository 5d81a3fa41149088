"""The rows of a bag are made from its tag files, in one pass, or not at all."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archiver.catalogue import (
    BagRecordsError,
    Words,
    bag_row_from,
    file_rows_from,
    seal_differences,
)
from archiver.clock import parse_utc_ns, utc_text_ns
from archiver.events import Event
from archiver.state import State
from tests.catalogue.hand_made import AGENT, SIZES, rows_of, seal_detail, stored, write_bag
from tests.tools import require_tool

RECORDS = (
    "fixity/blake3.txt",
    "metadata/source.jsonl",
    "metadata/audio.jsonl",
    "fixity/essence.jsonl",
)
WAVES = {"a.wav": 5, "b.wav": 7, "c.wav": 9}


def sealing(bag: Path) -> Event:
    return Event(
        4, "2026-01-02T03:04:05Z", "seal", bag.name, "success", seal_detail(bag), AGENT, "0", "1"
    )


def test_the_files_rows_are_what_the_bags_own_records_say(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    assert stored(file_rows_from(bag)) == rows_of(SIZES)


def test_the_words_of_a_recording_are_all_its_texts_and_nothing_else(tmp_path: Path) -> None:
    first, *others = file_rows_from(write_bag(tmp_path / "bag"))
    assert first.words == Words(
        makers="Müller Bach",
        isrcs="DEA128700001 DEA128700002",
        tags="Café, \x1b[2J\nHochmoor",
    )
    assert [row.words for row in others] == [None, None]


@pytest.mark.parametrize(
    ("record", "column"),
    [
        ({"stream": {"blake3": "00" * 32, "size": 0}}, "stream"),
        ({"pcm": {"frames": 0, "md5": "00" * 16}}, "pcm_md5"),
    ],
)
def test_sound_of_no_length_is_like_no_other(
    record: dict[str, object], column: str, tmp_path: Path
) -> None:
    bag = write_bag(tmp_path / "bag", {"a.wav": 5})
    place = bag / "fixity/essence.jsonl"
    place.write_text(json.dumps({**json.loads(place.read_text()), **record}) + "\n")
    (row,) = file_rows_from(bag)
    assert getattr(row, column) is None


@pytest.mark.parametrize("digest", ["00", "xx" * 32, "", "00" * 33])
def test_a_digest_of_the_sound_that_is_none_is_refused(digest: str, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", {"a.wav": 5})
    place = bag / "fixity/essence.jsonl"
    record = {**json.loads(place.read_text()), "stream": {"blake3": digest, "size": 5}}
    place.write_text(json.dumps(record) + "\n")
    with pytest.raises(BagRecordsError, match="digest"):
        list(file_rows_from(bag))


def test_texts_without_end_are_cut(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", {"a.wav": 5})
    place = bag / "metadata/audio.jsonl"
    record = json.loads(place.read_text())
    record["view"]["title"] = ["la " * 100_000]
    record["tags"] = [
        {"key": f"TXXX:{n}", "system": "id3v2.4", "values": [f"{n} " + "x" * 9_000]}
        for n in range(50)
    ]
    place.write_text(json.dumps(record) + "\n")
    (row,) = file_rows_from(bag)
    assert row.title is not None
    assert row.words is not None
    assert (len(row.title), len(row.words.tags)) == (500, 16_000)


def test_the_bags_row_is_what_its_seal_says(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    event = sealing(bag)
    row = bag_row_from(bag, event)
    assert (row.id, row.sealed_at) == ("bag", event.time)
    assert (row.payload_files, row.payload_bytes) == (3, 12)
    assert (row.last_verified_at, row.last_verdict) == (event.time, "valid")
    for name in ("payload_digest", "tag_manifest_digest", "policy_digest", "basis", "source_name"):
        assert getattr(row, name) == event.detail[name]


FACTS = ["payload_files", "payload_bytes", "payload_digest", "tag_manifest_digest"]


@pytest.mark.parametrize("key", [*FACTS, "policy_digest", "basis", "source_name"])
def test_a_seal_that_lacks_a_fact_or_has_it_in_the_wrong_kind_makes_no_row(
    key: str, tmp_path: Path
) -> None:
    bag = write_bag(tmp_path / "bag")
    event = sealing(bag)
    lacking = {name: value for name, value in event.detail.items() if name != key}
    for detail in (lacking, {**lacking, key: None}, {**lacking, key: ["x"]}):
        with pytest.raises(BagRecordsError, match=key):
            bag_row_from(bag, replace(event, detail=detail))


def test_a_seal_makes_no_row_for_another_bag(tmp_path: Path) -> None:
    event = sealing(write_bag(tmp_path / "bag"))
    with pytest.raises(BagRecordsError, match="did not seal"):
        bag_row_from(tmp_path / "other", event)


def test_a_bag_as_it_was_sealed_has_no_differences(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    assert seal_differences(bag, sealing(bag)) == []


@pytest.mark.parametrize("name", ["fixity/blake3.txt", "tagmanifest-sha512.txt"])
def test_a_record_that_changed_since_is_named(name: str, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    event = sealing(bag)
    data = bytearray((bag / name).read_bytes())
    data[0] ^= 1
    (bag / name).write_bytes(data)
    (finding,) = seal_differences(bag, event)
    assert (finding.code, finding.path, finding.state) == (
        "held-bag-differs",
        f"bag/{name}",
        State.UNSOUND,
    )


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_that_is_missing_cut_off_or_no_file_is_not_guessed_at(
    name: str, tmp_path: Path
) -> None:
    place = write_bag(tmp_path / "bag") / name
    data = place.read_bytes()
    place.write_bytes(data[:-1])
    with pytest.raises(BagRecordsError, match="cut off"):
        list(file_rows_from(tmp_path / "bag"))
    place.write_bytes(b"[]\n" + data)
    with pytest.raises(BagRecordsError, match="line 1"):
        list(file_rows_from(tmp_path / "bag"))
    place.unlink()
    with pytest.raises(BagRecordsError, match=name):
        list(file_rows_from(tmp_path / "bag"))
    (tmp_path / "elsewhere").write_bytes(data)
    place.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BagRecordsError, match=name):
        list(file_rows_from(tmp_path / "bag"))


@pytest.mark.parametrize("name", RECORDS)
def test_records_out_of_order_are_refused(name: str, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", WAVES)
    *above, two, three = (bag / name).read_bytes().splitlines(keepends=True)
    (bag / name).write_bytes(b"".join([*above, three, two]))
    with pytest.raises(BagRecordsError, match=r"order|says nothing"):
        list(file_rows_from(bag))


@pytest.mark.parametrize("name", RECORDS)
def test_a_file_told_of_twice_is_refused(name: str, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", WAVES)
    *above, two, three = (bag / name).read_bytes().splitlines(keepends=True)
    (bag / name).write_bytes(b"".join([*above, two, two, three]))
    with pytest.raises(BagRecordsError, match="order"):
        list(file_rows_from(bag))


def test_a_file_of_which_the_source_record_says_nothing_is_refused(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    source = bag / "metadata/source.jsonl"
    lines = source.read_bytes().splitlines(keepends=True)
    source.write_bytes(b"".join(line for line in lines if b"a.wav" not in line))
    with pytest.raises(BagRecordsError, match=r"says nothing of 'data/a\.wav'"):
        list(file_rows_from(bag))


@pytest.mark.parametrize(
    "change", [{"mtime": "yesterday"}, {"mtime": 7}, {"size": "x"}, {"path": 1}]
)
def test_a_source_record_in_another_form_is_refused(
    change: dict[str, object], tmp_path: Path
) -> None:
    bag = write_bag(tmp_path / "bag", {"a.wav": 5})
    source = bag / "metadata/source.jsonl"
    *above, last = source.read_text().splitlines()
    source.write_text("\n".join([*above, json.dumps({**json.loads(last), **change})]) + "\n")
    with pytest.raises(BagRecordsError, match="source"):
        list(file_rows_from(bag))


def test_a_file_that_the_audio_record_passes_over_has_no_format(tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    (bag / "metadata/audio.jsonl").write_bytes(b"")
    assert [row.media_format for row in file_rows_from(bag)] == [None] * 3


def test_digest_lines_are_read_as_b3sum_writes_them(tmp_path: Path) -> None:
    sizes = dict.fromkeys(("a b", "\\", "x\\n", "x\ny", "é", "'\"", " z ", "%0A", "\\\\\n"), 3)
    bag = write_bag(tmp_path / "bag", sizes)
    names = [row.path for row in rows_of(sizes)]
    done = subprocess.run([require_tool("b3sum"), *names], cwd=bag, capture_output=True, check=True)
    (bag / "fixity/blake3.txt").write_bytes(done.stdout)
    assert stored(file_rows_from(bag)) == rows_of(sizes)


@given(st.integers(-(10**19), 10**20))
@example(-1)
@example(0)
@example(10**18 - 1)
def test_a_files_time_survives_being_written_and_read(nanoseconds: int) -> None:
    assert parse_utc_ns(utc_text_ns(nanoseconds)) == nanoseconds
