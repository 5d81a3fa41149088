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

import os
from collections.abc import Iterable
from dataclasses import replace

from archiver.archive import Archive
from archiver.catalogue import Catalogue
from archiver.clock import Clock
from archiver.errors import EnvironmentUnusable
from archiver.events import Agent
from archiver.findings import Finding, state_of
from archiver.packaging import codes as _codes  # noqa: F401  (registers the codes used here)
from archiver.packaging.admit import remarks_on, requirements, survey_source
from archiver.packaging.held import held_already
from archiver.packaging.job import job_for
from archiver.packaging.outcome import Remark, SourceOutcome
from archiver.packaging.production import Production, SourceNotReadError
from archiver.packaging.record import Ledger
from archiver.packaging.request import PackageRequest
from archiver.packaging.room import require_room
from archiver.packaging.takeover import take_over
from archiver.packaging.unfinished import finish_interrupted_seals
from archiver.progress import Progress, Silence
from archiver.state import State
from archiver.survey import SurveyOutcome, Worksheet
from archiver.tree import Tree
from policies.policy import Policy, read_policy

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
) -> SourceOutcome:
    """Put one source into a sealed bag and say how it went.

    Refusals, and a source that cannot be read or does not hold still, are outcomes. Raises
    :class:`~archiver.errors.UsageError`, :class:`~archiver.errors.EnvironmentUnusable`
    (nothing half-made stays), :class:`~archiver.errors.BusyError` after ``lock_wait`` seconds.
    """
    with (
        archive.writer_lock("package", clock(), lock_wait),
        Catalogue.open(archive.catalogue_url, writing=True) as catalogue,
    ):
        ledger = Ledger(archive, catalogue, clock, agent)
        finish_interrupted_seals(ledger)
        return package_locked(ledger, request, workers, progress or Silence())


def package_locked(
    ledger: Ledger, request: PackageRequest, workers: int, progress: Progress
) -> SourceOutcome:
    """Do what :func:`package` does, for a caller that holds the archive's lock."""
    policy_bytes = ledger.archive.policy_path.read_bytes()
    policy = read_policy(policy_bytes)
    if reasons := requirements(request, policy):
        return _refused(request, (Remark(None, reason) for reason in reasons))
    return _Run(ledger, request, policy, policy_bytes, workers, progress).outcome()


class _Run:
    """Packaging one source, the requirements being met and the lock held."""

    def __init__(
        self,
        ledger: Ledger,
        request: PackageRequest,
        policy: Policy,
        policy_bytes: bytes,
        workers: int,
        progress: Progress,
    ) -> None:
        self._ledger = ledger
        self._archive = ledger.archive
        self._request = request
        self._policy = policy
        self._workers = workers
        self._progress = progress
        self._job = job_for(ledger.archive, request)
        self._production = Production(
            self._job, request, policy, policy_bytes, workers, progress, ledger
        )

    def outcome(self) -> SourceOutcome:
        """Survey the source and go on as far as it allows."""
        self._job.begin(self._request)
        try:
            with self._fresh_worksheet() as worksheet:
                return self._surveyed(worksheet)
        except (EnvironmentUnusable, OSError):
            # After a failed write or sync nothing staged is to be trusted, and a full disk
            # should not stay full on our account.
            self._job.discard()
            raise

    def _fresh_worksheet(self) -> Worksheet:
        """Return a new worksheet; an earlier run's is put beside it."""
        if self._job.worksheet.exists():
            os.replace(self._job.worksheet, self._job.earlier_worksheet)
        worksheet = Worksheet(self._job.worksheet)
        worksheet.put("algorithms", self._policy.packaging.manifest_algorithms)
        return worksheet

    def _surveyed(self, worksheet: Worksheet) -> SourceOutcome:
        seen = survey_source(self._request, self._policy, worksheet, self._progress)
        remarks = remarks_on(seen, worksheet)
        if seen.refused:
            self._job.discard()
            return _refused(self._request, remarks)
        with Tree(seen.source) as source:
            outcome = self._admitted(source, seen, worksheet)
        return replace(outcome, remarks=remarks, reasons=seen.reasons)

    def _admitted(self, source: Tree, seen: SurveyOutcome, worksheet: Worksheet) -> SourceOutcome:
        held = None
        if not self._request.again:
            held = held_already(
                self._ledger.catalogue, worksheet, source, self._workers, self._progress
            )
        if held is not None and self._request.bag_id in (None, held.id):
            self._job.discard()
            return self._already_held(held.id, seen)
        if self._request.bag_id and self._archive.bag_path(self._request.bag_id).exists():
            self._job.discard()
            return self._id_taken(self._request.bag_id)
        take_over(
            worksheet, self._job.earlier_worksheet, self._policy.packaging.manifest_algorithms
        )
        staged, total = worksheet.staged_total(), seen.admitted
        require_room(self._archive.root, total.entries - staged.entries, total.bytes - staged.bytes)
        notes = () if held is None else (_same_content(held.id),)
        return self._made(source, worksheet, seen, notes)

    def _made(
        self,
        source: Tree,
        worksheet: Worksheet,
        seen: SurveyOutcome,
        notes: tuple[Finding, ...],
    ) -> SourceOutcome:
        warnings = {count.code: count.entries for count in seen.reasons if count.level == "warn"}
        try:
            product = self._production.make(source, worksheet, warnings)
        except SourceNotReadError as trouble:
            findings = tuple(trouble.findings)
            return SourceOutcome(self._request.source, state_of(findings), findings=findings)
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
        )

    def _already_held(self, bag_id: str, seen: SurveyOutcome) -> SourceOutcome:
        message = f"the archive holds this very content as {bag_id}; no second bag was made"
        return SourceOutcome(
            self._request.source,
            State.SOUND,
            bag_id=bag_id,
            bag_path=str(self._archive.bag_path(bag_id)),
            already_held=True,
            files=seen.admitted.entries,
            bytes=seen.admitted.bytes,
            findings=(Finding("already-held", message),),
        )

    def _id_taken(self, bag_id: str) -> SourceOutcome:
        finding = Finding("id-taken", f"the archive holds other content as {bag_id}")
        return SourceOutcome(self._request.source, State.REFUSED, findings=(finding,))


def _same_content(bag_id: str) -> Finding:
    return Finding("same-content-held", f"the same content is held as {bag_id} too")


def _refused(request: PackageRequest, remarks: Iterable[Remark]) -> SourceOutcome:
    return SourceOutcome(request.source, State.REFUSED, remarks=tuple(remarks))
