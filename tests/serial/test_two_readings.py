"""What two programs could read in two ways is refused: one would verify, the other unpack."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest

from archiver.verify import BagVerification, Depth
from archiver.verify_serial import verify_serialised
from tests.serial.hostile import BAG, entry, in_directory, tar, zipped

SOUND = zipped(BAG.items(), zipfile.ZIP_STORED)


def _judge(folder: Path, name: str, data: bytes) -> BagVerification:
    (folder / name).write_bytes(data)
    return verify_serialised(str(folder / name), depth=Depth.FULL)


def _refused(folder: Path, data: bytes, name: str = "a.zip") -> str:
    """Return the first finding's words; the file must be called damaged."""
    found = _judge(folder, name, data)
    assert found.verdict == "invalid", found
    assert found.findings[0].code == "archive-damaged"
    return found.findings[0].message


class _Pipe(io.RawIOBase):
    """A place that cannot seek, so that zipfile writes sizes behind the bytes."""

    def __init__(self) -> None:
        self.got = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        self.got += data
        return len(data)


def _streamed() -> bytes:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in BAG.items():
            archive.writestr(path, data)
    return bytes(pipe.got)


def test_what_is_described_behind_its_bytes_is_read(tmp_path: Path) -> None:
    assert _judge(tmp_path, "a.zip", _streamed()).verdict == "valid"


def test_a_description_that_is_not_the_directorys_is_refused(tmp_path: Path) -> None:
    data = bytearray(_streamed())
    data[data.rindex(b"PK\7\x08") + 12] ^= 1
    assert "knows nothing" in _refused(tmp_path, bytes(data))


@pytest.mark.parametrize("field", [14, 22])
def test_a_members_own_header_that_says_another_crc_or_size_is_refused(
    tmp_path: Path, field: int
) -> None:
    data = bytearray(SOUND)
    data[field] ^= 1
    assert "own header contradict" in _refused(tmp_path, bytes(data))


def test_a_member_that_the_directory_leaves_out_is_refused(tmp_path: Path) -> None:
    data = b"evil"
    name = b"bag/data/evil"
    fields = (20, 0, 0, 0, 33, zlib.crc32(data), len(data), len(data), len(name), 0)
    hidden = struct.pack("<4s5H3I2H", b"PK\3\4", *fields) + name + data
    start = SOUND.index(b"PK\1\2")
    out = io.BytesIO()
    out.write(SOUND[:start] + hidden + SOUND[start:-22])
    end = bytearray(SOUND[-22:])
    end[16:20] = struct.pack("<I", start + len(hidden))
    assert "knows nothing" in _refused(tmp_path, out.getvalue() + bytes(end))


def test_bytes_before_the_first_member_are_refused(tmp_path: Path) -> None:
    out = io.BytesIO(b"#!/bin/sh\n")
    with zipfile.ZipFile(out, "a") as archive:
        for path, data in BAG.items():
            archive.writestr(path, data)
    data = b"PK\3\4" + out.getvalue()[4:]  # by its first bytes still a zip file
    assert "knows nothing" in _refused(tmp_path, data)


def test_a_second_end_that_some_readers_would_follow_is_refused(tmp_path: Path) -> None:
    at, end = SOUND.rindex(b"PK\1\2"), len(SOUND) - 22
    record = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, 50, at)
    second = record + struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
    data = bytearray(SOUND[:end] + second + SOUND[end:])
    data[at + 32 : at + 34] = struct.pack("<H", len(second))  # the last entry's comment
    plain = len(data) - 22
    (size,) = struct.unpack_from("<I", data, plain + 12)
    data[plain + 12 : plain + 16] = struct.pack("<I", size + len(second))
    assert "two ends" in _refused(tmp_path, bytes(data))


def test_another_name_in_an_extra_field_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in BAG.items():
            info = zipfile.ZipInfo(path)
            if path.endswith("bagit.txt"):
                other = b"\1" + struct.pack("<I", zlib.crc32(path.encode())) + b"../../evil"
                info.extra = struct.pack("<2H", 0x7075, len(other)) + other
            archive.writestr(info, data)
    assert "another name" in _refused(tmp_path, out.getvalue())


def test_sizes_beyond_the_file_are_refused(tmp_path: Path) -> None:
    def lie(data: bytearray, at: int) -> None:
        data[at + 20 : at + 28] = struct.pack("<2I", 1 << 20, 1 << 20)

    assert _refused(tmp_path, in_directory(SOUND, lie))


def test_two_names_for_one_member_of_a_tar_are_refused(tmp_path: Path) -> None:
    long = "bag/data/" + "x" * 120
    info = tarfile.TarInfo(long)
    block = info.tobuf(tarfile.GNU_FORMAT)[:-512]  # its long name, without the member itself
    pax = entry("bag/data/evil", path="bag/data/evil").tobuf(tarfile.PAX_FORMAT)
    data = tar(BAG).rstrip(b"\0")
    data += bytes(-len(data) % 512)
    assert "two names" in _refused(tmp_path, data + block + pax + bytes(1024), "a.tar")


def test_a_keyword_of_an_extended_header_that_nobody_knows_renames_nothing(tmp_path: Path) -> None:
    hidden = entry("bag/data/hidden")
    hidden.pax_headers = {"long name": "bag/data/empty", "pax": ""}
    found = _judge(tmp_path, "a.tar", tar(BAG, [hidden]))
    with tarfile.open(tmp_path / "a.tar") as archive:
        assert "bag/data/hidden" in archive.getnames()
    assert [(one.code, one.path) for one in found.findings if one.code == "unexpected"] == [
        ("unexpected", "data/hidden")
    ]


def test_a_file_that_is_called_like_a_folder_is_refused(tmp_path: Path) -> None:
    data = bytearray(tar(BAG, [entry("bag/data/odd")]))
    at = data.rindex(b"bag/data/odd")
    data[at : at + 100] = b"bag/data/odd/".ljust(100, b"\0")
    data[at + 148 : at + 156] = b" " * 8
    data[at + 148 : at + 156] = b"%06o\0 " % sum(data[at : at + 512])
    assert "a folder by its name" in _refused(tmp_path, bytes(data), "a.tar")


def test_what_follows_a_gzip_stream_is_no_secret(tmp_path: Path) -> None:
    packed = gzip.compress(tar(BAG), mtime=0)
    assert _judge(tmp_path, "ok.tar.gz", packed + bytes(512)).verdict == "valid"
    assert "gzip" in _refused(tmp_path, packed + b"evil", "a.tar.gz")
    assert "behind the end" in _refused(tmp_path, packed + gzip.compress(b"evil"), "b.tar.gz")
    assert "cut off" in _refused(tmp_path, packed[:-4], "c.tar.gz")
