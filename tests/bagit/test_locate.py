"""Damage in a file with block digests is located to the byte range."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from blake3 import blake3

from archiver.findings import Finding
from tests.bagit.bags import bag_files, check, codes, manifest, seal, write

MIB = 1 << 20
PATH = "data/long.wav"
CONTENT = b"".join(bytes([n]) * MIB for n in range(5)) + b"tail"


def _blocks(path: str, content: bytes) -> bytes:
    pieces = [content[start : start + MIB] for start in range(0, len(content), MIB)]
    record = {
        "path": path,
        "size": len(content),
        "block_size": MIB,
        "digests": [blake3(piece).hexdigest() for piece in pieces],
    }
    return json.dumps(record).encode() + b"\n"


def _damaged(root: Path, content: bytes, blocks: bytes | None = None) -> Finding:
    """A bag whose file has become ``content`` after sealing; returns the finding about it."""
    files = bag_files({PATH: CONTENT, "data/other": b"x"})
    recorded = _blocks("data/other", b"x") + _blocks(PATH, CONTENT)
    files["fixity/blocks.jsonl"] = recorded if blocks is None else blocks
    files = seal(files)
    files[PATH] = content
    found = check(write(root, files))
    (finding,) = [one for one in found.findings if one.code == "mismatch"]
    return finding


def _flip(*places: int) -> bytes:
    content = bytearray(CONTENT)
    for place in places:
        content[place] ^= 1
    return bytes(content)


def test_one_flipped_bit_is_named_by_its_block(tmp_path: Path) -> None:
    finding = _damaged(tmp_path, _flip(2 * MIB + 7))
    assert finding.path == PATH
    assert finding.detail["ranges"] == [[2 * MIB, 3 * MIB - 1]]
    assert finding.detail["blocks"] == "1 of 6"
    assert "bytes 2,097,152-3,145,727 (1 block of 6)" in finding.message


def test_neighbouring_blocks_are_one_range_and_the_last_ends_with_the_file(tmp_path: Path) -> None:
    finding = _damaged(tmp_path, _flip(0, 3 * MIB, 4 * MIB, 5 * MIB))
    assert finding.detail["ranges"] == [[0, MIB - 1], [3 * MIB, 5 * MIB + 3]]
    assert finding.detail["blocks"] == "4 of 6"


@pytest.mark.parametrize(
    ("content", "ranges", "words"),
    [
        (CONTENT[: 3 * MIB], [[3 * MIB, 5 * MIB + 3]], "2,097,156 bytes shorter"),
        (CONTENT[:-1], [[5 * MIB, 5 * MIB + 3]], "1 bytes shorter"),
        (CONTENT + b"more", [[5 * MIB, 5 * MIB + 7]], "4 bytes longer"),
        (b"", [[0, 5 * MIB + 3]], "5,242,884 bytes shorter"),
    ],
)
def test_a_cut_or_grown_file_is_called_that(
    content: bytes, ranges: list[list[int]], words: str, tmp_path: Path
) -> None:
    finding = _damaged(tmp_path, content)
    assert finding.detail["ranges"] == ranges
    assert words in finding.message


BAD_BLOCKS: dict[str, Callable[[bytes], bytes]] = {
    "no JSON": lambda line: b"{" + line,
    "not an object": lambda _: b"[]\n",
    "digest too short": lambda line: line.replace(b'"digests": ["', b'"digests": ["0'),
    "too few digests": lambda line: line.replace(b'"size": 5', b'"size": 55'),
    "absurd block size": lambda line: line.replace(b"1048576", b"0"),
    "nested too deep": lambda _: b"[" * 100_000 + b"\n",
    "bytes that are no text": lambda _: b"\xff\xfe\n",
    "another file": lambda line: line.replace(b"long", b"song"),
}


@pytest.mark.parametrize("case", BAD_BLOCKS)
def test_a_line_that_is_not_in_order_locates_nothing_and_breaks_nothing(
    case: str, tmp_path: Path
) -> None:
    finding = _damaged(tmp_path, _flip(9), BAD_BLOCKS[case](_blocks(PATH, CONTENT)))
    assert "ranges" not in finding.detail


@pytest.mark.parametrize("damage", ["flipped", "unlisted"])
def test_block_digests_that_nobody_vouches_for_are_not_used(damage: str, tmp_path: Path) -> None:
    files = bag_files({PATH: CONTENT})
    files["fixity/blocks.jsonl"] = _blocks(PATH, CONTENT)
    if damage == "flipped":
        seal(files)
        files["fixity/blocks.jsonl"] += b" "
    else:
        tags = {path: files[path] for path in ("bagit.txt", "bag-info.txt", "manifest-sha512.txt")}
        files["tagmanifest-sha512.txt"] = manifest(tags, "sha512")
    files[PATH] = _flip(1)
    found = check(write(tmp_path, files))
    (finding,) = [one for one in found.findings if one.path == PATH]
    assert (finding.code, "ranges" in finding.detail) == ("mismatch", False)


def test_blocks_that_all_agree_point_at_the_manifest(tmp_path: Path) -> None:
    files = bag_files({PATH: CONTENT})
    files["fixity/blocks.jsonl"] = _blocks(PATH, CONTENT)
    files["manifest-sha512.txt"] = manifest({PATH: b"other"}, "sha512")
    found = check(write(tmp_path, seal(files)))
    assert codes(found) == {"mismatch"}
    assert found.findings[0].detail["blocks"] == "0 of 6"
    assert "the list may be wrong" in found.findings[0].message
