"""The payload of a bag, held or received, on its way into a new one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from archiver.bagit.reading.examination import Depth, Examination
from archiver.catalogue import BagRow, Catalogue
from archiver.catalogue import records as bag_records
from archiver.clock import Clock
from archiver.errors import EnvironmentUnusable, IncompleteError, UnknownBagError, UsageError
from archiver.findings import Finding, Severity
from archiver.hashing import ReadJob, ReadResult, read_all
from archiver.packaging.admit import judge_source_contents
from archiver.packaging.apart import require_apart
from archiver.packaging.combined import Combined, place_of, top_of
from archiver.packaging.composing import apply_record, change
from archiver.packaging.lineage import (
    CHANGES,
    VERSIONS,
    Version,
    change_lines,
    version_lines,
    versions_before,
)
from archiver.packaging.lines import payload_path, source_head
from archiver.packaging.origin import FolderOrigin, Origin
from archiver.packaging.profiled import Prepared
from archiver.packaging.received import keep_received, write_received
from archiver.packaging.request import PackageRequest, PayloadOf
from archiver.packaging.tagfiles import TagFiles
from archiver.packaging.unmoved import moved_additions, note_root_times
from archiver.progress import Progress
from archiver.restoring.recorded import NAME as RECORD
from archiver.restoring.recorded import UnusableRecordError, recorded
from archiver.survey import SurveyOutcome, Worksheet, survey
from archiver.tree import Tree

_PAGE = 1_000
_LAST = "\U0010ffff"


def origin_of(
    request: PackageRequest, root: Path | None, clock: Clock, catalogue: Catalogue | None
) -> Origin:
    """Return where the payload of ``request`` comes from.

    ``root`` is the archive's folder and ``catalogue`` what it holds; without an archive there
    are no bags of its own. Raises :class:`UsageError` for what may not be taken from there.
    """
    for place in request.places:
        require_apart(place, root)
    if request.known_by is not None and request.verified is None:
        raise UsageError(
            f"the import of {request.known_by!a} was cut off",
            "Import it again: what is staged already is not read twice.",
        )
    if request.payload_of is None:
        return FolderOrigin(request) if request.verified is None else WrappedBag(request)
    if request.payload_of.supersedes is None:
        return ReceivedBag(request, request.payload_of, clock)
    assert catalogue is not None  # the request names a bag of it
    old = _to_be_superseded(catalogue, request.payload_of)
    return HeldBag(request, request.payload_of, clock, old)


class _Bag:
    """The payload of a bag, held or received."""

    _differs = "mismatch"

    def __init__(self, request: PackageRequest, payload: PayloadOf, clock: Clock) -> None:
        self._request, self._payload, self._clock = request, payload, clock
        self._data = os.path.abspath(request.source)
        self._removed = frozenset(payload.remove)
        self._added = {one.target: one.place for one in payload.add}

    def trouble(self, progress: Progress) -> tuple[Finding, ...]:
        """Return what is amiss with the bag's own records."""
        del progress
        return ()

    def open(self) -> Combined:
        """Open the payload and what is added to it as one."""
        return Combined(self._data, self._payload.add)

    def survey(self, prepared: Prepared, worksheet: Worksheet, progress: Progress) -> SurveyOutcome:
        """Survey the payload, put right by its own record, less and more what is asked for."""
        rules = prepared.policy.packaging.admission
        note_root_times(self._data, worksheet)
        seen = survey(self._data, rules, worksheet, progress, keep_bag=True)
        if not seen.source_reasons:
            if self._payload.recorded:
                with Tree(self._payload.bag) as bag, _understood(self._payload.bag):
                    apply_record(worksheet, recorded(bag))
            change(worksheet, self._payload, rules, self._clock(), progress)
            seen = seen.judged_again(worksheet)
        return judge_source_contents(prepared, seen, worksheet, progress, opening=self.open)

    def place(self, path: str) -> str:
        """It lies in the bag, or where what is added lies."""
        return place_of(path, self._data, self._added)

    def head(self, source: Tree, worksheet: Worksheet) -> bytes:
        """Tell of the collection's folder what the bag recorded of it."""
        total = worksheet.totals()["in"]
        status = os.fstat(source.folder(""))
        mtime_ns, mode = status.st_mtime_ns, status.st_mode
        if self._payload.recorded:
            with Tree(self._payload.bag) as bag:
                first = next(recorded(bag))
            mtime_ns, mode = first.mtime_ns, first.mode
        return source_head(self._request.name, mtime_ns, mode, total.entries, total.bytes)

    def settle(self, worksheet: Worksheet, staged: str) -> list[Finding]:
        """Compare the digests of that one read with those known; put recorded times right."""
        found = list(self._differences(worksheet))
        if self._payload.recorded and not found:
            self._set_times(worksheet, staged)
        return found

    def moved(self, source: Tree, worksheet: Worksheet) -> Iterator[Finding]:
        """Look at the additions once more."""
        assert isinstance(source, Combined)  # self.open made it
        return moved_additions(source, worksheet)

    def write(self, tag_files: TagFiles, worksheet: Worksheet) -> list[Finding]:
        """Write what the new bag says of the old one; return what is amiss with that."""
        raise NotImplementedError

    def _known(self) -> Iterable[tuple[str, str]]:
        """Return BLAKE3 (hex) of each file of the bag's payload, in order of its path."""
        raise NotImplementedError

    def _differences(self, worksheet: Worksheet) -> Iterator[Finding]:
        """Yield a finding for each file that is not what was known of it."""
        known = (
            (path, digest)
            for path, digest in self._known()
            if not top_of(path.removeprefix("data/"), self._removed)
        )
        staged = (
            (payload_path(entry.path), entry.digests[-1].hex())
            for entry in worksheet.files_in_order()
            if not top_of(entry.path, self._added)
        )
        path, digest = next(known, (_LAST, ""))
        for there, found in staged:
            while path < there:
                yield Finding("missing", "", path)
                path, digest = next(known, (_LAST, ""))
            if path > there:
                yield Finding("unexpected", "", there)
                continue
            if digest != found:
                detail = {"expected": digest, "found": found}
                yield Finding(self._differs, "", path, detail=detail)
            path, digest = next(known, (_LAST, ""))
        while path != _LAST:
            yield Finding("missing", "", path)
            path, digest = next(known, (_LAST, ""))

    def _set_times(self, worksheet: Worksheet, staged: str) -> None:
        """Give each copy the time that was recorded, where the bag's own file had lost it."""
        with Tree(self._payload.bag) as bag:
            entries = recorded(bag)
            while page := list(islice(entries, _PAGE)):
                wrong = []
                for told in page:
                    if told.kind != "file" or top_of(told.path, self._added):
                        continue
                    entry = worksheet.entry(told.path)
                    if entry is not None and entry.mtime_ns != told.mtime_ns:
                        wrong.append((told.path, told.mtime_ns, entry.mode, entry.links))
                        os.utime(f"{staged}/{told.path}", ns=(told.mtime_ns, told.mtime_ns))
                worksheet.amend(wrong)


class HeldBag(_Bag):
    """A bag of this archive, of which a new version is made."""

    def __init__(
        self, request: PackageRequest, payload: PayloadOf, clock: Clock, old: BagRow
    ) -> None:
        super().__init__(request, payload, clock)
        self._old = old

    def trouble(self, progress: Progress) -> tuple[Finding, ...]:
        """Examine the tag files, on which all that is taken over rests."""
        with Tree(self._payload.bag) as tree:

            def read(jobs: Iterator[ReadJob]) -> Iterator[ReadResult]:
                return read_all(tree, jobs, workers=1, from_medium=False, progress=progress)

            sealed = self._old.tag_manifest_digest
            needed = frozenset((RECORD, bag_records.DIGESTS))
            examination = Examination(tree, Depth.FULL, read, progress, sealed, needed)
            examination.run_on_tag_files()
            report = examination.report
            if examination.tag_manifest_digest != sealed:
                report.add(
                    "not-the-sealed-bag",
                    "The tag manifest is not the one the bag was sealed with.",
                    "tagmanifest-sha512.txt",
                    None,
                )
            grave = (Severity.DAMAGE, Severity.BLIND, Severity.ALTERED)
            return tuple(one for one in report.in_path_order() if one.severity in grave)

    def write(self, tag_files: TagFiles, worksheet: Worksheet) -> list[Finding]:
        """Write which versions there were, and what is not as it was in the last of them."""
        reason, old = self._payload.reason or "", self._old
        mine = Version(old.id, old.tag_manifest_digest, reason)
        tag_files.write(VERSIONS, version_lines((*_versions_of(self._payload.bag), mine)))
        before = (
            (path, digest)
            for path, digest in self._known()
            if top_of(path.removeprefix("data/"), self._removed)
        )
        after = (
            (payload_path(entry.path), entry.digests[-1].hex())
            for entry in worksheet.files_in_order()
            if top_of(entry.path, self._added)
        )
        tag_files.write(CHANGES, change_lines(before, after))
        keep_received(self._payload.bag, tag_files)
        return []

    def _known(self) -> Iterator[tuple[str, str]]:
        with bag_records.open_bag(self._payload.bag) as tree:
            listed = bag_records.in_order(bag_records.digests(tree), bag_records.DIGESTS)
            for path, digest in listed:
                yield path, digest.hex()


class ReceivedBag(_Bag):
    """A bag of another archive or tool, verified by the one who hands it in."""

    _differs = "import-differs"

    def __init__(self, request: PackageRequest, payload: PayloadOf, clock: Clock) -> None:
        assert request.verified is not None  # of a received bag, and origin_of looked
        self._verified = request.verified
        super().__init__(request, payload, clock)

    def write(self, tag_files: TagFiles, worksheet: Worksheet) -> list[Finding]:
        """Keep the bag's tag files as they were received."""
        del worksheet
        digests = {path: one for path, one in self._verified() if not path.startswith("data/")}
        return write_received(self._payload.bag, digests, tag_files)

    def _differences(self, worksheet: Worksheet) -> Iterator[Finding]:
        """Yield what is not as it was verified; where damage is accepted, no more than that.

        Of what could not be read, or is listed nowhere, no digest is known.
        """
        damaged = self._request.known_damage is not None
        found = super()._differences(worksheet)
        return (one for one in found if one.code == self._differs or not damaged)

    def _known(self) -> Iterator[tuple[str, str]]:
        return (one for one in self._verified() if one[0].startswith("data/"))


class WrappedBag(FolderOrigin):
    """A received bag that is taken whole, verified by the one who hands it in."""

    def settle(self, worksheet: Worksheet, staged: str) -> list[Finding]:
        """Compare what was staged with what was verified; files that nobody listed are let be."""
        del staged
        assert self._request.verified is not None  # else it would be a folder
        sealed = ((entry.path, entry.digests[-1].hex()) for entry in worksheet.files_in_order())
        return list(_not_as_verified(iter(self._request.verified()), sealed))


def _not_as_verified(
    verified: Iterator[tuple[str, str]], staged: Iterator[tuple[str, str]]
) -> Iterator[Finding]:
    """Yield a finding for each verified file that is not staged as it was; both by path."""
    path, digest = "", ""
    for wanted, expected in verified:
        while path < wanted:
            path, digest = next(staged, (_LAST, ""))
        if (path, digest) != (wanted, expected):
            yield Finding("import-differs", "", wanted, detail={"verified": expected})


def _to_be_superseded(catalogue: Catalogue, payload: PayloadOf) -> BagRow:
    """Return the row of the bag of which a new version may be made. Raises :class:`UsageError`."""
    bag_id = payload.supersedes or ""
    row = catalogue.bag(bag_id)
    if row is None or not os.path.isdir(payload.bag):
        raise UnknownBagError(bag_id)
    if row.superseded_by is not None:
        raise UsageError(
            f"{bag_id} is superseded by {row.superseded_by}",
            f"Make the new version of the newest one: archiver update {row.superseded_by}",
        )
    return row


def _versions_of(bag: str) -> tuple[Version, ...]:
    try:
        return versions_before(bag)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IncompleteError(
            f"{VERSIONS} of {bag} cannot be understood: {str(error)!a}",
            "It was made by another program, or a newer one.",
        ) from error


@contextmanager
def _understood(bag: str) -> Iterator[None]:
    """Say in words of ours that a record cannot be used."""
    try:
        yield
    except (UnusableRecordError, OSError) as error:
        raise EnvironmentUnusable(
            f"{RECORD} of {bag} cannot be used: {error}", "Check the medium."
        ) from error
