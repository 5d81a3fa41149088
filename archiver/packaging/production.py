"""Steps 4 to 7 for one admitted source: stage, describe, seal, record."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiver.findings import Finding, Severity, state_of
from archiver.packaging.damage import weighed
from archiver.packaging.describe import (
    Particulars,
    Payload,
    describe_audio,
    describe_bag,
    describe_payload,
)
from archiver.packaging.examining import Examining
from archiver.packaging.folders import remove_tree
from archiver.packaging.identifier import default_bag_id
from archiver.packaging.job import Job, Sealing
from archiver.packaging.origin import Origin
from archiver.packaging.profiled import Prepared, require_met
from archiver.packaging.record import Ledger, package_detail, seal_detail
from archiver.packaging.recordings_tally import RecordingsTally
from archiver.packaging.request import PackageRequest
from archiver.packaging.rights import FileRights
from archiver.packaging.rights_json import (
    compare_with_claims,
    rights_info,
    write_rights,
)
from archiver.packaging.seal import publish, sync_bag
from archiver.packaging.staging import Stage
from archiver.packaging.tagfiles import TagFiles
from archiver.packaging.takeover import remove_strays
from archiver.packaging.twins import require_case_told_apart
from archiver.progress import Progress
from archiver.sidecars import any_sidecar
from archiver.state import State
from archiver.survey import Worksheet
from archiver.tree import Tree
from policies.policy import Policy

if TYPE_CHECKING:
    from archiver.sidecars import PriorFixity


class SourceNotReadError(Exception):
    """The source could not be read whole, did not hold still or is damaged; see ``findings``.

    ``recordings`` counts the recordings with each verdict, as far as they were examined.
    """

    def __init__(
        self, findings: list[Finding], recordings: Mapping[str, int] | None = None
    ) -> None:
        super().__init__()
        self.findings = findings
        self.recordings = recordings or {}


@dataclass(frozen=True, slots=True)
class Product:
    """A sealed bag."""

    bag_id: str
    payload: Payload
    read_back: Mapping[str, int]
    findings: tuple[Finding, ...]
    recordings: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Production:
    """The making of one bag from a surveyed source."""

    job: Job
    prepared: Prepared
    policy_bytes: bytes
    workers: int
    progress: Progress
    ledger: Ledger
    origin: Origin

    @property
    def request(self) -> PackageRequest:
        """What was asked for."""
        return self.prepared.request

    @property
    def policy(self) -> Policy:
        """The policy in force, with what the profiles ask for besides."""
        return self.prepared.policy

    def make(
        self,
        source: Tree,
        worksheet: Worksheet,
        rights: FileRights,
        warnings: Mapping[str, int],
    ) -> Product:
        """Stage, describe, seal and record the bag.

        Raises :class:`SourceNotReadError` when the source's side would not let us, or it is not
        what its own lists and the checksums in its recordings say (the staged work stays and is
        taken up by the next run), and :class:`~archiver.errors.EnvironmentUnusable` when the
        archive's side fails.
        """
        job = self.job
        with Examining(str(job.bag), job.examined, self.request.decode) as examining:
            examining.start_for(worksheet)
            return self._make(source, worksheet, rights, warnings, examining)

    def _make(
        self,
        source: Tree,
        worksheet: Worksheet,
        rights: FileRights,
        warnings: Mapping[str, int],
        examining: Examining,
    ) -> Product:
        findings = self._stage(source, worksheet, examining)
        if amiss := self.origin.settle(worksheet, str(self.job.bag / "data")):
            raise SourceNotReadError([*findings, *amiss])
        self._clear_descriptions()
        with (
            self._prior_fixity(worksheet) or nullcontext() as prior,
            TagFiles(str(self.job.bag), self.prepared.tag_algorithms) as tag_files,
        ):
            payload, tally = self._describe(source, worksheet, prior, tag_files, examining)
            told = (*(prior.findings if prior else ()), *tally.findings())
            findings += weighed(told, self.request.known_damage)
            if state_of(findings) is not State.SOUND:
                raise SourceNotReadError(findings, tally.verdicts)
            bag_id = self.request.bag_id or self._new_id(payload)
            claims = compare_with_claims(str(self.job.bag), rights)
            write_rights(tag_files, rights, worksheet, claims)
            for file in self.prepared.given:
                tag_files.write(file.name, [file.content])
            if amiss := self.origin.write(tag_files, worksheet):
                raise SourceNotReadError([*findings, *amiss], tally.verdicts)
            describe_bag(payload, self._particulars(bag_id, rights), tag_files)
        findings += [claim.finding for claim in claims]
        amiss = [*self.origin.moved(source, worksheet)]
        amiss += require_met(self.job.bag, self.prepared.profiles)
        if amiss:
            raise SourceNotReadError([*findings, *amiss], tally.verdicts)
        sync_bag(self.job.bag)
        sealing = Sealing(bag_id, worksheet.read_back_counts())
        self._seal(sealing, {**warnings, **Counter(claim.code for claim in claims)})
        return Product(bag_id, payload, sealing.read_back, tuple(findings), tally.verdicts)

    def _stage(self, source: Tree, worksheet: Worksheet, examining: Examining) -> list[Finding]:
        target = self.job.bag / "data"
        remove_strays(target, worksheet)
        require_case_told_apart(target, worksheet)
        stage = Stage(str(target), worksheet, self.progress, examining)
        total, before = worksheet.totals()["in"], worksheet.staged_total()
        self.progress.begin("copying", total.bytes, total.entries)
        self.progress.advance(before.bytes, before.entries)
        stage.run(source, self.policy.packaging.manifest_algorithms, self.workers)
        self.progress.end()
        if any(finding.severity is Severity.BLIND for finding in stage.findings):
            raise SourceNotReadError(stage.findings)
        return stage.findings

    def _prior_fixity(self, worksheet: Worksheet) -> PriorFixity | None:
        """Compare the staged files with what lists and logs among them say, if there are any."""
        if not any_sidecar(worksheet.file_paths()):
            return None
        from archiver.packaging.payload_decoder import PayloadDecoder
        from archiver.sidecars import check_prior_fixity

        algorithms = (*self.policy.packaging.manifest_algorithms, "blake3")
        files = (
            (entry.path, entry.size, dict(zip(algorithms, entry.digests, strict=True)))
            for entry in worksheet.files_in_order()
        )
        root = self.job.bag / "data"
        decoder = PayloadDecoder(str(root), self.workers) if self.request.decode else None
        with Tree(root) as payload:
            return check_prior_fixity(payload, files, self.progress, self.workers, decoder)

    def _clear_descriptions(self) -> None:
        """Remove the tag files an interrupted run left; they are made anew, it costs little."""
        for name in os.listdir(self.job.bag):
            place = self.job.bag / name
            if name != "data":
                remove_tree(place) if place.is_dir() else place.unlink()

    def _describe(
        self,
        source: Tree,
        worksheet: Worksheet,
        prior: PriorFixity | None,
        tag_files: TagFiles,
        examining: Examining,
    ) -> tuple[Payload, RecordingsTally]:
        """Write what is said of the payload's files, one by one."""
        head, accepted = self.origin.head(source, worksheet), self.request.known_damage
        algorithms = self.policy.packaging.manifest_algorithms
        payload = describe_payload(head, worksheet, tag_files, algorithms)
        if prior and prior.counts:
            tag_files.write("metadata/prior-fixity.jsonl", prior.lines(accepted))
        total = worksheet.totals()["in"]
        task = "decoding recordings" if self.request.decode else "examining recordings"
        self.progress.begin(task, None, total.entries)
        tally = describe_audio(worksheet, tag_files, self.progress, examining, accepted)
        self.progress.end()
        return payload, tally

    def _particulars(self, bag_id: str, rights: FileRights) -> Particulars:
        """Return what the bag says of itself: what was asked for, then the rights."""
        info = (*self.request.info, *rights_info(rights))
        wanted, ledger = self.policy.packaging, self.ledger
        so_far = ledger.log_so_far() if wanted.log_checkpoint else None
        now = ledger.clock()
        return Particulars(bag_id, now, info, self.policy_bytes, wanted.documents, so_far)

    def _new_id(self, payload: Payload) -> str:
        """Return the first identifier made of name and content that is still free."""
        base = default_bag_id(self.request.name, payload.digest)
        bag_id, copy = base, 1
        while self.ledger.archive.bag_path(bag_id).exists():
            copy += 1
            bag_id = f"{base}-{copy}"
        return bag_id

    def _seal(self, sealing: Sealing, warnings: Mapping[str, int]) -> None:
        bag, final = self.job.bag, self.ledger.archive.bag_path(sealing.bag_id)
        self.job.note_sealing(sealing)
        self.ledger.packaged(sealing.bag_id, package_detail(bag, warnings))
        publish(bag, final)
        self.ledger.sealed(sealing.bag_id, seal_detail(final, sealing.read_back))
        self.job.discard()
