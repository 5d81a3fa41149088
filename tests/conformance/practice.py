"""Cases of sections 3, 5 and 6, and of what this program looks at besides."""

from __future__ import annotations

from tests.bagit.bags import PAYLOAD, digest, line_of, manifest
from tests.conformance.case import (
    Change,
    advice,
    both,
    breach,
    drop,
    entry,
    line,
    named,
    put,
    swap,
    tag_entry,
    valid,
)

M = "manifest-sha512.txt"
A = PAYLOAD["data/a.txt"]
_OXUM_4_2 = swap("bag-info.txt", b"9.3", b"4.2")


def _pair(first: str, second: str) -> Change:
    return both(
        put(first, b"12"),
        put(second, b"345"),
        entry(first, b"12"),
        entry(second, b"345"),
        swap("bag-info.txt", b"9.3", b"14.5"),
    )


_MANY = [
    "CON",
    "nul.txt",
    "a<b",
    'a"b',
    "a:b",
    "a|b",
    "a?b",
    "a*b",
    "ends in a blank ",
    "ends in a point.",
    "com1.tar.gz",
]

PRACTICE = (
    valid("complete", "all there"),
    breach("complete", "payload missing", "missing", both(drop("data/a.txt"), _OXUM_4_2)),
    breach("complete", "tag file missing", "missing", after=tag_entry("nothing.txt")),
    valid("valid", "every digest", put("notes.txt", b"x")),
    breach("valid", "other bytes", "mismatch", put("data/a.txt", b"alphA")),
    breach(
        "valid", "one digest wrong", "mismatch", swap(M, digest("sha512", A).encode(), b"0" * 128)
    ),
    breach(
        "valid",
        "one of two digests wrong",
        "manifests-disagree",
        put(
            "manifest-sha256.txt",
            b"".join(
                line_of(path, b"no" if path == "data/a.txt" else PAYLOAD[path], "sha256")
                for path in PAYLOAD
            ),
        ),
    ),
    valid("inside", "odd and plain", named("data/..x/...", "data/..x/...")),
    breach("inside", "absolute", "unsafe-path", entry("/etc/passwd")),
    breach("inside", "climbing", "unsafe-path", entry("data/../../secret")),
    breach("inside", "climbing first", "unsafe-path", entry("../../../README.md")),
    breach("inside", "to a sibling", "unsafe-path", entry("../bag-evil/f")),
    breach("inside", "climbing and back", "unsafe-path", entry("data/../data/a.txt", A)),
    breach("inside", "encoded does not help", "path-not-payload", entry("%2e%2e/secret")),
    breach("inside", "home", "path-not-payload", entry("~/x")),
    breach("inside", "another's home", "path-not-payload", entry("~root/x")),
    breach("inside", "drive", "path-not-payload", entry("C:\\Windows\\x")),
    breach("inside", "device", "path-not-payload", entry(r"\\?\C:\x")),
    breach("inside", "server", "path-not-payload", entry(r"\\server\share\x")),
    breach("inside", "variable", "path-not-payload", entry(r"%HomeDrive%\x")),
    valid("inside-elsewhere", "plain", named("data/a~b", "data/a~b")),
    breach("inside-elsewhere", "backslash", "risky-path", named("data/a\\b", "data/a\\b")),
    valid("fetch-sizes", "true", put("fetch.txt", b"https://x.org/a 5 data/a.txt\n")),
    breach(
        "fetch-sizes",
        "untrue",
        "fetch-size-differs",
        put("fetch.txt", b"https://x.org/a 6 data/a.txt\n"),
    ),
    breach(
        "fetch-sizes",
        "beyond all measure",
        "fetch-size-differs",
        put("fetch.txt", b"https://x.org/a %s data/a.txt\n" % (b"9" * 9000)),
    ),
    valid("twins-by-case", "none", _pair("data/x/A", "data/y/a")),
    breach("twins-by-case", "files", "names-differ-in-case", _pair("data/A", "data/a")),
    breach("twins-by-case", "folders", "names-differ-in-case", _pair("data/X/a", "data/x/a")),
    breach(
        "twins-by-case", "not ASCII", "names-differ-in-case", _pair("data/\u00c9", "data/e\u0301")
    ),
    breach(
        "twins-by-case",
        "manifests",
        "algorithm-name names-differ-in-case",
        put("manifest-SHA512.txt", manifest(PAYLOAD, "sha512")),
    ),
    valid("twins-by-form", "none", _pair("data/x/\u00e9", "data/y/e\u0301")),
    breach("twins-by-form", "files", "look-alike-names", _pair("data/\u00e9", "data/e\u0301")),
    valid("normal-forms", "the same", named("data/e\u0301", "data/e\u0301")),
    breach("normal-forms", "composed", "name-form-differs", named("data/\u00e9", "data/e\u0301")),
    breach("normal-forms", "decomposed", "name-form-differs", named("data/e\u0301", "data/\u00e9")),
    valid("windows-names", "plain", named("data/console.txt", "data/console.txt")),
    *(
        advice("windows-names", f"name {n}", "unportable-name", named(f"data/{x}", f"data/{x}"))
        for n, x in enumerate(_MANY, 1)
    ),
    advice("windows-names", "folder", "unportable-name", named("data/aux/x", "data/aux/x")),
    valid("md5sum-lines", "plain"),
    breach("md5sum-lines", "asterisk", "tolerated-line", swap(M, b"  data/a", b" *data/a")),
    breach(
        "md5sum-lines",
        "backslash",
        "tolerated-line",
        both(
            put("data/new\nline", b"named"),
            line(b"\\" + line_of(r"data/new\nline", b"named")),
            swap("bag-info.txt", b"9.3", b"14.4"),
        ),
    ),
)

BEYOND = (
    valid("system-files", "none"),
    *(
        advice("system-files", f"file {n}", "system-file-in-bag", named(f"data/{x}", f"data/{x}"))
        for n, x in enumerate((".DS_Store", "Thumbs.db", "._a.txt", "desktop.ini"), 1)
    ),
    valid("wrapped-twice", "deeper", named("data/bag/bagit.txt", "data/bag/bagit.txt")),
    advice("wrapped-twice", "a bag", "bag-in-bag", named("data/bagit.txt", "data/bagit.txt")),
)
