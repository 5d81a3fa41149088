"""Damage that a collection brings along: it refuses the source, unless it is known and accepted.

There is one mechanism, whoever the witness is: a list or log among the files, or the checksums
inside a recording. Sometimes the damaged copy is the only one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from archiver.findings import Finding

_ACCEPTED = {
    "prior-mismatch": "prior-mismatch-accepted",
    "audio-damaged": "audio-damaged-accepted",
}


def weighed(findings: Iterable[Finding], reason: str | None) -> list[Finding]:
    """Return ``findings``, with all damage accepted where a ``reason`` for that is given.

    What is accepted is a warning from then on, and carries the reason.
    """
    if reason is None:
        return list(findings)
    return [_accept(one, reason) if one.code in _ACCEPTED else one for one in findings]


def _accept(finding: Finding, reason: str) -> Finding:
    detail = {**finding.detail, "accepted": reason}
    return replace(finding, code=_ACCEPTED[finding.code], detail=detail)
