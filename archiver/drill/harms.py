"""The kinds of harm: what is done to the copy, how it is undone, and what must be said of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archiver.durable import publish_folder, sync_file
from archiver.state import State

NO_TAGS = 3
"""With this the process that retags leaves, where there are no tags that it can write."""

_RETAG_SECONDS = 60.0
_NO_PRIVILEGE = "-dac_override,-dac_read_search"
_PIECE = 1 << 20


class NotTriedError(Exception):
    """A harm cannot be done here; says why."""


@dataclass(frozen=True, slots=True)
class Copy:
    """The copy in the sandbox. ``subject`` and ``other`` are files of it, relative to ``bag``."""

    bags: Path
    bag: Path
    aside: Path
    subject: str
    other: str | None


@dataclass(frozen=True, slots=True)
class Done:
    """What was harmed (relative to the bag), and what the chain must be started with to see it."""

    paths: tuple[str, ...]
    started_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Harm:
    """One kind: ``code`` must be found at every path harmed, and the run end in ``state``."""

    name: str
    what: str
    code: str | None
    state: State
    do: Callable[[Copy], Done]


@contextmanager
def done(harm: Harm, copy: Copy) -> Iterator[Done]:
    """Do the harm, and put the copy right again. Raises :class:`NotTriedError`, ``OSError``."""
    kept = {}
    for number, path in enumerate(filter(None, (copy.subject, copy.other))):
        kept[path] = copy.aside / str(number)
        shutil.copy2(copy.bag / path, kept[path])
    away = copy.aside / "bags"
    try:
        yield harm.do(copy)
    finally:
        if away.exists():
            publish_folder(away, copy.bags)
        for path, good in kept.items():
            _put_back(good, copy.bag / path)


def _put_back(good: Path, place: Path) -> None:
    place.unlink(missing_ok=True)
    shutil.copy2(good, place)
    good.unlink()


@contextmanager
def _writable(place: Path) -> Iterator[int]:
    place.chmod(0o644)
    fd = os.open(place, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield fd
        sync_file(fd)  # the chain reads past the page cache
    finally:
        os.close(fd)


def _flip(copy: Copy) -> Done:
    place = copy.bag / copy.subject
    with _writable(place) as fd:
        where = os.fstat(fd).st_size * 3 // 4
        (byte,) = os.pread(fd, 1, where)
        os.pwrite(fd, bytes([byte ^ 0x10]), where)
    return Done((copy.subject,))


def _truncate(copy: Copy) -> Done:
    with _writable(copy.bag / copy.subject) as fd:
        os.ftruncate(fd, os.fstat(fd).st_size // 2)
    return Done((copy.subject,))


def _delete(copy: Copy) -> Done:
    (copy.bag / copy.subject).unlink()
    return Done((copy.subject,))


def _swap(copy: Copy) -> Done:
    if copy.other is None:
        raise NotTriedError("the bag has no second file of other content")
    contents = [copy.aside / "1", copy.aside / "0"]
    for path, source in zip((copy.subject, copy.other), contents, strict=True):
        with _writable(copy.bag / path) as fd, open(source, "rb") as content:
            os.ftruncate(fd, 0)
            while piece := content.read(_PIECE):
                os.write(fd, piece)
    return Done((copy.subject, copy.other))


def _retag(copy: Copy) -> Done:
    place = copy.bag / copy.subject
    place.chmod(0o644)
    words = (sys.executable, "-P", "-m", "archiver.drill.retag", str(place))
    try:
        code = subprocess.run(
            words, capture_output=True, timeout=_RETAG_SECONDS, check=False
        ).returncode
    except subprocess.TimeoutExpired:
        code = -1
    if code == NO_TAGS:
        raise NotTriedError("the bag has no recording whose tags can be written")
    if code:
        raise NotTriedError("the tags could not be written")
    with _writable(place):
        pass
    return Done((copy.subject,))


def _make_unreadable(copy: Copy) -> Done:
    """Take away the permission; from root, the privilege to read all the same, too."""
    place = copy.bag / copy.subject
    place.chmod(0)
    if not os.access(place, os.R_OK):
        return Done((copy.subject,))
    program = shutil.which("setpriv")
    if program is None:
        raise NotTriedError("root reads everything, and there is no setpriv to take that away")
    words = (program, "--bounding-set", _NO_PRIVILEGE, "--inh-caps", _NO_PRIVILEGE)
    reader = [*words, sys.executable, "-c", f"open({str(place)!r})"]
    does = subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0
    if not does or subprocess.run(reader, capture_output=True, check=False).returncode == 0:
        raise NotTriedError("root reads everything, and that privilege cannot be taken away here")
    return Done((copy.subject,), words)


def _unmount(copy: Copy) -> Done:
    publish_folder(copy.bags, copy.aside / "bags")
    return Done(("bags",))


def _nothing(_copy: Copy) -> Done:
    return Done(())


HARMS = (
    Harm("flip", "one bit flipped", "mismatch", State.UNSOUND, _flip),
    Harm("truncate", "cut off in the middle", "mismatch", State.UNSOUND, _truncate),
    Harm("delete", "deleted", "missing", State.UNSOUND, _delete),
    Harm("swap", "contents of two files exchanged", "mismatch", State.UNSOUND, _swap),
    Harm("retag", "another title written", "metadata-changed", State.ALTERED, _retag),
    Harm("unreadable", "not to be read", "unreadable", State.INCOMPLETE, _make_unreadable),
    Harm("unmount", "the whole store away", "store-offline", State.INCOMPLETE, _unmount),
    Harm("nothing", "no harm at all", None, State.SOUND, _nothing),
)
"""In the order they are tried; the last one tells an alarm from one that always rings."""
