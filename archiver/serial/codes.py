"""Finding codes of bags as one file: what each means, and what to do next."""

from __future__ import annotations

from archiver.findings import Code, Severity, register

register(
    Code(
        "name-not-for-export",
        Severity.REFUSAL,
        "The name is not UTF-8, and tar and zip archives are to mean the same everywhere.",
        "Copy the bag as a folder, or make a new bag in which the file has another name.",
    ),
)
