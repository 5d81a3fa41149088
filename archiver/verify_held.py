"""``verify`` for bags of an archive: compared with what the log says was sealed, and recorded."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from archiver.archive import Archive
from archiver.catalogue import Catalogue
from archiver.clock import Clock, utc_text
from archiver.errors import BusyError, IncompleteError, UnknownBagError, UsageError
from archiver.events import (
    Agent,
    Event,
    EventLog,
    LogBrokenError,
    LogChangedError,
    LogNewerError,
)
from archiver.findings import Finding, state_of
from archiver.incidents import file_findings
from archiver.progress import Progress
from archiver.rebuild import catch_up, log_changed, require_known_log
from archiver.state import State
from archiver.verify import BagVerification, Depth, Look, Reader, Sealed, verify_bag


@dataclass(frozen=True, slots=True)
class Seals:
    """What the log says of some bags: how each was sealed, and what is wrong with the log."""

    sealed: Mapping[str, Sealed]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Located:
    """A bag and where it lies; of one of the archive's own also what the log says of its sealing.

    ``findings`` are about the log, not about the bag.
    """

    place: str
    bag_id: str | None = None
    sealed: Sealed | None = None
    findings: tuple[Finding, ...] = ()


def locate(archive: Archive | None, name: str, clock: Clock) -> Located:
    """Return the bag that ``name`` (a path, or an id in ``archive``) means.

    What is at a path may be missing. Raises :class:`UnknownBagError` for an id that was never
    sealed here, and :class:`IncompleteError` for a bag that was and is gone.
    """
    if archive is None:
        return Located(name)
    try:
        bag_id = held_id(archive, name)
    except UsageError:
        bag_id = None  # no identifier either: opening it says what it is not
    if bag_id is None:
        return Located(name)
    place = str(archive.bag_path(bag_id))
    there = not archive.bag_is_gone(bag_id)
    seals = read_seals(archive, [bag_id], clock)
    if not there and bag_id not in seals.sealed:
        raise _unknown(archive, bag_id)
    if not there:
        raise IncompleteError(
            f"{bag_id} was sealed in this archive, and is not at {place!a}.",
            "Look whether the disk is mounted. If the bag is gone, copy it from another archive.",
        )
    return Located(place, bag_id, seals.sealed.get(bag_id), seals.findings)


def _unknown(archive: Archive, bag_id: str) -> UnknownBagError:
    said = f"{bag_id} is neither a folder nor a bag of the archive {archive.root}"
    return UnknownBagError(bag_id, said)


def held_id(archive: Archive, name: str) -> str | None:
    """Return the identifier of the archive's own bag that ``name`` (a path or an id) means.

    ``None`` for a folder elsewhere. A folder that is no bag, such as the source a bag was made of,
    is not meant where the archive holds a bag of that name. Raises :class:`UsageError` for what is
    neither a folder nor the form of an identifier.
    """
    if not os.path.lexists(name) or _is_called_like_a_bag(archive, name):
        archive.bag_path(name)
        return name
    place = os.path.realpath(name)
    bag_id = os.path.basename(place)
    try:
        home = os.path.realpath(archive.bag_path(bag_id))
    except UsageError:
        return None
    return bag_id if place == home else None


def _is_called_like_a_bag(archive: Archive, name: str) -> bool:
    if not os.path.isdir(name) or os.path.lexists(os.path.join(name, "bagit.txt")):
        return False
    try:
        return os.path.isdir(archive.bag_path(name))
    except UsageError:
        return False


def read_seals(archive: Archive, bag_ids: Iterable[str], clock: Clock) -> Seals:
    """Read the whole log once and return what it says of the bags ``bag_ids``.

    That it no longer holds what the catalogue knows of it is a finding.
    """
    wanted = set(bag_ids)
    sealed: dict[str, Sealed] = {}
    findings = [*log_changed(archive)]
    for one in EventLog(archive.log, clock).scan():
        if isinstance(one, Finding):
            findings.append(one)
        elif one.type == "seal" and one.bag in wanted:
            sealed[one.bag] = _sealed(one)
    return Seals(sealed, tuple(findings))


def verify_held(
    archive: Archive,
    bag_id: str,
    seals: Seals,
    *,
    depth: Depth,
    from_medium: bool,
    workers: int | None,
    progress: Progress,
    recordings: bool = False,
    decode: bool = False,
    around: Callable[[Reader], Reader] | None = None,
    also: Look | None = None,
) -> BagVerification:
    """Verify the archive's bag ``bag_id`` and compare it with its seal in the log.

    A bag that was sealed and is gone is damage, not an error. Raises :class:`UsageError` for
    one that never was, and what :func:`archiver.verify.verify_bag` raises.
    """
    place = archive.bag_path(bag_id)
    sealed = seals.sealed.get(bag_id)
    if archive.bag_is_gone(bag_id):
        if sealed is None:
            raise _unknown(archive, bag_id)
        return _gone(str(place), bag_id)
    return verify_bag(
        place,
        depth=depth,
        from_medium=from_medium,
        workers=workers,
        progress=progress,
        expected=sealed,
        recordings=recordings,
        decode=decode,
        around=around,
        also=also,
    )


def worth_recording(found: BagVerification, depth: Depth) -> bool:
    """Whether the log should hold this check.

    A fast check that finds nothing proves no byte: as the bag's last verification it would only
    hide the date of the last real one.
    """
    return depth.reads_payload or found.state is not State.SOUND


def record_verification(
    archive: Archive,
    bag_id: str,
    found: BagVerification,
    *,
    depth: Depth,
    clock: Clock,
    agent: Agent,
    begun: datetime,
    seconds: float | None = None,
) -> bool:
    """Add an event "verify" to the log, then to the catalogue; return whether they took it.

    ``begun`` is when the first byte that it rests on was read, at the earliest: what happened
    after that the check may not have seen. ``seconds`` is how long the check took, where that was
    measured. A damaged log takes nothing, nor one that lost what the catalogue knows of it.
    While another run holds the archive, the catalogue is left to that run, which takes in whatever
    the log has beyond it, and to the next check to put the finding into a case.
    """
    detail: dict[str, object] = {
        "begun": utc_text(begun),
        "depth": depth.value,
        "verdict": found.verdict,
        "state": found.state.value,
        "findings": len(found.findings),
        "checked_files": found.checked_files,
        "checked_bytes": found.checked_bytes,
        "from_medium": found.from_medium,
        "tag_manifest_digest": found.tag_manifest_digest,
    }
    if found.findings:
        detail["codes"] = dict(Counter(finding.code for finding in found.findings))
    if seconds is not None:
        detail["seconds"] = round(seconds, 1)
    if found.recordings is not None:
        detail["recordings"] = found.recordings.verdicts
        if found.recordings.decoded is not None:
            detail["recordings_decoded"] = found.recordings.decoded
    log = EventLog(archive.log, clock)
    try:
        require_known_log(archive)
        outcome = outcome_of(found)
        log.append("verify", bag=bag_id, outcome=outcome, detail=detail, agent=agent)
    except (LogBrokenError, LogNewerError):
        return False
    try:
        with (
            archive.writer_lock("verify", clock()),
            Catalogue.open(archive.catalogue_url, writing=True) as catalogue,
        ):
            catch_up(archive, catalogue)
            file_findings(archive, catalogue, clock, agent)
    except BusyError:
        pass
    except LogChangedError:
        return False  # told by whoever read the seals; the catalogue takes in nothing more
    return True


def outcome_of(found: BagVerification) -> str:
    """Return the word by which the log and the catalogue remember a verification.

    That is its verdict, except that a bag of which no sound is lost is remembered as "altered":
    "invalid" without more would read as damage.
    """
    return found.state.value if found.state is State.ALTERED else found.verdict


def _sealed(event: Event) -> Sealed:
    detail = event.detail
    return Sealed(
        str(detail.get("tag_manifest_digest")),
        int(detail.get("payload_files", -1)),
        int(detail.get("payload_bytes", -1)),
    )


def _gone(place: str, bag_id: str) -> BagVerification:
    finding = Finding("held-bag-missing", f"the bag {bag_id} was sealed here and is gone", None)
    return _not_read(place, "missing", finding)


def not_looked_at(place: str, why: Finding) -> BagVerification:
    """Return what is known of a bag whose check did not get to its end: nothing but why."""
    return _not_read(place, "unreadable", why)


def _not_read(place: str, verdict: str, finding: Finding) -> BagVerification:
    return BagVerification(
        path=place,
        verdict=verdict,
        state=state_of((finding,)),
        version=None,
        findings=(finding,),
        checked_files=0,
        checked_bytes=0,
        listed_files=0,
        payload_files=0,
        payload_bytes=0,
        algorithms_checked=(),
        algorithms_not_checked=(),
        from_medium="cache",
        tag_manifest_digest=None,
    )
