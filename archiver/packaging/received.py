"""A received bag's own tag files, kept in the new bag byte for byte as they came."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from blake3 import blake3

from archiver.bagit.reading.report import Report
from archiver.bagit.reading.walk import walk
from archiver.errors import UsageError
from archiver.findings import Finding
from archiver.packaging.tagfiles import TagFiles
from archiver.tree import Tree

FOLDER = "received"
_PIECE = 1 << 20


def write_received(bag: str, digests: Mapping[str, str], tag_files: TagFiles) -> list[Finding]:
    """Copy every tag file of the bag in the folder ``bag`` into ``received/``.

    ``digests`` is BLAKE3 (hex) of those that were read when the bag was verified; one that is
    not the same now is a finding. Raises :class:`UsageError` for a name that is not UTF-8, and
    ``OSError`` when one cannot be read.
    """
    findings = []
    with Tree(bag) as tree:
        names = sorted(
            path for path, size in walk(tree, "", Report(), frozenset(["data"])) if size >= 0
        )
        for path in names:
            _require_text(path)
            whole = blake3()
            tag_files.write(f"{FOLDER}/{path}", _pieces(tree, path, whole))
            expected = digests.get(path)
            if expected not in (None, whole.hexdigest()):
                detail = {"verified": expected}
                findings.append(Finding("import-differs", "", path, detail=detail))
    return findings


def keep_received(bag: str, tag_files: TagFiles) -> None:
    """Copy what ``bag``, of which a version is made, has in ``received/``. Raises ``OSError``."""
    if not os.path.isdir(os.path.join(bag, FOLDER)):
        return
    with Tree(bag) as tree:
        for path in sorted(path for path, _ in walk(tree, FOLDER, Report())):
            tag_files.write(path, _pieces(tree, path, blake3()))


def _pieces(tree: Tree, path: str, whole: Any) -> Iterator[bytes]:
    with os.fdopen(tree.open_file(path), "rb") as file:
        while piece := file.read(_PIECE):
            whole.update(piece)
            yield piece


def _require_text(path: str) -> None:
    try:
        path.encode()
    except UnicodeEncodeError:
        raise UsageError(
            f"the tag file {path!a} has a name that is not UTF-8, which no manifest can list",
            "Rename it, or import the bag with --form wrap once its name can be written.",
        ) from None
