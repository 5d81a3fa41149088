"""One assertion, one fact -> one result."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from archiver.sidecars.ledger import Claim
from archiver.sidecars.model import WHOLE_FILE, Result

# Sums that depend on where on its disc a track was, which a log does not always tell. The copy CRC
# of the same log depends on the samples alone, and is the one that may refuse a collection.
_PLACED = "accuraterip"
_OTHER_SUM = "another sum came out; a hidden, data or missing track may be why"
_FINDS_FILES = WHOLE_FILE | {"ffp"}


class Judgement(NamedTuple):
    """What came of a claim. ``other`` is what the file is called now, ``found`` its digest."""

    result: Result
    reason: str | None = None
    found: str | None = None
    other: str | None = None


def judge(claim: Claim, with_digest: Callable[[str, str], str | None]) -> Judgement:
    """Return what ``claim`` comes to; ``with_digest`` knows the files by algorithm and value."""
    if claim.result is not None:
        return Judgement(Result(claim.result), claim.reason)
    if claim.path is None:
        return _absent(claim, with_digest)
    if claim.path == claim.sidecar:
        return Judgement(Result.UNVERIFIABLE, "a list cannot vouch for itself")
    if claim.algorithm == "exists":
        renamed = claim.other is not None
        return Judgement(Result.RENAMED if renamed else Result.VERIFIED, None, None, claim.other)
    return _compared(claim)


def _absent(claim: Claim, with_digest: Callable[[str, str], str | None]) -> Judgement:
    if claim.algorithm in _FINDS_FILES:
        other = with_digest(claim.algorithm, claim.expected)
        if other is not None:
            return Judgement(Result.RENAMED, claim.reason, claim.expected, other)
    return Judgement(Result.DANGLING, claim.reason or "there is no such file")


def _compared(claim: Claim) -> Judgement:
    value = str(claim.size) if claim.algorithm == "size" else claim.value
    if value is None:
        return Judgement(Result.UNVERIFIABLE, claim.trouble, None, claim.other)
    if value != claim.expected and claim.algorithm.startswith(_PLACED):
        return Judgement(Result.UNVERIFIABLE, _OTHER_SUM, value, claim.other)
    if value != claim.expected:
        return Judgement(Result.MISMATCH, claim.trouble, value, claim.other)
    agrees = Result.HEADER_ONLY if claim.from_header else Result.VERIFIED
    return Judgement(agrees, None, value, claim.other)
