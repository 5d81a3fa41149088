"""A job: one source on its way into the archive, in a folder no reader looks into.

    .staging/<job>/request.json     what was asked, so that `recover` can go on
    .staging/<job>/worksheet.sqlite the survey and the digests so far
    .staging/<job>/earlier.sqlite   the worksheet of a run that was cut off, until its staged
                                    files are carried over
    .staging/<job>/examined.sqlite  recordings examined while others were copied; of one run only
    .staging/<job>/bag/             the bag in the making
    .staging/<job>/sealing.json     the bag's identifier; there from just before it becomes
                                    visible until its seal is in the log
    .staging/<job>.gone/            a job on its way out

The folder's name is derived from the source's place: whatever is asked of the same source next
finds its unfinished work.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from archiver.archive import Archive
from archiver.durable import replace_file, sync_folder
from archiver.errors import EnvironmentUnusable
from archiver.packaging.folders import remove_tree
from archiver.packaging.request import PackageRequest, request_from_record, request_record

_GONE = ".gone"
_JOURNAL = "-journal"


@dataclass(frozen=True, slots=True)
class Sealing:
    """A bag about to become visible: its identifier, and how its copies were read back."""

    bag_id: str
    read_back: dict[str, int]


@dataclass(frozen=True, slots=True)
class Job:
    """The places of one job."""

    folder: Path

    @property
    def worksheet(self) -> Path:
        """The survey and the digests so far."""
        return self.folder / "worksheet.sqlite"

    @property
    def earlier_worksheet(self) -> Path:
        """The worksheet of the run before, once a new run has begun its own."""
        return self.folder / "earlier.sqlite"

    @property
    def examined(self) -> Path:
        """What was found in recordings before it was their turn to be written down."""
        return self.folder / "examined.sqlite"

    @property
    def bag(self) -> Path:
        """The bag in the making."""
        return self.folder / "bag"

    @property
    def _request(self) -> Path:
        return self.folder / "request.json"

    @property
    def _sealing(self) -> Path:
        return self.folder / "sealing.json"

    def begin(self, request: PackageRequest) -> None:
        """Make the folder, durably, or take up what an earlier run left in it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        # Absolute, because `recover` may stand in another folder.
        file = request.rights_file and os.path.abspath(request.rights_file)
        asked = replace(request, source=os.path.abspath(request.source), rights_file=file)
        replace_file(self._request, json.dumps(request_record(asked)).encode())
        (self.bag / "data").mkdir(parents=True, exist_ok=True)
        sync_folder(self.folder.parent)

    def request(self) -> PackageRequest | None:
        """Return what was asked; ``None`` when the job died before it had noted it."""
        try:
            return request_from_record(json.loads(self._request.read_bytes()))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def has_staged_files(self) -> bool:
        """Tell whether an earlier run staged anything."""
        payload = self.bag / "data"
        return payload.is_dir() and any(payload.iterdir())

    def set_worksheet_aside(self) -> None:
        """Make way for a new worksheet; what an earlier run staged stays known.

        A run that died before it had carried over the work of the run before it leaves both
        worksheets: then the older one is the one that knows of staged files.
        """
        if self.worksheet.exists() and not self.earlier_worksheet.exists():
            # The journal first: it is what makes the file whole again.
            for ending in (_JOURNAL, ""):
                with contextlib.suppress(FileNotFoundError):
                    os.replace(f"{self.worksheet}{ending}", f"{self.earlier_worksheet}{ending}")
        _forget(self.worksheet)

    def carried_over(self) -> None:
        """Note that the new worksheet knows all that the earlier one knew."""
        _forget(self.earlier_worksheet)

    def note_sealing(self, sealing: Sealing) -> None:
        """Write down, durably, as what the bag is about to become visible."""
        replace_file(self._sealing, json.dumps(asdict(sealing)).encode())

    def interrupted_sealing(self) -> Sealing | None:
        """Return what :meth:`note_sealing` wrote, if the bag has left the job since."""
        if self.bag.exists():
            return None
        try:
            return Sealing(**json.loads(self._sealing.read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def discard(self) -> bool:
        """Remove the job and all it staged. The source and the sealed bags are elsewhere.

        The folder loses its name first, in one step: half a job must never be taken up. What a
        failing disk keeps of it is removed by a later run; then the answer is ``False``.
        """
        gone = self.folder.with_name(self.folder.name + _GONE)
        with contextlib.suppress(OSError):
            remove_tree(gone)
            os.rename(self.folder, gone)
            remove_tree(gone)
            sync_folder(self.folder.parent)
            return True
        return False


def job_for(archive: Archive, source: str) -> Job:
    """Return the job of the folder ``source``, whether or not it was begun."""
    name = hashlib.sha256(os.fsencode(os.path.abspath(source))).hexdigest()[:16]
    return Job(archive.staging / name)


def jobs(archive: Archive) -> Iterator[Job]:
    """Yield the unfinished jobs of the archive, by name."""
    for folder in _staged_folders(archive):
        if not folder.name.endswith(_GONE):
            yield Job(folder)


def clear_discarded(archive: Archive) -> None:
    """Remove what is left of jobs whose removal was cut off.

    Raises :class:`~archiver.errors.EnvironmentUnusable`.
    """
    for folder in _staged_folders(archive):
        if folder.name.endswith(_GONE):
            try:
                remove_tree(folder)
            except OSError as error:
                raise EnvironmentUnusable(
                    f"what is left of a job that was given up cannot be removed: "
                    f"{error.filename or folder}: {error.strerror}",
                    f"Nothing in {folder} is needed. Look after permissions and medium, remove "
                    "it, and run the command again.",
                ) from error


def _staged_folders(archive: Archive) -> list[Path]:
    try:
        with os.scandir(archive.staging) as entries:
            found = [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return []
    return [Path(path) for path in sorted(found)]


def _forget(worksheet: Path) -> None:
    # The journal last: without its file it is nothing, and without it the file may be torn.
    for ending in ("", _JOURNAL):
        Path(f"{worksheet}{ending}").unlink(missing_ok=True)
