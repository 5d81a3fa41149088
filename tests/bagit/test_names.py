"""Names of every kind survive being written and read, and the lists agree with other tools."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest
from blake3 import blake3
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archiver.bagit.reading.blake3_lines import Blake3Lines
from archiver.bagit.reading.manifest_lines import ManifestLines
from archiver.bagit.reading.paths import decode_escapes, risky, undo_backslashes, unsafe
from archiver.bagit.reading.report import Report
from archiver.bagit.reading.rules import Rules
from archiver.bagit.reading.text import TextBlocks
from archiver.bagit.writing import b3sum_line, encode_path, manifest_line
from archiver.tree import Tree
from tests.tools import require_tool

HOSTILE = "\r\n%\\*~ \t.:\u2028\u2029\x85\x0b\x0c\x1c\ufeff\u202e\u00e9e\u0301A0D25"
CHARACTERS = st.one_of(
    st.sampled_from(HOSTILE),
    st.characters(exclude_categories=["Cs"], exclude_characters="/\0"),
)
NAMES = st.text(CHARACTERS, min_size=1, max_size=12).filter(lambda name: name not in (".", ".."))
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(lambda names: "data/" + "/".join(names))
MODERN = Rules("1.0")


def _read_back(folder: Path, content: bytes, *, lf_only: bool = False) -> list[str]:
    (folder / "list").write_bytes(content)
    with Tree(folder) as tree:
        return list(TextBlocks(tree, "list", "utf-8", lf_only=lf_only))


@settings(max_examples=400)
@given(paths=st.lists(PATHS, min_size=1, max_size=5))
@example(paths=["data/\ufeff", "data/ ", "data/a\r", "data/%0A", "data/%250A"])
def test_a_manifest_gives_back_the_names_it_was_written_with(
    paths: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    digests = [hashlib.sha256(path.encode()).hexdigest() for path in paths]
    content = b"".join(map(manifest_line, digests, paths))
    report, entries = Report(), []
    lines = ManifestLines("m", MODERN, payload=True, digest_bytes=32)
    for block in _read_back(tmp_path_factory.getbasetemp(), content):
        entries += lines.entries(block, 1, report)
    assert entries == list(zip(paths, digests, strict=True))
    assert {finding.code for finding in report.in_path_order()} <= {"risky-path"}
    assert not lines.undefined


@settings(max_examples=400)
@given(paths=st.lists(PATHS, min_size=1, max_size=5))
def test_a_blake3_list_gives_back_the_names_it_was_written_with(
    paths: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    digests = [blake3(path.encode()).hexdigest() for path in paths]
    content = b"".join(map(b3sum_line, digests, paths))
    report, entries = Report(), []
    for block in _read_back(tmp_path_factory.getbasetemp(), content, lf_only=True):
        entries += Blake3Lines("b").entries(block, 1, report)
    assert entries == list(zip(paths, digests, strict=True))
    assert report.in_path_order() == ()


@settings(max_examples=300)
@given(content=st.binary(max_size=300), version=st.sampled_from(["0.97", "1.0"]))
def test_no_bytes_whatever_break_the_parser_and_none_are_skipped(
    content: bytes, version: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    report, entries, count = Report(), 0, 0
    lines = ManifestLines("m", Rules(version), payload=True, digest_bytes=32)
    for block in _read_back(tmp_path_factory.getbasetemp(), content):
        entries += len(lines.entries(block, 1, report))
        count += block.count("\n")
    assert entries + len(report.in_path_order()) >= count


def test_only_cr_lf_and_percent_are_encoded() -> None:
    everything = "".join(map(chr, range(1, 0x3000)))
    encoded = encode_path(everything)
    assert encoded.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%") == everything
    assert encoded.count("%") == 3


B3SUM_NAMES = ["plain", "a\\b", "a\nb", "a\rb", "\\n", " lead", "trail ", "\u2028\x85\x0b", "end\r"]


@pytest.mark.parametrize("name", B3SUM_NAMES)
def test_b3sum_writes_the_very_same_line_and_accepts_ours(name: str, tmp_path: Path) -> None:
    b3sum = require_tool("b3sum")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_bytes(name.encode())
    ours = b3sum_line(blake3(name.encode()).hexdigest(), f"data/{name}")
    theirs = subprocess.run(
        [b3sum, "--", f"data/{name}"], cwd=tmp_path, capture_output=True, check=True
    )
    assert ours == theirs.stdout
    (tmp_path / "list").write_bytes(ours)
    subprocess.run([b3sum, "--check", "list"], cwd=tmp_path, capture_output=True, check=True)


@pytest.mark.parametrize("name", ["plain", "two  blanks", " lead", "\u00e9", "*star"])
def test_sha512sum_accepts_a_manifest_line(name: str, tmp_path: Path) -> None:
    sha512sum = require_tool("sha512sum")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_bytes(name.encode())
    digest = hashlib.sha512(name.encode()).hexdigest()
    (tmp_path / "list").write_bytes(manifest_line(digest, f"data/{name}"))
    subprocess.run([sha512sum, "--check", "list"], cwd=tmp_path, capture_output=True, check=True)


UNSAFE = ["", "/", "/x", "..", "../x", "a/../b", "a/..", ".", "./a", "a/./b", "a//b", "a/", "a\0b"]
RISKY = ["~", "~root/x", "C:", "c:/x", "C:\\x", "\\\\?\\C:\\x", "\\\\server\\share", "a\\b"]
PLAIN = ["a", "...", "a..b", "..a/b..", ".hidden/.x", "a/~b", "ab:c", "x/C:/y", " ", "%2e%2e"]


@pytest.mark.parametrize("path", UNSAFE)
def test_a_path_that_is_no_plain_path_is_unsafe(path: str) -> None:
    assert unsafe(path)


@pytest.mark.parametrize("path", RISKY)
def test_a_path_that_means_more_elsewhere_is_risky(path: str) -> None:
    assert risky(path)
    assert not unsafe(path)


@pytest.mark.parametrize("path", PLAIN)
def test_an_odd_but_plain_path_is_neither(path: str) -> None:
    assert not unsafe(path)
    assert not risky(path)


@pytest.mark.parametrize(
    ("version", "listed", "meant", "undefined"),
    [
        ("1.0", "%0d%0D%0a%0A%25", "\r\r\n\n%", False),
        ("1.0", "%250A", "%0A", False),
        ("1.0", "%", "%", True),
        ("1.0", "%2", "%2", True),
        ("1.0", "%7E%25", "%7E%", True),
        ("0.97", "%0d%0A%25", "\r\n%25", True),
    ],
)
def test_escapes_are_decoded_by_version(
    version: str, listed: str, meant: str, undefined: bool
) -> None:
    assert decode_escapes(listed, Rules(version).escapes) == (meant, undefined)


@pytest.mark.parametrize("path", ["a\\", "a\\\\\\", "a\\x", "\\0"])
def test_a_backslash_that_stands_for_nothing_is_refused(path: str) -> None:
    assert undo_backslashes(path) is None


@given(NAMES)
def test_undoing_backslashes_is_the_inverse_of_b3sums_escaping(name: str) -> None:
    line = b3sum_line("", name).decode()
    escaped = line.lstrip("\\")[2:-1] if line.startswith("\\") else None
    if escaped is not None:
        assert undo_backslashes(escaped) == name
