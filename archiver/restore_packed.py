"""``restore`` for bags as one file, and for all parts of one that was exported in parts.

What the files hold is laid out as the bag that was exported, in a folder beside the place it is
to go to, and that bag is verified as any other: by its own manifests, not by those of its parts.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from archiver.bagit.reading.group import Membership, membership_of
from archiver.errors import EnvironmentUnusable, UsageError
from archiver.exporting.parts import WHOLE, part_name
from archiver.findings import Finding, state_of
from archiver.progress import Progress, Silence
from archiver.restore import Restored, restore
from archiver.restoring.aside import check_target, folder_aside, publish
from archiver.restoring.recorded import NAME as RECORD
from archiver.serial.reading.model import Caps
from archiver.serial.reading.opening import Opened, opened_file
from archiver.serial.reading.unpack import Into, below, lay_out
from archiver.state import State
from archiver.tree import Tree
from archiver.verify import Depth, verify_bag
from archiver.verify_serial import bag_in, finding_of

_PAYLOAD = "data/"
_TOP_FILES = ("bagit.txt", "bag-info.txt", "package-info.txt")
_NAMED = 100
_MODE = 0o755

Use = Callable[[Opened, Into], tuple[Finding, ...]]
"""What is done with one file that holds a bag, or part of one, given the place of each member."""


def restore_packed(
    files: Sequence[str],
    folder: str,
    *,
    as_bag: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
    caps: Caps | None = None,
) -> Restored:
    """Give the collection in ``files``, one bag or all its parts, back as the new ``folder``.

    What is damaged is named and left out, as :func:`archiver.restore.restore` does. ``as_bag``:
    the bag itself is given back, and only if it is valid. Nothing is visible under its name before
    all of it is on the medium. Raises :class:`UsageError` where the files are not all parts of one
    bag, and what :func:`archiver.restore.restore` raises.
    """
    place = check_target(folder)
    watcher = progress or Silence()
    _check_room(files, place, as_bag)
    with folder_aside(place, "joining") as (aside, fd):

        def use(archive: Opened, into: Into) -> tuple[Finding, ...]:
            size = sum(one.size for name, one in archive.members.items() if into(name))
            watcher.begin("unpacking", size, None)
            try:
                return tuple(map(finding_of, lay_out(archive, into, aside, watcher)))
            finally:
                watcher.end()

        odd = _through(files, use, caps or Caps())
        os.chmod(aside, _MODE)
        if as_bag:
            found = _bag(aside, odd, workers, watcher)
            if found.path is not None:
                publish(aside, fd, place)
                found = replace(found, path=place)
        elif os.path.lexists(os.path.join(aside, "bagit.txt")):
            found = restore(aside, folder, workers=workers, progress=watcher)
        else:
            found = _nothing(aside)
    findings = (*odd, *found.findings)
    state = state_of(findings)
    return replace(found, bag=files[0], parts=tuple(files), findings=findings, state=state)


def foresee_packed(
    files: Sequence[str], folder: str, *, as_bag: bool = False, caps: Caps | None = None
) -> Restored:
    """Say what :func:`restore_packed` would give back; nothing is compared and nothing written.

    Raises what :func:`restore_packed` raises.
    """
    place = check_target(folder)
    sizes: list[int] = []
    exact = False

    def use(archive: Opened, into: Into) -> tuple[Finding, ...]:
        nonlocal exact
        for name, member in archive.members.items():
            path = into(name)
            if path is None or member.is_folder:
                continue
            exact = exact or path == RECORD
            if as_bag or path.startswith(_PAYLOAD):
                sizes.append(member.size)
        return ()

    findings = _through(files, use, caps or Caps())
    found = _nothing(files[0])
    return replace(
        found,
        path=place if sizes or not findings else None,
        parts=tuple(files),
        as_bag=as_bag,
        findings=findings,
        state=state_of(findings),
        files=len(sizes),
        bytes=sum(sizes),
        listed_files=len(sizes),
        exact=exact and not as_bag,
        dry_run=True,
        bytes_free=shutil.disk_usage(os.path.dirname(place)).free,
    )


def _nothing(bag: str) -> Restored:
    return Restored(bag, None, State.SOUND, (), 0, 0, 0, 0, False)


def _bag(aside: str, odd: Sequence[Finding], workers: int | None, progress: Progress) -> Restored:
    """Verify the bag that was laid out; its ``path`` is ``None`` where it must not be given."""
    judged = verify_bag(aside, depth=Depth.FULL, workers=workers, progress=progress)
    sound = state_of((*odd, *judged.findings)) is State.SOUND
    with Tree(aside) as tree:
        n_files, n_bytes = _counted(tree) if sound else (0, 0)
    return replace(
        _nothing(aside),
        path=aside if sound else None,
        findings=judged.findings,
        files=n_files,
        bytes=n_bytes,
        listed_files=judged.listed_files,
        as_bag=True,
    )


def _counted(tree: Tree) -> tuple[int, int]:
    """Return how many files lie below the tree's root, and their bytes."""
    n_files = n_bytes = 0
    folders = [""]
    for above in folders:  # it grows while it is walked
        with os.scandir(tree.folder(above)) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(f"{above}/{entry.name}" if above else entry.name)
                else:
                    n_files += 1
                    n_bytes += entry.stat(follow_symlinks=False).st_size
    return n_files, n_bytes


def _through(files: Sequence[str], use: Use, caps: Caps) -> tuple[Finding, ...]:
    """Have each file used in its turn; return all that is wrong with them.

    Of a file whose structure is not sound nothing is used. Raises :class:`UsageError` as soon as
    the files are seen not to be all parts of one bag.
    """
    group = _Group(files)
    findings: list[Finding] = []
    for place in files:
        with opened_file(place, caps) as archive:
            refused = [finding_of(one) for one in archive.refused[:_NAMED]]
            top, odd = (None, ()) if refused else bag_in(archive)
            found = (*refused, *odd)
            if top is not None:
                found += use(archive, group.places(place, top, archive))
            findings += (replace(one, path=_within(place, one.path)) for one in found)
    return tuple(findings)


def _within(place: str, name: str | None) -> str:
    return place if name is None else f"{place}:{name}"


@dataclass(slots=True)
class _Group:
    """The files that were named, as far as they were looked at."""

    files: Sequence[str]
    _numbers: dict[int, str] = field(default_factory=dict)
    _group: tuple[str, int] | None = None

    def places(self, place: str, top: str, archive: Opened) -> Into:
        """Return where each member of the next file belongs. Raises :class:`UsageError`."""
        part = _membership(archive, top)
        if part is not None and top.endswith(part_name("", part.number, part.count)):
            self._take(place, part)
            return _of_part(place, top, part, archive)
        if len(self.files) > 1:
            raise UsageError(
                f"{place!a} is no part of a bag that was exported in parts.",
                "Restore one bag at a time, or name all parts of one.",
            )
        return below(top)

    def _take(self, place: str, part: Membership) -> None:
        group = (part.group, part.count)
        if self._group not in (None, group):
            raise UsageError(
                f"{place!a} is a part of {part.group!r}, and {self.files[0]!a} is not.",
                "Name all parts of one bag, and nothing else.",
            )
        self._group = group
        before = self._numbers.get(part.number)
        self._numbers[part.number] = place
        if before is not None:
            raise UsageError(
                f"{before!a} and {place!a} are both part {part.number} of {part.count}.",
                "Name each part once.",
            )
        if len(self.files) != part.count:
            named = f"{len(self.files):,} file{' is' if len(self.files) == 1 else 's are'} named"
            raise UsageError(
                f"{place!a} is part {part.number} of {part.count} of {part.group!r}, and {named}.",
                f"Name all {part.count:,} parts. For what one part holds, unpack it: it is a bag "
                "by itself.",
            )


def _of_part(place: str, top: str, part: Membership, archive: Opened) -> Into:
    """Return where the members of a part belong: its payload, and the whole bag's tag files."""
    inside = below(top)
    kept = below(f"{top}/{WHOLE}" if top else WHOLE)
    if part.number == 1 and not any(kept(name) == "bagit.txt" for name in archive.members):
        raise UsageError(
            f"{place!a} is the first of {part.count} parts, and does not hold the whole bag's own "
            f"files ({WHOLE}/).",
            "archiver export did not make these parts: unpack and restore each by itself.",
        )

    def into(name: str) -> str | None:
        path = inside(name)
        if path is not None and f"{path}/".startswith(_PAYLOAD):
            return path
        return (kept(name) or None) if part.number == 1 else None

    return into


def _membership(archive: Opened, top: str) -> Membership | None:
    inside = below(top)

    def into(name: str) -> str | None:
        path = inside(name)
        return path if path in _TOP_FILES else None

    with tempfile.TemporaryDirectory(prefix="archiver-") as scratch:
        for _ in lay_out(archive, into, scratch, Silence()):
            return None
        with Tree(scratch) as tree:
            return membership_of(tree)


def _check_room(files: Sequence[str], place: str, as_bag: bool) -> None:
    """Raise :class:`EnvironmentUnusable` when the files, unpacked, surely do not fit."""
    times = 1 if as_bag else 2  # the bag that is laid out, and what is copied from it
    try:
        needed = times * sum(os.path.getsize(one) for one in files)
    except OSError:
        return  # opening them will say
    free = shutil.disk_usage(os.path.dirname(place)).free
    if needed > free:
        raise EnvironmentUnusable(
            f"{needed:,} bytes are needed beside {place!a}, and the disk has {free:,} bytes free.",
            "Make room, or restore to another disk.",
        )
