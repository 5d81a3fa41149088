"""Finding codes of packaging."""

from __future__ import annotations

from archiver.findings import Code, Severity, register
from archiver.survey import codes as _policy_codes  # noqa: F401  (registers the policies' codes)

register(
    Code(
        "import-differs",
        Severity.DAMAGE,
        "A file is not the one that was verified: it changed in between.",
        "Import the bag anew from a place where nothing writes to it, and compare the two.",
    ),
    Code(
        "source-unreadable",
        Severity.BLIND,
        "The file could not be read: the medium or the permissions gave an error.",
        "Check the medium and try again; what could be read is kept in the archive's staging "
        "area and not read twice.",
    ),
    Code(
        "source-vanished",
        Severity.BLIND,
        "The file was there when the source was surveyed and is gone now.",
        "Make sure nothing works in the source, then package it again.",
    ),
    Code(
        "changed-while-reading",
        Severity.BLIND,
        "The file changed each time it was read.",
        "Stop whatever writes to it, then package the source again.",
    ),
    Code(
        "read-again",
        Severity.WARNING,
        "The file changed while it was read and was read once more, unchanged that time.",
        "Nothing, unless the source was meant to be at rest.",
    ),
    Code(
        "source-changed",
        Severity.BLIND,
        "The source is not what it was when it was surveyed: a file or folder was changed, "
        "added or removed meanwhile.",
        "Stop whatever writes there, then package the source again.",
    ),
    Code(
        "copied-again",
        Severity.WARNING,
        "The first copy did not read back as written; the second did.",
        "Have the archive's disk, cable and memory checked.",
    ),
    Code(
        "id-taken",
        Severity.REFUSAL,
        "The archive holds another bag under this identifier, or held one that is lost.",
        "Choose another --id, or leave it out and one is made.",
    ),
    Code(
        "same-content-held",
        Severity.WARNING,
        "The same content is held already, in another bag.",
        "Nothing, if a second bag was meant.",
    ),
    Code(
        "already-held",
        Severity.NOTE,
        "The archive holds this very content already.",
        "Give --again if a second bag is wanted.",
    ),
    Code(
        "held-copy-doubtful",
        Severity.WARNING,
        "The same content is listed in the catalogue, but that bag is gone, changed or damaged.",
        "Run archiver verify on the bag named, and compare it with the one made now.",
    ),
    Code(
        "unsealed-bag",
        Severity.DAMAGE,
        "A bag became visible just before a run died; it is not sound, and the log has no seal.",
        "Run archiver recover, which says what is wrong with it. Its source was not touched.",
    ),
    Code(
        "unsealed-bag-not-checked",
        Severity.BLIND,
        "A bag became visible just before a run died, and it could not be checked now.",
        "Check the medium and the permissions, then run archiver recover.",
    ),
)
