"""An archive on disk: where everything lies, how one is made and opened.

What makes one is imported when it is first asked for: most runs only open theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archiver.archive.bag_ids import check_bag_id
from archiver.archive.declaration import UnknownFormatError
from archiver.archive.place import Archive, open_archive, sqlite_url

if TYPE_CHECKING:
    from archiver.archive.creation import create_archive

__all__ = [
    "Archive",
    "UnknownFormatError",
    "check_bag_id",
    "create_archive",
    "open_archive",
    "sqlite_url",
]


def __getattr__(name: str) -> Any:
    """Import what makes an archive on first use."""
    if name == "create_archive":
        from archiver.archive.creation import create_archive

        return create_archive
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
