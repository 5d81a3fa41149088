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
    Code(
        "log-rewritten",
        Severity.DAMAGE,
        "Today's log does not continue the one that was seen before: history was changed.",
        "Keep log and checkpoint as they are; restore the log from a copy; find out who did it.",
    ),
    Code(
        "log-shorter",
        Severity.DAMAGE,
        "The log holds fewer events than were seen before: its end is lost.",
        "Restore the log folder from a copy of the archive; keep what is there for study.",
    ),
    Code(
        "checkpoint-forged",
        Severity.DAMAGE,
        "A signature under a checkpoint is not that of the key it names.",
        "Ask whoever sent it for the checkpoint again, by another way.",
    ),
    Code(
        "checkpoint-unsigned",
        Severity.WARNING,
        "There is a key to sign checkpoints with, but it could not be used: they go out unsigned.",
        "See why (the file, its permissions, the extra audio-archiver[sign]) and mend it.",
    ),
    Code(
        "checkpoint-unreadable",
        Severity.BLIND,
        "The checkpoint in a bag cannot be read, so the log was not compared with it.",
        "Verify the bag: its tag manifest covers the checkpoint.",
    ),
    Code(
        "checkpoint-not-vouched",
        Severity.WARNING,
        "A checkpoint bears no signature of a key that was given, so anybody can have written it.",
        "Give the signer's key with --key, or keep checkpoints where only you can put them.",
    ),
)
