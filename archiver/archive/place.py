"""An opened archive: the places in it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from archiver.archive.bag_ids import check_bag_id, shard_of
from archiver.archive.declaration import VERSION, Declaration, parse_declaration
from archiver.durable import Lock
from archiver.errors import EnvironmentUnusable, NoArchiveError

DECLARATION = "archive.toml"
UNDECLARED = ".archive.toml.new"
"""The declaration while the archive is being made; renamed when all else is there."""

LOCK = ".lock"
DRILL = "DRILL.txt"
"""What makes an archive known as the sandbox of a fire drill."""


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive and where its parts lie. ``root`` is absolute."""

    root: Path
    declaration: Declaration

    @property
    def identity(self) -> str:
        """The archive's UUID; it stays when the archive is moved or copied."""
        return self.declaration.identity

    @property
    def format_version(self) -> int:
        """The version of the format on disk."""
        return VERSION

    @property
    def bags(self) -> Path:
        """The sealed bags, in shards."""
        return self.root / "bags"

    @property
    def log(self) -> Path:
        """The event log's folder."""
        return self.root / "log"

    @property
    def staging(self) -> Path:
        """Unfinished work, invisible to every reader."""
        return self.root / ".staging"

    @property
    def quarantine(self) -> Path:
        """Damaged copies kept for study."""
        return self.root / ".quarantine"

    @property
    def log_tree(self) -> Path:
        """How far the tree over the log was made; may be lost at any time."""
        return self.root / ".log-tree.json"

    @property
    def policy_path(self) -> Path:
        """The policy in force."""
        return self.root / "policy.toml"

    @property
    def catalogue_path(self) -> Path:
        """The catalogue's file."""
        return self.root / self.declaration.catalogue

    @property
    def catalogue_url(self) -> str:
        """The catalogue as a database URL."""
        return sqlite_url(self.catalogue_path)

    def bag_path(self, bag_id: str) -> Path:
        """Return where the bag lies, or would lie.

        Raises :class:`archiver.errors.UsageError` for what can be no identifier.
        """
        return self.bags / shard_of(check_bag_id(bag_id)) / bag_id

    def bag_is_gone(self, bag_id: str) -> bool:
        """Whether no folder is where the bag should be; one that cannot be looked at is not gone.

        Raises :class:`archiver.errors.UsageError` for what can be no identifier.
        """
        try:
            return not stat.S_ISDIR(self.bag_path(bag_id).stat().st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False

    @property
    def is_drill(self) -> bool:
        """Whether this is the sandbox of a fire drill, which says so of itself by name."""
        try:
            return (self.root / DRILL).read_text("utf-8") == self._drill_text
        except (OSError, ValueError):
            return False

    def declare_drill(self) -> None:
        """Make this archive known as a drill's: all that is told of it is marked so."""
        (self.root / DRILL).write_text(self._drill_text, "utf-8")

    @property
    def _drill_text(self) -> str:
        return f"The archive {self.identity} is the sandbox of a fire drill. Delete it.\n"

    def writer_lock(self, purpose: str, now: datetime, wait_seconds: float = 0.0) -> Lock:
        """Return the lock that whoever changes bags, staging or catalogue must hold.

        Entering it raises :class:`archiver.errors.BusyError` after ``wait_seconds``. Readers
        need no lock: what they can see is complete.
        """
        return Lock(self.root / LOCK, purpose, now, wait_seconds)


def sqlite_url(path: Path) -> str:
    """Return the database URL of a SQLite file, safe for every character of its path."""
    return f"sqlite:///file:{quote(os.fsencode(path))}?uri=true"


def open_archive(path: str | os.PathLike[str]) -> Archive:
    """Open the archive in the folder ``path``.

    Raises :class:`NoArchiveError` where there is none (or one whose making was cut off),
    :class:`archiver.archive.UnknownFormatError`, :class:`EnvironmentUnusable` when it cannot be
    read.
    """
    root = Path(os.path.abspath(path))
    try:
        data = (root / DECLARATION).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise _no_archive(root) from None
    except OSError as error:
        raise EnvironmentUnusable(
            f"the archive {root} cannot be read: {error.strerror}",
            "Check the permissions and the medium.",
        ) from error
    return Archive(root, parse_declaration(data))


def _no_archive(root: Path) -> NoArchiveError:
    if os.path.lexists(root / UNDECLARED):
        return NoArchiveError(
            f"the making of an archive in {root} was cut off", f"Finish it: archiver init {root}"
        )
    return NoArchiveError(
        f"there is no archive in {root}",
        "Name one with --archive DIR or $ARCHIVER_ARCHIVE, or make one: archiver init DIR",
    )
