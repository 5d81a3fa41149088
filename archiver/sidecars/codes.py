"""The findings this room can make."""

from __future__ import annotations

from archiver.findings import Code, Severity, register

register(
    Code(
        "prior-mismatch",
        Severity.REFUSAL,
        "A file is not what a list or log that came with the collection says it is.",
        "Look for a good copy. If this is the only one, accept it as it is, giving a reason: the "
        "bag then says so for ever.",
    ),
    Code(
        "prior-mismatch-accepted",
        Severity.WARNING,
        "A file is not what a list that came with the collection says; it was accepted so.",
        "Nothing; the reason given is kept in the bag.",
    ),
    Code(
        "prior-dangling",
        Severity.WARNING,
        "A list, cue sheet or playlist names files that are not in the collection.",
        "Check that the collection is complete before its source is given away.",
    ),
    Code(
        "prior-renamed",
        Severity.NOTE,
        "A file that a list names is there under another name.",
        "Nothing; the list is kept as it is.",
    ),
    Code(
        "prior-not-covered",
        Severity.NOTE,
        "Audio files stand beside files that a list covers, and no list mentions them.",
        "Check that they belong there. From now on the bag's own manifests cover them.",
    ),
    Code(
        "prior-unverifiable",
        Severity.NOTE,
        "A digest that came with the collection could not be compared with anything.",
        "Nothing was proved or disproved. The reason is given.",
    ),
    Code(
        "prior-malformed",
        Severity.WARNING,
        "A list, log, cue sheet or playlist is not built as it should be, or contradicts itself.",
        "It is kept as it is. Compare it with another copy, if there is one.",
    ),
    Code(
        "prior-unread",
        Severity.BLIND,
        "A file that had to be read to check a digest that came with it could not be.",
        "Check the medium and the permissions, then try again.",
    ),
)
