"""Finding codes of restoring: what each means, and what to do next."""

from __future__ import annotations

from archiver.findings import Code, Severity, register

register(
    Code(
        "one-of-several-parts",
        Severity.WARNING,
        "The bag says that it is one part of several; what comes out of it is that part alone.",
        "Restore the others, too. Parts that archiver export made are joined from their files: "
        "archiver restore PART... DIR",
    ),
    Code(
        "no-source-record",
        Severity.NOTE,
        "The bag does not tell how its collection was found; times are those of its copies.",
        "Nothing: bags of other programs have no such record.",
    ),
    Code(
        "source-record-unusable",
        Severity.WARNING,
        "What the bag says of its source cannot be relied on; times are those of its copies.",
        "Compare metadata/source.jsonl with another copy of the bag.",
    ),
    Code(
        "not-kept",
        Severity.NOTE,
        "It was seen in the source and not kept, so it cannot be given back.",
        "metadata/source.jsonl in the bag says why.",
    ),
    Code(
        "time-not-restored",
        Severity.WARNING,
        "The disk restored to cannot hold the file's modification time.",
        "Restore to another kind of disk if the times matter; the bag has them.",
    ),
    Code(
        "mode-not-restored",
        Severity.NOTE,
        "Set-id and sticky bits are never set on what is restored.",
        "Set them by hand if they are wanted; metadata/source.jsonl has them.",
    ),
    Code(
        "links-not-restored",
        Severity.NOTE,
        "The file had several names; those in the collection are now files of their own.",
        "Nothing: every name is there with all bytes.",
    ),
)
