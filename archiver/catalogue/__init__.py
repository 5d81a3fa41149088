"""The catalogue: an index over bags and log, rebuilt from them at any time.

Only this room knows SQLAlchemy; what needs it is imported when first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archiver.catalogue import codes  # noqa: F401 - registers them
from archiver.catalogue.errors import (
    CatalogueDamagedError,
    CatalogueMissingError,
    CatalogueOutdatedError,
)
from archiver.catalogue.from_bag import (
    bag_row_from,
    file_rows_from,
    seal_differences,
)
from archiver.catalogue.query import FIELDS, Query, Wish, parse
from archiver.catalogue.records import BagRecordsError
from archiver.catalogue.rows import BagRow, EventRow, FileRow, Place, Totals, Twins, Words

if TYPE_CHECKING:
    from archiver.catalogue.catalogue import Catalogue

__all__ = [
    "FIELDS",
    "BagRecordsError",
    "BagRow",
    "Catalogue",
    "CatalogueDamagedError",
    "CatalogueMissingError",
    "CatalogueOutdatedError",
    "EventRow",
    "FileRow",
    "Place",
    "Query",
    "Totals",
    "Twins",
    "Wish",
    "Words",
    "bag_row_from",
    "file_rows_from",
    "parse",
    "seal_differences",
]


def __getattr__(name: str) -> Any:
    """Import the database part on first use: making rows from a bag does not need it."""
    if name == "Catalogue":
        from archiver.catalogue.catalogue import Catalogue

        return Catalogue
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
