"""Cases of the drafts before 1.0."""

from __future__ import annotations

from tests.bagit.bags import PAYLOAD, Files, line_of
from tests.conformance.case import Case, Change, both, breach, entry, line, named, put, swap, valid

M, INFO, OLD = "manifest-sha512.txt", "bag-info.txt", "package-info.txt"
A = PAYLOAD["data/a.txt"]
A_LINE = line_of("data/a.txt", A)
_ALL = ("0.93", "0.94", "0.95", "0.96", "0.97")


def _split(files: Files) -> None:
    """Each file in one of two manifests."""
    files[M] = files[M].replace(A_LINE, b"")
    files["manifest-md5.txt"] = line_of("data/a.txt", A, "md5")


def _fetch(path: str) -> Change:
    return put("fetch.txt", f"https://x.org/a - {path}\n".encode())


def _marked(files: Files) -> None:
    files[INFO] = b"\xef\xbb\xbf" + files[INFO]


def _without_manifests(files: Files) -> None:
    name = "tagmanifest-sha512.txt"
    files[name] = files[name].replace(line_of(M, files[M]), b"")


def _each(version: str) -> tuple[Case, ...]:
    info = OLD if version < "0.96" else INFO
    return (
        valid("older-one-manifest", "split", _split, version=version),
        breach(
            "older-one-manifest",
            "in none",
            "unexpected",
            both(put("data/new", b"named"), swap(info, b"9.3", b"14.4")),
            version=version,
        ),
        valid("older-duplicates", "none", version=version),
        breach(
            "older-duplicates", "alike", "duplicate-entry-tolerated", line(A_LINE), version=version
        ),
        valid("older-conflicts", "none", version=version),
        breach(
            "older-conflicts",
            "two digests",
            "conflicting-digests",
            entry("data/a.txt", b"other"),
            version=version,
        ),
        valid("older-escapes", "7E", named("data/%7Ed", "data/%7Ed", info), version=version),
        valid("older-escapes", "25", named("data/x%25", "data/x%25", info), version=version),
        valid("older-escapes", "LF", named("data/a\nb", "data/a%0Ab", info), version=version),
        valid(
            "older-colons",
            "all round",
            put(info, b"Payload-Oxum : 9.3 \nA:b\nC :\t d\nA: again\n"),
            version=version,
        ),
        breach(
            "older-colons",
            "read all the same",
            "oxum-mismatch",
            put(info, b"Payload-Oxum : 8.3 \n"),
            version=version,
        ),
        valid("older-lines", "plain", version=version),
        breach(
            "older-lines", "dot", "tolerated-line", swap(M, b"data/a", b"./data/a"), version=version
        ),
        breach("older-lines", "blank line", "tolerated-line", line(b"\n"), version=version),
        breach("older-lines", "*", "tolerated-line", swap(M, b"  d", b" *d"), version=version)
        if version == "0.97"
        else valid("older-fetch", "none", version=version),
        valid("older-fetch", "plain", _fetch("data/a.txt"), version=version),
        breach("older-fetch", "slash", "fetch-tolerated", _fetch("/data/a.txt"), version=version),
        breach("older-fetch", "tag file", "fetch-tolerated", _fetch("x.png"), version=version),
        breach("older-fetch", "absolute", "unsafe-path", _fetch("/tmp/foo"), version=version),
        breach("older-fetch", "home", "unsafe-path", _fetch("~/foo"), version=version),
        breach(
            "older-fetch", "another's home", "unsafe-path", _fetch("~root/foo"), version=version
        ),
        breach("older-fetch", "variable", "unsafe-path", _fetch("%HomeDrive%\\x"), version=version),
        breach("older-fetch", "climbing", "unsafe-path", _fetch("../../x"), version=version),
        valid("older-tag-manifest", "lists them", version=version),
        breach(
            "older-tag-manifest",
            "lists none",
            "tag-file-not-listed",
            after=_without_manifests,
            version=version,
        ),
    )


OLDER = (
    *(case for version in _ALL for case in _each(version)),
    valid("older-marks", "none", version="0.97"),
    breach("older-marks", "one", "byte-order-mark-tolerated", _marked, version="0.97"),
    *(
        breach(
            "older-package-info",
            "Oxum there",
            "oxum-mismatch",
            put(OLD, b"Payload-Oxum: 1.1\n"),
            version=version,
        )
        for version in _ALL[:3]
    ),
    valid(
        "older-package-info",
        "means nothing later",
        put(OLD, b"Payload-Oxum: 1.1\n"),
        version="0.96",
    ),
)
