from __future__ import annotations

import mmap
import os
import tempfile
from pathlib import Path

import pytest

from archiver.hashing import ReadJob, medium
from archiver.hashing.buffers import AlignedBuffer
from tests.hashing.scene import content, filesystem_of, jobs_for, read, said_by, write_synced

_SIZES = (1, 4096, 20_000, (1 << 20) + 1)


@pytest.fixture
def on_disk(tmp_path: Path) -> Path:
    """A folder on a file system that is known to keep these promises."""
    kind = filesystem_of(tmp_path)
    if kind not in ("ext2/ext3", "xfs"):
        pytest.skip(f"the temporary folder lies on {kind}, not on ext4 or xfs")
    return tmp_path


@pytest.mark.parametrize("size", _SIZES)
def test_a_file_on_a_disk_is_read_past_the_cache_every_time(on_disk: Path, size: int) -> None:
    write_synced(on_disk / "file", content(size))
    for _ in range(20):
        (on_disk / "file").read_bytes()  # it is in memory now
        (result,) = read(on_disk, jobs_for(on_disk, ["file"]), from_medium=True)
        assert result.from_medium


def test_nothing_is_said_to_come_from_the_medium_unless_that_was_asked(on_disk: Path) -> None:
    write_synced(on_disk / "file", content(20_000))
    (result,) = read(on_disk, jobs_for(on_disk, ["file"]))
    assert not result.from_medium


def test_an_empty_file_has_no_bytes_that_could_come_from_the_medium(on_disk: Path) -> None:
    write_synced(on_disk / "file", b"")
    (result,) = read(on_disk, jobs_for(on_disk, ["file"]), from_medium=True)
    assert (result.from_medium, result.trouble) == (False, None)


def test_memory_is_no_medium() -> None:
    if not Path("/dev/shm").is_dir() or filesystem_of("/dev/shm") != "tmpfs":
        pytest.skip("there is no tmpfs at /dev/shm")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        root = Path(name)
        for size in _SIZES:
            write_synced(root / str(size), content(size))
        results = read(root, jobs_for(root, [str(size) for size in _SIZES]), from_medium=True)
        assert [one.trouble for one in results] == [None] * len(_SIZES)
        assert not any(one.from_medium for one in results)


def test_pages_somebody_holds_in_memory_are_admitted(on_disk: Path) -> None:
    write_synced(on_disk / "file", content(20_000))
    with (on_disk / "file").open("rb") as file:
        held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        assert held[10_000] == content(20_000)[10_000]
        (result,) = read(on_disk, [ReadJob("file", 20_000, ("blake3",))], from_medium=True)
        held.close()
    assert not result.from_medium


def test_a_file_is_in_memory_after_reading_and_not_after_dropping(on_disk: Path) -> None:
    write_synced(on_disk / "file", content(300_000))
    with (on_disk / "file").open("rb") as file:
        file.read()
        assert medium.is_cached(file.fileno()) is True
        assert medium.drop_from_cache(file.fileno())
        assert medium.is_cached(file.fileno()) is False
        assert medium.is_cached(file.fileno()) is False  # asking brought nothing in


@pytest.mark.parametrize("read_again", [False, True])
def test_what_is_read_again_comes_from_the_medium_once_and_stays_in_memory(
    on_disk: Path, read_again: bool
) -> None:
    size = medium.DIRECT_FROM
    write_synced(on_disk / "file", content(size))
    (on_disk / "file").read_bytes()
    with (on_disk / "file").open("rb", buffering=0) as file:
        assert medium.bypass_cache(file.fileno(), size, read_again=read_again)
        assert os.readv(file.fileno(), [AlignedBuffer(size).view]) == size
    with (on_disk / "file").open("rb") as file:
        assert medium.is_cached(file.fileno()) is read_again


def test_one_page_in_memory_is_found_wherever_it_is(on_disk: Path) -> None:
    write_synced(on_disk / "file", content(300_000))
    with (on_disk / "file").open("rb", buffering=0) as file:
        medium.drop_from_cache(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_RANDOM)  # no read-ahead
        os.pread(file.fileno(), 1, 200_000)
        assert medium._any_page_resident(file.fileno(), 0, 300_000) is True
        assert medium.is_cached(file.fileno(), 0, 100_000) is False


@pytest.mark.parametrize("size", _SIZES)
def test_both_ways_to_ask_the_kernel_agree(
    on_disk: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    write_synced(on_disk / "file", content(size))
    for sought in (False, True):
        with (on_disk / "file").open("rb") as file:
            medium.drop_from_cache(file.fileno())
            if sought:
                file.read()
            assert medium.is_cached(file.fileno()) is sought
            with monkeypatch.context() as patch:  # as on a kernel before 6.5
                patch.setattr(medium, "_pages_by_cachestat", lambda *_: None)
                assert medium.is_cached(file.fileno()) is sought


def test_pages_are_made_ready_for_a_file_that_is_read_ahead(on_disk: Path) -> None:
    write_synced(on_disk / "file", content(20_000))
    with (on_disk / "file").open("rb") as file:
        assert medium.drop_from_cache(file.fileno())
        medium.read_ahead(file.fileno())
        # They are there, if not yet filled.
        assert medium._any_page_resident(file.fileno(), 0, 20_000) is True


def test_past_the_end_nobody_can_tell(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with (tmp_path / "file").open("rb") as file:
        assert medium.is_cached(file.fileno(), 1) is None


def test_a_tail_can_be_written_after_direct_blocks(tmp_path: Path) -> None:
    data = content(medium.ALIGNMENT * 3 + 77)
    buffer = AlignedBuffer(medium.ALIGNMENT * 4)
    buffer.view[: len(data)] = data
    fd = os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    medium.go_direct(fd)
    assert os.write(fd, buffer.view[: medium.ALIGNMENT * 3]) == medium.ALIGNMENT * 3
    medium.leave_direct(fd)
    assert os.write(fd, buffer.view[medium.ALIGNMENT * 3 : len(data)]) == 77
    os.close(fd)
    buffer.close()
    assert (tmp_path / "file").read_bytes() == data


@pytest.mark.parametrize("from_medium", [False, True])
def test_a_machine_without_these_calls_reads_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, from_medium: bool
) -> None:
    for size in _SIZES:
        write_synced(tmp_path / str(size), content(size))
    jobs = jobs_for(tmp_path, [str(size) for size in _SIZES])
    expected = read(tmp_path, jobs)
    monkeypatch.delattr(os, "posix_fadvise")
    monkeypatch.delattr(os, "preadv")
    monkeypatch.setattr(medium, "_O_DIRECT", 0)
    monkeypatch.setattr(medium, "_NOWAIT", 0)
    monkeypatch.setattr(medium, "_libc", lambda: None)
    with (tmp_path / "1").open("rb") as file:
        assert medium.drop_from_cache(file.fileno()) is False
        assert medium.go_direct(file.fileno()) is False
        assert medium.is_cached(file.fileno()) is None
    assert read(tmp_path, jobs, from_medium=from_medium) == expected


def test_a_direct_read_the_file_system_refuses_is_read_the_ordinary_way(
    on_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reads of a length that is no multiple of a sector: the kernel answers EINVAL."""
    monkeypatch.setattr("archiver.hashing.reader.READ_SIZE", (1 << 20) - 77)
    data = content((2 << 20) + 5)
    write_synced(on_disk / "file", data)
    jobs = jobs_for(on_disk, ["file"])
    ordinary = read(on_disk, jobs)
    (result,) = read(on_disk, jobs, from_medium=True)
    assert result.trouble is None
    assert result.digests == ordinary[0].digests


def test_a_file_that_is_not_ours_to_write_is_read_past_the_cache_too(on_disk: Path) -> None:
    """There the kernel says of every page that it is in memory; a second witness is asked."""
    if os.geteuid() != 0:
        pytest.skip("only root can make a file that belongs to somebody else")
    write_synced(on_disk / "file", content(3 << 20))
    (on_disk / "file").chmod(0o644)
    program = """
import os, sys
from archiver.hashing import medium
fd = os.open(sys.argv[1], os.O_RDONLY)
medium._libc()  # while we may still load it
os.setgroups([])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
os.pread(fd, 3 << 20, 0)
in_memory = medium.is_cached(fd)
medium.drop_from_cache(fd)
print(in_memory, medium._any_page_resident(fd, 0, 3 << 20), medium.is_cached(fd))
"""
    for _ in range(10):  # the second witness may miss one, so a single agreement will do
        said = said_by(program, on_disk / "file").split()
        assert said[:2] == ["True", "True"]
        if said[2] == "False":
            return
    pytest.fail("the second witness never saw that the pages were gone")
