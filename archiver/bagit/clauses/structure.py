"""Sections 2, 2.1.1 and 2.1.2: the folder, the declaration, the payload folder."""

from __future__ import annotations

from archiver.bagit.clauses.model import Clause, Level, free, kept, linted, must, ours

STRUCTURE: tuple[Clause, ...] = (
    must(
        "parts",
        "2",
        "A bag is a folder with bagit.txt, at least one payload manifest, and data/.",
        "no-declaration",
        "no-payload-manifest",
        "no-payload-folder",
    ),
    free("any-name", "2", "The bag's folder may have any name."),
    free("tag-folders", "2", "Tag files may lie in folders of any name that is not reserved."),
    ours(
        "plain-files",
        "2",
        "A bag is made of files and folders: what the name of a file stands for is its bytes.",
        "link-in-bag",
        "special-file-in-bag",
        note="Neither followed nor opened: what a link points to need not be there tomorrow.",
    ),
    must(
        "two-lines",
        "2.1.1",
        "bagit.txt has exactly two lines, version then encoding, with one blank behind the colon.",
        "declaration-breach",
    ),
    ours(
        "declaration-spelt",
        "2.1.1",
        "The two labels are spelt as given, and the second line ends, too.",
        "declaration-tolerated",
        note="The RFC's own examples spell BagIt-version; its grammar ends the first line only.",
    ),
    must(
        "version-exists",
        "2.1.1",
        "The version is one that there is: 1.0, or one of the drafts from 0.93 to 0.97.",
        "unknown-version",
        note="Such a bag is judged by 1.0, so that its bytes are looked at all the same.",
    ),
    must("declaration-utf-8", "2.1.1", "bagit.txt itself is in UTF-8.", "undecodable-text"),
    must(
        "declaration-unmarked",
        "2.1.1",
        "bagit.txt does not begin with a byte order mark.",
        "byte-order-mark",
    ),
    must(
        "encoding-known",
        "2.1.1",
        "The encoding named is a registered one.",
        "unknown-encoding",
        note="From a closed list (UTF-8, US-ASCII, UTF-16, UTF-32, ISO 8859); no name out of a bag "
        "reaches a registry of codecs.",
    ),
    linted(
        "encoding-utf-8",
        "2.1.1",
        "The encoding named should be UTF-8.",
        "encoding-not-utf-8",
    ),
    linted(
        "version-current",
        "2.1.1",
        "The version of the RFC is 1.0; the drafts before it are superseded.",
        "old-version",
        level=Level.OURS,
    ),
    free("payload-folders", "2.1.2", "The payload may lie in folders of any depth."),
    kept(
        Level.MUST,
        "payload-opaque",
        "2.1.2",
        "Payload files are octets without a meaning.",
        "Digests are of the bytes alone; what recordings say of themselves changes no verdict on "
        "BagIt, see [verifying](verifying.md).",
    ),
)
