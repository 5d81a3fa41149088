"""The same content again: recognised, and only ever called held when it really is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archiver.archive import Archive
from archiver.package import SourceOutcome
from archiver.progress import Silence
from archiver.state import State
from archiver.verify import Depth
from archiver.verify_held import read_seals, record_verification, verify_held
from tests.packaging.scene import (
    AGENT,
    CLOCK,
    assert_books_agree,
    assert_valid,
    bag_of,
    codes,
    make_source,
    noise,
    run,
    snapshot,
    staged,
    visible,
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make_source(tmp_path / "Album", {"1.wav": noise(2_000_000), "sub/2.wav": b"two"})


def test_the_same_source_again_is_recognised_and_makes_no_second_bag(
    archive: Archive, source: Path
) -> None:
    first = run(archive, source)
    before = snapshot(archive.bags)
    again = run(archive, source)
    assert (again.state, again.already_held, again.bag_id) == (State.SOUND, True, first.bag_id)
    assert (again.files, again.bytes) == (first.files, first.bytes)
    assert codes(again) == ["already-held"]
    assert snapshot(archive.bags) == before
    assert staged(archive) == []


def test_a_copy_of_the_source_elsewhere_is_recognised_too(
    archive: Archive, source: Path, tmp_path: Path
) -> None:
    first = run(archive, source)
    twin = make_source(tmp_path / "elsewhere", {"1.wav": noise(2_000_000), "sub/2.wav": b"two"})
    assert run(archive, twin).bag_id == first.bag_id


def test_a_second_bag_is_made_when_asked_for_and_numbered(archive: Archive, source: Path) -> None:
    first = run(archive, source)
    second, third = run(archive, source, again=True), run(archive, source, again=True)
    assert [second.bag_id, third.bag_id] == [f"{first.bag_id}-2", f"{first.bag_id}-3"]
    assert_valid(bag_of(third))
    assert run(archive, source).already_held
    assert_books_agree(archive)


def test_another_id_makes_a_second_bag_and_says_what_holds_the_same(
    archive: Archive, source: Path
) -> None:
    first = run(archive, source)
    named = run(archive, source, bag_id="tape-7")
    assert (named.state, named.bag_id, named.already_held) == (State.SOUND, "tape-7", False)
    assert codes(named) == ["same-content-held"]
    assert str(first.bag_id) in named.findings[0].message


def test_each_of_several_bags_with_the_content_is_recognised_by_its_id(
    archive: Archive, source: Path
) -> None:
    for bag_id in ("a-1", "b-2", "c-3"):
        assert run(archive, source, bag_id=bag_id).state is State.SOUND
    for bag_id in ("a-1", "b-2", "c-3"):
        again = run(archive, source, bag_id=bag_id)
        assert (again.already_held, again.bag_id) == (True, bag_id)
    assert visible(archive) == ["a-1", "b-2", "c-3"]


@pytest.mark.parametrize("again", [False, True])
def test_an_id_that_other_content_has_is_refused(
    again: bool, archive: Archive, source: Path, tmp_path: Path
) -> None:
    run(archive, source, bag_id="tape-1")
    before = snapshot(archive.bags)
    other = make_source(tmp_path / "other", {"x": b"x"})
    outcome = run(archive, other, bag_id="tape-1", again=again)
    assert (outcome.state, codes(outcome)) == (State.REFUSED, ["id-taken"])
    assert snapshot(archive.bags) == before
    assert staged(archive) == []


@pytest.mark.parametrize("change", ["byte", "name", "more"])
def test_a_changed_source_gets_a_bag_and_an_id_of_its_own(
    change: str, archive: Archive, source: Path
) -> None:
    first = run(archive, source)
    if change == "byte":
        (source / "sub/2.wav").write_bytes(b"tow")
    elif change == "name":
        (source / "sub/2.wav").rename(source / "sub/3.wav")
    else:
        (source / "3.wav").write_bytes(b"3")
    second = run(archive, source)
    assert second.state is State.SOUND
    assert second.bag_id not in (None, first.bag_id)
    assert len(visible(archive)) == 2


def _damage(archive: Archive, bag: Path, how: str) -> None:
    if how == "gone":
        bag.rename(archive.quarantine / bag.name)
    elif how == "a file is missing":
        (bag / "data/sub/2.wav").unlink()
    elif how == "a file is shorter":
        os.truncate(bag / "data/1.wav", 1_999_999)
    elif how == "the tag manifest was changed":
        text = (bag / "tagmanifest-sha512.txt").read_bytes()
        (bag / "tagmanifest-sha512.txt").unlink()
        (bag / "tagmanifest-sha512.txt").write_bytes(text.upper())
    else:  # a bit flipped, and a verification has found it
        content = (bag / "data/1.wav").read_bytes()
        (bag / "data/1.wav").unlink()
        (bag / "data/1.wav").write_bytes(bytes([content[0] ^ 1]) + content[1:])
        seals = read_seals(archive, [bag.name], CLOCK)
        found = verify_held(
            archive, bag.name, seals, depth=Depth.FULL, from_medium=False, workers=1,
            progress=Silence(),
        )  # fmt: skip
        assert found.state is State.UNSOUND
        record_verification(
            archive, bag.name, found, depth=Depth.FULL, clock=CLOCK, agent=AGENT, begun=CLOCK()
        )


@pytest.mark.parametrize(
    "how",
    ["gone", "a file is missing", "a file is shorter", "the tag manifest was changed",
     "a bit was flipped and found"],
)  # fmt: skip
def test_a_source_is_not_called_held_when_its_bag_is_lost_or_damaged(
    how: str, archive: Archive, source: Path
) -> None:
    first = run(archive, source)
    _damage(archive, bag_of(first), how)
    outcome = run(archive, source)
    assert not outcome.already_held
    assert outcome.state is State.SOUND
    assert codes(outcome) == ["held-copy-doubtful"]
    assert_valid(bag_of(outcome))


def test_a_lost_bag_may_be_made_again_but_its_id_never_goes_to_other_content(
    archive: Archive, source: Path, tmp_path: Path
) -> None:
    first = run(archive, source, bag_id="tape-1")
    bag_of(first).rename(archive.quarantine / "tape-1")
    other = make_source(tmp_path / "other", {"x": b"x"})
    assert codes(run(archive, other, bag_id="tape-1")) == ["id-taken"]
    remade: SourceOutcome = run(archive, source, bag_id="tape-1")
    assert (remade.state, remade.bag_id) == (State.SOUND, "tape-1")
    assert_valid(bag_of(remade))


class _Meddler(Silence):
    """Puts a file into the source while its content is compared with what is held."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def begin(self, task: str, total_bytes: int | None, total_files: int | None) -> None:
        del total_bytes, total_files
        if task == "comparing":
            self._place.write_bytes(b"new")


@pytest.mark.parametrize("name", ["3.wav", "sub/3.wav"])
def test_a_source_that_gets_a_file_while_it_is_compared_is_not_called_held(
    name: str, archive: Archive, source: Path
) -> None:
    run(archive, source)
    meddled = run(archive, source, progress=_Meddler(source / name))
    assert (meddled.state, meddled.already_held) == (State.INCOMPLETE, False)
    assert set(codes(meddled)) == {"source-changed"}
    assert staged(archive) == []
    assert (bag_of(run(archive, source)) / "data" / name).read_bytes() == b"new"
