from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archiver.hashing import ReadJob, ReadResult, Trouble
from archiver.hashing.reader import READ_SIZE, Reader
from archiver.tree import Tree
from tests.hashing.scene import content, read, said_by

_READV = os.readv


def trouble_with(root: Path, path: str) -> Trouble:
    (result,) = read(root, [ReadJob(path, 10, ("blake3",))])
    assert result.digests == ()
    assert result.trouble is not None
    return result.trouble


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    one = Reader(Tree(tmp_path), from_medium=False)
    yield one
    one.close()


@pytest.mark.parametrize("path", ["nobody", "no/body", "x" * 300, "a\0b", "half-\ud800"])
def test_what_is_not_there_is_missing(tmp_path: Path, path: str) -> None:
    assert trouble_with(tmp_path, path).code == "missing"


def test_whatever_is_no_regular_file_is_named_so_and_never_waited_for(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "dangling").symlink_to("nobody")
    (tmp_path / "linked-folder").symlink_to(".")
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.open(tmp_path, os.O_RDONLY)
        listening.bind(f"/proc/self/fd/{here}/socket")
        os.close(here)
    places = ["folder", "link", "dangling", "linked-folder/file", "fifo", "socket", "../x", ""]
    assert {path: trouble_with(tmp_path, path).code for path in places} == dict.fromkeys(
        places, "not-a-file"
    )


def test_a_file_we_may_not_open_is_unreadable_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "closed").write_bytes(b"x")
    (tmp_path / "closed").chmod(0)
    (tmp_path / "open").write_bytes(b"x")
    (tmp_path / "open").chmod(0o644)
    program = """
import os, sys
from archiver.hashing import ReadJob, read_all
from archiver.progress import Silence
from archiver.tree import Tree
tree = Tree(sys.argv[1])
jobs = [ReadJob(path, 1, ("blake3",)) for path in ("closed", "open")]
if os.geteuid() == 0:
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
for one in read_all(tree, jobs, workers=1, from_medium=False, progress=Silence()):
    print(one.job.path, one.trouble and (one.trouble.code, one.trouble.errno, one.trouble.offset))
"""
    tmp_path.chmod(0o755)
    said = said_by(program, tmp_path)
    assert said.splitlines() == [f"closed ('unreadable', {errno.EACCES}, None)", "open None"]


class FailingReads:
    """Stands in for ``os.readv``: the n-th calls fail with an I/O error."""

    def __init__(self, *failing: int) -> None:
        self.failing = failing
        self.calls = 0

    def __call__(self, fd: int, parts: list[memoryview]) -> int:
        self.calls += 1
        if self.calls in self.failing:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return _READV(fd, parts)


def test_a_bad_spot_is_unreadable_at_its_offset_after_one_more_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(content(3 * READ_SIZE))
    reads = FailingReads(2, 3)
    monkeypatch.setattr(os, "readv", reads)
    trouble = trouble_with(tmp_path, "file")
    assert (trouble.code, trouble.errno, trouble.offset) == ("unreadable", errno.EIO, READ_SIZE)
    assert str(READ_SIZE) in trouble.message
    assert reads.calls == 3


def test_a_passing_error_is_healed_by_the_second_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = content(3 * READ_SIZE)
    (tmp_path / "file").write_bytes(data)
    expected = read(tmp_path, [ReadJob("file", 0, ("blake3",))])
    monkeypatch.setattr(os, "readv", FailingReads(2))
    assert read(tmp_path, [ReadJob("file", 0, ("blake3",))]) == expected
    assert expected[0].trouble is None


def _change_in_place(path: Path) -> None:
    """Overwrite one byte and set the times back; only ``ctime`` cannot be set back."""
    before = path.stat()
    while path.stat().st_ctime_ns == before.st_ctime_ns:  # until the clock of the inodes ticks
        with path.open("r+b") as file:
            file.write(b"?")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def _grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


@pytest.mark.parametrize(
    "change",
    [
        lambda path: os.truncate(path, READ_SIZE // 2),
        lambda path: os.truncate(path, 0),
        _grow,
        _change_in_place,
    ],
    ids=["cut short", "emptied", "grown", "overwritten, times set back"],
)
def test_a_file_that_changes_while_it_is_read_has_no_digest(
    tmp_path: Path, reader: Reader, change: Callable[[Path], None]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content(3 * READ_SIZE))
    changed: list[int] = []

    def on_bytes(count: int) -> None:
        if not changed:
            change(path)
        changed.append(count)

    result: ReadResult = reader.read(ReadJob("file", 0, ("blake3",)), on_bytes)
    assert changed
    assert result.digests == ()
    assert result.trouble is not None
    assert result.trouble.code == "changed-while-reading"


def test_a_file_replaced_under_its_name_is_the_file_that_was_opened(
    tmp_path: Path, reader: Reader
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old" * READ_SIZE)
    expected = reader.read(ReadJob("file", 0, ("blake3",)), lambda _count: None)
    path.with_name("other").write_bytes(b"new" * READ_SIZE)

    def replace(_count: int) -> None:
        if path.with_name("other").exists():
            os.link(path, tmp_path / "kept")  # moves ctime: that is a change too
            path.with_name("other").rename(path)

    result = reader.read(ReadJob("file", 0, ("blake3",)), replace)
    assert expected.trouble is None
    assert result.trouble is not None and result.trouble.code == "changed-while-reading"
