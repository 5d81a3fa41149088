"""An archive with a history, what its catalogue says, and changing that behind our back."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from archiver.archive import Archive
from archiver.catalogue import Catalogue
from archiver.rebuild import CatalogueOutcome, check_catalogue, rebuild
from tests.catalogue.hand_made import (
    AGENT,
    CLOCK,
    new_archive,
    note,
    seal,
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive with a history: three bags, sound, verified, and found damaged."""
    made = new_archive(tmp_path / "archive")
    seal(made, "album-1", hours=1)
    note(made, "package", "album-2", "success", hours=2)
    seal(made, "album-2", {"x.wav": 9}, hours=2)
    note(made, "verify", "album-1", "valid", hours=3)
    seal(made, "Album-0", {"ü": 1, "z": 2}, hours=4)
    note(made, "verify", "album-2", "invalid", hours=5)
    note(made, "recover", None, "nothing", hours=6)
    note(made, "incident-opened", "album-2", "unsound", hours=6)
    note(made, "reverify", None, "sound", hours=6)
    return made


def run(archive: Archive) -> CatalogueOutcome:
    return rebuild(archive, CLOCK, agent=AGENT)


def content(archive: Archive) -> dict[str, Any]:
    """Everything the catalogue says, except of rebuilding."""
    with Catalogue.open(archive.catalogue_url) as catalogue:
        bags = list(catalogue.bags())
        return {
            "bags": bags,
            "files": {row.id: list(catalogue.files(row.id)) for row in bags},
            "events": [row for row in catalogue.events() if row.type != "rebuild"],
            "meta": catalogue.meta(),
        }


def found(archive: Archive) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.path) for finding in check_catalogue(archive).findings]


def alter(archive: Archive, *statements: str) -> int:
    """Change the catalogue behind our back; return how many rows changed."""
    connection = sqlite3.connect(archive.catalogue_path, isolation_level=None)
    changed = sum(connection.execute(statement).rowcount for statement in statements)
    connection.close()
    return changed
