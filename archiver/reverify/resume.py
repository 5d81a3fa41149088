"""Going on within a large bag: what an interrupted run had read of it is not read again.

    .reverify/BAG.jsonl   first line: the bag's tag manifest, the depth, when; then a line a file

Only files that read from the medium without trouble are noted, and only such as have not been
touched since are believed. A note says what was read, never that it was right: the digests are
compared again with the manifests, whoever wrote the note.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from archiver.canonical import canonical
from archiver.clock import parse_utc, utc_text
from archiver.hashing import ReadJob, ReadResult

FOLDER = ".reverify"
WORTH_BYTES = 1 << 30  # of smaller bags nothing is noted: reading them again costs little
BELIEVED = timedelta(days=28)  # a bag may take more nights than one week has, or weekends
_PAYLOAD = "data/"

Read = Callable[[Iterator[ReadJob]], Iterator[ReadResult]]


class Notes:
    """What was read of one bag so far; use as a context, and :meth:`done` when it is recorded."""

    def __init__(
        self, place: Path, bag: str, manifest: str, depth: str, now: datetime, since: datetime
    ) -> None:
        """``since``: what was read before that is not believed, because it was asked for anew."""
        self._place, self._bag = place, bag
        self._head = {"depth": depth, "tag_manifest": manifest}
        self._now, self._since = now, since
        self._noted_from = now
        self.reused = 0

    @property
    def begun(self) -> datetime:
        """Since when all that this check rests on was read."""
        return self._noted_from if self.reused else self._now

    def __enter__(self) -> Notes:
        self._place.parent.mkdir(exist_ok=True)
        self._file = self._place.open("a+b")
        self._file.seek(0)
        if not self._is_of_this_check(self._file.readline()):
            self._file.truncate(0)
            self._write({**self._head, "time": utc_text(self._now)})
        self._end = self._file.tell()
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def done(self) -> None:
        """Forget everything: the check of this bag is recorded."""
        with contextlib.suppress(FileNotFoundError):
            self._place.unlink()

    def around(self, read: Read) -> Read:
        """Return a way of reading that answers from the notes as far as they reach."""

        def reading(jobs: Iterator[ReadJob]) -> Iterator[ReadResult]:
            first = next(jobs, None)
            if first is None:
                return
            if not first.path.startswith(_PAYLOAD):
                yield from read(chain([first], jobs))
                return
            rest: list[ReadJob] = []
            for job in chain([first], jobs):
                answer = self._recalled(job)
                if answer is None:
                    rest.append(job)
                    break
                self.reused += 1
                yield answer
            self._file.truncate(self._end)
            for result in read(chain(rest, jobs)):
                self._note(result)
                yield result

        return reading

    def _is_of_this_check(self, line: bytes) -> bool:
        """Tell whether notes that begin so are of the same seal, as deep, and not too old."""
        head = _parsed(line)
        try:
            self._noted_from = parse_utc(str(head.pop("time", "")))
        except ValueError:
            return False
        young = self._now - self._noted_from < BELIEVED and self._noted_from >= self._since
        return head == self._head and young

    def _recalled(self, job: ReadJob) -> ReadResult | None:
        """Return what reading the file gave last time, if it is the next one in the notes."""
        if not job.path.startswith(_PAYLOAD):
            return None
        note = _parsed(self._file.readline())
        if (note.get("path"), note.get("algorithms")) != (job.path, list(job.algorithms)):
            return None
        if note.get("stamp") is None or self._stamp(job.path) != note["stamp"]:
            return None
        self._end = self._file.tell()
        digests = tuple(bytes.fromhex(digest) for digest in note["digests"])
        return ReadResult(job, note["size"], digests, None, note["size"] > 0)

    def _note(self, result: ReadResult) -> None:
        path = result.job.path
        if not path.startswith(_PAYLOAD) or result.trouble is not None:
            return
        read_anew = result.from_medium or not result.size
        self._write(
            {
                "algorithms": list(result.job.algorithms),
                "digests": [digest.hex() for digest in result.digests],
                "path": path,
                "size": result.size,
                "stamp": self._stamp(path) if read_anew else None,
            }
        )

    def _stamp(self, path: str) -> list[int] | None:
        try:
            facts = os.lstat(f"{self._bag}/{path}")
        except OSError:
            return None
        return [facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns]

    def _write(self, record: dict[str, Any]) -> None:
        try:
            self._file.write(canonical(record) + b"\n")
        except (TypeError, ValueError):
            return  # a name that JSON cannot hold is read again
        self._file.flush()


def _parsed(line: bytes) -> dict[str, Any]:
    """Return the note in a line; nothing for one that was cut off."""
    try:
        note = json.loads(line) if line.endswith(b"\n") else None
    except ValueError:
        return {}
    return note if isinstance(note, dict) else {}
