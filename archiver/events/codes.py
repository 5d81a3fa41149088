"""Finding codes of the event log."""

from __future__ import annotations

from archiver.findings import Code, Severity, register

register(
    Code(
        "log-broken",
        Severity.DAMAGE,
        "The event log is not what was written: a line was altered, lost or put in.",
        "Restore the log folder from a copy of the archive; keep the damaged one for study.",
    ),
    Code(
        "log-torn",
        Severity.WARNING,
        "The log ends in a line that was never finished: a run died while writing it.",
        "Nothing: it was never acknowledged, and the next event moves it aside.",
    ),
    Code(
        "log-unguarded",
        Severity.WARNING,
        "The log has events but no head.json, so damage to its last line would go unseen.",
        "Nothing, if head.json was removed on purpose; the next event writes it anew.",
    ),
    Code(
        "log-newer",
        Severity.BLIND,
        "The log holds a line in a version that this program does not know.",
        "Use the newer program that wrote it.",
    ),
)
