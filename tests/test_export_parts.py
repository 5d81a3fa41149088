"""Parts of a bag are bags, hold what the whole held, and are no larger than was asked."""

from __future__ import annotations

import errno
import os
import tarfile
import zipfile
from pathlib import Path

import bagit
import pytest

from archiver.errors import EnvironmentUnusable, UsageError
from archiver.export import Exported, Form
from archiver.export_parts import export_parts
from archiver.exporting.parts import PartsSerialiser
from archiver.state import State
from archiver.verify import Depth
from archiver.verify_serial import verify_serialised
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
def bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bag of two manifests, with hostile names and files of all sizes below 300 kB."""
    files = {f"disc/{name}": name.encode() for name in HOSTILE_NAMES}
    files |= {f"take {number:02}.raw": noise(number * 25_000, number) for number in range(12)}
    source = make_source(tmp_path_factory.mktemp("s") / "source", files)
    made = new_archive(tmp_path_factory.mktemp("a") / "archive", "sha256", "md5")
    info = (("External-Identifier", "Tapes of 1971"), ("External-Description", "a\nb"))
    return bag_of(run(made, source, info=info, bag_id="tapes"))


def _export(bag: Path, folder: Path, form: Form = Form.TAR, limit: int = LIMIT) -> Exported:
    folder.mkdir(exist_ok=True)
    return export_parts(str(bag), str(folder / f"{bag.name}.{form.value}"), form, limit)


def _unpack(found: Exported, folder: Path) -> list[Path]:
    for part in found.parts:
        if found.form is Form.ZIP:
            with zipfile.ZipFile(part.path) as archive:
                archive.extractall(folder)
        else:
            with tarfile.open(part.path) as tar:
                tar.extractall(folder, filter="data")
    return sorted(folder.iterdir())


@pytest.mark.parametrize("form", tuple(Form))
def test_every_part_is_a_valid_bag_and_no_larger_than_asked(
    bag: Path, tmp_path: Path, form: Form
) -> None:
    found = _export(bag, tmp_path / "out", form)
    count = len(found.parts)
    assert found.state is State.SOUND and count > 3
    assert sorted(os.listdir(tmp_path / "out")) == [
        f"tapes.{number}-of-{count}.{form.value}" for number in range(1, count + 1)
    ]
    for part in found.parts:
        assert part.size == os.path.getsize(part.path) <= LIMIT
        judged = verify_serialised(part.path, depth=Depth.FULL)
        assert (judged.verdict, judged.state) == ("valid", State.SOUND)


def test_bagit_py_validates_each_and_finds_the_group(tmp_path: Path) -> None:
    source = write(tmp_path / "plain", bag_files({"data/a": noise(9000), "data/b": noise(9000, 2)}))
    found = _export(source, tmp_path / "out", limit=90_000)
    assert len(found.parts) == 2
    for number, folder in enumerate(_unpack(found, tmp_path / "un"), 1):
        part = bagit.Bag(str(folder))
        part.validate()
        assert part.info["Bag-Count"] == f"{number} of 2"
        assert part.info["Bag-Group-Identifier"] == "plain"
        assert len(part.payload_entries()) == 1


def test_together_the_parts_are_the_whole(bag: Path, tmp_path: Path) -> None:
    folders = _unpack(_export(bag, tmp_path / "out"), tmp_path / "un")
    payload: dict[str, bytes] = {}
    lines = {"md5": b"", "sha256": b""}
    for folder in folders:
        payload |= {f"data/{path}": data for path, data in content_of(folder / "data").items()}
        for name in lines:
            lines[name] += (folder / f"manifest-{name}.txt").read_bytes()
        for path in (folder / "data").rglob("*"):
            if path.is_file():
                original = bag / "data" / path.relative_to(folder / "data")
                assert path.stat().st_mtime == original.stat().st_mtime
        info = (folder / "bag-info.txt").read_text("utf-8")
        assert "Bag-Group-Identifier: Tapes of 1971\n" in info
        assert "External-Description: a\n b\n" in info
        assert info.count("Payload-Oxum") == 1
    whole = content_of(bag)
    kept = {f"{path}": data for path, data in content_of(folders[0] / "whole-bag").items()}
    assert {**kept, **payload} == whole
    for name, text in lines.items():
        assert text == (bag / f"manifest-{name}.txt").read_bytes()


def test_two_exports_are_the_same_bytes(bag: Path, tmp_path: Path) -> None:
    one, two = _export(bag, tmp_path / "1", Form.ZIP), _export(bag, tmp_path / "2", Form.ZIP)
    for left, right in zip(one.parts, two.parts, strict=True):
        assert Path(left.path).read_bytes() == Path(right.path).read_bytes()


def test_a_file_larger_than_the_parts_has_its_own_and_is_named(tmp_path: Path) -> None:
    files = {"data/a": b"a", "data/b": noise(200_000), "data/c": b"c"}
    found = _export(
        write(tmp_path / "bag", seal(bag_files(files))), tmp_path / "out", limit=100_000
    )
    assert found.state is State.SOUND
    assert [(one.code, one.path) for one in found.findings] == [("part-too-large", "data/b")]
    _, middle, _ = _unpack(found, tmp_path / "un")
    assert os.listdir(middle / "data") == ["b"]


def test_a_bag_that_fits_stays_one(bag: Path, tmp_path: Path) -> None:
    found = _export(bag, tmp_path / "out", limit=10**9)
    assert (found.parts, os.listdir(tmp_path / "out")) == ((), ["tapes.tar"])


def test_of_a_damaged_bag_no_part_is_left(tmp_path: Path) -> None:
    files = bag_files({f"data/{name}": noise(50_000, ord(name)) for name in "abcd"})
    bag = write(tmp_path / "bag", {**files, "data/d": noise(50_000, 9)})
    found = _export(bag, tmp_path / "out", limit=130_000)
    assert (found.state, found.path, found.parts) == (State.UNSOUND, None, ())
    assert [one.path for one in found.findings if one.code == "mismatch"] == ["data/d"]
    assert not os.listdir(tmp_path / "out")


def test_a_damaged_tag_file_leaves_no_part_either(tmp_path: Path) -> None:
    files = seal(
        {**bag_files({f"data/{name}": noise(50_000, ord(name)) for name in "abcd"}), "n.txt": b"n"}
    )
    bag = write(tmp_path / "bag", {**files, "n.txt": b"m"})
    found = _export(bag, tmp_path / "out", limit=130_000)
    assert (found.state, os.listdir(tmp_path / "out")) == (State.UNSOUND, [])


def test_a_bag_that_no_manifest_describes_is_not_divided(tmp_path: Path) -> None:
    bag = write(tmp_path / "bag", bag_files({"data/a": noise(99_000), "data/b": noise(99_000)}))
    (bag / "data" / "c").write_bytes(b"")
    with pytest.raises(UsageError, match="no payload manifest lists"):
        _export(bag, tmp_path / "out", limit=130_000)


def test_a_taken_name_stops_all_parts(tmp_path: Path) -> None:
    bag = write(tmp_path / "bag", bag_files({"data/a": noise(99_000), "data/b": noise(99_000, 2)}))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "bag.2-of-2.tar").write_text("mine")
    with pytest.raises(UsageError):
        _export(bag, tmp_path / "out", limit=180_000)
    assert os.listdir(tmp_path / "out") == ["bag.2-of-2.tar"]


def test_where_one_part_cannot_get_its_name_none_is_left(bag: Path, tmp_path: Path) -> None:
    names = [Path(part.path).name for part in _export(bag, tmp_path / "first").parts]
    folder = tmp_path / "second"
    genuine = PartsSerialiser.finish

    def finish(serialiser: PartsSerialiser) -> None:
        genuine(serialiser)
        (folder / names[-1]).write_bytes(b"somebody else's")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PartsSerialiser, "finish", finish)
        with pytest.raises(UsageError, match="somebody else"):
            _export(bag, folder)
    assert [path.name for path in folder.iterdir()] == names[-1:]


def test_where_one_part_is_not_on_the_medium_none_is_left(
    bag: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = iter([True, True])

    def sync(_: int) -> None:
        if next(left, False) is False:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("archiver.serial.writing.place.sync_file", sync)
    with pytest.raises(EnvironmentUnusable, match="cannot be written"):
        _export(bag, tmp_path / "parts")
    assert list((tmp_path / "parts").iterdir()) == []
