"""Every assertion comes to one result, and nothing is read that need not be."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import tracemalloc
import unicodedata
from itertools import chain
from pathlib import Path

import pytest

from archiver.findings import Severity, state_of
from archiver.progress import Silence
from archiver.sidecars import check_prior_fixity
from archiver.sidecars.ledger import Needed
from archiver.sidecars.witness import hear_all
from archiver.state import State
from archiver.tree import Tree
from tests.sidecars.scene import checked, entries, findings, records, results, write


def md5_line(name: str, data: bytes) -> bytes:
    return f"{hashlib.md5(data).hexdigest()} *{name}\n".encode()


def test_a_flipped_bit_is_a_mismatch_and_refuses(tmp_path: Path) -> None:
    write(tmp_path, {"a/one.mp3": b"ond", "a/a.md5": md5_line("one.mp3", b"one")})
    (record,) = records(tmp_path)
    assert record == {
        "sidecar": "a/a.md5",
        "line": 1,
        "name": "one.mp3",
        "path": "a/one.mp3",
        "algorithm": "md5",
        "expected": hashlib.md5(b"one").hexdigest(),
        "found": hashlib.md5(b"ond").hexdigest(),
        "result": "mismatch",
    }
    (found,) = findings(tmp_path)["prior-mismatch"]
    assert (found.path, found.severity) == ("a/one.mp3", Severity.REFUSAL)


def test_audio_beside_listed_files_that_no_list_has_is_not_covered(tmp_path: Path) -> None:
    write(tmp_path, {"a/one.mp3": b"one", "a/two.mp3": b"two", "a/cover.jpg": b"", "b/x.mp3": b""})
    write(tmp_path, {"a/a.md5": md5_line("one.mp3", b"one"), "a/a.m3u": b"two.mp3\n"})
    assert ("a/two.mp3", "not-covered") in results(tmp_path)
    (found,) = findings(tmp_path)["prior-not-covered"]
    assert (found.path, found.detail["examples"]) == ("a", ["a/two.mp3"])


def test_a_group_is_told_with_its_first_examples(tmp_path: Path) -> None:
    write(tmp_path, {"a.m3u": b"1.mp3\n2.mp3\n3.mp3\n4.mp3\n"})
    (found,) = findings(tmp_path)["prior-dangling"]
    assert found.message == (
        "names that lead nowhere: 4; there is no such file (1.mp3, 2.mp3, 3.mp3, ...)"
    )


def test_a_file_under_another_name_is_found_by_its_digest(tmp_path: Path) -> None:
    write(tmp_path, {"a/New.mp3": b"one", "a/a.md5": md5_line("old.mp3", b"one")})
    (record, *_) = records(tmp_path)
    assert (record["result"], record["renamed_to"]) == ("renamed", "a/New.mp3")


def test_a_file_of_another_content_is_not_taken_for_it(tmp_path: Path) -> None:
    write(tmp_path, {"a/New.mp3": b"two", "a/a.md5": md5_line("old.mp3", b"one")})
    assert results(tmp_path)[0] == ("old.mp3", "dangling")


def test_renamed_files_are_found_anywhere_by_digests_that_are_known(tmp_path: Path) -> None:
    line = f"{hashlib.sha512(b'one').hexdigest()}  old.mp3\n".encode()
    write(tmp_path, {"b/New.mp3": b"one", "a/a.sha512": line})
    with checked(tmp_path) as prior:
        (record,) = prior.records()
        assert prior.files_read == 0
    assert record["renamed_to"] == "b/New.mp3"


@pytest.mark.parametrize(
    ("listed", "there"),
    [
        ("ONE.MP3", "one.mp3"),
        (unicodedata.normalize("NFD", "é.mp3"), "é.mp3"),
        ("sub\\one.mp3", "sub/one.mp3"),
        ("./one.mp3", "one.mp3"),
    ],
)
def test_names_from_other_systems_are_found(listed: str, there: str, tmp_path: Path) -> None:
    write(tmp_path, {there: b"one", "a.md5": md5_line(listed, b"one")})
    assert results(tmp_path) == [(listed, "verified")]
    assert records(tmp_path)[0]["path"] == there


@pytest.mark.parametrize(
    ("listed", "there"),
    [
        ("one.mp3  ", "a/one.mp3"),
        ('"one.mp3"', "a/one.mp3"),
        ("D:\\Music\\one.mp3", "a/one.mp3"),
        ("D:\\Music\\cd1\\one.mp3", "a/cd1/one.mp3"),
        ("\\\\server\\share\\cd1\\one.mp3", "a/cd1/one.mp3"),
        ("/home/me/cd1/one.mp3", "a/cd1/one.mp3"),
    ],
)
def test_damage_is_seen_where_a_list_was_made_elsewhere_or_by_a_careless_program(
    listed: str, there: str, tmp_path: Path
) -> None:
    write(tmp_path, {there: b"one", "a/a.md5": md5_line(listed, b"one")})
    assert results(tmp_path) == [(listed, "verified")]
    write(tmp_path, {there: b"ond"})
    assert (listed, "mismatch") in results(tmp_path)
    assert [one.path for one in findings(tmp_path)["prior-mismatch"]] == [there]


def test_the_longest_end_of_an_absolute_path_is_taken(tmp_path: Path) -> None:
    write(
        tmp_path, {"cd1/x.mp3": b"one", "x.mp3": b"two", "a.md5": md5_line("/m/cd1/x.mp3", b"one")}
    )
    assert ("/m/cd1/x.mp3", "verified") in results(tmp_path)
    assert records(tmp_path)[0]["path"] == "cd1/x.mp3"


@pytest.mark.parametrize(
    "listed", ["/../one.mp3", "/a/../../one.mp3", "C:\\..\\one.mp3", "../one.mp3"]
)
def test_no_path_leads_out_of_the_collection(listed: str, tmp_path: Path) -> None:
    write(tmp_path, {"one.mp3": b"one", "payload/a.md5": md5_line(listed, b"two")})
    assert results(tmp_path / "payload") == [(listed, "dangling")]


def test_case_is_not_guessed_where_two_files_would_do(tmp_path: Path) -> None:
    write(tmp_path, {"One.mp3": b"1", "one.mp3": b"2", "a.md5": md5_line("ONE.mp3", b"3")})
    assert results(tmp_path)[0] == ("ONE.mp3", "dangling")


def test_a_name_with_a_backslash_in_it_is_tried_first(tmp_path: Path) -> None:
    write(tmp_path, {"a\\b": b"one", "a/b": b"two", "a.md5": md5_line("a\\b", b"one")})
    assert results(tmp_path) == [("a\\b", "verified")]


def test_digests_that_are_known_are_not_read_again(tmp_path: Path) -> None:
    line = f"{hashlib.sha512(b'one').hexdigest()}  one.mp3\n".encode()
    write(tmp_path, {"one.mp3": b"one", "a.sha512": line})
    known = list(entries(tmp_path))
    (tmp_path / "one.mp3").unlink()
    with (
        Tree(tmp_path) as tree,
        check_prior_fixity(tree, known, Silence(), workers=2) as prior,
    ):
        assert prior.counts == {"verified": 1}
        assert (prior.files_read, prior.bytes_read) == (0, 0)


def test_only_files_that_need_it_are_read_once_more(tmp_path: Path) -> None:
    write(tmp_path, {"one.mp3": b"one", "two.mp3": b"two", "a.md5": md5_line("one.mp3", b"one")})
    write(tmp_path, {"b.sfv": b"one.mp3 00000000\n"})
    with checked(tmp_path) as prior:
        assert (prior.files_read, prior.bytes_read) == (1, 3)


def test_a_collection_without_sidecars_costs_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"one.mp3": b"one"})
    with checked(tmp_path) as prior:
        assert (prior.sidecars, prior.findings, prior.counts) == (0, (), {})
        assert list(prior.lines()) == []


def test_a_file_that_cannot_be_read_is_neither_sound_nor_damaged(tmp_path: Path) -> None:
    write(tmp_path, {"one.mp3": b"one", "two.mp3": b"two"})
    write(tmp_path, {"a.md5": md5_line("one.mp3", b"one"), "b.sfv": b"two.mp3 00000000\n"})
    known = list(entries(tmp_path))
    (tmp_path / "one.mp3").unlink()
    (tmp_path / "two.mp3").unlink()
    with (
        Tree(tmp_path) as tree,
        check_prior_fixity(tree, known, Silence(), workers=2) as prior,
    ):
        assert prior.counts == {"unverifiable": 2}
        unread = [one for one in prior.findings if one.code == "prior-unread"]
        assert sorted(str(one.path) for one in unread) == ["one.mp3", "two.mp3"]
        assert state_of(prior.findings) is State.INCOMPLETE


class Counting(Silence):
    """Somebody who counts the bytes."""

    def __init__(self) -> None:
        self.heard = 0

    def advance(self, n_bytes: int, n_files: int) -> None:
        self.heard += n_bytes + n_files


def test_reading_that_is_left_early_ends_at_once(tmp_path: Path) -> None:
    sizes = {"0.mp3": 0, **dict.fromkeys(("1.mp3", "2.mp3", "3.mp3"), 2 << 30)}
    for name, size in sizes.items():
        (tmp_path / name).touch()
        os.truncate(tmp_path / name, size)  # holes: they take no space
    needs = [Needed(1, name, size, ("crc32",)) for name, size in sizes.items()]
    watching, threads = Counting(), threading.active_count()
    with Tree(tmp_path) as tree:
        heard = hear_all(tree, needs, 2, watching)
        assert next(iter(heard)).facts[0].value == "00000000"
        heard.close()
    assert watching.heard < 2 << 30
    assert threading.active_count() == threads


def test_a_sidecar_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    known = [("a.md5", 40, {"sha512": b"x"})]
    with (
        Tree(tmp_path) as tree,
        check_prior_fixity(tree, known, Silence(), workers=1) as prior,
    ):
        assert [(one.code, one.path) for one in prior.findings] == [("prior-unread", "a.md5")]


def test_a_sidecar_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    known = [("a.md5", 33 << 20, {"sha512": b"x"}), ("b.log", 33 << 20, {"sha512": b"x"})]
    with (
        Tree(tmp_path) as tree,
        check_prior_fixity(tree, known, Silence(), workers=1) as prior,
    ):
        assert [(one.code, one.path) for one in prior.findings] == [("prior-malformed", "a.md5")]


def test_the_lines_of_the_bag_are_canonical_and_name_places_in_the_bag(tmp_path: Path) -> None:
    write(tmp_path, {"New.mp3": b"one", "a.md5": md5_line("old\u202e.mp3", b"one")})
    with checked(tmp_path) as prior:
        (line,) = prior.lines()
    record = json.loads(line)
    assert (record["sidecar"], record["renamed_to"]) == ("data/a.md5", "data/New.mp3")
    assert b"old\\u202e.mp3" in line
    assert line.endswith(b"}\n")


def test_the_reason_for_accepting_stands_with_each_mismatch_in_the_bag(tmp_path: Path) -> None:
    write(tmp_path, {"one.mp3": b"ond", "two.mp3": b"two"})
    write(tmp_path, {"a.md5": md5_line("one.mp3", b"one") + md5_line("two.mp3", b"two")})
    with checked(tmp_path) as prior:
        lines = [json.loads(line) for line in prior.lines(accepted="the only copy")]
    assert [line.get("accepted") for line in lines] == ["the only copy", None]


def test_thousands_of_mismatches_are_all_recorded_and_not_all_told(tmp_path: Path) -> None:
    write(tmp_path, {"one.mp3": b"one", "a.md5": md5_line("one.mp3", b"two") * 1500})
    with checked(tmp_path) as prior:
        assert prior.counts == {"mismatch": 1500}
        told = [one for one in prior.findings if one.code == "prior-mismatch"]
    assert len(told) == 1001
    assert told[-1].message.startswith("500 more")


def test_findings_of_very_many_sidecars_are_told_as_one(tmp_path: Path) -> None:
    write(tmp_path, {f"{number}.m3u": b"gone.mp3\n" for number in range(1010)})
    with checked(tmp_path) as prior:
        counts = [one.detail["count"] for one in prior.findings]
    assert counts == [1] * 1000 + [10]


def test_memory_grows_by_the_sidecar_and_not_by_the_files(tmp_path: Path) -> None:
    count, value = 10_000, hashlib.sha512(b"")
    names = [f"a folder with a name/track {number:06}.mp3" for number in range(count)]
    list_ = "".join(f"{value.hexdigest()}  {name}\n" for name in names).encode()
    write(tmp_path, {"all.sha512": list_})
    known = {"sha512": value.digest(), "blake3": bytes(32)}
    files = ((name, 0, known) for name in names)
    side = (("all.sha512", len(list_), known),)
    tracemalloc.start()
    try:
        with (
            Tree(tmp_path) as tree,
            check_prior_fixity(tree, chain(files, side), Silence(), workers=1) as prior,
        ):
            assert sum(1 for _ in prior.lines()) == count == prior.counts["verified"]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1000 * count + (4 << 20)
