"""Making an archive, so that a crash leaves either an archive or something to finish."""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path

from archiver.archive.declaration import Declaration, UnknownFormatError, parse_declaration
from archiver.archive.place import DECLARATION, LOCK, UNDECLARED, Archive
from archiver.archive.readme import README
from archiver.clock import Clock, utc_text
from archiver.durable import Lock, put_in_place, replace_file, sync_folder, write_new_file
from archiver.errors import EnvironmentUnusable, UsageError
from archiver.events import Agent, Event, EventLog, this_program


def create_archive(
    path: str | os.PathLike[str],
    policy_bytes: bytes,
    clock: Clock,
    identity: str | None = None,
    *,
    agent: Agent | None = None,
) -> Archive:
    """Make an archive in the missing or empty folder ``path`` and record the event "init".

    ``archive.toml`` gets its name last, so before that there is no archive; a making that was
    cut off is finished, under the identity it began with. ``identity`` is a UUID, made up when
    not given; ``agent`` is this program when not given. Raises :class:`UsageError` when the
    folder is an archive already or holds anything else, :class:`EnvironmentUnusable` when the
    machine will not let us, :class:`archiver.errors.BusyError` when another run is at it.
    """
    root = Path(os.path.abspath(path))
    try:
        _refuse_if_taken(root)
        _make_folders(root)
        with Lock(root / LOCK, "init", clock()):
            _refuse_if_taken(root)
            declaration = _begin(root, clock, identity)
            archive = Archive(root, declaration)
            _furnish(archive, policy_bytes, clock, agent or this_program())
            put_in_place(root / UNDECLARED, root / DECLARATION)
    except OSError as error:
        raise EnvironmentUnusable(
            f"no archive can be made in {root}: {error.strerror}",
            "Check the permissions, the space and the medium, then run init again.",
        ) from error
    return archive


def _refuse_if_taken(root: Path) -> None:
    """Raise :class:`UsageError` unless ``root`` is missing, empty, or ours and unfinished."""
    try:
        names = set(os.listdir(root))
    except FileNotFoundError:
        return
    except NotADirectoryError:
        raise UsageError(f"{root} is not a folder", "Name a folder for the archive.") from None
    if DECLARATION in names:
        raise UsageError(
            f"{root} is an archive already",
            f"Use it: archiver status --archive {root}",
        )
    if UNDECLARED not in names and names - {LOCK}:
        raise UsageError(
            f"{root} is not empty and is no archive",
            "Name a folder that is empty or does not exist yet; nothing was touched.",
        )


def _make_folders(folder: Path) -> None:
    """Make ``folder`` and what is missing above it, durably."""
    if folder.is_dir():
        return
    _make_folders(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def _begin(root: Path, clock: Clock, identity: str | None) -> Declaration:
    """Write down which archive is being made, or take up what an earlier run wrote down."""
    undeclared = root / UNDECLARED
    try:
        return parse_declaration(undeclared.read_bytes())
    except FileNotFoundError:
        pass
    except UnknownFormatError:
        # It is the first file ever written here: if it is torn, nothing else can be ours.
        if set(os.listdir(root)) - {LOCK, UNDECLARED}:
            raise
        undeclared.unlink()
    declaration = Declaration(identity or str(uuid.uuid4()), utc_text(clock()))
    write_new_file(undeclared, declaration.as_bytes())
    sync_folder(root)
    return declaration


def _furnish(archive: Archive, policy_bytes: bytes, clock: Clock, agent: Agent) -> None:
    """Put everything into the archive but its declaration; whatever is there is made anew."""
    shutil.rmtree(archive.log, ignore_errors=True)  # of a making that was cut off
    for folder in (archive.bags, archive.log, archive.staging, archive.quarantine):
        folder.mkdir(exist_ok=True)
    replace_file(archive.policy_path, policy_bytes)
    replace_file(archive.root / "README.txt", README)
    detail = {"archive": archive.identity, "archive_version": archive.format_version}
    log = EventLog(archive.log, clock)
    event = log.append("init", bag=None, outcome="created", detail=detail, agent=agent)
    _make_catalogue(archive, event)
    sync_folder(archive.root)


def _make_catalogue(archive: Archive, event: Event) -> None:
    from archiver.catalogue import Catalogue  # late: opening an archive needs no database

    Catalogue.discard(archive.catalogue_url)
    with Catalogue.create(archive.catalogue_url, archive.identity) as catalogue:
        catalogue.index_event(event)
