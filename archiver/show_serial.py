"""``show`` for bags as one file: only their tag files are laid out, for the moment."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from archiver.errors import IncompleteError, UsageError
from archiver.sealed import has_records
from archiver.serial.reading.model import Caps, RefusedArchiveError
from archiver.serial.reading.opening import Opened, kind_of, opened
from archiver.serial.reading.tree import SerialTree
from archiver.show import Shown
from archiver.verify_serial import bag_in

_PAYLOAD = "data/"


@contextmanager
def bag_in_file(wanted: str, caps: Caps | None = None) -> Iterator[Shown | None]:
    """Yield the bag, or file in it, that ``wanted`` means in a tar, tar.gz or zip file.

    ``wanted`` is the file's path, or ``FILE:data/x`` or ``FILE/data/x``. ``None`` for what is no
    such file. The folder of the bag that is yielded holds its tag files, and is gone afterwards.
    Raises :class:`IncompleteError` for a file that attacks or is cut off, and :class:`UsageError`
    where it holds no bag with records of its own.
    """
    place, path = _divided(wanted)
    if place is None:
        yield None
        return
    try:
        with open(place, "rb") as file:
            kind = kind_of(file.fileno(), place)
            if kind is None:
                yield None
                return
            with opened(file.fileno(), kind, caps or Caps()) as archive:
                yield from _shown(archive, place, path)
    except RefusedArchiveError as refused:
        raise _not_sound(place, refused) from refused
    except OSError as error:
        raise IncompleteError(
            f"{place!a} cannot be looked into: {error.strerror}.",
            "Look after medium, permissions and room for temporary files.",
        ) from error


def _divided(wanted: str) -> tuple[str | None, str | None]:
    """Return the file, and the path in its bag; ``None`` for each that there is not."""
    if os.path.isfile(wanted):
        return wanted, None
    for mark in (f":{_PAYLOAD}", f"/{_PAYLOAD}"):
        at = wanted.find(mark)
        if at > 0 and os.path.isfile(wanted[:at]):
            return wanted[:at], wanted[at + 1 :]
    return None, None


def _shown(archive: Opened, place: str, path: str | None) -> Iterator[Shown]:
    for refused in archive.refused:
        raise refused
    top, findings = bag_in(archive)
    if top is None:
        raise UsageError(
            f"{place!a} holds no bag: {findings[0].message}", "Name an archive file of a bag."
        )
    with tempfile.TemporaryDirectory(prefix="archiver-") as scratch:
        folder = os.path.join(scratch, top or os.path.basename(place))
        os.mkdir(folder)
        with SerialTree(archive, top, folder):
            if not has_records(folder):
                raise UsageError(
                    f"{place!a} holds no bag with records of its own",
                    "archiver verify says whether it is whole.",
                )
            yield Shown(folder, path)


def _not_sound(place: str, refused: RefusedArchiveError) -> IncompleteError:
    where = "" if refused.name is None else f" ({refused.name!a})"
    return IncompleteError(
        f"{place!a} is not built as it must be: {refused.message}{where}.",
        "archiver verify names all that is wrong with it. Do not unpack it with other tools.",
    )
