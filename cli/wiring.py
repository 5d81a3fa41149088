"""The one place that builds what the engine is handed: the archive, the clock, the agent."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from archiver.clock import Clock, fixed_clock, parse_utc, system_clock
from archiver.errors import NoArchiveError, UsageError
from cli.kinds import PROFILE
from cli.options import read_bytes

if TYPE_CHECKING:
    from archiver.archive import Archive
    from archiver.events import Agent
    from archiver.profiles import Asked

ARCHIVE_VARIABLE = "ARCHIVER_ARCHIVE"
CLOCK_VARIABLE = "ARCHIVER_CLOCK"
DEFAULT_POLICY = "library"


def archive_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--archive`` to a command."""
    return click.option(
        "-a",
        "--archive",
        "archive_folder",
        metavar="DIR",
        help="The archive; else $ARCHIVER_ARCHIVE, else the folder you stand in.",
    )(command)


def workers_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--workers`` to a command."""
    return click.option(
        "-w",
        "--workers",
        type=click.IntRange(1, 256),
        metavar="N",
        help="Read this many files at once. Without it, what suits this machine.",
    )(command)


def decode_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--decode`` to a command."""
    return click.option(
        "--decode",
        is_flag=True,
        help="Decode all sound, too. Takes far longer; needs audio-archiver[decode].",
    )(command)


def profiles_option(
    text: str = "A BagIt profile to judge by; can be repeated. declared: those the bag names.",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return ``--profile``, which can be repeated, with its help."""
    return click.option(
        "-p",
        "--profile",
        "profiles",
        metavar="NAME|FILE",
        type=PROFILE,
        multiple=True,
        help=text,
    )


def profiles_asked(names: tuple[str, ...]) -> Asked | None:
    """Return the profiles that ``--profile`` named, ``None`` for none. Raises `UsageError`."""
    if not names:
        return None
    from archiver.profiles import asked

    return asked(names)


def lock_wait_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--lock-wait`` to a command that writes into the archive."""
    return click.option(
        "--lock-wait",
        type=click.FloatRange(min=0),
        default=0.0,
        metavar="SECONDS",
        help="If another run holds the archive, wait this long. Without it, leave at once.",
    )(command)


def archive_place(folder: str | None) -> str:
    """Return where the archive is or would be: the option, the variable, or here."""
    return folder or os.environ.get(ARCHIVE_VARIABLE) or os.getcwd()


def open_the_archive(folder: str | None) -> Archive:
    """Open the archive that the command line or the environment names.

    Raises :class:`archiver.errors.NoArchiveError` when there is none.
    """
    from archiver.archive import open_archive

    return open_archive(archive_place(folder))


def archive_if_there(folder: str | None) -> Archive | None:
    """Open the archive, or return ``None`` where there is none yet."""
    try:
        return open_the_archive(folder)
    except NoArchiveError:
        return None


def archive_if_known(folder: str | None) -> Archive | None:
    """Open the archive, or return ``None`` if none was named and none is here.

    One that was named and is not there is still a :class:`NoArchiveError`.
    """
    named = folder or os.environ.get(ARCHIVE_VARIABLE)
    return open_the_archive(folder) if named else archive_if_there(folder)


def clock() -> Clock:
    """Return the system's clock, or one stopped at ``$ARCHIVER_CLOCK`` for reproducible bags."""
    stopped_at = os.environ.get(CLOCK_VARIABLE)
    if not stopped_at:
        return system_clock
    try:
        return fixed_clock(parse_utc(stopped_at))
    except ValueError:
        raise UsageError(
            f"${CLOCK_VARIABLE} is {stopped_at!r}, which is no moment in UTC",
            "Write it like 2026-01-31T12:00:00Z, or unset the variable.",
        ) from None


def agent() -> Agent:
    """Return who is answerable for this run: the person at the keyboard, by this program."""
    import getpass

    from archiver.events import this_program

    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        user = str(os.getuid())
    return this_program(user, os.uname().nodename)


def workers(wished: int | None) -> int:
    """Return how many files to work on at once: as wished, else what suits this machine."""
    from archiver.hashing import suggested_workers

    return wished or suggested_workers(from_medium=True)


def make_archive(folder: str, policy: str | None) -> Archive:
    """Make an archive in ``folder`` under ``policy``: a built-in policy's name, or a file.

    Raises :class:`UsageError` for a policy that is neither or is mistaken, and whatever
    :func:`archiver.archive.create_archive` raises.
    """
    from archiver.archive import create_archive

    return create_archive(folder, policy_bytes(policy), clock(), agent=agent())


def policy_bytes(policy: str | None) -> bytes:
    """Return the policy named (``None``: the default one), read and found free of mistakes.

    What holds a slash or lies in this folder is a file, anything else a built-in policy.
    Raises :class:`UsageError`.
    """
    return policy_named(policy or DEFAULT_POLICY)[1]


def policy_named(name: str) -> tuple[str, bytes]:
    """Return where the policy ``name`` stands (in words), and its text, found free of mistakes.

    What holds a slash or lies in this folder is a file, anything else a built-in policy.
    Raises :class:`UsageError`.
    """
    from policies.mistakes import suggested
    from policies.policy import BUILTIN, builtin

    if "/" in name or os.path.lexists(name):
        return name, _sound_policy(name, read_bytes(name))
    if name in BUILTIN:
        return f"the built-in policy {name}", _sound_policy(name, builtin(name))
    raise UsageError(
        f"there is no built-in policy and no file {name!r}",
        f"{suggested(name, BUILTIN)} `archiver policy list` says what each is for.",
    )


def policy_meant(name: str | None, folder: str | None) -> tuple[str, bytes]:
    """Return the policy ``name``; without one, that of the archive; without one, the default.

    An archive that is named and is not there is a :class:`NoArchiveError`.
    """
    if name is not None:
        return policy_named(name)
    archive = archive_if_known(folder)
    if archive is None:
        return policy_named(DEFAULT_POLICY)
    return str(archive.policy_path), policy_of(archive)


def policy_of(archive: Archive) -> bytes:
    """Return the policy in force in ``archive``, read and found free of mistakes.

    Raises :class:`UsageError`.
    """
    place = str(archive.policy_path)
    return _sound_policy(place, read_bytes(place))


def _sound_policy(name: str, data: bytes) -> bytes:
    from archiver.reverify.local_time import zone_of
    from policies.policy import PolicyMistakes, read_policy

    try:
        zone_of(read_policy(data).fixity)
    except PolicyMistakes as wrong:
        raise UsageError(f"the policy {name} has mistakes in it", wrong.listed) from wrong
    return data


def as_of_day_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--as-of`` to a command whose answer depends on the day."""
    return click.option(
        "--as-of", metavar="DATE", help="The day that is asked about: YYYY-MM-DD; else today."
    )(command)


def day(text: str | None) -> date:
    """Return the day that ``--as-of`` names, else today. Raises :class:`UsageError`."""
    if text is None:
        return clock()().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is not a day", "Write it like 2026-01-31.") from None
