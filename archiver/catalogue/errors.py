"""What can keep us from using a catalogue. The way out is always the same."""

from __future__ import annotations

from archiver.errors import ArchiverError

REBUILD = "Run archiver rebuild: it makes the catalogue anew from the bags and the log."


class CatalogueMissingError(ArchiverError):
    """There is no catalogue at its place."""


class CatalogueOutdatedError(ArchiverError):
    """The catalogue's schema is of another version."""


class CatalogueDamagedError(ArchiverError):
    """The catalogue's file cannot be read as what it should be."""
