"""A job: one source on its way into the archive, in a folder no reader looks into.

    .staging/<job>/request.json     what was asked, so that `recover` can go on
    .staging/<job>/worksheet.sqlite the survey and the digests so far
    .staging/<job>/earlier.sqlite   the worksheet of a run that was cut off
    .staging/<job>/bag/             the bag in the making
    .staging/<job>/sealing.json     the bag's identifier; there from just before it becomes
                                    visible until its seal is in the log

The folder's name is derived from the request: the same command finds its own unfinished work.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from archiver.archive import Archive
from archiver.durable import replace_file, sync_folder
from archiver.packaging.request import PackageRequest, request_from_record, request_record


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
        self.folder.mkdir(exist_ok=True)
        replace_file(self._request, json.dumps(request_record(request)).encode())
        (self.bag / "data").mkdir(parents=True, exist_ok=True)
        sync_folder(self.folder.parent)

    def request(self) -> PackageRequest | None:
        """Return what was asked; ``None`` when the job died before it had noted it."""
        try:
            return request_from_record(json.loads(self._request.read_bytes()))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def note_sealing(self, sealing: Sealing) -> None:
        """Write down, durably, as what the bag is about to become visible."""
        replace_file(self._sealing, json.dumps(asdict(sealing)).encode())

    def sealing(self) -> Sealing | None:
        """Return what :meth:`note_sealing` wrote, if that point was reached."""
        try:
            return Sealing(**json.loads(self._sealing.read_bytes()))
        except FileNotFoundError:
            return None

    def discard(self) -> None:
        """Remove the job and all it staged. The source and the sealed bags are elsewhere."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.folder.parent.exists():
            sync_folder(self.folder.parent)


def job_for(archive: Archive, request: PackageRequest) -> Job:
    """Return the job this request has, whether or not it was begun."""
    key = "\0".join((os.path.realpath(request.source), request.bag_id or "", str(request.again)))
    name = hashlib.sha256(os.fsencode(key)).hexdigest()[:16]
    return Job(archive.staging / name)


def jobs(archive: Archive) -> Iterator[Job]:
    """Yield the unfinished jobs of the archive, by name."""
    for entry in sorted(os.scandir(archive.staging), key=lambda entry: entry.name):
        if entry.is_dir(follow_symlinks=False):
            yield Job(Path(entry.path))
