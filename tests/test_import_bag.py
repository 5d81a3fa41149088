"""Bags of other tools come into the archive whole, verified first, or not at all."""

from __future__ import annotations

import os
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import bagit
import pytest

from archiver.archive import Archive
from archiver.errors import UsageError
from archiver.export import Form, export
from archiver.import_bag import Imported, import_bag
from archiver.package import package
from archiver.restore import restore
from archiver.state import State
from archiver.verify import Depth, verify_bag
from tests.bagit.bags import PAYLOAD, bag_files, seal, write
from tests.packaging import scene
from tests.packaging.scene import (
    AGENT,
    CLOCK,
    HOSTILE_NAMES,
    assert_books_agree,
    assert_valid,
    bag_of,
    content_of,
    make_source,
    new_archive,
    request_for,
)
from tests.serial.hostile import BAG, entry, tar
from tests.tools import require_tool


def _import(archive: Archive, source: Path, **wishes: Any) -> Imported:
    request = request_for(source, **wishes)
    return import_bag(archive, request, clock=CLOCK, agent=AGENT, workers=2)


def _bag(found: Imported) -> Path:
    assert found.outcome is not None, found
    return bag_of(found.outcome)


@pytest.mark.parametrize("version", ["0.93", "0.95", "0.96", "0.97", "1.0"])
def test_a_bag_is_kept_whole_as_it_was_received(
    archive: Archive, tmp_path: Path, version: str
) -> None:
    files = seal(bag_files(algorithms=("md5", "sha256"), version=version), ("md5",))
    theirs = write(tmp_path / "theirs", files)
    found = _import(archive, theirs)
    assert (found.state, found.verdict, found.algorithms) == (
        State.SOUND,
        "valid",
        ("md5", "sha256"),
    )
    bag = _bag(found)
    assert content_of(bag / "data") == content_of(theirs) == files
    assert_valid(bag)
    assert verify_bag(bag / "data", depth=Depth.FULL).verdict == "valid"
    info = (bag / "bag-info.txt").read_text()
    assert f"Received-Bag-Version: {version}\n" in info
    assert "Received-Bag-Verification: valid, by md5, sha256\n" in info
    assert_books_agree(archive)


def test_bags_of_bagit_python_come_in(archive: Archive, tmp_path: Path) -> None:
    theirs = make_source(tmp_path / "theirs", {"a.wav": b"sound", "b/c.txt": b"text"})
    bagit.make_bag(str(theirs), {"Contact-Name": "A. Bee"}, checksums=["sha1", "sha512"])
    found = _import(archive, theirs)
    assert (found.verdict, found.algorithms) == ("valid", ("sha1", "sha512"))
    bagit.Bag(str(_bag(found) / "data")).validate()


def _damaged(folder: Path) -> Path:
    theirs = write(folder, seal(bag_files(algorithms=("md5",))))
    (theirs / "data" / "a.txt").write_bytes(b"alphA")
    return theirs


def test_a_bag_that_is_not_valid_is_refused_with_every_fault(
    archive: Archive, tmp_path: Path
) -> None:
    theirs = _damaged(tmp_path / "theirs")
    (theirs / "data" / "sub" / "b.txt").unlink()
    found = _import(archive, theirs)
    assert (found.state, found.outcome) == (State.UNSOUND, None)
    assert {("mismatch", "data/a.txt"), ("missing", "data/sub/b.txt")} <= {
        (one.code, one.path) for one in found.findings
    }
    assert scene.visible(archive) == scene.staged(archive) == []


def test_known_damage_is_taken_with_its_reason(archive: Archive, tmp_path: Path) -> None:
    found = _import(archive, _damaged(tmp_path / "theirs"), known_damage="the only copy")
    bag = _bag(found)
    assert found.verdict == "invalid"
    info = (bag / "bag-info.txt").read_text()
    assert "Received-Bag-Verification: invalid, by md5\n" in info
    assert "Received-Bag-Accepted-Because: the only copy\n" in info
    assert (bag / "data/data/a.txt").read_bytes() == b"alphA"
    assert_valid(bag)


@pytest.mark.parametrize("form", tuple(Form))
def test_restore_of_import_of_export_of_package_is_what_came_in(
    archive: Archive, tmp_path: Path, form: Form
) -> None:
    files = {f"disc/{name}": name.encode() for name in HOSTILE_NAMES}
    source = make_source(tmp_path / "source", {**files, "empty": b"", "a.wav": b"x" * 2_000_000})
    first = bag_of(scene.run(new_archive(tmp_path / "first"), source))
    export(str(first), str(tmp_path / "file"), form)
    found = _import(archive, tmp_path / "file")
    assert found.verdict == "valid"
    restore(str(_bag(found)), str(tmp_path / "theirs"))
    assert content_of(tmp_path / "theirs") == content_of(first)
    if form is not Form.ZIP:
        for path in content_of(first):
            then, now = (first / path).stat(), (tmp_path / "theirs" / path).stat()
            assert now.st_mtime_ns == then.st_mtime_ns
    restore(str(tmp_path / "theirs"), str(tmp_path / "back"))
    before, after = scene.snapshot(source), scene.snapshot(tmp_path / "back")
    assert {path: (facts[5], facts[7]) for path, facts in after.items()} == {
        path: (facts[5], facts[7]) for path, facts in before.items()
    }


def test_zips_of_other_tools_come_in_with_their_times(archive: Archive, tmp_path: Path) -> None:
    theirs = write(tmp_path / "theirs", seal(bag_files()))
    os.utime(theirs / "data" / "a.txt", (1_234_567_890, 1_234_567_890))
    words = [require_tool("zip"), "-qr", "a.zip", "theirs"]
    subprocess.run(words, cwd=tmp_path, check=True)
    bag = _bag(_import(archive, tmp_path / "a.zip"))
    assert (bag / "data/data/a.txt").stat().st_mtime == 1_234_567_890


def test_an_archive_file_that_attacks_is_refused(archive: Archive, tmp_path: Path) -> None:
    attacks = {
        "link": tar(BAG, [entry("bag/data/x", tarfile.SYMTYPE, "/etc")]),
        "outside": tar({**BAG, "../evil": b""}),
        "cut": tar(BAG).rstrip(b"\0")[:-100],
        "two": tar({**BAG, "other/x": b""}),
    }
    for name, data in attacks.items():
        (tmp_path / name).write_bytes(data)
        found = _import(archive, tmp_path / name)
        assert (found.state, found.outcome) == (State.UNSOUND, None), name
        found = _import(archive, tmp_path / name, known_damage="no reason is good enough")
        assert found.outcome is None, name
    assert scene.visible(archive) == []
    assert sorted(os.listdir(tmp_path)) == sorted(["archive", *attacks])


def test_a_bag_at_the_top_of_a_zip_is_invalid_but_can_be_accepted(
    archive: Archive, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "bare.zip", "w") as file:
        for path, data in seal(bag_files()).items():
            file.writestr(path, data)
    assert _import(archive, tmp_path / "bare.zip").outcome is None
    found = _import(archive, tmp_path / "bare.zip", known_damage="as their portal makes them")
    assert (_bag(found) / "data/data/a.txt").read_bytes() == PAYLOAD["data/a.txt"]


def test_what_changes_between_verification_and_sealing_is_noticed(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = write(tmp_path / "theirs", seal(bag_files()))

    def meanwhile(*words: Any, **more: Any) -> Any:
        write(theirs, seal(bag_files({**PAYLOAD, "data/a.txt": b"other"})))  # as valid as before
        return package(*words, **more)

    monkeypatch.setattr("archiver.import_bag.package", meanwhile)
    found = _import(archive, theirs)
    assert found.state is State.UNSOUND and found.outcome is not None
    assert scene.visible(archive) == scene.staged(archive) == []
    named = {one.path for one in found.outcome.findings if one.code == "import-differs"}
    assert "data/a.txt" in named and "data/sub/b.txt" not in named


def test_the_same_bag_is_not_kept_twice(archive: Archive, tmp_path: Path) -> None:
    theirs = write(tmp_path / "theirs", seal(bag_files()))
    first, second = _import(archive, theirs), _import(archive, theirs)
    assert second.outcome is not None and second.outcome.already_held
    assert _bag(first) == _bag(second)


def test_what_is_no_bag_at_all_is_a_usage_error(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("text\n" * 1000)
    for name in ("text", "nothing"):
        with pytest.raises(UsageError):
            _import(archive, tmp_path / name)
