"""Locating damage inside a file by the block digests of fixity/blocks.jsonl."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from archiver.findings import Finding
from archiver.hashing import block_digests
from archiver.tree import Tree

NAME = "fixity/blocks.jsonl"
_READ = 1 << 20
_LINE_CAP = 1 << 28  # the digests of a file of about 4 TB
_LARGEST_BLOCK = 1 << 30
_HEX = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Blocks:
    """One line of the file: the BLAKE3 of each block of a file, the last block shorter."""

    size: int
    block_size: int
    digests: tuple[bytes, ...]


def locate_damage(tree: Tree, findings: Sequence[Finding]) -> list[Finding]:
    """Return mismatch ``findings`` with the damaged byte ranges added where they can be told.

    fixity/blocks.jsonl is read once as a stream; the caller has made sure that it is sound.
    """
    wanted = {finding.path for finding in findings if finding.path is not None}
    recorded = _recorded(tree, wanted) if wanted else {}
    return [_located(tree, finding, recorded) for finding in findings]


def _recorded(tree: Tree, wanted: set[str]) -> dict[str, Blocks]:
    recorded: dict[str, Blocks] = {}
    try:
        for line in _lines(tree):
            path, blocks = _parse(line)
            if path in wanted and blocks is not None:
                recorded[path] = blocks
                if len(recorded) == len(wanted):
                    break
    except OSError:
        return recorded
    return recorded


def _lines(tree: Tree) -> Iterator[bytes]:
    with open(tree.open_file(NAME), "rb", buffering=_READ) as stream:
        while line := stream.readline(_LINE_CAP):
            yield line


def _parse(line: bytes) -> tuple[str, Blocks | None]:
    """Read and validate one line; a line that is not in order says nothing."""
    try:
        record = json.loads(line)
        path, size, block_size = record["path"], record["size"], record["block_size"]
        digests = record["digests"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return "", None
    numbers = isinstance(size, int) and isinstance(block_size, int) and isinstance(digests, list)
    if not (isinstance(path, str) and numbers and 0 < block_size <= _LARGEST_BLOCK and size >= 0):
        return "", None
    if len(digests) != -(-size // block_size):
        return "", None
    if not all(isinstance(text, str) and _HEX.fullmatch(text) for text in digests):
        return "", None
    return path, Blocks(size, block_size, tuple(map(bytes.fromhex, digests)))


def _located(tree: Tree, finding: Finding, recorded: Mapping[str, Blocks]) -> Finding:
    blocks = recorded.get(finding.path or "")
    if blocks is None:
        return finding
    path = str(finding.path)
    try:
        size = tree.size(path)
        found = block_digests(tree, path, blocks.block_size)
    except OSError:
        return finding
    count = max(len(found), len(blocks.digests))
    bad = [n for n in range(count) if found[n : n + 1] != list(blocks.digests[n : n + 1])]
    ranges = _ranges(bad, blocks.block_size, max(size, blocks.size))
    message = f"{finding.message[:-1]}: {_sentence(ranges, len(bad), count, blocks.size, size)}."
    detail = {**finding.detail, "ranges": ranges, "blocks": f"{len(bad)} of {count}"}
    if size != blocks.size:
        detail |= {"size": size, "recorded_size": blocks.size}
    return replace(finding, message=message, detail=detail)


def _ranges(bad: Sequence[int], block_size: int, end: int) -> list[list[int]]:
    """Join neighbouring blocks into [first byte, last byte] ranges that end before ``end``."""
    ranges: list[list[int]] = []
    for block in bad:
        first, last = block * block_size, min((block + 1) * block_size, end) - 1
        if ranges and ranges[-1][1] + 1 == first:
            ranges[-1][1] = last
        else:
            ranges.append([first, last])
    return ranges


def _sentence(ranges: list[list[int]], bad: int, count: int, recorded: int, size: int) -> str:
    if not bad:
        return "yet every block is as it was recorded, so the list may be wrong and not the file"
    places = ", ".join(f"{first:,}-{last:,}" for first, last in ranges)
    text = f"bytes {places} ({bad:,} block{'s' if bad > 1 else ''} of {count:,})"
    if size < recorded:
        text += f"; the file is {recorded - size:,} bytes shorter than recorded"
    elif size > recorded:
        text += f"; the file is {size - recorded:,} bytes longer than recorded"
    return text
