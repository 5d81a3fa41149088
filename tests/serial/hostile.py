"""Archive files that no honest tool writes, made with the standard library and by hand."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping

from tests.bagit.bags import bag_files, seal

Files = Mapping[str, bytes]
BAG = {f"bag/{path}": data for path, data in seal(bag_files()).items()}
OUTSIDE = (
    "../evil",
    "bag/../../evil",
    "/tmp/evil",
    "bag/data/../../../evil",
    "..",
    "bag//x",
    "bag/./x",
)


def tar(
    files: Files, more: Iterable[tarfile.TarInfo] = (), *, form: int = tarfile.PAX_FORMAT
) -> bytes:
    """Return a tar of ``files``, then of ``more`` without bytes."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in more:
            archive.addfile(info)
    return out.getvalue()


def entry(
    name: str, kind: bytes = tarfile.REGTYPE, target: str = "", **pax: str
) -> tarfile.TarInfo:
    """Return a member without bytes."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.pax_headers = kind, target, pax
    return info


def zipped(files: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of ``files``, in which a name may stand twice."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


def with_mode(name: str, mode: int) -> bytes:
    """Return a sound bag in a zip, and a member of which the Unix mode is ``mode``."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in BAG.items():
            archive.writestr(path, data)
        info = zipfile.ZipInfo(name)
        info.create_system, info.external_attr = 3, mode << 16
        archive.writestr(info, "/etc/passwd")
    return out.getvalue()


def in_directory(data: bytes, change: Callable[[bytearray, int], None]) -> bytes:
    """Return the zip ``data`` with the directory's last entry changed."""
    changed = bytearray(data)
    change(changed, changed.rindex(b"PK\1\2"))
    return bytes(changed)


def lying_size(data: bytes, size: int) -> bytes:
    """Return the zip with another unpacked size for its last member, in both headers."""
    at = data.rindex(b"PK\3\4")
    changed = bytearray(data)
    changed[at + 22 : at + 26] = struct.pack("<I", size)

    def in_entry(all_bytes: bytearray, place: int) -> None:
        all_bytes[place + 24 : place + 28] = struct.pack("<I", size)

    return in_directory(bytes(changed), in_entry)


def overlapping() -> bytes:
    """Return a zip of which one member's bytes are another member, header and all."""
    kernel = b"k" * 1000
    inner = _local(b"bag/data/in", kernel) + kernel
    outer = _local(b"bag/data/out", inner)
    data = outer + inner
    entries = _central(b"bag/data/out", inner, 0) + _central(b"bag/data/in", kernel, len(outer))
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 2, 2, len(entries), len(data), 0)
    return data + entries + end


def _fields(name: bytes, data: bytes) -> tuple[int, ...]:
    return (20, 0, 0, 0, 33, zlib.crc32(data), len(data), len(data), len(name), 0)


def _local(name: bytes, data: bytes) -> bytes:
    return struct.pack("<4s5H3I2H", b"PK\3\4", *_fields(name, data)) + name


def _central(name: bytes, data: bytes, at: int) -> bytes:
    fields = (20, *_fields(name, data), 0, 0, 0, 0, at)
    return struct.pack("<4s6H3I5H2I", b"PK\1\2", *fields) + name
