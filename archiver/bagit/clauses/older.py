"""What the drafts from 0.93 to 0.97 say otherwise, as far as a bag can show it."""

from __future__ import annotations

from archiver.bagit.clauses.model import Clause, Keeping, Level, free, must, ours, should

OLDER: tuple[Clause, ...] = (
    free(
        "older-package-info",
        "0.93-0.95",
        "The metadata is in package-info.txt.",
        "From 0.96 on in bag-info.txt.",
    ),
    must(
        "older-one-manifest",
        "0.93-0.97",
        "One manifest that lists it is enough for a file.",
        "unexpected",
    ),
    ours(
        "older-duplicates",
        "0.93-0.97",
        "A file listed twice with one digest is let pass.",
        "duplicate-entry-tolerated",
    ),
    must(
        "older-conflicts",
        "0.93-0.97",
        "A file listed with two digests is not.",
        "conflicting-digests",
    ),
    free(
        "older-escapes",
        "0.93-0.97",
        "Only %0A and %0D stand for something in a path; a percent sign stands for itself.",
    ),
    free(
        "older-colons",
        "0.93-0.97",
        "Any blanks round the colon of a label mean nothing.",
    ),
    ours(
        "older-lines",
        "0.93-0.97",
        "A path may begin with ./, and a manifest hold blank lines.",
        "tolerated-line",
    ),
    ours(
        "older-marks",
        "0.93-0.97",
        "A byte order mark before UTF-8 is let pass.",
        "byte-order-mark-tolerated",
    ),
    should(
        "older-fetch",
        "0.93-0.97",
        "A path of fetch.txt may begin with /data/ or ./, and name a tag file.",
        "fetch-tolerated",
        note="Any other absolute path, and ~, leads out of the bag: damage.",
    ),
    Clause(
        "older-tag-manifest",
        "0.93-0.97",
        Level.MAY,
        "A tag manifest need not list the payload manifests.",
        Keeping.CHECKED,
        ("tag-file-not-listed",),
    ),
    Clause(
        "older-serialisation",
        "0.97 4",
        Level.MUST,
        "An archive file holds one bag, in a folder of its own.",
        Keeping.KEPT,
        note="RFC 8493 says nothing of it. `archive-not-one-bag`, see "
        "[verifying](verifying.md#bags-in-tar-targz-and-zip-files).",
    ),
)
