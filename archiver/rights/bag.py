"""The rights kept in a bag: ``metadata/rights.json``, of any version."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from archiver.errors import IncompleteError
from archiver.tree import Tree
from policies.rights import RightsBook, RightsMistakes
from policies.rights.record import bag_book

RIGHTS = "metadata/rights.json"


@dataclass(frozen=True, slots=True)
class BagRights:
    """What a bag says of its rights: the statements, and the whole record."""

    book: RightsBook
    record: Mapping[str, Any] = field(repr=False)


def read_bag_rights(bag: str | os.PathLike[str]) -> BagRights:
    """Return the rights kept in ``bag``.

    Raises :class:`~archiver.errors.IncompleteError` for a bag that has none, or none we know.
    """
    try:
        with Tree(bag) as tree, os.fdopen(tree.open_file(RIGHTS), "rb") as file:
            record = json.load(file)
        if not isinstance(record, dict):
            raise ValueError("it is no object")
        return BagRights(bag_book(record), record)
    except OSError as error:
        problem = str(error.strerror)
    except RightsMistakes as wrong:
        problem = wrong.listed
    except (ValueError, RecursionError) as error:
        problem = str(error)
    raise IncompleteError(
        f"the rights of {os.fspath(bag)} cannot be read: {problem}",
        f"{RIGHTS} is in bags made here; for another one give --rights FILE.",
    )
