"""Every clause of BagIt that binds, and what this program does about it.

``docs/bagit-status.md`` is made of it; the tests hold it against the codes and the cases.
"""

from archiver.bagit.clauses.beyond import BEYOND
from archiver.bagit.clauses.manifests import MANIFESTS
from archiver.bagit.clauses.model import Clause, Keeping, Level
from archiver.bagit.clauses.older import OLDER
from archiver.bagit.clauses.practice import PRACTICE
from archiver.bagit.clauses.structure import STRUCTURE
from archiver.bagit.clauses.tag_files import TAG_FILES

__all__ = ["BEYOND", "CLAUSES", "OLDER", "RFC", "Clause", "Keeping", "Level"]

RFC: tuple[Clause, ...] = (*STRUCTURE, *MANIFESTS, *TAG_FILES, *PRACTICE)
"""The clauses of RFC 8493, which is BagIt 1.0."""

CLAUSES: tuple[Clause, ...] = (*RFC, *OLDER, *BEYOND)
"""All clauses, those of the older versions and of this program included."""
