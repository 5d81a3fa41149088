"""Confirming: a file that read wrong is read again, past the cache, before it is called damaged."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace

from archiver.findings import Finding
from archiver.hashing import ReadJob, read_all
from archiver.progress import Silence
from archiver.reverify import codes as _codes  # noqa: F401  (registers the codes used here)
from archiver.tree import Tree
from archiver.verify import BagVerification, Depth, judged_anew

_WORKERS = 2
_DOUBTFUL = ("mismatch", "metadata-changed")  # the second is a mismatch that was explained


def confirmed(found: BagVerification, depth: Depth) -> BagVerification:
    """Return the verification with every mismatch read again from the medium.

    What agrees the second time becomes the finding "transient". Nothing else is changed.
    """
    doubtful = [one for one in found.findings if one.code in _DOUBTFUL and one.path]
    if not doubtful:
        return found
    try:
        with Tree(found.path) as tree:
            right = _read_right(tree, doubtful)
    except OSError:
        return found  # it cannot be looked at again: what was seen stands
    findings = [_transient(one) if _claim(one) in right else one for one in found.findings]
    return judged_anew(found, depth, tuple(findings)) if right else found


_Claim = tuple[str, str, str, str]


def _claim(one: Finding) -> _Claim:
    """Return what a finding denies: by which digest which bytes should be where."""
    algorithm, expected = one.detail.get("algorithm"), one.detail.get("expected")
    return one.code, str(one.path), str(algorithm), str(expected)


def _read_right(tree: Tree, doubtful: Iterable[Finding]) -> set[_Claim]:
    """Return the claims that hold after all."""
    claims: dict[tuple[str, str], list[_Claim]] = {}
    jobs = []
    for one in doubtful:
        path, algorithm = str(one.path), one.detail.get("algorithm")
        try:
            size = os.stat(
                path.rpartition("/")[2],
                dir_fd=tree.folder(path.rpartition("/")[0]),
                follow_symlinks=False,
            ).st_size
        except OSError:
            continue
        if (path, str(algorithm)) not in claims:
            jobs.append(ReadJob(path, size, (str(algorithm),)))
        claims.setdefault((path, str(algorithm)), []).append(_claim(one))
    results = read_all(tree, jobs, workers=_WORKERS, from_medium=True, progress=Silence())
    return {
        claim
        for result in results
        if result.trouble is None
        for claim in claims[result.job.path, result.job.algorithms[0]]
        if claim[-1] == result.digests[0].hex()
    }


def _transient(finding: Finding) -> Finding:
    return replace(
        finding,
        code="transient",
        message="The bytes read first were not the recorded ones; read again, they were.",
    )
