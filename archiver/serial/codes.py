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
register(
    Code(
        "archive-damaged",
        Severity.DAMAGE,
        "An archive file is not built as its format demands, or contradicts itself.",
        "Restore the file from another copy. Do not unpack it with other tools before.",
    ),
    Code(
        "archive-unsafe-name",
        Severity.DAMAGE,
        "A member of an archive file leads out of the folder it is unpacked in; it was not read.",
        "Do not unpack the file with other tools before its maker has explained this.",
    ),
    Code(
        "archive-not-a-file",
        Severity.DAMAGE,
        "A member of an archive file is a link, a device or the like; a bag holds files only.",
        "Ask the maker for a bag of regular files.",
    ),
    Code(
        "archive-duplicate",
        Severity.DAMAGE,
        "Two members of an archive file claim one name; tools differ in which they unpack.",
        "Ask the maker for a file in which each name stands once.",
    ),
    Code(
        "archive-not-one-bag",
        Severity.DAMAGE,
        "The archive file does not hold exactly one folder at its top, which is the bag.",
        "Ask the maker for a file that holds the bag's folder and nothing beside it.",
    ),
    Code(
        "archive-too-large",
        Severity.BLIND,
        "The archive file asks for more than is allowed; it was not read on.",
        "If you trust its maker, unpack it where there is room, and verify the folder.",
    ),
    Code(
        "archive-not-readable",
        Severity.BLIND,
        "A member of an archive file is encrypted or packed in a way not known here.",
        "Unpack it with the tool that made it, and verify the folder.",
    ),
)
