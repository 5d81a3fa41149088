"""What we write is what programs of others read, for any name, size and time."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import BinaryIO

import pytest

from archiver.serial.writing.member import Member, Writer
from archiver.serial.writing.tar import TarWriter
from archiver.serial.writing.zip import ZipWriter
from tests.packaging.scene import HOSTILE_NAMES
from tests.tools import require_tool

NAMES = (
    *HOSTILE_NAMES,
    "l" * 101,
    "d" * 90 + "/" + "n" * 99,
    "p" * 160 + "/x",
    "é" * 120,
    "a" * 255,
)
TIMES = (0, 1_600_000_000_123_456_789, -1_500_000_000, 10**18, 2**33 * 10**9, 5 * 10**9)


def _add(writer: Writer, member: Member, content: bytes = b"") -> None:
    writer.begin(member)
    if content:
        writer.data(memoryview(content))
    writer.end()


def _tar(members: list[tuple[Member, bytes]]) -> bytes:
    out = io.BytesIO()
    writer = TarWriter(out)
    for member, content in members:
        _add(writer, member, content)
    writer.finish()
    return out.getvalue()


def _zip(members: list[tuple[Member, bytes]]) -> bytes:
    out = io.BytesIO()
    with tempfile.TemporaryFile() as directory:
        writer = ZipWriter(out, directory)
        for member, content in members:
            _add(writer, member, content)
        writer.finish()
    return out.getvalue()


@pytest.fixture
def members() -> list[tuple[Member, bytes]]:
    files = []
    for number, name in enumerate(NAMES):
        content = name.encode() * number
        moment = TIMES[number % len(TIMES)]
        files.append((Member(f"top/{name}", len(content), moment), content))
    return [(Member("top/", 0, TIMES[1]), b""), *files]


def test_another_tar_reader_finds_names_bytes_and_times(
    members: list[tuple[Member, bytes]],
) -> None:
    with tarfile.open(fileobj=io.BytesIO(_tar(members)), mode="r:") as tar:
        found = tar.getmembers()
        assert [one.name for one in found] == [one.name.rstrip("/") for one, _ in members]
        for one, (member, content) in zip(found, members, strict=True):
            assert one.isdir() is member.is_folder
            assert float(one.mtime) == pytest.approx(member.mtime_ns / 1e9)
            assert (one.uid, one.gid, one.uname, one.mode & 0o7000) == (0, 0, "", 0)
            if not one.isdir():
                extracted = tar.extractfile(one)
                assert extracted is not None and extracted.read() == content


def test_gnu_tar_unpacks_times_to_the_nanosecond(
    members: list[tuple[Member, bytes]], tmp_path: Path
) -> None:
    tar = require_tool("tar")
    (tmp_path / "a.tar").write_bytes(_tar(members))
    done = subprocess.run([tar, "xf", "a.tar"], cwd=tmp_path, capture_output=True, check=True)
    assert done.stderr.replace(b"implausibly old time stamp", b"").count(b"rror") == 0
    for member, content in members[1:]:
        place = tmp_path / member.name
        assert place.read_bytes() == content
        assert place.stat().st_mtime_ns == member.mtime_ns


def test_another_zip_reader_finds_names_and_bytes(members: list[tuple[Member, bytes]]) -> None:
    with zipfile.ZipFile(io.BytesIO(_zip(members))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [member.name for member, _ in members]
        for member, content in members:
            assert archive.read(member.name) == content
            assert archive.getinfo(member.name).is_dir() is member.is_folder


def test_unzip_is_content(members: list[tuple[Member, bytes]], tmp_path: Path) -> None:
    unzip = require_tool("unzip")
    plain = [pair for pair in members if pair[0].name.isascii() and "\n" not in pair[0].name]
    (tmp_path / "a.zip").write_bytes(_zip(plain))
    done = subprocess.run([unzip, "-tqq", "a.zip"], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_tar_says_sizes_no_header_has_room_for() -> None:
    out = io.BytesIO()
    TarWriter(out).begin(Member("big", 9 * 2**30, 0))
    header = out.getvalue()
    assert b"18 size=9663676416\n"[2:] in header
    info = tarfile.TarInfo.frombuf(header[-512:], "utf-8", "strict")
    assert (info.name, info.size) == ("big", 0)


class _Holes:
    """A file in which large portions of zeros are holes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.flush = file.seek, file.tell, file.flush

    def write(self, data: bytes | bytearray | memoryview, /) -> object:
        if len(data) < 1 << 20:
            return self._file.write(data)
        return self._file.seek(len(data), 1)


def test_a_zip_beyond_four_gigabytes_is_zip64() -> None:
    piece = memoryview(bytes(1 << 28))
    with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as directory:
        writer = ZipWriter(_Holes(file), directory)
        writer.begin(Member("big", 17 * len(piece), 0))
        for _ in range(17):
            writer.data(piece)
        writer.end()
        _add(writer, Member("behind", 5, 0), b"bytes")
        writer.finish()
        with zipfile.ZipFile(file) as archive:
            assert archive.getinfo("big").file_size == 17 << 28
            assert archive.getinfo("behind").header_offset > 1 << 32
            assert archive.read("behind") == b"bytes"


def test_a_zip_of_very_many_members_is_zip64() -> None:
    members = [(Member(f"{number}", 0, 0), b"") for number in range(70_000)]
    with zipfile.ZipFile(io.BytesIO(_zip(members))) as archive:
        assert len(archive.namelist()) == 70_000
