"""Cases of sections 2.2.2 to 2.3."""

from __future__ import annotations

from tests.bagit.bags import Files, line_of
from tests.conformance.case import (
    Change,
    advice,
    bare_info,
    both,
    breach,
    drop,
    info,
    line,
    named,
    put,
    recoded,
    resealed,
    swap,
    valid,
)

M, INFO = "manifest-sha512.txt", "bag-info.txt"
_MARK = b"\xef\xbb\xbf"


def _fetch(text: str) -> Change:
    return put("fetch.txt", text.encode())


def _marked(path: str) -> Change:
    return lambda files: files.update({path: _MARK + files[path]})


def _hole(files: Files) -> None:
    del files["data/a.txt"]
    files["fetch.txt"] = b"https://x.org/a 5 data/a.txt\n"
    files[INFO] = files[INFO].replace(b"9.3", b"4.2")


TAG_FILES = (
    valid("metadata-there", "with Oxum"),
    advice("metadata-there", "none", "no-bag-info", drop(INFO)),
    advice("metadata-there", "without Oxum", "no-payload-oxum", bare_info("Title: x\n")),
    valid("metadata-form", "order and repeats", info("B: 1\nA: 2\nB: 3\nc:  two blanks\n")),
    valid("metadata-form", "tab", info("A:\tb\n")),
    valid("metadata-form", "empty value", info("Note: \n")),
    valid("metadata-form", "colons in the value", info("Note: a:b: c\n")),
    valid("metadata-form", "blanks within a label", info("My own label: x\n")),
    valid("metadata-form", "U+0085 and U+2028 in a value", info("Note: a\x85b: c\u2028d: e\n")),
    breach("metadata-form", "no colon", "bag-info-breach", info("Source Organization\n")),
    breach("metadata-form", "no blank", "bag-info-breach", info("A:b\n")),
    breach("metadata-form", "blank before colon", "bag-info-breach", info("A : b\n")),
    breach("metadata-form", "no label", "bag-info-breach", info(": b\n")),
    breach("metadata-form", "folded at once", "bag-info-breach", put(INFO, b" A: b\n")),
    valid("metadata-folding", "blanks and tab", info("A: b\n  more\n\tand more\n")),
    valid("metadata-folding", "looks like a label", info("A: b\n Payload-Oxum: 1.1\n")),
    valid("metadata-others", "repeated", info("My-Label: 1\nMy-Label: 2\nmy-label: 3\n")),
    valid("metadata-no-blank-lines", "none"),
    breach("metadata-no-blank-lines", "one", "bag-info-advice", info("A: b\n\nC: d\n")),
    valid("metadata-short-lines", "79", info("A: x " + "x" * 74 + "\n")),
    advice("metadata-short-lines", "80", "long-line", info("A: x " + "x" * 75 + "\n")),
    advice("metadata-short-lines", "folded", "long-line", info("A: b\n x " + "x" * 77 + "\n")),
    valid("metadata-short-lines", "one word", info("A: " + "x" * 128 + "\n " + "y" * 80 + "\n")),
    valid("metadata-case", "lower and upper", bare_info("payload-oxum: 9.3\nBAG-COUNT: 1 of ?\n")),
    valid("oxum-form", "once"),
    breach("oxum-form", "twice", "bag-info-breach", info("payload-oxum: 9.3\n")),
    breach("oxum-form", "no point", "bag-info-breach", bare_info("Payload-Oxum: 9\n")),
    breach("oxum-form", "words", "bag-info-breach", bare_info("Payload-Oxum: 9 bytes.3\n")),
    valid("oxum-true", "true"),
    breach("oxum-true", "files", "oxum-mismatch", bare_info("Payload-Oxum: 9.4\n")),
    breach("oxum-true", "bytes", "oxum-mismatch", bare_info("Payload-Oxum: 8.3\n")),
    breach("oxum-true", "in lower case", "oxum-mismatch", bare_info("payload-oxum: 8.3\n")),
    valid("metadata-forms", "all", info("Bagging-Date: 2026-02-28\nBag-Size: .043 TB\n")),
    valid("metadata-forms", "group", info("Bag-Group-Identifier: g\nBag-Count: 89 of 145\n")),
    breach("metadata-forms", "date", "bag-info-advice", info("Bagging-Date: 1 May 2026\n")),
    breach("metadata-forms", "month", "bag-info-advice", info("Bagging-Date: 2026-13-01\n")),
    breach("metadata-forms", "day", "bag-info-advice", info("Bagging-Date: 2026-02-30\n")),
    breach(
        "metadata-forms",
        "date twice",
        "bag-info-advice",
        info("Bagging-Date: 2026-01-01\nBagging-Date: 2026-01-01\n"),
    ),
    breach("metadata-forms", "count", "bag-info-advice", info("Bag-Count: one of two\n")),
    breach("metadata-forms", "more than all", "bag-info-advice", info("Bag-Count: 3 of 2\n")),
    breach("metadata-forms", "size", "bag-info-advice", info("Bag-Size: a lot\n")),
    valid("fetch-form", "length unknown", _fetch("https://x.org/a - data/a.txt\n")),
    valid("fetch-form", "tabs", _fetch("https://x.org/a%20b\t5\t data/a.txt\n")),
    valid("fetch-form", "file URL", _fetch("file:///srv/a 5 data/a.txt\n")),
    valid(
        "fetch-form", "percent", both(named("data/1%", "data/1%25"), _fetch("x:y - data/1%25\n"))
    ),
    breach("fetch-form", "no number", "fetch-breach", _fetch("https://x.org/a five data/a.txt\n")),
    breach("fetch-form", "negative", "fetch-breach", _fetch("https://x.org/a -5 data/a.txt\n")),
    breach("fetch-form", "relative URL", "fetch-breach", _fetch("a.txt 5 data/a.txt\n")),
    breach("fetch-form", "no path", "unparsable-line", _fetch("https://x.org/a 5\n")),
    breach("fetch-form", "blank line", "unparsable-line", _fetch("\n")),
    breach("fetch-form", "climbing", "unsafe-path", _fetch("https://x.org/a 5 data/../../x\n")),
    breach("fetch-form", "absolute", "unsafe-path", _fetch("https://x.org/a 5 /tmp/x\n")),
    breach("fetch-form", "home", "unsafe-path", _fetch("https://x.org/a 5 ~root/x\n")),
    breach("fetch-form", "drive", "unsafe-path", _fetch("https://x.org/a 5 C:\\Windows\\x\n")),
    valid("fetch-listed", "there already", _fetch("https://x.org/a 5 data/a.txt\n")),
    breach("fetch-listed", "tag file", "fetch-breach", _fetch("https://x.org/a 5 bag-info.txt\n")),
    breach(
        "fetch-listed", "in no manifest", "fetch-breach", _fetch("https://x.org/a 5 data/new\n")
    ),
    valid("fetch-once", "once", _fetch("https://x.org/a - data/a.txt\n")),
    breach(
        "fetch-once",
        "twice",
        "fetch-tolerated",
        _fetch("https://x.org/a - data/a.txt\nhttps://y.org/a - data/a.txt\n"),
    ),
    valid("fetch-complete", "there", _fetch("https://x.org/a 5 data/a.txt\n")),
    breach("fetch-complete", "hole", "missing", _hole),
    valid("tag-files-checked", "as listed", put("meta/deep/x.bin", b"\xff\x00")),
    breach(
        "tag-files-checked", "changed", "mismatch", after=put(INFO, b"Payload-Oxum: 9.3\nA: b\n")
    ),
    breach(
        "tag-files-checked",
        "gone",
        "missing",
        put("meta/x", b"x"),
        after=drop("meta/x"),
    ),
    valid("tag-files-free", "that look like manifests", put("x/manifest-md5.txt", b"no\n")),
    valid("text-encoding", "UTF-8", info("Title: \u00e9\u4e2d\n")),
    breach("text-encoding", "in metadata", "undecodable-text", line(b"Title: \xe9\n", INFO)),
    breach(
        "text-encoding",
        "in a manifest",
        "undecodable-text",
        line(line_of("data/x", b"")[:-1] + b"\xe9\n"),
    ),
    breach(
        "text-encoding",
        "in fetch.txt",
        "undecodable-text",
        put("fetch.txt", b"x:\xff - data/a.txt"),
    ),
    valid("text-unmarked", "plain"),
    breach("text-unmarked", "manifest", "byte-order-mark", _marked(M)),
    breach("text-unmarked", "metadata", "byte-order-mark", _marked(INFO)),
    breach(
        "text-unmarked", "tag manifest", "byte-order-mark", after=_marked("tagmanifest-sha512.txt")
    ),
    advice(
        "text-marked-wide",
        "without",
        "encoding-not-utf-8",
        recoded("UTF-16BE", "utf-16-be"),
        after=resealed("utf-16-be"),
    ),
    breach(
        "text-marked-wide",
        "with",
        "byte-order-mark-tolerated",
        both(
            recoded("UTF-16BE", "utf-16-be"),
            lambda files: files.update({INFO: b"\xfe\xff" + files[INFO]}),
        ),
        after=resealed("utf-16-be"),
    ),
    valid("text-line-ends", "CRLF in a manifest", swap(M, b"\n", b"\r\n")),
    valid("text-line-ends", "CR in a manifest", swap(M, b"\n", b"\r")),
    valid("text-line-ends", "CRLF in metadata", put(INFO, b"Payload-Oxum: 9.3\r\nA: b\r\n c\r\n")),
    valid("text-line-ends", "mixed", put(INFO, b"Payload-Oxum: 9.3\rA: b\r\nC: d\n")),
    valid(
        "text-line-ends",
        "none else",
        named("data/\x85\u2028\u2029 \x1cx", "data/\x85\u2028\u2029 \x1cx"),
    ),
    valid("text-ended", "ended"),
    advice("text-ended", "manifest", "last-line-not-ended", swap(M, b"sub/b.txt\n", b"sub/b.txt")),
    advice("text-ended", "metadata", "last-line-not-ended", put(INFO, b"Payload-Oxum: 9.3")),
)
