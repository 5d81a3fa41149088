"""The rights that a bag was made under, read back from it."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import Any

from archiver.errors import UsageError
from archiver.rights.evidence import name_in_bag
from archiver.rights.source import RightsInForce
from policies.rights import (
    RightsBook,
    RightsMistakes,
    RightsStatement,
    book_of,
    parse_rights_file,
)
from policies.rights.model import Evidence

_FOLDER = "metadata"


def rights_kept_in(bag: str, source: str) -> RightsInForce:
    """Return what was said of the rights when the bag in the folder ``bag`` was made.

    They hold for ``source`` now. Documents are those that were kept; of confidential ones the
    digest is known, as before. Raises :class:`UsageError` when the bag does not tell.
    """
    folder = os.path.join(bag, _FOLDER)
    try:
        with open(os.path.join(folder, "rights.json"), "rb") as file:
            record = json.load(file)
        if record["scope"] == "bag":
            brief = RightsStatement(record["basis"], record["note"], record["date"])
            return RightsInForce(source, book_of(brief), brief)
        with open(os.path.join(folder, "rights.toml"), "rb") as file:
            data = file.read()
        return _of_file(source, folder, data)
    except (OSError, ValueError, KeyError, TypeError, RightsMistakes) as error:
        raise UsageError(
            f"the rights kept in {bag} cannot be used: {str(error)!a}",
            "Say them anew: --rights FILE, or --basis.",
        ) from error


def _of_file(source: str, folder: str, data: bytes) -> RightsInForce:
    found: Any = parse_rights_file(data)
    if isinstance(found, RightsStatement):
        return RightsInForce(source, book_of(found), found)
    assert isinstance(found, RightsBook)
    documents = tuple(map(_kept, found.evidence))
    return RightsInForce(source, replace(found, evidence=documents), None, folder, data)


def _kept(document: Evidence) -> Evidence:
    """Return the document as it lies beside the kept rights file."""
    if document.file is None:
        return document
    if document.confidential:
        return replace(document, file=None)
    return replace(document, file=name_in_bag(document).removeprefix(f"{_FOLDER}/"))
