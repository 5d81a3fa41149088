"""Whether runs come as they should: the last one, the next one, and what silence means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from archiver.archive import Archive
from archiver.archive.place import LOCK as WRITING
from archiver.catalogue import Catalogue
from archiver.catalogue.pauses import pause_from
from archiver.catalogue.rows import PAUSE, RESUME, REVERIFY, PauseRow, RunRow, pause_of, run_of
from archiver.clock import Clock, parse_utc
from archiver.durable import Holder, holder_of
from archiver.errors import EnvironmentUnusable
from archiver.events import EventLog
from archiver.reverify.run import LOCK as RUNNING
from archiver.schedule import cron, systemd
from archiver.schedule.job import name_for
from archiver.state import State
from policies.cadence import CLOCKS_DIFFER
from policies.pauses import Pause, Pauses
from policies.timetable import Timetable

PATIENCE = timedelta(hours=48)
"""How long silence is borne where no schedule says how often runs are to come."""
LOCK_LIMIT = timedelta(hours=24)
"""How long a lock is held before that is worth an alarm, where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A schedule that was found. ``timetable`` is ``None`` when a hand has rewritten it."""

    place: str
    timetable: Timetable | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How runs stand at ``now``.

    ``quiet_since`` is when the last run ended, or when the archive was made. ``within`` is how
    long silence is borne. ``stuck`` are the locks that are held for too long, ``busy`` all that
    are held. ``pauses`` are in force; runs are to come all the same, and silence is silence.
    """

    now: datetime
    installed: tuple[Installed, ...]
    last_run: RunRow | None
    quiet_since: datetime
    within: timedelta
    due_next: datetime | None
    busy: tuple[Holder, ...]
    stuck: tuple[Holder, ...]
    pauses: tuple[Pause, ...] = ()

    @property
    def silent(self) -> bool:
        """Whether no run has ended for longer than is borne, or the last ended in the future.

        Then a clock is wrong, and waiting for that day would be silence for years.
        """
        return not -CLOCKS_DIFFER <= self.now - self.quiet_since <= self.within

    @property
    def state(self) -> State:
        """LATE when there is silence, or a lock that is held for too long."""
        return State.LATE if self.silent or self.stuck else State.SOUND


def standing(
    archive: Archive,
    clock: Clock,
    within: timedelta | None = None,
    lock_limit: timedelta | None = None,
) -> Standing:
    """Return how runs stand; nothing is written.

    What a run has put into the log and not into the catalogue is read from the log: it may have
    died in between, or hold the lock.
    ``within`` is as the installed schedule implies when it is ``None``: twice its longest gap.
    Raises what opening the catalogue and reading the log raise.
    """
    now = clock()
    last_run, pauses = _told(archive, clock)
    since = last_run.time if last_run else next(EventLog(archive.log, clock).read()).time
    found = installed(archive.root)
    tables = [one.timetable for one in found if one.timetable]
    implied = min((table.patience for table in tables), default=PATIENCE)
    local = now.astimezone()
    busy = tuple(_holders(archive))
    limit = lock_limit or LOCK_LIMIT
    return Standing(
        now,
        tuple(found),
        last_run,
        parse_utc(since),
        within or implied,
        min((table.next_after(local) for table in tables), default=None),
        busy,
        tuple(one for one in busy if not -CLOCKS_DIFFER <= now - parse_utc(one.since) <= limit),
        Pauses(map(pause_from, pauses), now).all,
    )


def _told(archive: Archive, clock: Clock) -> tuple[RunRow | None, list[PauseRow]]:
    """Return the last run that ended, and the pauses, as catalogue and log tell them."""
    log = EventLog(archive.log, clock)
    with Catalogue.open(archive.catalogue_url) as catalogue:
        runs, pauses = catalogue.plan.runs(1), list(catalogue.pauses.all())
        last = catalogue.last_event()
    run, known = runs[0] if runs else None, last.seq if last else 0
    if log.head().seq > known:
        for event in log.read():
            if event.seq > known and event.type == REVERIFY:
                run = run_of(event)
            elif event.seq > known and event.type in (PAUSE, RESUME):
                told = pause_of(event)
                pauses = [one for one in pauses if (one.bag, one.tier) != (told.bag, told.tier)]
                pauses += [told] if event.type == PAUSE else []
    return run, pauses


def installed(root: Path) -> list[Installed]:
    """Return the schedules for the archive in ``root`` that this user can see."""
    found = []
    try:
        text = cron.read()
    except EnvironmentUnusable:
        text = ""  # no cron here: nothing of it is installed
    if cron.without_block(text, root) != text:
        found.append(Installed("the crontab", cron.timetable_of(text, root)))
    for system in (False, True):
        folder = systemd.folder_of(system=system)
        if (folder / f"{name_for(root)}.timer").exists():
            found.append(Installed(str(folder), systemd.timetable_of(root, folder)))
    return found


def _holders(archive: Archive) -> list[Holder]:
    held = (holder_of(archive.root / name) for name in (WRITING, RUNNING))
    return [one for one in held if one]
