"""``verify``: check any bag of any tool, anywhere. Reads only; writes nothing at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from archiver.audio.decode import require_decoder
from archiver.bagit.reading.examination import SEALED_TAG_MANIFEST, Depth, Examination, Reader
from archiver.bagit.reading.report import Report
from archiver.errors import IncompleteError, UsageError
from archiver.findings import Finding, Severity, state_of
from archiver.hashing import ReadJob, ReadResult, read_all, suggested_workers
from archiver.progress import Progress, Silence
from archiver.recordings.means import Means
from archiver.recordings.recorded import NAMES as RECORDS
from archiver.recordings.recorded import recorded
from archiver.state import State
from archiver.tree import Tree

if TYPE_CHECKING:
    from archiver.recordings.check import RecordingsCheck

__all__ = ["BagVerification", "Depth", "Look", "Reader", "Sealed", "verify_bag"]

Look = Callable[[Tree, str], None]
"""A further look at a bag that was verified and is still open, with the form that it has."""

_NOT_CHECKED = frozenset(("manifest-not-checked", "no-blake3-list"))
# Every digest may agree, and a decoder still not come to its end: incomplete, and a valid bag.
_NO_WORD_ON_BYTES = frozenset(("recording-not-decoded",))
_VERDICTS = {
    Depth.FAST: "complete",
    Depth.LINT: "complete",
    Depth.BLAKE3: "sound-by-blake3",
    Depth.FULL: "valid",
}


@dataclass(frozen=True, slots=True)
class Sealed:
    """What is known from outside the bag of the moment it was sealed.

    ``tag_manifest_digest`` is the SHA-512 (hex) of ``tagmanifest-sha512.txt``.
    """

    tag_manifest_digest: str
    payload_files: int
    payload_bytes: int


@dataclass(frozen=True, slots=True)
class BagVerification:
    """What one verification found.

    ``verdict`` is one word: "valid" (every digest of every manifest agrees), "complete" (fast:
    all is there, no digest taken), "sound-by-blake3", "invalid", "unreadable" (part could not
    be read, the rest is sound) or "not-checked" (part was read but could not be compared).
    ``listed_files`` counts payload files some manifest lists, ``checked_files`` those of them
    that were read and compared; ``checked_bytes`` are theirs. ``payload_files`` and
    ``payload_bytes`` are what data/ holds. ``from_medium`` is "medium", "cache" or "mixed".
    ``recordings`` is there when they were asked to be checked by themselves. A bag whose ``state``
    is ``ALTERED`` is "invalid", as RFC 8493 has it, and all of its sound is intact.
    """

    path: str
    verdict: str
    state: State
    version: str | None
    findings: tuple[Finding, ...]
    checked_files: int
    checked_bytes: int
    listed_files: int
    payload_files: int
    payload_bytes: int
    algorithms_checked: tuple[str, ...]
    algorithms_not_checked: tuple[str, ...]
    from_medium: str
    tag_manifest_digest: str | None
    recordings: RecordingsCheck | None = field(default=None)


def verify_bag(
    path: str | os.PathLike[str],
    *,
    depth: Depth,
    from_medium: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
    expected: Sealed | None = None,
    recordings: bool = False,
    decode: bool = False,
    around: Callable[[Reader], Reader] | None = None,
    also: Look | None = None,
) -> BagVerification:
    """Examine the bag in the folder ``path`` and return every finding; see RFC 8493 3.

    Never stops at the first fault, follows no link, opens nothing outside the bag, fetches
    nothing. ``from_medium`` reads past the page cache where the system allows. ``workers``
    files are read at a time (by default what suits the machine). ``expected`` is what is
    known of the sealed bag from elsewhere. With ``recordings`` every recording is read once more,
    for its own checksums and to be compared with what the bag recorded of it; with ``decode``
    that, and decoded. ``around`` is put around the way files are read, for a caller who knows some
    of the answers; ``also`` looks at the open bag when all else is done.
    Raises :class:`UsageError` when there is no folder or no decoder,
    :class:`IncompleteError` when it cannot be opened or its top folder cannot be read, and
    :class:`archiver.errors.EnvironmentUnusable` when ``recordings`` are asked for and no process
    can be started to read them.
    """
    if decode:
        require_decoder()
    place = os.fspath(path)
    hands = workers or suggested_workers(from_medium=from_medium)
    watcher = progress or Silence()
    means = Means(workers, decode) if recordings or decode else None
    with open_bag(place) as tree:

        def read(jobs: Iterator[ReadJob]) -> Iterator[ReadResult]:
            return read_all(tree, jobs, workers=hands, from_medium=from_medium, progress=watcher)

        sealed_digest = expected.tag_manifest_digest.lower() if expected else None
        reader = read if around is None else around(read)
        examination = Examination(tree, depth, reader, watcher, sealed_digest, RECORDS)
        try:
            examination.run()
            if expected is not None:
                compare_with_sealed(examination, expected, examination.report)
            findings = explained(tree, examination, watcher)
            check = _check(place, tree, examination, depth, findings, means, watcher)
            if also is not None:
                also(tree, "folder")
        except OSError as error:
            raise IncompleteError(
                f"{place!a} could not be examined to the end: {error.strerror}.",
                "Look after medium, permissions and room for temporary files, then try again.",
            ) from error
    return _verification(place, depth, examination, findings, check)


def explained(tree: Tree, found: Examination, progress: Progress) -> tuple[Finding, ...]:
    """Return all findings; of recordings that mismatch, with what happened to their sound.

    Only where the records in the bag that the examination watched, :data:`RECORDS`, are vouched
    for.
    """
    findings = found.report.in_path_order()
    if found.vouched != RECORDS or all(finding.code != "mismatch" for finding in findings):
        return findings
    from archiver.recordings.explain import explain

    return explain(tree, findings, progress)


def _check(
    place: str,
    tree: Tree,
    found: Examination,
    depth: Depth,
    findings: tuple[Finding, ...],
    means: Means | None,
    progress: Progress,
) -> RecordingsCheck | None:
    """Check the recordings by themselves, if that is wanted."""
    if means is None:
        return None
    from archiver.recordings.check import Told, check_recordings

    grave = (Severity.DAMAGE, Severity.BLIND, Severity.ALTERED)
    amiss = frozenset(str(one.path) for one in findings if one.severity in grave)
    told = Told(amiss, compared=depth.reads_payload)
    records = recorded(tree) if found.vouched == RECORDS else ()
    task = "decoding recordings" if means.decode else "checking recordings"
    progress.begin(task, found.payload.bytes, found.payload.files)
    try:
        return check_recordings(place, records, told, means, progress)
    finally:
        progress.end()


def is_serialised(path: str) -> bool:
    """Tell whether ``path`` is a file, so that it can be no bag but a serialised one.

    Such a bag is for :func:`archiver.verify_serial.verify_serialised`.
    """
    return os.path.isfile(path)


def open_bag(path: str) -> Tree:
    """Open the folder of a bag. Raises :class:`UsageError` and :class:`IncompleteError`."""
    try:
        return Tree(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UsageError(
            f"{path!a} is no folder, so it is no bag.",
            "Name the folder that holds bagit.txt; a bag of an archive goes by its id, with "
            "--archive DIR.",
        ) from error
    except OSError as error:
        raise IncompleteError(
            f"{path!a} cannot be opened: {error.strerror}.", "Look after medium and permissions."
        ) from error


def compare_with_sealed(found: Examination, sealed: Sealed, report: Report) -> None:
    """Compare with what was recorded outside the bag; a bag that is valid may yet be another."""
    payload = found.payload
    if found.tag_manifest_digest != sealed.tag_manifest_digest.lower():
        report.add(
            "not-the-sealed-bag",
            "The tag manifest is not the one the bag was sealed with.",
            SEALED_TAG_MANIFEST,
            None,
            expected=sealed.tag_manifest_digest,
            found=found.tag_manifest_digest,
        )
    seen = (payload.files, payload.bytes)
    if seen != (sealed.payload_files, sealed.payload_bytes) and not payload.blind_places:
        report.add(
            "not-the-sealed-bag",
            f"{sealed.payload_bytes:,} bytes in {sealed.payload_files:,} payload files were "
            f"sealed; there are {payload.bytes:,} bytes in {payload.files:,} files.",
            "data",
            None,
            recorded_bytes=sealed.payload_bytes,
            recorded_files=sealed.payload_files,
            bytes=payload.bytes,
            files=payload.files,
        )


def _verification(
    path: str,
    depth: Depth,
    found: Examination,
    findings: tuple[Finding, ...],
    recordings: RecordingsCheck | None,
) -> BagVerification:
    if recordings is not None:
        findings = (*findings, *recordings.findings)
    tally = found.payload
    media = found.from_medium
    return BagVerification(
        path=path,
        verdict=verdict_of(depth, findings),
        state=state_of(findings),
        version=found.version,
        findings=findings,
        checked_files=tally.sound + tally.mismatched,
        checked_bytes=tally.read_bytes,
        listed_files=tally.listed,
        payload_files=tally.files,
        payload_bytes=tally.bytes,
        algorithms_checked=found.algorithms,
        algorithms_not_checked=found.not_checked,
        from_medium="mixed" if len(media) == 2 else "medium" if media == {True} else "cache",
        tag_manifest_digest=found.tag_manifest_digest,
        recordings=recordings,
    )


def judged_anew(
    found: BagVerification, depth: Depth, findings: tuple[Finding, ...]
) -> BagVerification:
    """Return the verification with other findings in it, and the verdict they lead to."""
    verdict, state = verdict_of(depth, findings), state_of(findings)
    return replace(found, findings=findings, verdict=verdict, state=state)


def verdict_of(depth: Depth, findings: tuple[Finding, ...]) -> str:
    """Return the one word that the findings of a check of this depth come to."""
    severities = {finding.severity for finding in findings}
    if severities & {Severity.DAMAGE, Severity.ALTERED}:
        return "invalid"
    blind = {finding.code for finding in findings if finding.severity is Severity.BLIND}
    blind -= _NO_WORD_ON_BYTES
    if blind - _NOT_CHECKED:
        return "unreadable"
    return "not-checked" if blind else _VERDICTS[depth]
