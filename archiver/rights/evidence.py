"""The documents that statements rest on: read where the rights file says they lie."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator

from archiver.tree import Tree
from policies.rights import RightsBook
from policies.rights.model import Evidence

_PIECE = 1 << 20
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")


def evidence_digests(book: RightsBook, folder: str) -> dict[str, str | None]:
    """Return the SHA-256 each document in ``folder`` has now; ``None`` for what cannot be read."""
    return {
        document.id: _digest(folder, document.file)
        for document in book.evidence
        if document.file is not None
    }


def files_inside(book: RightsBook, folder: str, source: str) -> list[Evidence]:
    """Return the confidential documents that lie within ``source``, and so would be packaged."""
    top = os.path.realpath(source)
    return [
        document
        for document in book.evidence
        if document.confidential
        and document.file is not None
        # Of a link it is the place of its name that matters, so only the folder is resolved.
        and _lies_in(os.path.realpath(os.path.join(folder, os.path.dirname(document.file))), top)
    ]


def _lies_in(place: str, top: str) -> bool:
    return place == top or place.startswith(top.rstrip("/") + "/")


def kept_documents(book: RightsBook) -> list[Evidence]:
    """Return the documents that come into the bag: those that are files and not confidential."""
    return [one for one in book.evidence if one.file is not None and not one.confidential]


def name_in_bag(document: Evidence) -> str:
    """Return the tag file a document becomes: called by its id, whatever its name was."""
    ending = os.path.splitext(document.file or "")[1]
    suffix = ending.lower() if _SUFFIX.fullmatch(ending) else ""
    return f"metadata/evidence/{document.id}{suffix}"


def pieces_of(document: Evidence, folder: str) -> Iterator[bytes]:
    """Yield the bytes of a document. Raises ``OSError``."""
    with Tree(folder) as tree, os.fdopen(tree.open_file(document.file or ""), "rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _digest(folder: str, path: str) -> str | None:
    digest = hashlib.sha256()
    try:
        with Tree(folder) as tree, os.fdopen(tree.open_file(path), "rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except OSError:
        return None
    return digest.hexdigest()
