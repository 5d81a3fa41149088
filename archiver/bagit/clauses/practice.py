"""Sections 3, 5 and 6: complete and valid, security, and what travels well."""

from __future__ import annotations

from archiver.bagit.clauses.model import Clause, Keeping, Level, kept, linted, must, ours, should

PRACTICE: tuple[Clause, ...] = (
    must("complete", "3", "Every file that is listed is there.", "missing"),
    must(
        "valid",
        "3",
        "Every digest of every manifest agrees with the bytes.",
        "mismatch",
        "manifests-disagree",
    ),
    must(
        "inside",
        "5.1",
        "No path of a bag leads a tool out of the bag: absolute, with .., ~user, a drive letter.",
        "unsafe-path",
        "path-not-payload",
        note="Judged as text, before anything is opened; nothing is expanded, no link followed.",
    ),
    ours(
        "inside-elsewhere",
        "5.1",
        "A name that is harmless here may lead out on another system.",
        "risky-path",
    ),
    kept(
        Level.SHOULD,
        "inside-tested",
        "5.1",
        "Tools have tests for special names.",
        "`tests/conformance` and `tests/bagit`.",
    ),
    Clause(
        "fetch-hosts",
        "5.2",
        Level.MAY,
        "The hosts in fetch.txt may be under anyone's control.",
        Keeping.OUTSIDE,
        note="Nothing is fetched.",
    ),
    should(
        "fetch-sizes",
        "5.3",
        "The sizes in fetch.txt need not be true.",
        "fetch-size-differs",
        note="Nothing is allocated by them.",
    ),
    should(
        "twins-by-case",
        "6.1.1",
        "Names that differ only in case should not be in one bag.",
        "names-differ-in-case",
    ),
    should(
        "twins-by-form",
        "6.1.1",
        "Names that differ only in their Unicode normal form should not be in one bag.",
        "look-alike-names",
    ),
    should(
        "normal-forms",
        "6.1.1",
        "A listed name in another normal form than that on disk should be tolerated.",
        "name-form-differs",
        note="Only where no other file can be meant; the bytes are compared all the same.",
    ),
    linted(
        "windows-names",
        "6.1.2",
        "Names that Windows cannot hold should be avoided.",
        "unportable-name",
    ),
    should(
        "md5sum-lines",
        "6.1.3",
        "Manifests made with md5sum may be accepted, with a warning.",
        "tolerated-line",
        note="The asterisk before a path, and its way with backslashes.",
    ),
)
