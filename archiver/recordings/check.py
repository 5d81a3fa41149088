"""Checking every recording of a bag by itself, and against what the bag recorded of it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from archiver.audio.decode.model import Wish
from archiver.audio.examination import AudioExamination
from archiver.audio.tags import TagReader
from archiver.findings import CODES, Finding, Severity
from archiver.probe import Place, is_unread, list_folder, place_of
from archiver.progress import Progress
from archiver.recordings import codes as _codes  # noqa: F401  (registers the codes used here)
from archiver.recordings.judgement import samples_comparable, samples_differ
from archiver.recordings.means import Means
from archiver.recordings.places import own_checksums_in_words
from archiver.recordings.recorded import Recorded, rank

_ESSENCE = ("stream", "headers")
# Verdicts that are worth a finding, unless the recording was sealed with them.
_NEWS = {"structure": "audio-structure", "decoder-disagrees": "decoder-disagrees"}
_FACTS = ("codec", "sample_rate", "channels", "bit_depth", "frames", "duration_s")


@dataclass(slots=True)
class RecordingsCheck:
    """What the recordings of a bag say of themselves.

    ``recordings`` were examined, ``bytes`` is what their files hold, ``verdicts`` counts them by
    the verdicts of :func:`archiver.audio.essence.verdict`. ``compared`` of them were compared with
    what the bag had recorded of them, ``as_recorded`` of those agree. ``unread`` could not be
    examined. ``decoded`` were decoded to their end, ``samples_compared`` of those compared with
    samples on record: digests taken at sealing, or the MD5 a FLAC file stated then. Both are
    ``None`` where nobody asked for decoding.
    """

    recordings: int = 0
    bytes: int = 0
    verdicts: dict[str, int] = field(default_factory=dict)
    compared: int = 0
    as_recorded: int = 0
    unread: int = 0
    decoded: int | None = None
    samples_compared: int | None = None
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """What the manifests said: ``amiss`` are files already known to be damaged or unreadable.

    ``compared`` is false when no digest was taken, so that no file is known to be the sealed one.
    """

    amiss: frozenset[str]
    compared: bool


def check_recordings(
    bag: str, records: Iterable[Recorded], told: Told, means: Means, progress: Progress
) -> RecordingsCheck:
    """Examine every file of the payload below ``bag``; each is read once, links are not followed.

    Once more where it is decoded. ``records`` are the bag's own, in path order, none where nothing
    vouches for them. Raises :class:`archiver.errors.EnvironmentUnusable` when no worker can be run,
    and ``OSError`` when the records cannot be read.
    """
    check = Judge(told, means.decode)
    payload = os.path.join(os.getcwd(), bag, "data")
    if not place_of(payload)[1]:
        return check.found
    with TagReader(means.workers or os.cpu_count() or 1) as reader:
        places = (place for place in list_folder(payload) if place.obstacle is None)
        paths = (
            ((place, record), os.path.join(payload, place.path))
            for place, record in _with_records(places, records)
        )
        for (place, record), found in reader.examine_many(paths, Wish(decode=means.decode)):
            check.take(f"data/{place.path}", place.size, record, found)
            progress.advance(place.size, 1)
    return check.found


def _with_records(
    places: Iterable[Place], records: Iterable[Recorded]
) -> Iterator[tuple[Place, AudioExamination | None]]:
    """Yield each file with what was recorded of it; both come in the order of their paths."""
    lines = iter(records)
    line = next(lines, None)
    for place in places:
        path = f"data/{place.path}"
        while line is not None and rank(line.path) < rank(path):
            line = next(lines, None)
        yield place, line.found if line is not None and line.path == path else None


class Judge:
    """Judges one examination after another."""

    def __init__(self, told: Told, decode: bool) -> None:
        self._told = told
        none_yet = 0 if decode else None
        self.found = RecordingsCheck(decoded=none_yet, samples_compared=none_yet)

    def take(
        self, path: str, size: int, old: AudioExamination | None, new: AudioExamination
    ) -> None:
        """Count one examined file, and report what speaks against it."""
        if is_unread(new):
            self._unread(path, new)
            return
        if new.record["format"] is None and old is None:
            return
        found = self.found
        found.recordings += 1
        found.bytes += size
        found.verdicts[new.verdict] = found.verdicts.get(new.verdict, 0) + 1
        differing = _differing(old, new) if old is not None else []
        found.compared += old is not None
        found.as_recorded += old is not None and not differing
        self._count_decoded(old, new)
        if path in self._told.amiss:
            return
        if differing:
            self._differs(path, differing)
        if new.verdict == "damaged":
            self._damaged(path, old, new, bool(differing))
        elif new.verdict in _NEWS and (old is None or old.verdict != new.verdict):
            self._add(_NEWS[new.verdict], f"{_words(new, _NEWS[new.verdict])}.", path)
        if words := _words(new, "audio-not-decoded"):
            self._add("recording-not-decoded", f"{words[:1].upper()}{words[1:]}.", path)

    def _count_decoded(self, old: AudioExamination | None, new: AudioExamination) -> None:
        part, found = new.record.get("decoding"), self.found
        if found.decoded is None or found.samples_compared is None or part is None:
            return
        if not part.keys() & {"unfinished", "refused"}:
            found.decoded += 1
            found.samples_compared += old is not None and samples_comparable(old, new)

    def _unread(self, path: str, new: AudioExamination) -> None:
        self.found.unread += 1
        if path in self._told.amiss:
            return
        blind = [p for p in new.problems if CODES[p["code"]].severity is Severity.BLIND]
        first = (blind or list(new.problems))[0]
        self._add("recording-not-checked", f"{first['message']}.", path)

    def _differs(self, path: str, differing: list[str]) -> None:
        code = "audio-record-differs" if self._told.compared else "essence-mismatch"
        words = f"Not as it was recorded when the bag was sealed: {', '.join(differing)}."
        self._add(code, words, path, differing=differing)

    def _damaged(
        self, path: str, old: AudioExamination | None, new: AudioExamination, differing: bool
    ) -> None:
        words = own_checksums_in_words(new)
        check = new.record.get("self_check", {})
        if old is not None and old.verdict == "damaged" and not differing:
            words = f"As it was sealed: {words}."
            self._add("audio-damaged-accepted", words, path, self_check=check)
            return
        sealed = "the manifest agrees, so it was so when the bag was made"
        words = f"{words}; {sealed}" if self._told.compared else words
        self._add("recording-damaged", f"{words[:1].upper()}{words[1:]}.", path, self_check=check)

    def _add(self, code: str, message: str, path: str, **detail: object) -> None:
        self.found.findings.append(Finding(code, message, path, None, detail))


def _words(found: AudioExamination, code: str) -> str:
    """Return the message of the first problem of a code; "" if there is none."""
    return next((str(p["message"]) for p in found.problems if p["code"] == code), "")


def _differing(old: AudioExamination, new: AudioExamination) -> list[str]:
    """Return the names of digests and facts that are not as they were recorded."""
    a: dict[str, Any] = old.essence or {}
    b: dict[str, Any] = new.essence or {}
    digests = [name for name in _ESSENCE if a.get(name) != b.get(name)] if a else []
    digests += ["pcm"] if samples_differ(old, new) else []
    told, seen = old.record["facts"], new.record["facts"]
    return digests + [name for name in _FACTS if told.get(name) != seen.get(name)]
