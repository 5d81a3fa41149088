"""Files come back as the bag they were made of, parts are joined, and nothing else is."""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path

import pytest

from archiver.errors import UsageError
from archiver.export import Form, export
from archiver.export_parts import export_parts
from archiver.restore_packed import foresee_packed, restore_packed
from archiver.state import State
from tests.bagit.bags import bag_files, seal, write
from tests.packaging.scene import (
    HOSTILE_NAMES,
    bag_of,
    content_of,
    make_source,
    new_archive,
    noise,
    run,
)

LIMIT = 400_000


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {f"disc/{name}": name.encode() for name in HOSTILE_NAMES}
    files |= {f"take {number:02}.raw": noise(number * 25_000, number) for number in range(8)}
    folder = make_source(tmp_path_factory.mktemp("s") / "source", files)
    (folder / "nothing in here").mkdir()
    os.utime(folder / "take 01.raw", ns=(1, 987_654_321_012_345_678))
    return folder


@pytest.fixture(scope="module")
def bag(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = new_archive(tmp_path_factory.mktemp("a") / "archive")
    return bag_of(run(made, source, bag_id="tapes"))


def _parts(bag: Path, folder: Path, form: Form = Form.TAR, limit: int = LIMIT) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    place = str(folder / f"{bag.name}.{form.value}")
    found = export_parts(str(bag), place, form, limit)
    assert found.state is State.SOUND and len(found.parts) > 2
    return [part.path for part in found.parts]


@pytest.fixture(scope="module")
def parts(bag: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return _parts(bag, tmp_path_factory.mktemp("parts"))


@pytest.mark.parametrize("form", tuple(Form))
def test_the_parts_in_any_order_are_the_collection_again(
    bag: Path, source: Path, tmp_path: Path, form: Form
) -> None:
    parts = _parts(bag, tmp_path / "out", form)
    found = restore_packed(parts[::-1], str(tmp_path / "back"))
    assert (found.state, found.exact, found.path) == (State.SOUND, True, str(tmp_path / "back"))
    assert content_of(tmp_path / "back") == content_of(source)
    assert (tmp_path / "back/nothing in here").is_dir()
    assert (tmp_path / "back/take 01.raw").stat().st_mtime_ns == 987_654_321_012_345_678
    assert sorted(os.listdir(tmp_path)) == ["back", "out"]


def test_as_a_bag_the_parts_are_the_very_bag_they_were_made_of(
    bag: Path, parts: list[str], tmp_path: Path
) -> None:
    found = restore_packed(parts, str(tmp_path / "again"), as_bag=True)
    assert found.state is State.SOUND
    assert content_of(tmp_path / "again") == content_of(bag)
    assert found.files == len(content_of(bag))
    assert found.bytes == sum(map(len, content_of(bag).values()))


@pytest.mark.parametrize("form", tuple(Form))
def test_a_bag_in_one_file_is_restored_like_a_folder(
    bag: Path, source: Path, tmp_path: Path, form: Form
) -> None:
    place = str(tmp_path / f"tapes.{form.value}")
    assert export(str(bag), place, form).state is State.SOUND
    found = restore_packed([place], str(tmp_path / "back"))
    assert (found.state, found.exact) == (State.SOUND, True)
    assert content_of(tmp_path / "back") == content_of(source)


@pytest.mark.parametrize("as_bag", (False, True))
def test_a_dry_run_says_what_the_real_one_does_and_writes_nothing(
    parts: list[str], tmp_path: Path, as_bag: bool
) -> None:
    place = str(tmp_path / "back")
    foreseen = foresee_packed(parts, place, as_bag=as_bag)
    assert foreseen.dry_run and os.listdir(tmp_path) == []
    done = restore_packed(parts, place, as_bag=as_bag)
    for what in ("path", "state", "files", "bytes", "exact", "as_bag", "parts"):
        assert getattr(foreseen, what) == getattr(done, what), what


@pytest.mark.parametrize(
    "choose",
    (
        lambda parts, _: parts[1:2],
        lambda parts, _: parts[:-1],
        lambda parts, _: [*parts[:-1], parts[0]],
        lambda parts, other: [*parts[:-1], other[0]],
        lambda parts, other: [other[0], *parts],
    ),
    ids=("one alone", "the last is lacking", "one twice", "one of another bag", "one too many"),
)
def test_what_is_not_all_parts_of_one_bag_is_not_joined(
    parts: list[str], tmp_path: Path, choose: object
) -> None:
    assert callable(choose)
    plain = write(tmp_path / "plain", seal(bag_files({f"data/{n}": noise(90_000) for n in "abc"})))
    others = _parts(plain, tmp_path / "others", limit=100_000)
    with pytest.raises(UsageError):
        restore_packed(choose(parts, others), str(tmp_path / "back"))
    assert sorted(os.listdir(tmp_path)) == ["others", "plain"]


def _damaged(parts: list[str], folder: Path, at: int) -> list[str]:
    """Copy the parts, and change a byte of the second one."""
    folder.mkdir()
    copies = [str(shutil.copy(part, folder)) for part in parts]
    with open(copies[1], "r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 0xFF]))
    return copies


def test_damage_in_a_part_costs_one_file_and_a_bag_is_not_given_back(
    parts: list[str], source: Path, tmp_path: Path
) -> None:
    copies = _damaged(parts, tmp_path / "copies", os.path.getsize(parts[1]) - 30_000)
    found = restore_packed(copies, str(tmp_path / "back"))
    assert (found.state, found.listed_files - found.files) == (State.UNSOUND, 1)
    (lost,) = [one.path for one in found.findings if one.code == "mismatch"]
    rest = content_of(source)
    del rest[str(lost).removeprefix("data/")]
    assert content_of(tmp_path / "back") == rest
    refused = restore_packed(copies, str(tmp_path / "again"), as_bag=True)
    assert (refused.state, refused.path) == (State.UNSOUND, None)
    assert sorted(os.listdir(tmp_path)) == ["back", "copies"]


def test_a_part_that_is_cut_off_is_named_and_the_rest_comes_back(
    parts: list[str], tmp_path: Path
) -> None:
    (tmp_path / "copies").mkdir()
    copies = [str(shutil.copy(part, tmp_path / "copies")) for part in parts]
    os.truncate(copies[1], os.path.getsize(copies[1]) // 2)
    found = restore_packed(copies, str(tmp_path / "back"))
    assert found.state is State.UNSOUND and 0 < found.files < found.listed_files
    assert ("archive-damaged", copies[1]) in [(one.code, one.path) for one in found.findings]
    assert foresee_packed(copies, str(tmp_path / "new")).state is State.UNSOUND


def test_a_file_in_two_parts_is_damage(parts: list[str], tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    copies = [str(shutil.copy(part, tmp_path / "copies")) for part in parts]
    with tarfile.open(copies[0]) as first:
        one = next(member for member in first if "/data/" in member.name and member.isfile())
        stream = first.extractfile(one)
        assert stream is not None
        with tarfile.open(copies[1], "a") as second:
            one.name = one.name.replace("1-of-", "2-of-")
            second.addfile(one, stream)
    found = restore_packed(copies, str(tmp_path / "back"))
    assert "archive-duplicate" in {finding.code for finding in found.findings}
    assert found.state is State.UNSOUND and found.files == found.listed_files


def test_what_a_dead_run_left_is_cleared_away(parts: list[str], tmp_path: Path) -> None:
    (tmp_path / ".back.joining/data").mkdir(parents=True)
    (tmp_path / ".back.joining/data/half").write_bytes(b"x")
    assert restore_packed(parts, str(tmp_path / "back")).state is State.SOUND
    assert os.listdir(tmp_path) == ["back"]
    assert not (tmp_path / "back/half").exists()


def test_a_foreign_bag_that_says_it_is_a_part_is_restored_by_itself(tmp_path: Path) -> None:
    info = "Bag-Group-Identifier: Theirs\nBag-Count: 2 of 3\n"
    folder = write(tmp_path / "theirs", seal(bag_files({"data/a": b"a"}, info=info)))
    place = str(tmp_path / "theirs.tar")
    assert export(str(folder), place, Form.TAR).state is State.SOUND
    found = restore_packed([place], str(tmp_path / "back"))
    assert (found.state, found.exact) == (State.SOUND, False)
    (said,) = [one for one in found.findings if one.code == "one-of-several-parts"]
    assert said.message == "It is part 2 of 3 of 'Theirs'."
    assert content_of(tmp_path / "back") == {"a": b"a"}
