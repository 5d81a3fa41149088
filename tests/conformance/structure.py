"""Cases of sections 2, 2.1.1 and 2.1.2."""

from __future__ import annotations

import shutil

from tests.bagit.bags import Files, bag_files
from tests.conformance.case import (
    Case,
    advice,
    both,
    breach,
    drop,
    info,
    line,
    link,
    named,
    pipe,
    put,
    recoded,
    resealed,
    swap,
    valid,
)

TXT = "bagit.txt"


def _empty(files: Files) -> None:
    files.clear()
    files.update(bag_files({}))


def _as(version: str) -> Case:
    return valid("version-exists", "that there is", version=version)


_FOREIGN = both(info("Title: \u00e9\n"), named("data/\u00fc", "data/\u00fc"))

STRUCTURE = (
    valid("parts", "all there"),
    valid("parts", "empty payload", _empty),
    breach("parts", "no declaration", "no-declaration", drop(TXT)),
    breach(
        "parts",
        "no payload folder",
        "no-payload-folder",
        _empty,
        on_disk=lambda root: shutil.rmtree(root / "data"),
    ),
    # Without a manifest every payload file is one too many, so there is no payload here.
    breach(
        "parts",
        "no payload manifest",
        "no-payload-manifest",
        both(_empty, drop("manifest-sha512.txt")),
    ),
    valid("plain-files", "files in folders", named("data/a/b/c/d", "data/a/b/c/d")),
    breach("plain-files", "link", "link-in-bag", on_disk=link("data/link", "a.txt")),
    breach("plain-files", "link to nothing", "link-in-bag", on_disk=link("data/link", "gone")),
    breach(
        "plain-files", "link out of the bag", "link-in-bag", on_disk=link("link", "/etc/passwd")
    ),
    breach("plain-files", "pipe", "special-file-in-bag", on_disk=pipe("data/pipe")),
    breach("plain-files", "pipe beside", "special-file-in-bag", on_disk=pipe("pipe")),
    valid("any-name", "any"),
    valid("tag-folders", "deep", put("a/b/c.txt", b"x")),
    valid("payload-folders", "deep", named("data/x/y/z", "data/x/y/z")),
    valid("two-lines", "LF"),
    valid("two-lines", "CRLF", swap(TXT, b"\n", b"\r\n")),
    valid("two-lines", "CR", swap(TXT, b"\n", b"\r")),
    breach("two-lines", "third line", "declaration-breach", line(b"X: y\n", TXT)),
    breach("two-lines", "blank third line", "declaration-breach", line(b"\n", TXT)),
    breach("two-lines", "one line", "declaration-breach", put(TXT, b"BagIt-Version: 1.0\n")),
    breach(
        "two-lines",
        "swapped",
        "declaration-breach",
        put(TXT, b"Tag-File-Character-Encoding: UTF-8\nBagIt-Version: 1.0\n"),
    ),
    breach("two-lines", "empty", "declaration-breach", put(TXT, b"")),
    breach("two-lines", "no blank", "declaration-breach", swap(TXT, b": 1", b":1")),
    breach("two-lines", "two blanks", "declaration-breach", swap(TXT, b": 1", b":  1")),
    breach("two-lines", "tab", "declaration-breach", swap(TXT, b": 1", b":\t1")),
    breach("two-lines", "blank before colon", "declaration-breach", swap(TXT, b"n: 1", b"n : 1")),
    breach("two-lines", "blank at the end", "declaration-breach", swap(TXT, b"8\n", b"8 \n")),
    breach("two-lines", "blank before label", "declaration-breach", swap(TXT, b"Tag", b" Tag")),
    breach("two-lines", "no number", "declaration-breach", swap(TXT, b"1.0", b"one")),
    breach("two-lines", "half a number", "declaration-breach", swap(TXT, b"1.0", b".97")),
    breach("two-lines", "three numbers", "declaration-breach", swap(TXT, b"1.0", b"1.0.0")),
    breach(
        "two-lines",
        "separator U+2028",
        "declaration-breach",
        put(TXT, "BagIt-Version: 1.0\u2028Tag-File-Character-Encoding: UTF-8\n".encode()),
    ),
    breach(
        "two-lines",
        "blank before colon in 0.97",
        "declaration-breach",
        swap(TXT, b"n: 0", b"n : 0"),
        version="0.97",
    ),
    valid("declaration-spelt", "as given"),
    breach(
        "declaration-spelt",
        "as in the examples",
        "declaration-tolerated",
        swap(TXT, b"BagIt-Version", b"BagIt-version"),
    ),
    breach("declaration-spelt", "not ended", "declaration-tolerated", swap(TXT, b"8\n", b"8")),
    *(_as(version) for version in ("0.93", "0.94", "0.95", "0.96", "0.97", "1.0")),
    breach("version-exists", "of the future", "unknown-version", swap(TXT, b"1.0", b"1.99")),
    breach("version-exists", "with nought", "unknown-version", swap(TXT, b"1.0", b"01.0")),
    valid("declaration-utf-8", "plain"),
    breach("declaration-utf-8", "Latin", "undecodable-text", swap(TXT, b"Bag", b"B\xe4g")),
    breach("declaration-utf-8", "behind it", "undecodable-text", line(b"\xff", TXT)),
    valid("declaration-unmarked", "plain"),
    breach(
        "declaration-unmarked", "marked", "byte-order-mark", swap(TXT, b"Bag", b"\xef\xbb\xbfBag")
    ),
    breach(
        "declaration-unmarked",
        "marked in 0.97",
        "byte-order-mark",
        swap(TXT, b"Bag", b"\xef\xbb\xbfBag"),
        version="0.97",
    ),
    valid("encoding-known", "UTF-8"),
    valid("encoding-known", "lower case", swap(TXT, b"UTF-8", b"utf-8")),
    breach("encoding-known", "a program", "unknown-encoding", swap(TXT, b"UTF-8", b"zlib")),
    breach("encoding-known", "rot13", "unknown-encoding", swap(TXT, b"UTF-8", b"rot13")),
    breach("encoding-known", "no such", "unknown-encoding", swap(TXT, b"UTF-8", b"UTF-9")),
    valid("encoding-utf-8", "UTF-8", info("Title: \u00e9\n")),
    *(
        advice(
            "encoding-utf-8",
            f"{encoding} as {codec}",
            "encoding-not-utf-8",
            both(_FOREIGN, recoded(encoding, codec)),
            after=resealed(codec),
        )
        for encoding, codec in (
            ("UTF-16", "utf-16-be"),
            ("UTF-16LE", "utf-16-le"),
            ("UTF-16BE", "utf-16-be"),
            ("UTF-32", "utf-32-be"),
            ("ISO-8859-1", "latin-1"),
            ("iso-8859-15", "iso8859-15"),
        )
    ),
    advice(
        "encoding-utf-8",
        "UTF-16 with its mark",
        "encoding-not-utf-8",
        both(_FOREIGN, recoded("UTF-16", "utf-16")),
        after=resealed("utf-16"),
    ),
    valid("version-current", "1.0"),
    advice("version-current", "0.97", "old-version", version="0.97"),
)
