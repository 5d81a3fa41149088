"""``restore`` for one file of a bag: copied, and compared with the manifests in the same read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from archiver.bagit.reading.declaration import Declaration, read_declaration
from archiver.bagit.reading.examination import SEALED_TAG_MANIFEST
from archiver.bagit.reading.layout import survey_top
from archiver.bagit.reading.listing import Listing, Role
from archiver.bagit.reading.manifest_lines import ManifestLines
from archiver.bagit.reading.report import Report
from archiver.errors import IncompleteError, UsageError
from archiver.findings import Finding, state_of
from archiver.hashing import digest_size, new_digest
from archiver.progress import Progress, Silence
from archiver.restore import Restored
from archiver.serial.writing.place import check_free, file_aside
from archiver.tree import Tree
from archiver.verify import open_bag

_PIECE = 1 << 20
_CLAUSE = "RFC 8493 3"


class _Digest(NamedTuple):
    """What a manifest says of the file; ``expected`` in hex."""

    manifest: str
    algorithm: str
    expected: str

    def mismatch(self, path: str, found: str) -> Finding:
        message = f"The bytes are not those recorded in {self.manifest}."
        detail = {
            "expected": self.expected,
            "found": found,
            "algorithm": self.algorithm,
            "list": self.manifest,
        }
        return Finding("mismatch", message, path, _CLAUSE, detail)


def restore_file(
    bag: str,
    path: str,
    target: str,
    *,
    sealed: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Restored:
    """Give the payload file ``path`` (``data/...``) of the bag in the folder ``bag`` back.

    ``target`` is the new file, or the folder that it is to lie in under its own name. It appears
    there when all of it is on the medium, with the time that it has in the bag, and only if its
    bytes are those that every manifest lists which lists it. With ``sealed``, the SHA-512 that the
    tag manifest had when the bag was sealed, those manifests are held against it: what is not as
    it was sealed is a finding, as it is when the whole bag is restored. Raises
    :class:`UsageError` for a file that no manifest lists and for a place that is taken,
    :class:`IncompleteError` when the bag cannot be read and
    :class:`archiver.errors.EnvironmentUnusable` when the copy cannot be written.
    """
    into = os.path.join(target, os.path.basename(path)) if os.path.isdir(target) else target
    place = check_free(into)
    with open_bag(bag) as tree:
        try:
            listed = list(_listed(tree, path))
            if not listed:
                raise UsageError(
                    f"no manifest of {bag!a} lists a file {path!a}.",
                    "archiver show BAG --files lists those of a bag that is held.",
                )
            doubts = tuple(_doubts(tree, sealed, listed)) if sealed else ()
            fd, status = tree.open_known(path)
        except FileNotFoundError:
            gone = Finding("missing", "The file is listed but not in the bag.", path, _CLAUSE)
            return _result(bag, path, None, (gone,), 0, dry_run)
        except OSError as error:
            raise _unread(bag, path, error) from error
        try:
            if dry_run:
                return _result(bag, path, place, doubts, status.st_size, dry_run)
            found = _copied(bag, path, fd, status, place, listed, progress or Silence())
            findings = (*doubts, *found.findings)
            return replace(found, findings=findings, state=state_of(findings))
        finally:
            os.close(fd)


def _listed(tree: Tree, path: str) -> Iterator[_Digest]:
    """Yield what each manifest that lists the file says of it."""
    declared = read_declaration(tree, Report())
    for one in survey_top(tree, declared.rules, Report()).payload_manifests:
        if one.algorithm is None:
            continue
        size = digest_size(str(one.algorithm))
        lines = ManifestLines(one.name, declared.rules, payload=True, digest_bytes=size)
        for listed, digest in _read(tree, one.name, lines, declared, str(one.algorithm)):
            if listed == path:
                yield _Digest(one.name, str(one.algorithm), digest.lower())
                break


def _read(
    tree: Tree, name: str, lines: ManifestLines, declared: Declaration, algorithm: str
) -> Listing:
    """Return a manifest that was read to its end. Raises :class:`IncompleteError`."""
    listing = Listing(tree, name, lines, declared.codec, role=Role.MANIFEST, algorithm=algorithm)
    report = Report()
    listing.survey(report, declared.rules)
    if listing.blind:
        (why,) = (one.message for one in report.in_path_order() if one.code == "unreadable")
        raise IncompleteError(
            f"{name!a} could not be read to its end: {why}",
            "Look after medium and permissions, then try again. Nothing was left.",
        )
    return listing


def _doubts(tree: Tree, sealed: str, listed: Sequence[_Digest]) -> Iterator[Finding]:
    """Yield a finding for each manifest used that is not as the bag was sealed with it."""
    declared = read_declaration(tree, Report())
    lines = ManifestLines(SEALED_TAG_MANIFEST, declared.rules, payload=False, digest_bytes=64)
    try:
        found = _sha512(tree, SEALED_TAG_MANIFEST)
        vouched = dict(_read(tree, SEALED_TAG_MANIFEST, lines, declared, "sha512"))
    except FileNotFoundError:
        found, vouched = None, {}
    if found != sealed.lower():
        message = "The tag manifest is not the one the bag was sealed with."
        detail = {"expected": sealed, "found": found}
        yield Finding("not-the-sealed-bag", message, SEALED_TAG_MANIFEST, detail=detail)
    for one in listed:
        recorded = _Digest(SEALED_TAG_MANIFEST, "sha512", vouched.get(one.manifest, "").lower())
        found = _sha512(tree, one.manifest)
        if found != recorded.expected:
            yield recorded.mismatch(one.manifest, found)


def _sha512(tree: Tree, path: str) -> str:
    digest = new_digest("sha512")
    fd = tree.open_file(path)
    try:
        while piece := os.read(fd, _PIECE):
            digest.update(memoryview(piece))
    finally:
        os.close(fd)
    return digest.digest().hex()


def _copied(
    bag: str,
    path: str,
    fd: int,
    status: os.stat_result,
    place: str,
    listed: Sequence[_Digest],
    progress: Progress,
) -> Restored:
    digests = [new_digest(one.algorithm) for one in listed]
    progress.begin("copying", status.st_size, 1)
    try:
        with file_aside(place) as aside:
            for piece in _pieces(bag, path, fd):
                for digest in digests:
                    digest.update(piece)
                aside.write(piece)
                progress.advance(len(piece), 0)
            findings = tuple(
                one.mismatch(path, digest.digest().hex())
                for one, digest in zip(listed, digests, strict=True)
                if digest.digest().hex() != one.expected
            )
            if not findings:
                aside.set_time(status.st_mtime_ns)
                aside.publish()
    finally:
        progress.end()
    given = None if findings else place
    return _result(bag, path, given, findings, status.st_size)


def _pieces(bag: str, path: str, fd: int) -> Iterator[memoryview]:
    try:
        while piece := os.read(fd, _PIECE):
            yield memoryview(piece)
    except OSError as error:
        raise _unread(bag, path, error) from error


def _result(
    bag: str,
    path: str,
    place: str | None,
    findings: tuple[Finding, ...],
    size: int,
    dry_run: bool = False,
) -> Restored:
    given = int(place is not None)
    return Restored(
        bag=bag,
        path=place,
        state=state_of(findings),
        findings=findings,
        files=given,
        bytes=size * given,
        folders=0,
        listed_files=1,
        exact=False,
        dry_run=dry_run,
        file=path,
    )


def _unread(bag: str, path: str, error: OSError) -> IncompleteError:
    return IncompleteError(
        f"{path!a} of {bag!a} could not be read: {error.strerror}.",
        "Look after medium and permissions, then try again. Nothing was left.",
    )
