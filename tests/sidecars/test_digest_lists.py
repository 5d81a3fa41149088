"""Lists of digests in all their dialects are read as what they say."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.sidecars import Kind, Parsed, parse_sidecar, recognise
from archiver.sidecars.model import Assertion

MD5 = "d41d8cd98f00b204e9800998ecf8427e"
SHA1 = hashlib.sha1(b"").hexdigest()
SHA256 = hashlib.sha256(b"").hexdigest()
SHA512 = hashlib.sha512(b"").hexdigest()


def parse(path: str, text: str | bytes) -> Parsed:
    kind = recognise(path)
    assert kind is not None
    return parse_sidecar(path, kind, text.encode() if isinstance(text, str) else text)


def said(path: str, text: str | bytes) -> list[tuple[str, str, str]]:
    return [(one.name, one.algorithm, one.expected) for one in parse(path, text).assertions]


@pytest.mark.parametrize(
    ("path", "line", "name", "algorithm"),
    [
        ("a.md5", f"{MD5}  01 One.flac", "01 One.flac", "md5"),
        ("a.md5", f"{MD5} *01 One.flac", "01 One.flac", "md5"),
        ("a.md5", f"{MD5.upper()} *One.flac", "One.flac", "md5"),
        ("a.md5", f"{MD5}   leading blank", " leading blank", "md5"),
        ("a.md5", f"{MD5} one blank", "one blank", "md5"),
        ("a.md5", f"{MD5}\ttab", "tab", "md5"),
        ("a.md5", f"\\{MD5}  a\\nb\\\\c", "a\nb\\c", "md5"),
        ("a.md5", f"{MD5} *sub\\One.flac", "sub\\One.flac", "md5"),
        ("a.md5", f"{MD5}  #1.flac", "#1.flac", "md5"),
        ("a.md5", f"{MD5} ?MD5*01 One.flac", "01 One.flac", "md5"),
        ("a.md5", f"01 One.flac {MD5}", "01 One.flac", "md5"),
        ("a.md5", f"01 One.flac = {MD5}", "01 One.flac", "md5"),
        ("a.md5", f'"01 One.flac" {MD5}', '"01 One.flac"', "md5"),
        ("a.md5", f"{MD5}  // no comment.flac", "// no comment.flac", "md5"),
        ("a.sha", f"{SHA1}  x", "x", "sha1"),
        ("a.hash", f"{SHA256} *x", "x", "sha256"),
        ("a.md5s", f"{MD5} *x", "x", "md5"),
        ("a.sfv", "1A2B3C4D *01 One.mp3", "01 One.mp3", "crc32"),
        ("a.sfv", "01 One.mp3\t1a2b3c4d", "01 One.mp3", "crc32"),
        ("MD5SUMS", f"{MD5}  x", "x", "md5"),
        ("a.md5", f"MD5 (One (live).flac) = {MD5}", "One (live).flac", "md5"),
        ("a.txt.md5", f"MD5(One.flac)= {MD5}", "One.flac", "md5"),
        ("sums.sha256", f"SHA2-256(One.flac)= {SHA256}", "One.flac", "sha256"),
        ("a.b3", f"BLAKE3 (One.flac) = {SHA256}", "One.flac", "blake3"),
        ("a.sha1", f"{SHA1}  x", "x", "sha1"),
        ("a.sha256", f"{SHA256}  x", "x", "sha256"),
        ("a.sha512", f"{SHA512}  x", "x", "sha512"),
        ("a.b3", f"{SHA256}  x", "x", "blake3"),
        ("b3sums.txt", f"{SHA256}  x", "x", "blake3"),
        ("a.b2sum", f"{SHA512}  x", "x", "blake2b"),
        ("checksums.txt", f"{SHA512}  x", "x", "sha512"),
        ("a.ffp", f"01 One.flac:{MD5}", "01 One.flac", "ffp"),
        ("gd77.ffp.txt", f"a:b.flac:{MD5}", "a:b.flac", "ffp"),
        ("a.st5", f"{MD5}  [shntool]  01 One.wav", "01 One.wav", "st5"),
        ("a.cfp", f"{MD5}  [shntool]  One.shn", "One.shn", "st5"),
        ("a.sfv", "01 One.mp3 1A2B3C4D", "01 One.mp3", "crc32"),
        ("One.flac.md5", MD5, "One.flac", "md5"),
        ("One.flac.st5", MD5, "One.flac", "st5"),
    ],
)
def test_each_dialect_says_what_its_makers_meant(
    path: str, line: str, name: str, algorithm: str
) -> None:
    ((found, which, expected),) = said(f"below/{path}", f"; made by hand\r\n{line}\r\n")
    assert (found, which) == (name, algorithm)
    assert expected == expected.lower()


def test_lines_are_counted_from_one_and_comments_too() -> None:
    parsed = parse("a.md5", f"# by md5summer\n\n; x\n{MD5}  one\n{MD5}  two\n")
    assert [one.line for one in parsed.assertions] == [4, 5]
    assert parsed.not_understood == 0


def test_lines_that_are_no_assertion_are_counted() -> None:
    parsed = parse("a.md5", f"{MD5}  one\nhello\nd41d8  short\n")
    assert (parsed.not_understood, parsed.first) == (2, 2)


def test_prose_around_the_digests_of_a_text_file_is_passed_over() -> None:
    parsed = parse("gd_md5.txt", f"Taped by somebody.\n{MD5}  one\n")
    assert len(parsed.assertions) == 1
    assert parsed.not_understood == 0


def test_a_digest_of_another_length_than_its_name_says_is_no_assertion() -> None:
    assert said("a.md5", f"SHA256 (x) = {MD5}\n") == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_names_survive_each_encoding(encoding: str) -> None:
    data = f"{MD5} *Björk ©.flac\r\n".encode(encoding)
    assert said("a.md5", data) == [("Björk ©.flac", "md5", MD5)]


def test_what_is_not_utf_8_is_windows_1252() -> None:
    assert said("a.md5", f"{MD5} *Café – 1.flac\r\n".encode("cp1252"))[0][0] == "Café – 1.flac"


def test_lines_of_an_old_mac_end_in_cr() -> None:
    assert [one[0] for one in said("a.md5", f"{MD5} *one\r{MD5} *two\r")] == ["one", "two"]


CHARACTERS = st.characters(codec="utf-8")
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), min_size=1)
PLAIN_NAMES = NAMES.filter(lambda name: name == name.strip() and not name.startswith((";", "#")))
DIGESTS = st.binary(min_size=16, max_size=16).map(bytes.hex)


def escaped(name: str, digest: str) -> str:
    """Write a line as coreutils does."""
    plain = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{'' if plain == name else chr(92)}{digest} *{plain}\n"


@given(st.lists(st.tuples(st.text(CHARACTERS, min_size=1), DIGESTS)))
def test_what_md5sum_writes_is_read_back(lines: list[tuple[str, str]]) -> None:
    text = "".join(escaped(name, digest) for name, digest in lines)
    assert said("a.md5", text) == [(name, "md5", digest) for name, digest in lines]


@given(st.lists(st.tuples(PLAIN_NAMES, DIGESTS)))
def test_what_metaflac_writes_is_read_back(lines: list[tuple[str, str]]) -> None:
    text = "".join(f"{name}:{digest}\n" for name, digest in lines)
    assert [(name, digest) for name, _, digest in said("a.ffp", text)] == lines


@given(st.lists(st.tuples(PLAIN_NAMES, st.binary(min_size=4, max_size=4).map(bytes.hex))))
def test_what_cksfv_writes_is_read_back(lines: list[tuple[str, str]]) -> None:
    text = "; Generated by cksfv\r\n" + "".join(f"{n} {c.upper()}\r\n" for n, c in lines)
    assert [(name, crc) for name, _, crc in said("a.sfv", text)] == lines


@given(st.sampled_from(Kind), st.binary(max_size=400))
def test_no_bytes_whatever_make_a_parser_fail(kind: Kind, data: bytes) -> None:
    for one in parse_sidecar("below/x.log", kind, data).assertions:
        assert isinstance(one, Assertion)


FRAGMENTS = st.sampled_from(
    [MD5, SHA256, "  ", " *", "\\", "MD5 (", ") = ", "[shntool]", ":", "x.flac", "\r\n", "\n",
     'FILE "', '" WAVE', "TRACK 01 AUDIO", "INDEX 01 ", "00:02:00", "File1=", "http://", "../",
     "Exact Audio Copy V1\n", "Filename C:\\x.wav\n", "Copy CRC 0123ABCD\n", "<files>", "<file ",
     'name="a">', "<md5>", "</md5>", "</file>", "<!DOCTYPE a>", "&lol;", "SHA-256 hash: ", "\0"]
)  # fmt: skip


@given(st.sampled_from(Kind), st.lists(FRAGMENTS, max_size=30))
def test_no_heap_of_fragments_makes_a_parser_fail(kind: Kind, pieces: list[str]) -> None:
    parsed = parse_sidecar("x.log", kind, "".join(pieces).encode())
    assert all(one.sidecar == "x.log" and one.line > 0 for one in parsed.assertions)
