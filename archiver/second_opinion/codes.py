"""Finding codes of the second opinion."""

from __future__ import annotations

from archiver.findings import Code, Severity, register

register(
    Code(
        "second-opinion-explained",
        Severity.WARNING,
        "bagit-python says otherwise, and a known defect of it is why.",
        "Nothing. docs/second-opinion.md has the defect and where it is reported.",
    ),
    Code(
        "second-opinion-none",
        Severity.BLIND,
        "bagit-python did not survive the bag, so it was not checked a second time.",
        "Nothing is known against the bag. Leave --cross-check away, or give it more memory.",
    ),
    Code(
        "second-opinion-differs",
        Severity.BLIND,
        "bagit-python says otherwise, and no known defect of it is why: one of the two is wrong.",
        "Find out which, with a third tool. Please report the bag, or its text files and names.",
    ),
)
