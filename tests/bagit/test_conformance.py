"""RFC 8493 clause by clause: what keeps to the clause is valid, what breaks it is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bagit.bags import PAYLOAD, Files, bag_files, check, codes, digest, line_of, seal, write

Make = Callable[[Files], Files | None]


def _put(path: str, content: bytes) -> Make:
    return lambda files: files.update({path: content})


def _swap(path: str, old: bytes, new: bytes) -> Make:
    def change(files: Files) -> None:
        assert old in files[path]
        files[path] = files[path].replace(old, new)

    return change


def _drop(path: str) -> Make:
    def change(files: Files) -> None:
        del files[path]

    return change


def _both(*makes: Make) -> Make:
    def change(files: Files) -> None:
        for make in makes:
            make(files)

    return change


def _version(version: str) -> Make:
    return _swap("bagit.txt", b"1.0", version.encode())


def _info(text: str) -> Make:
    return _put("bag-info.txt", text.encode())


def _line(line: bytes) -> Make:
    def change(files: Files) -> None:
        files["manifest-sha512.txt"] += line

    return change


def _named(path: str, as_listed: str) -> Make:
    """A payload file ``path`` that the manifest calls ``as_listed``."""
    return _both(_put(path, b"named"), _line(line_of(as_listed, b"named")), _drop("bag-info.txt"))


A, B = PAYLOAD["data/a.txt"], PAYLOAD["data/sub/b.txt"]
A_LINE = line_of("data/a.txt", A)

VALID = {
    "2.1.1 as written": _put("notes.txt", b"x"),
    "2.1.1 CRLF": _swap("bagit.txt", b"\n", b"\r\n"),
    "2.1.1 CR": _swap("bagit.txt", b"\n", b"\r"),
    "2.1.2 payload in sub-folders": _named("data/x/y/z", "data/x/y/z"),
    "2.1.3 tab between": _swap("manifest-sha512.txt", b"  data/a", b"\tdata/a"),
    "2.1.3 several blanks": _swap("manifest-sha512.txt", b"  data/a", b" \t  data/a"),
    "2.1.3 hex upper case": _swap("manifest-sha512.txt", A_LINE[:128], A_LINE[:128].upper()),
    "2.1.3 line feed encoded": _named("data/li\nne", "data/li%0Ane"),
    "2.1.3 CR encoded, lower case": _named("data/Icon\r", "data/Icon%0d"),
    "2.1.3 percent encoded": _named("data/100%", "data/100%25"),
    "2.1.3 decoded once only": _named("data/a%0Ab", "data/a%250Ab"),
    "2.1.3 very long path": _named(
        "data/" + "/".join(["d" * 200] * 8), "data/" + "/".join(["d" * 200] * 8)
    ),
    "2.1.3 blanks at the end of names": _named("data/x \t\u00a0\u3000", "data/x \t\u00a0\u3000"),
    "2.1.3 last line does not end": _swap("manifest-sha512.txt", b"sub/b.txt\n", b"sub/b.txt"),
    "2.2.2 order, repeats, folding": _info("B: 1\nA: 2\nB: 3\n\tmore\nc:  two blanks\n"),
    "2.2.2 reserved labels in any case": _info("payload-oxum: 9.3\nBAG-COUNT: 1 of ?\n"),
    "2.2.2 empty value": _info("Note: \n"),
    "2.2.3 all fetched already": _put("fetch.txt", b"https://x.org/a - data/a.txt\n"),
    "2.2.3 length given": _put("fetch.txt", b"https://x.org/a%20b 5 data/a.txt\n"),
    "2.2.4 other tag files": _put("meta/deep/x.bin", b"\xff\x00"),
    "2.3 CRLF": _swap("manifest-sha512.txt", b"\n", b"\r\n"),
    "2.3 CR": _swap("manifest-sha512.txt", b"\n", b"\r"),
    "2.3 NEL, LS, VT, FF in names": _named("data/\x85\u2028\x0b\x0c", "data/\x85\u2028\x0b\x0c"),
    "0.97 percent sign as it stands": _both(
        _version("0.97"), _named("data/%7Edir2", "data/%7Edir2")
    ),
    "0.97 percent 25 as it stands": _both(_version("0.97"), _named("data/x%25", "data/x%25")),
    "0.97 asterisk": _both(
        _version("0.97"), _swap("manifest-sha512.txt", b"  data/a", b" *data/a")
    ),
    "0.97 blanks round the colon": _both(_version("0.97"), _info("Payload-Oxum : 9.3 \nA:b\n")),
}

INVALID = {
    "2 no bagit.txt": ("no-declaration", _drop("bagit.txt")),
    "2 no payload manifest": ("no-payload-manifest", _drop("manifest-sha512.txt")),
    "2.1.1 third line": ("declaration-breach", _swap("bagit.txt", b"UTF-8\n", b"UTF-8\nX: y\n")),
    "2.1.1 one line": (
        "declaration-breach",
        _put("bagit.txt", b"BagIt-Version: 1.0\n"),
    ),
    "2.1.1 swapped": (
        "declaration-breach",
        _put("bagit.txt", b"Tag-File-Character-Encoding: UTF-8\nBagIt-Version: 1.0\n"),
    ),
    "2.1.1 no blank": ("declaration-breach", _swap("bagit.txt", b": 1", b":1")),
    "2.1.1 blank before colon": ("declaration-breach", _swap("bagit.txt", b"n: 1", b"n : 1")),
    "2.1.1 no number": ("declaration-breach", _swap("bagit.txt", b"1.0", b"one")),
    "2.1.1 version of the future": ("unknown-version", _version("1.99")),
    "2.1.1 byte order mark": (
        "byte-order-mark",
        _swap("bagit.txt", b"BagIt", b"\xef\xbb\xbfBagIt"),
    ),
    "2.1.1 not UTF-8": ("undecodable-text", _swap("bagit.txt", b"BagIt", b"Bag\xffIt")),
    "2.1.1 encoding that is a program": ("unknown-encoding", _swap("bagit.txt", b"UTF-8", b"zlib")),
    "2.1.1 encoding rot13": ("unknown-encoding", _swap("bagit.txt", b"UTF-8", b"rot13")),
    "2.1.3 digest only": ("unparsable-line", _line(b"0" * 128 + b"\n")),
    "2.1.3 comment": ("unparsable-line", _line(b"# made by hand\n")),
    "2.1.3 blank line": ("unparsable-line", _line(b"\n")),
    "2.1.3 digest too short": (
        "unparsable-line",
        _swap("manifest-sha512.txt", A_LINE[:5], A_LINE[:4]),
    ),
    "2.1.3 digest not hex": (
        "unparsable-line",
        _swap("manifest-sha512.txt", A_LINE[:5], b"g" + A_LINE[1:5]),
    ),
    "2.1.3 outside data": ("path-not-payload", _line(line_of("bagit.txt", b"x"))),
    "2.1.3 a folder": ("lists-a-folder", _line(line_of("data/sub", b""))),
    "2.1.3 a folder with slash": ("unsafe-path", _line(line_of("data/sub/", b""))),
    "2.1.3 second spelling": ("unsafe-path", _line(line_of("data/./a.txt", A))),
    "2.1.3 empty component": ("unsafe-path", _line(line_of("data//a.txt", A))),
    "2.1.3 twice": ("duplicate-entry", _line(A_LINE)),
    "2.1.3 two digests": ("conflicting-digests", _line(line_of("data/a.txt", b"other"))),
    "2.1.3 undefined escape": ("undefined-escape", _line(line_of("data/gone%7E", b""))),
    "2.1.3 file in one manifest only": (
        "not-in-every-manifest",
        _put("manifest-sha256.txt", line_of("data/a.txt", A, "sha256")),
    ),
    "2.1.3 NUL in path": ("unparsable-line", _line(line_of("data/a\0b", b""))),
    "2.1.3 line without end": ("unparsable-line", _line(b"0" * 3_000_000)),
    "2.2.2 no colon": ("bag-info-breach", _info("Source Organization\n")),
    "2.2.2 no blank": ("bag-info-breach", _info("A:b\n")),
    "2.2.2 blank before colon": ("bag-info-breach", _info("A : b\n")),
    "2.2.2 no label": ("bag-info-breach", _info(": b\n")),
    "2.2.2 Oxum twice": ("bag-info-breach", _info("Payload-Oxum: 9.3\npayload-oxum: 9.3\n")),
    "2.2.2 Oxum form": ("bag-info-breach", _info("Payload-Oxum: 9\n")),
    "2.2.2 Oxum wrong": ("oxum-mismatch", _info("payload-oxum: 9.4\n")),
    "2.2.2 Oxum in bytes": ("oxum-mismatch", _info("Payload-Oxum: 8.3\n")),
    "2.2.2 not UTF-8": ("undecodable-text", _put("bag-info.txt", b"A: \xff\n")),
    "2.2.3 hole": (
        "missing",
        _both(_drop("data/a.txt"), _put("fetch.txt", b"https://x.org/a 5 data/a.txt\n")),
    ),
    "2.2.3 no number": ("fetch-breach", _put("fetch.txt", b"https://x.org/a five data/a.txt\n")),
    "2.2.3 relative URL": ("fetch-breach", _put("fetch.txt", b"a.txt 5 data/a.txt\n")),
    "2.2.3 tag file": ("fetch-breach", _put("fetch.txt", b"https://x.org/a 5 bag-info.txt\n")),
    "2.2.3 unlisted": ("fetch-breach", _put("fetch.txt", b"https://x.org/a 5 data/new\n")),
    "2.2.3 climbing": ("unsafe-path", _put("fetch.txt", b"https://x.org/a 5 data/../../x\n")),
    "2.2.3 blank line": ("unparsable-line", _put("fetch.txt", b"\n")),
    "2.3 mark in UTF-8": (
        "byte-order-mark",
        lambda files: files.update(
            {"manifest-sha512.txt": b"\xef\xbb\xbf" + files["manifest-sha512.txt"]}
        ),
    ),
    "2.3 wrong encoding": ("undecodable-text", _line(line_of("data/x", b"")[:-1] + b"\xe9\n")),
    "2.4 upper case": (
        "algorithm-name",
        lambda files: files.update({"manifest-SHA512.txt": files.pop("manifest-sha512.txt")}),
    ),
    "2.4 underscore": (
        "algorithm-name",
        lambda files: files.update({"manifest-sha_512.txt": files.pop("manifest-sha512.txt")}),
    ),
    "3 file missing": ("missing", _drop("data/sub/b.txt")),
    "3 file not listed": ("unexpected", _put("data/new", b"")),
    "3 other bytes": ("mismatch", _put("data/a.txt", b"alphA")),
    "5.1 absolute": ("unsafe-path", _line(line_of("/etc/passwd", b""))),
    "5.1 climbing": ("unsafe-path", _line(line_of("data/../../secret", b""))),
    "5.1 encoded does not help": ("path-not-payload", _line(line_of("%2e%2e/secret", b""))),
    "5.1 home": ("path-not-payload", _line(line_of("~root/x", b""))),
    "5.1 drive": ("path-not-payload", _line(line_of("C:/x", b""))),
    "5.1 device": ("path-not-payload", _line(line_of(r"\\?\C:\x", b""))),
    "0.97 second line for a file, other digest": (
        "conflicting-digests",
        _both(_version("0.97"), _line(line_of("data/a.txt", b"other"))),
    ),
    "0.97 file in no manifest": ("unexpected", _both(_version("0.97"), _put("data/new", b""))),
}

TOLERATED = {
    "2.1.1 the RFC's own other spelling": (
        "declaration-tolerated",
        _swap("bagit.txt", b"BagIt-Version", b"BagIt-version"),
    ),
    "2.1.1 last line does not end": ("declaration-tolerated", _swap("bagit.txt", b"8\n", b"8")),
    "2.2.2 blank line": ("bag-info-advice", _info("A: b\n\n")),
    "2.2.2 Bagging-Date twice": (
        "bag-info-advice",
        _info("Bagging-Date: 2026-01-01\nBagging-Date: 2026-01-01\n"),
    ),
    "2.2.2 Bagging-Date form": ("bag-info-advice", _info("Bagging-Date: 1 May 2026\n")),
    "2.2.2 Bag-Count form": ("bag-info-advice", _info("Bag-Count: one of two\n")),
    "6.1 asterisk": ("tolerated-line", _swap("manifest-sha512.txt", b"  data/a", b" *data/a")),
    "6.1 backslash": (
        "tolerated-line",
        _both(
            _put("data/new\nline", b""),
            _line(b"\\" + line_of(r"data/new\nline", b"")),
            _drop("bag-info.txt"),
        ),
    ),
    "2.1.3 percent sign as it stands": ("escape-taken-literally", _named("data/%7Ex", "data/%7Ex")),
    "2.1.3 percent 25 as it stands": ("escape-taken-literally", _named("data/x%25", "data/x%25")),
    "5.1 backslash": ("risky-path", _named("data/a\\b", "data/a\\b")),
    "6.1 other normal form": ("name-form-differs", _named("data/\u00e9", "data/e\u0301")),
    "0.97 twice alike": ("duplicate-entry-tolerated", _both(_version("0.97"), _line(A_LINE))),
    "0.97 leading dot": (
        "tolerated-line",
        _both(_version("0.97"), _swap("manifest-sha512.txt", b"data/a", b"./data/a")),
    ),
    "0.97 blank line": ("tolerated-line", _both(_version("0.97"), _line(b"\n"))),
    "0.97 mark": (
        "byte-order-mark-tolerated",
        _both(
            _version("0.97"),
            lambda files: files.update({"bag-info.txt": b"\xef\xbb\xbf" + files["bag-info.txt"]}),
        ),
    ),
    "0.97 fetch path from the bag's root": (
        "fetch-tolerated",
        _both(_version("0.97"), _put("fetch.txt", b"https://x.org/a - /data/a.txt\n")),
    ),
}


def _bag(root: Path, make: Make) -> Path:
    files = bag_files()
    make(files)
    return write(root / "bag", seal(files))


@pytest.mark.parametrize("case", VALID)
def test_what_keeps_to_the_rules_is_valid_without_a_finding(case: str, tmp_path: Path) -> None:
    found = check(_bag(tmp_path, VALID[case]))
    assert found.findings == ()
    assert (found.verdict, found.checked_files) == ("valid", found.listed_files)


@pytest.mark.parametrize("case", INVALID)
def test_what_breaks_a_rule_is_invalid_and_named_with_its_clause(case: str, tmp_path: Path) -> None:
    code, make = INVALID[case]
    found = check(_bag(tmp_path, make))
    assert found.verdict == "invalid"
    assert code in codes(found)
    assert any(finding.clause for finding in found.findings if finding.code == code)


@pytest.mark.parametrize("case", TOLERATED)
def test_what_the_rules_tolerate_is_valid_with_a_warning(case: str, tmp_path: Path) -> None:
    code, make = TOLERATED[case]
    found = check(_bag(tmp_path, make))
    assert codes(found) == {code}
    assert found.verdict == "valid"


@pytest.mark.parametrize("version", ["0.93", "0.94", "0.95", "0.96", "0.97", "1.0"])
@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512", "sha3256", "blake2b512"])
def test_every_version_and_algorithm_is_understood(
    version: str, algorithm: str, tmp_path: Path
) -> None:
    files = seal(bag_files(version=version, algorithms=[algorithm]), [algorithm])
    found = check(write(tmp_path, files))
    assert (found.verdict, found.version, found.findings) == ("valid", version, ())
    assert found.algorithms_checked == (algorithm,)


ENCODINGS = [
    ("UTF-8", "utf-8"),
    ("utf-8", "utf-8"),
    ("UTF-16", "utf-16"),
    ("UTF-16", "utf-16-be"),
    ("UTF-16LE", "utf-16-le"),
    ("UTF-32", "utf-32"),
    ("ISO-8859-1", "latin-1"),
    ("iso-8859-15", "iso8859-15"),
]


@pytest.mark.parametrize(("encoding", "codec"), ENCODINGS)
def test_text_files_are_read_in_the_encoding_declared(
    encoding: str, codec: str, tmp_path: Path
) -> None:
    files = bag_files({"data/\u00e9": b"x", "data/\u00fc\r\n": b"y"}, info="Title: \u00e9\n")
    files["bagit.txt"] = files["bagit.txt"].replace(b"UTF-8", encoding.encode())
    for name in ("bag-info.txt", "manifest-sha512.txt"):
        files[name] = files[name].decode().encode(codec)
    tags = seal(files)["tagmanifest-sha512.txt"]
    files["tagmanifest-sha512.txt"] = tags.decode().encode(codec)
    found = check(write(tmp_path, files))
    assert (found.verdict, found.findings, found.checked_files) == ("valid", (), 2)


def test_old_versions_keep_their_metadata_in_package_info(tmp_path: Path) -> None:
    files = seal(bag_files(version="0.95", info="Payload-Oxum: 1.1\n"))
    found = check(write(tmp_path, files))
    assert [finding.path for finding in found.findings] == ["package-info.txt"]


def test_before_1_0_one_manifest_is_enough_for_a_file(tmp_path: Path) -> None:
    files = bag_files(version="0.97")
    files["manifest-md5.txt"] = line_of("data/a.txt", A, "md5")
    files["manifest-sha512.txt"] = files["manifest-sha512.txt"].replace(A_LINE, b"")
    assert check(write(tmp_path, seal(files))).verdict == "valid"


def test_an_empty_payload_with_an_empty_manifest_is_valid(tmp_path: Path) -> None:
    found = check(write(tmp_path, seal(bag_files({}))))
    assert (found.verdict, found.findings, found.listed_files) == ("valid", (), 0)


def test_a_bag_without_a_payload_folder_is_invalid(tmp_path: Path) -> None:
    root = write(tmp_path, seal(bag_files({})))
    (root / "data").rmdir()
    assert codes(check(root)) == {"no-payload-folder"}


def test_a_bag_without_tag_manifest_is_valid_and_says_so(tmp_path: Path) -> None:
    found = check(write(tmp_path, bag_files()))
    assert (found.verdict, codes(found)) == ("valid", {"no-tag-manifest"})


TAG_MANIFEST_BREACHES = {
    "lists payload": ("tag-manifest-lists-payload", line_of("data/a.txt", A)),
    "lists itself": ("tag-manifest-lists-tag-manifest", line_of("tagmanifest-sha512.txt", b"")),
    "climbs": ("unsafe-path", line_of("../secret", b"")),
    "is its own parent": ("unsafe-path", line_of("..", b"")),
    "is its own folder": ("unsafe-path", line_of("./bagit.txt", b"")),
    "is absolute": ("unsafe-path", line_of("/etc/passwd", b"")),
    "lists what is not there": ("missing", line_of("nothing.txt", b"")),
    "garbled": ("unparsable-line", b"garbled\n"),
}


@pytest.mark.parametrize("case", TAG_MANIFEST_BREACHES)
def test_a_breach_in_a_tag_manifest_is_invalid(case: str, tmp_path: Path) -> None:
    code, line = TAG_MANIFEST_BREACHES[case]
    files = seal(bag_files())
    files["tagmanifest-sha512.txt"] += line
    found = check(write(tmp_path, files))
    assert (found.verdict, codes(found)) == ("invalid", {code})


def test_a_tag_manifest_must_list_every_payload_manifest(tmp_path: Path) -> None:
    files = seal(bag_files())
    files["manifest-md5.txt"] = b"".join(line_of(p, PAYLOAD[p], "md5") for p in sorted(PAYLOAD))
    found = check(write(tmp_path, files))
    assert (found.verdict, codes(found)) == ("invalid", {"tag-manifest-omits-manifest"})


def test_a_tag_file_in_no_tag_manifest_is_a_warning(tmp_path: Path) -> None:
    files = seal(bag_files())
    files["later.txt"] = b"added"
    found = check(write(tmp_path, files))
    assert (found.verdict, codes(found)) == ("valid", {"tag-file-not-listed"})


def test_tag_manifests_that_differ_are_a_warning(tmp_path: Path) -> None:
    files = seal(bag_files(), ["sha512", "md5"])
    info = files["bag-info.txt"]
    line = f"{digest('md5', info)}  bag-info.txt\n".encode()
    files["tagmanifest-md5.txt"] = files["tagmanifest-md5.txt"].replace(line, b"")
    found = check(write(tmp_path, files))
    assert (found.verdict, codes(found)) == ("valid", {"tag-manifests-differ"})
