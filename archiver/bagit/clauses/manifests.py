"""Sections 2.1.3 and 2.2.1: payload manifests and tag manifests; 2.4: their algorithms."""

from __future__ import annotations

from archiver.bagit.clauses.model import (
    Clause,
    Keeping,
    Level,
    free,
    kept,
    linted,
    must,
    ours,
    should,
)

MANIFESTS: tuple[Clause, ...] = (
    must(
        "every-file-listed",
        "2.1.3",
        "Every payload manifest lists every payload file.",
        "not-in-every-manifest",
        "unexpected",
    ),
    must(
        "listed-once",
        "2.1.3",
        "No manifest lists a file twice.",
        "duplicate-entry",
        "conflicting-digests",
    ),
    free("several-manifests", "2.1.3", "There may be several payload manifests."),
    must(
        "line-form",
        "2.1.3",
        "A line is a digest in hexadecimal, blanks or tabs, and a path.",
        "unparsable-line",
    ),
    free(
        "hex-case",
        "2.1.3",
        "Digests may be in upper or lower case.",
        "Compared without regard to it.",
    ),
    must(
        "slash-separates",
        "2.1.3",
        "A path is relative to the bag, with single slashes between plain names.",
        "unsafe-path",
        note="Two spellings of one path (data/./a, data//a) would list a file twice.",
    ),
    must(
        "payload-only",
        "2.1.3",
        "A payload manifest lists nothing outside data/.",
        "path-not-payload",
    ),
    must("no-folders", "2.1.3", "A manifest lists files, never folders.", "lists-a-folder"),
    must(
        "escapes",
        "2.1.3",
        "CR, LF and the percent sign are percent-encoded in paths, and nothing else is.",
        "undefined-escape",
        note="Hexadecimal digits of either case; decoded once.",
    ),
    ours(
        "escapes-lenient",
        "2.1.3",
        "Where only the name as it stands is on disk, its maker did not encode.",
        "escape-taken-literally",
        note="bagit-python and bagit-java write such bags. The file is there and was compared: a "
        "warning, not damage.",
    ),
    free(
        "long-paths", "2.1.3", "Paths may be of any length.", "Lines of up to a million characters."
    ),
    Clause(
        "tag-manifest-there",
        "2.2.1",
        Level.MAY,
        "A bag may have tag manifests.",
        Keeping.CHECKED,
        ("no-tag-manifest",),
        "Without one, damage to its text files goes unseen: a warning.",
    ),
    must(
        "tag-manifest-form",
        "2.2.1",
        "The lines of a tag manifest have the form of those of a payload manifest.",
        "unparsable-line",
        "unsafe-path",
    ),
    must(
        "lists-manifests",
        "2.2.1",
        "Every tag manifest lists every payload manifest.",
        "tag-manifest-omits-manifest",
    ),
    must(
        "no-tag-manifests-listed",
        "2.2.1",
        "No tag manifest lists a tag manifest.",
        "tag-manifest-lists-tag-manifest",
    ),
    must(
        "no-payload-listed",
        "2.2.1",
        "No tag manifest lists a payload file.",
        "tag-manifest-lists-payload",
    ),
    should(
        "tag-files-listed",
        "2.2.1",
        "Tag manifests should list all other tag files.",
        "tag-file-not-listed",
    ),
    should(
        "tag-manifests-alike",
        "2.2.1",
        "All tag manifests should list the same files.",
        "tag-manifests-differ",
    ),
    linted(
        "same-algorithms",
        "2.2.1",
        "Tag manifests should be in the algorithms of the payload manifests.",
        "tag-manifest-algorithms-differ",
    ),
    must(
        "algorithm-name",
        "2.4",
        "A manifest's name gives its algorithm in lower case letters and digits.",
        "algorithm-name",
        note="A manifest under another spelling is read all the same.",
    ),
    linted(
        "algorithm-registered",
        "2.4",
        "The algorithm should be in IANA's registry; MD5 and SHA-1 may still be used.",
        "unregistered-algorithm",
        "weak-algorithms",
    ),
    kept(
        Level.MUST,
        "sha-2",
        "2.4",
        "Tools support SHA-256 and SHA-512.",
        "And MD5, SHA-1, SHA-224, SHA-384, SHA-3, BLAKE2 and BLAKE3; a manifest in any other makes "
        "the verdict `not-checked`, never `valid`.",
    ),
    kept(
        Level.SHOULD,
        "sha-512",
        "2.4",
        "Tools should write SHA-512 unless told otherwise.",
        "The built-in policies ask for it; see [the bags made here](formats/bag.md).",
    ),
)
