"""The findings that looking into recordings adds to a verification."""

from __future__ import annotations

from archiver.findings import Code, Severity, register

register(
    Code(
        "metadata-changed",
        Severity.ALTERED,
        "The sound is intact; what is written around it (tags, pictures, padding) changed.",
        "Find out who changed it. Restore the sealed file from another copy, or package the new "
        "one as a bag of its own.",
    ),
    Code(
        "payload-size-altered",
        Severity.ALTERED,
        "The payload is larger or smaller by exactly what the files with changed metadata are.",
        "Nothing more than for those files.",
    ),
    Code(
        "changes-not-examined",
        Severity.WARNING,
        "Files that are not as recorded were not examined for what changed in them.",
        "Verify again when the others are mended; until then each of them counts as damage.",
    ),
    Code(
        "recording-damaged",
        Severity.DAMAGE,
        "A recording's own checksums do not hold, and nothing says that it was sealed so.",
        "Look for another copy of the recording. If the manifest agrees, it was damaged before the "
        "bag was made.",
    ),
    Code(
        "essence-mismatch",
        Severity.DAMAGE,
        "The sound is not the one that was recorded when the bag was sealed.",
        "Restore the file from another copy of the bag; keep this one until then.",
    ),
    Code(
        "audio-record-differs",
        Severity.WARNING,
        "The file is the sealed one by its manifest, yet examining it gives another answer than "
        "at sealing.",
        "Nothing is lost. Another version of this program reads such files otherwise; report it.",
    ),
    Code(
        "recording-not-decoded",
        Severity.BLIND,
        "A recording was to be decoded, and could not be to its end; everything that needs no "
        "decoder was checked.",
        "Nothing was found against it. Look at the message; try again on another machine.",
    ),
    Code(
        "recording-not-checked",
        Severity.BLIND,
        "A recording could not be examined, so its own checksums say nothing.",
        "Look at the message; try again with another reader or on another machine.",
    ),
)
