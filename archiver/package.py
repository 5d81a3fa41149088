"""Packaging: one source on disk becomes one sealed bag in the archive.

    1 requirements   what must be known before anything is decided
    2 survey         every entry of the source, before the first byte is written
    3 admit          payload, refusals and warnings, each with a code
    4 stage          one read of the source, every digest from it; read back from the medium
    5 describe       manifests and metadata
    6 seal           all of it on the medium, then visible in one step
    7 record         the event log, then the catalogue

The source is opened for reading only. Dead before 6 ends, nothing is visible and the same
command takes up the staged work; dead between 6 and 7, the next packaging or
:mod:`archiver.recover` finishes the record.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace

from archiver.archive import Archive
from archiver.archive.policy import policy_in_force
from archiver.catalogue import Catalogue
from archiver.clock import Clock
from archiver.errors import EnvironmentUnusable
from archiver.events import Agent
from archiver.events.signing import SigningKey
from archiver.findings import Finding, Severity, state_of
from archiver.packaging import codes as _codes  # noqa: F401  (registers the codes used here)
from archiver.packaging.admit import (
    Surveyed,
    remarks_on,
    requirements,
)
from archiver.packaging.bag_payload import origin_of
from archiver.packaging.held import SameContent
from archiver.packaging.job import job_for
from archiver.packaging.origin import Origin
from archiver.packaging.outcome import Remark, SourceOutcome
from archiver.packaging.production import Production, SourceNotReadError
from archiver.packaging.profiled import Prepared, prepare
from archiver.packaging.record import Ledger, refusal_detail
from archiver.packaging.request import PackageRequest
from archiver.packaging.rights import FileRights, rights_of
from archiver.packaging.room import require_room
from archiver.packaging.takeover import take_over
from archiver.packaging.unfinished import finish_interrupted_seals
from archiver.packaging.unusable import unusable
from archiver.progress import Progress, Silence
from archiver.rebuild import catch_up
from archiver.rights import RightsInForce
from archiver.state import State, worst
from archiver.survey import ReasonCount, SurveyOutcome, Worksheet
from archiver.tree import Tree

__all__ = ["PackageRequest", "SourceOutcome", "package", "package_locked"]


def package(
    archive: Archive,
    request: PackageRequest,
    *,
    clock: Clock,
    agent: Agent,
    workers: int,
    progress: Progress | None = None,
    lock_wait: float = 0.0,
    surveyed: Surveyed | None = None,
    key: SigningKey | None = None,
) -> SourceOutcome:
    """Put one source into a sealed bag and say how it went.

    A source that was ``surveyed`` just before, for the same request and policy, is not surveyed
    again. ``key`` signs the checkpoint of the log that goes into the bag.
    Refusals, and a source that cannot be read or does not hold still, are outcomes. Raises
    :class:`~archiver.errors.UsageError`, :class:`~archiver.errors.EnvironmentUnusable`
    (nothing half-made stays), :class:`~archiver.errors.BusyError` after ``lock_wait`` seconds.
    """
    with (
        archive.writer_lock("package", clock(), lock_wait),
        Catalogue.open(archive.catalogue_url, writing=True) as catalogue,
    ):
        ledger = Ledger(archive, catalogue, clock, agent, key)
        inherited = [*catch_up(archive, catalogue)]
        finished = finish_interrupted_seals(ledger)
        inherited += [one.finding for one in finished if one.finding is not None]
        outcome = package_locked(ledger, request, workers, progress or Silence(), surveyed)
    return _with(outcome, inherited)


def package_locked(
    ledger: Ledger,
    request: PackageRequest,
    workers: int,
    progress: Progress,
    surveyed: Surveyed | None = None,
) -> SourceOutcome:
    """Do what :func:`package` does, for a caller that holds the archive's lock."""
    policy, policy_bytes = policy_in_force(ledger.archive)
    prepared = prepare(request, policy, ledger.archive.root)
    if reasons := requirements(prepared):
        remarks = tuple(Remark(None, reason) for reason in reasons)
        return _refused(ledger, request, policy_bytes, remarks)
    origin = origin_of(prepared.request, ledger.archive.root, ledger.clock, ledger.catalogue)
    if amiss := origin.trouble(progress):
        return SourceOutcome(request.source, state_of(amiss), findings=amiss)
    rights = rights_of(request)
    assert rights is not None  # it is one of the requirements
    if surveyed is not None and (surveyed.request, surveyed.policy) != (request, policy_bytes):
        surveyed = None
    run = _Run(ledger, prepared, origin, rights, policy_bytes, workers, progress)
    return run.outcome(surveyed)


class _Run:
    """Packaging one source, the requirements being met and the lock held."""

    def __init__(
        self,
        ledger: Ledger,
        prepared: Prepared,
        origin: Origin,
        rights: RightsInForce,
        policy_bytes: bytes,
        workers: int,
        progress: Progress,
    ) -> None:
        self._ledger = ledger
        self._archive = ledger.archive
        self._prepared = prepared
        self._request = request = prepared.request
        self._origin = origin
        self._rights = rights
        self._policy = prepared.policy
        self._policy_bytes = policy_bytes
        self._workers = workers
        self._progress = progress
        self._job = job_for(ledger.archive, request.known_by or request.source)
        self._is_new = not self._job.has_staged_files()
        self._production = Production(
            self._job, prepared, policy_bytes, workers, progress, ledger, origin
        )

    def outcome(self, surveyed: Surveyed | None) -> SourceOutcome:
        """Survey the source, unless it is ``surveyed``, and go on as far as it allows."""
        try:
            self._job.begin(self._request)
            with self._fresh_worksheet(surveyed) as worksheet:
                return self._surveyed(worksheet, surveyed.seen if surveyed else None)
        except EnvironmentUnusable:
            self._give_up()
            raise
        except (OSError, sqlite3.Error) as error:
            self._give_up()
            raise _unusable(error, self._archive) from error

    def _give_up(self) -> None:
        """Remove what is staged, unless its bag is visible and lacks only its record.

        After a failed write or sync nothing staged is to be trusted, and a full disk should not
        stay full on our account.
        """
        if self._job.interrupted_sealing() is None:
            self._job.discard()

    def _leave(self) -> None:
        """Remove this run's traces, unless an earlier one staged files: those are kept."""
        if self._is_new:
            self._job.discard()

    def _fresh_worksheet(self, surveyed: Surveyed | None) -> Worksheet:
        """Return a new worksheet, or a copy of a filled one; an earlier run's is put beside it."""
        self._job.set_worksheet_aside()
        place = self._job.worksheet
        worksheet = surveyed.worksheet.copied_to(place) if surveyed else Worksheet(place)
        worksheet.put("algorithms", self._policy.packaging.manifest_algorithms)
        return worksheet

    def _surveyed(self, worksheet: Worksheet, seen: SurveyOutcome | None) -> SourceOutcome:
        if seen is None:
            seen = self._origin.survey(self._prepared, worksheet, self._progress)
        today = self._ledger.clock().date()
        rights = FileRights(self._rights, today, worksheet, self._origin.place)
        seen = rights.judge(seen, self._policy.rights.bases, self._progress)
        remarks = remarks_on(seen, worksheet)
        if seen.refused:
            return self._refused(seen, remarks)
        try:
            source = self._origin.open()
        except OSError as error:
            self._leave()
            gone = Finding("source-changed", f"the source cannot be opened: {error.strerror}")
            return self._not_made([gone])
        with source:
            outcome = self._admitted(source, seen, worksheet, rights)
        if outcome.remarks:  # refused at the last moment: they are all said
            return outcome
        return replace(outcome, remarks=remarks, reasons=seen.reasons)

    def _refused(self, seen: SurveyOutcome, remarks: tuple[Remark, ...]) -> SourceOutcome:
        self._leave()
        return _refused(self._ledger, self._request, self._policy_bytes, remarks, seen.reasons)

    def _admitted(
        self, source: Tree, seen: SurveyOutcome, worksheet: Worksheet, rights: FileRights
    ) -> SourceOutcome:
        wish = self._request.bag_id
        same = SameContent(
            self._ledger, self._request, source, worksheet, self._workers, self._progress
        )
        if same.held and wish in (None, *same.held):
            if moved := [*self._origin.moved(source, worksheet)]:  # what came since is not held
                self._leave()
                return self._not_made(moved)
            self._job.discard()
            return same.already_held(wish or same.held[0], seen.admitted)
        if wish is not None and same.is_taken(wish):
            self._leave()
            return self._id_taken(wish)
        if rights.limits_copies:
            seen = rights.judge_copies(seen, 1 + same.copies())
            if seen.refused:
                return self._refused(seen, remarks_on(seen, worksheet))
        take_over(
            worksheet,
            self._job.earlier_worksheet,
            self._job.bag / "data",
            self._policy.packaging.manifest_algorithms,
        )
        self._job.carried_over()
        staged, total = worksheet.staged_total(), seen.admitted
        require_room(self._archive.root, total.entries - staged.entries, total.bytes - staged.bytes)
        return self._made(source, worksheet, seen, rights, same.notes())

    def _made(
        self,
        source: Tree,
        worksheet: Worksheet,
        seen: SurveyOutcome,
        rights: FileRights,
        notes: tuple[Finding, ...],
    ) -> SourceOutcome:
        warnings = {count.code: count.entries for count in seen.reasons if count.level == "warn"}
        try:
            product = self._production.make(source, worksheet, rights, warnings)
        except SourceNotReadError as trouble:
            damaged = any(one.severity is Severity.DAMAGE for one in trouble.findings)
            if damaged and (self._request.payload_of or self._request.verified) is not None:
                self._job.discard()  # a copy of what is damaged must not be taken up again
            return self._not_made(trouble.findings, trouble.recordings)
        findings = (*notes, *product.findings)
        return SourceOutcome(
            self._request.source,
            state_of(findings),
            bag_id=product.bag_id,
            bag_path=str(self._archive.bag_path(product.bag_id)),
            files=product.payload.files,
            bytes=product.payload.bytes,
            findings=findings,
            read_back=product.read_back,
            recordings=product.recordings,
        )

    def _not_made(
        self, findings: list[Finding], recordings: Mapping[str, int] | None = None
    ) -> SourceOutcome:
        return SourceOutcome(
            self._request.source,
            state_of(findings),
            findings=tuple(findings),
            recordings=recordings or {},
        )

    def _id_taken(self, bag_id: str) -> SourceOutcome:
        finding = Finding("id-taken", f"the archive knows another bag as {bag_id}")
        return SourceOutcome(self._request.source, State.REFUSED, findings=(finding,))


def _with(outcome: SourceOutcome, inherited: list[Finding]) -> SourceOutcome:
    """Return the outcome with what was found of earlier runs' work added to it."""
    state = worst((outcome.state, state_of(inherited)))
    return replace(outcome, state=state, findings=(*outcome.findings, *inherited))


def _unusable(error: OSError | sqlite3.Error, archive: Archive) -> EnvironmentUnusable:
    if isinstance(error, OSError):
        return unusable(error, str(error.filename or archive.root))
    return EnvironmentUnusable(
        f"the working file of this job cannot be used: {error}",
        f"Check the space and the medium of {archive.root}. The source is untouched and "
        "nothing half-made is visible.",
    )


def _refused(
    ledger: Ledger,
    request: PackageRequest,
    policy: bytes,
    remarks: tuple[Remark, ...],
    reasons: tuple[ReasonCount, ...] = (),
) -> SourceOutcome:
    """Record in the log that the source stays out, and why; return that."""
    name = request.name
    ledger.refused(refusal_detail(name, policy, remarks, reasons))
    return SourceOutcome(request.source, State.REFUSED, remarks=remarks)
