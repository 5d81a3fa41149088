"""Finding codes of re-verification."""

from __future__ import annotations

from archiver.findings import Code, Severity, register

register(
    Code(
        "transient",
        Severity.WARNING,
        "A file read wrong once and right when it was read again past the cache.",
        "Watch the machine: memory, cable or controller may be failing. The file is sound.",
    ),
    Code(
        "check-failed",
        Severity.BLIND,
        "The check of the bag did not get to its end; the run went on with the next one.",
        "See why: `archiver verify` of this bag says the same at once.",
    ),
    Code(
        "store-offline",
        Severity.BLIND,
        "The place where the bags are kept is not there: not mounted, or not reachable.",
        "Mount it and run again. Nothing is known to be missing.",
    ),
)
