"""What no clause of BagIt asks for, and this program looks at all the same."""

from __future__ import annotations

from archiver.bagit.clauses.model import Clause, Keeping, Level, linted


def _house(name: str, text: str, *codes: str, note: str = "") -> Clause:
    return Clause(name, "", Level.OURS, text, Keeping.CHECKED, codes, note)


BEYOND: tuple[Clause, ...] = (
    _house(
        "looked-at",
        "What could not be read is told from what is damaged.",
        "unreadable",
        "changed-during-verification",
    ),
    _house(
        "checkable",
        "A manifest that cannot be computed makes no bag valid.",
        "manifest-not-checked",
    ),
    _house(
        "by-a-damaged-list",
        "A list that is itself damaged accuses no file.",
        "mismatch-by-damaged-manifest",
    ),
    _house(
        "sealed",
        "A bag of the archive is the one whose sealing the event log tells of.",
        "not-the-sealed-bag",
    ),
    _house(
        "quick-list",
        "fixity/blake3.txt lists the payload, and a tag manifest vouches for it (--blake3).",
        "no-blake3-list",
        "not-in-blake3-list",
    ),
    linted(
        "system-files",
        "",
        "Files that systems leave behind are no collection.",
        "system-file-in-bag",
        level=Level.OURS,
    ),
    linted("wrapped-twice", "", "A bag in a bag may be a mistake.", "bag-in-bag", level=Level.OURS),
)
