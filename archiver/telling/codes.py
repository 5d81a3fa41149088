"""Finding codes of telling."""

from __future__ import annotations

from archiver.findings import Code, Severity, register

register(
    Code(
        "not-told",
        Severity.WARNING,
        "A message about the run could not be delivered.",
        "See why (server, address, permissions). The verdict stands, but nobody was told of it.",
    ),
)
