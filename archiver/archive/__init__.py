"""An archive on disk: where everything lies, how one is made and opened."""

from archiver.archive.bag_ids import check_bag_id
from archiver.archive.creation import create_archive
from archiver.archive.declaration import UnknownFormatError
from archiver.archive.place import Archive, open_archive, sqlite_url

__all__ = [
    "Archive",
    "UnknownFormatError",
    "check_bag_id",
    "create_archive",
    "open_archive",
    "sqlite_url",
]
