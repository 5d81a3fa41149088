"""Opening an archive file: what it is by its bytes, and its members, each name once."""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from archiver.errors import IncompleteError, UsageError
from archiver.serial.reading.model import Caps, Member, Meter, RefusedArchiveError, damaged
from archiver.serial.reading.tar import TarMembers, is_header
from archiver.serial.reading.zip import ZipMembers

_PIECE = 1 << 20
_ENDINGS = {".tar": "tar", ".tar.gz": "tar.gz", ".tgz": "tar.gz", ".zip": "zip"}
_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Opened:
    """An archive file whose structure has been read.

    ``fd`` is what members' offsets are in: the file, or what a gzip file unpacked to. ``members``
    are by name. ``refused`` is what is wrong; where it is not empty, ``members`` may be only a
    part.
    """

    fd: int
    members: dict[str, Member]
    refused: tuple[RefusedArchiveError, ...]


def kind_of(fd: int, name: str) -> str | None:
    """Return "tar", "tar.gz" or "zip", ``None`` for anything else.

    The first bytes of the file decide; where they are of no kind, as after damage, its name.
    """
    head = os.pread(fd, 512, 0)
    if head.startswith(b"\x1f\x8b"):
        return "tar.gz"
    if head.startswith((b"PK\3\4", b"PK\5\6")):
        return "zip"
    if is_header(head):
        return "tar"
    return next((kind for end, kind in _ENDINGS.items() if name.lower().endswith(end)), None)


@contextmanager
def opened(fd: int, kind: str, caps: Caps) -> Iterator[Opened]:
    """Read the structure of the archive file at ``fd``. Raises ``OSError``.

    What gzip packed is unpacked to a nameless temporary file, because the files of a bag are
    needed in another order than they may stand in.
    """
    meter = Meter(caps, os.fstat(fd).st_size)
    with tempfile.TemporaryFile() as unpacked:
        try:
            if kind == "tar.gz":
                _gunzip(fd, unpacked.fileno(), meter)
                fd = unpacked.fileno()
            found = ZipMembers(fd, meter) if kind == "zip" else TarMembers(fd, meter)
        except RefusedArchiveError as refused:
            yield Opened(fd, {}, (refused,))
            return
        members, refused_ones = _by_name(found)
        yield Opened(fd, members, (*found.refused, *refused_ones))


@contextmanager
def opened_file(place: str, caps: Caps) -> Iterator[Opened]:
    """Open the file ``place``, which is to hold a bag, and read its structure.

    Raises :class:`UsageError` for no archive file, and :class:`IncompleteError` where it cannot
    be read, or what was done meanwhile with what it holds met an ``OSError``.
    """
    try:
        with open(place, "rb") as file:
            kind = kind_of(file.fileno(), place)
            if kind is None:
                raise UsageError(
                    f"{place!a} is neither a folder nor a tar, tar.gz or zip file: it is no bag.",
                    "Name the folder that holds bagit.txt, or an archive file of it.",
                )
            with opened(file.fileno(), kind, caps) as archive:
                yield archive
    except OSError as error:
        raise IncompleteError(
            f"{place!a} could not be read: {error.strerror}.",
            "Look after medium, permissions and room for temporary files, then try again.",
        ) from error


def _by_name(
    found: Iterable[Member],
) -> tuple[dict[str, Member], list[RefusedArchiveError]]:
    members: dict[str, Member] = {}
    refused: list[RefusedArchiveError] = []
    try:
        for member in found:
            before = members.setdefault(member.name, member)
            if before is not member and not (before.is_folder and member.is_folder):
                message = "there are two members of this name"
                refused.append(
                    RefusedArchiveError("archive-duplicate", message, member.name, fatal=False)
                )
    except RefusedArchiveError as last:
        refused.append(last)
    for name in members:
        above = name.rpartition("/")[0]
        if above in members and not members[above].is_folder:
            message = "another member lies below this file"
            refused.append(RefusedArchiveError("archive-duplicate", message, above, fatal=False))
    return members, refused


def _gunzip(fd: int, out: int, meter: Meter) -> None:
    """Unpack all of a gzip file. Raises :class:`RefusedArchiveError` and ``OSError``."""
    measure = Meter(meter.caps, meter.file_size)  # the members' bytes are counted by themselves
    inflater, at = zlib.decompressobj(_GZIP), 0
    while piece := os.pread(fd, _PIECE, at):
        at += len(piece)
        while piece:
            measure.look_at_the_time()
            if inflater.eof:  # gzip files may stand one behind the other
                piece = piece.lstrip(b"\0")  # some tools fill up with zeros
                if not piece:
                    break
                inflater = zlib.decompressobj(_GZIP)
            try:
                portion = inflater.decompress(piece, _PIECE)
            except zlib.error:
                raise damaged(f"gzip's data cannot be unpacked, near byte {at:,}") from None
            measure.content(len(portion))
            view = memoryview(portion)
            while view:
                view = view[os.write(out, view) :]
            piece = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
    if not inflater.eof:
        raise damaged("gzip's data are cut off")
