"""Exporting writes sound bags only, the same bytes each time, and overwrites nothing."""

from __future__ import annotations

import fcntl
import gzip
import os
import resource
import signal
import tarfile
import zipfile
from pathlib import Path

import pytest

from archiver.errors import BusyError, EnvironmentUnusable, UsageError
from archiver.export import Exported, Form, export, place_and_form
from archiver.state import State
from archiver.verify import Depth, Sealed, verify_bag
from tests.bagit.bags import bag_files, seal, write
from tests.packaging.scene import (
    HOSTILE_NAMES,
    MTIME_NS,
    bag_of,
    content_of,
    make_source,
    new_archive,
    run,
)

FORMS = tuple(Form)


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    files = {f"disc/{name}": name.encode() for name in HOSTILE_NAMES}
    source = make_source(tmp_path / "source", {**files, "top.txt": b"x" * 3_000_000, "empty": b""})
    return bag_of(run(new_archive(tmp_path / "archive"), source))


def _codes(found: Exported) -> set[str]:
    return {finding.code for finding in found.findings}


def _unpack(file: Path, folder: Path) -> dict[str, bytes]:
    if file.suffix == ".zip":
        with zipfile.ZipFile(file) as archive:
            return {
                name: archive.read(name) for name in archive.namelist() if not name.endswith("/")
            }
    with tarfile.open(file) as tar:
        tar.extractall(folder, filter="data")
    return content_of(folder)


@pytest.mark.parametrize("form", FORMS)
def test_two_exports_are_the_same_bytes_and_hold_the_whole_bag(
    bag: Path, tmp_path: Path, form: Form
) -> None:
    one, two = tmp_path / f"1.{form.value}", tmp_path / f"2.{form.value}"
    found = export(str(bag), str(one), form)
    assert (found.state, found.path) == (State.SOUND, str(one))
    os.utime(bag / "data" / "top.txt", ns=(1, MTIME_NS))  # when it was read last is no matter
    export(str(bag), str(two), form)
    assert one.read_bytes() == two.read_bytes()
    content = content_of(bag)
    assert _unpack(one, tmp_path / "out") == {
        f"{bag.name}/{path}": data for path, data in content.items()
    }
    assert (found.files, found.bytes) == (len(content), sum(map(len, content.values())))
    assert found.size == one.stat().st_size
    assert not list(tmp_path.glob(".*"))


def test_an_unpacked_tar_is_a_valid_bag_with_the_times_it_had(bag: Path, tmp_path: Path) -> None:
    export(str(bag), str(tmp_path / "a.tar"), Form.TAR)
    with tarfile.open(tmp_path / "a.tar") as tar:
        tar.extractall(tmp_path / "out", filter="data")
    assert verify_bag(tmp_path / "out" / bag.name, depth=Depth.FULL).verdict == "valid"


def test_tag_files_come_first_so_that_a_stream_can_be_verified(bag: Path, tmp_path: Path) -> None:
    export(str(bag), str(tmp_path / "a.tar"), Form.TAR)
    with tarfile.open(tmp_path / "a.tar") as tar:
        names = [name.partition("/")[2] for name in tar.getnames()[1:]]
    first = names.index("data")
    tags, payload = names[:first], names[first + 1 :]
    assert "manifest-sha512.txt" in tags and "tagmanifest-sha512.txt" in tags
    assert (tags, payload) == (sorted(tags), sorted(payload))


def test_gzip_says_neither_name_nor_time(bag: Path, tmp_path: Path) -> None:
    export(str(bag), str(tmp_path / "a.tar.gz"), Form.TAR_GZ)
    export(str(bag), str(tmp_path / "a.tar"), Form.TAR)
    packed = (tmp_path / "a.tar.gz").read_bytes()
    assert packed[3:8] == bytes(5)
    assert gzip.decompress(packed) == (tmp_path / "a.tar").read_bytes()


@pytest.mark.parametrize("form", FORMS)
def test_of_a_damaged_bag_nothing_is_left_and_every_fault_is_named(
    bag: Path, tmp_path: Path, form: Form
) -> None:
    for name in ("top.txt", "empty"):
        (bag / "data" / name).chmod(0o644)
        (bag / "data" / name).write_bytes(b"other")
    found = export(str(bag), str(tmp_path / "a"), form)
    assert (found.path, found.state) == (None, State.UNSOUND)
    named = {one.path for one in found.findings if one.code == "mismatch"}
    assert named == {"data/top.txt", "data/empty"}
    assert sorted(os.listdir(tmp_path)) == ["archive", "source"]


def test_a_link_or_a_stray_file_is_no_part_of_an_export(bag: Path, tmp_path: Path) -> None:
    (bag / "passwd").symlink_to("/etc/passwd")
    found = export(str(bag), str(tmp_path / "a.tar"), Form.TAR)
    assert found.path is None and "link-in-bag" in _codes(found)
    (bag / "passwd").unlink()
    (bag / "data" / "stray").write_bytes(b"")
    found = export(str(bag), str(tmp_path / "a.tar"), Form.TAR)
    assert found.path is None and "unexpected" in _codes(found)


def test_tag_files_nobody_lists_are_part_of_the_bag(tmp_path: Path) -> None:
    files = bag_files(algorithms=("md5", "sha256"))
    bag = write(tmp_path / "bag", {**files, "zz/notes.txt": b"notes", "aa.txt": b""})
    found = export(str(bag), str(tmp_path / "a.zip"), Form.ZIP)
    assert found.state is State.SOUND
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    assert names == {f"bag/{path}" for path in content_of(bag)}


def test_a_tag_file_listed_in_another_normal_form_is_written_once(tmp_path: Path) -> None:
    files = seal({**bag_files(), "e\u0301.txt": b"text"})
    bag = write(tmp_path / "bag", files)
    os.rename(bag / "e\u0301.txt", bag / "\u00e9.txt")
    found = export(str(bag), str(tmp_path / "a.tar"), Form.TAR)
    assert (found.state, _codes(found)) == (State.SOUND, {"name-form-differs"})
    with tarfile.open(tmp_path / "a.tar") as tar:
        assert tar.getnames().count("bag/\u00e9.txt") == 1


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    bag = write(tmp_path / "bag", bag_files())
    Path(os.fsdecode(os.fsencode(bag) + b"/\xff.txt")).write_bytes(b"")
    found = export(str(bag), str(tmp_path / "a.tar"), Form.TAR)
    assert (found.path, found.state) == (None, State.REFUSED)
    assert _codes(found) >= {"name-not-for-export"}


def test_an_empty_payload_is_still_a_bag(tmp_path: Path) -> None:
    bag = write(tmp_path / "bag", seal(bag_files({})))
    export(str(bag), str(tmp_path / "a.tar"), Form.TAR)
    with tarfile.open(tmp_path / "a.tar") as tar:
        tar.extractall(tmp_path / "out", filter="data")
    assert verify_bag(tmp_path / "out" / "bag", depth=Depth.FULL).verdict == "valid"


def test_nothing_is_overwritten_and_a_living_run_is_let_be(bag: Path, tmp_path: Path) -> None:
    place = tmp_path / "a.tar"
    place.write_text("mine")
    with pytest.raises(UsageError):
        export(str(bag), str(place), Form.TAR)
    assert place.read_text() == "mine"
    place.unlink()
    left = tmp_path / ".a.tar.exporting"
    left.write_text("half an archive of a run that was killed " * 100_000)
    with left.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(BusyError):
            export(str(bag), str(place), Form.TAR)
    assert left.exists()
    export(str(bag), str(place), Form.TAR)
    export(str(bag), str(tmp_path / "b.tar"), Form.TAR)
    assert place.read_bytes() == (tmp_path / "b.tar").read_bytes()
    assert not left.exists()


def test_a_place_taken_meanwhile_is_left_as_it_is(
    bag: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, really = tmp_path / "a.tar", os.link

    def somebody_was_quicker(old: str, new: str, *, follow_symlinks: bool) -> None:
        place.write_text("theirs")
        really(old, new, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(os, "link", somebody_was_quicker)
    with pytest.raises(UsageError):
        export(str(bag), str(place), Form.TAR)
    assert place.read_text() == "theirs"
    assert not list(tmp_path.glob(".*"))


def test_a_disk_that_knows_no_links_gets_the_file_too(
    bag: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: str, **__: bool) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    assert export(str(bag), str(tmp_path / "a.tar"), Form.TAR).state is State.SOUND
    assert (tmp_path / "a.tar").exists()


@pytest.mark.parametrize("form", FORMS)
def test_a_full_disk_is_no_word_on_the_bag(bag: Path, tmp_path: Path, form: Form) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(EnvironmentUnusable):
            export(str(bag), str(tmp_path / "a"), form)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert sorted(os.listdir(tmp_path)) == ["archive", "source"]


def test_a_bag_that_is_not_the_sealed_one_is_not_exported(bag: Path, tmp_path: Path) -> None:
    found = export(str(bag), str(tmp_path / "a.tar"), Form.TAR, expected=Sealed("00" * 64, 1, 1))
    assert (found.path, found.state) == (None, State.UNSOUND)


def test_the_form_is_what_was_said_or_what_the_name_says(tmp_path: Path) -> None:
    assert place_and_form("a.tar.gz", "bag", None) == ("a.tar.gz", Form.TAR_GZ)
    assert place_and_form("a.TGZ", "bag", None)[1] is Form.TAR_GZ
    assert place_and_form("a", "bag", "zip") == ("a", Form.ZIP)
    assert place_and_form(str(tmp_path), "x/bag", "tar") == (str(tmp_path / "bag.tar"), Form.TAR)
    for path, wished in (("a.zip", "tar"), ("a", None), (str(tmp_path), None), ("a.tar.gz", "tar")):
        with pytest.raises(UsageError):
            place_and_form(path, "bag", wished)
