"""What the tests of re-verification work on: an archive under a clock that can be set."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archiver.archive import Archive, create_archive
from archiver.catalogue import Catalogue
from archiver.catalogue.rows import CheckRow
from archiver.events import Event, EventLog
from archiver.package import package
from archiver.progress import Progress, Silence
from archiver.reverify.run import Checked, Run, RunOutcome, Wish
from policies.policy import builtin
from tests.packaging.scene import AGENT, request_for

BEGUN = datetime(2026, 1, 1, 22, tzinfo=UTC)
DAY = timedelta(days=1)
FIXITY = """
[fixity]
after-sealing = ["1 day", "30 days"]
budget-time = "8 hours"
deep-check = "1 year"

[fixity.tiers]
tape = ["tape-*"]

[fixity.cadence]
default = "90 days"
tape = "1 year"
"""


class Scene:
    """An archive, and the time there."""

    def __init__(self, place: Path, fixity: str = FIXITY) -> None:
        self.now = BEGUN
        self.place = place
        self.archive: Archive = create_archive(place / "archive", policy_with(fixity), self.clock)

    def clock(self) -> datetime:
        """The time."""
        return self.now

    def pass_days(self, days: float) -> None:
        """Let time go by."""
        self.now += days * DAY

    def seal(self, bag_id: str, *sizes: int) -> Path:
        """Make a bag of files of these sizes and return its folder."""
        source = self.place / f"source of {bag_id}"
        source.mkdir()
        for number, size in enumerate(sizes or (1000, 20)):
            (source / f"{number}.bin").write_bytes(os.urandom(size))
        outcome = package(
            self.archive,
            request_for(source, bag_id=bag_id),
            clock=self.clock,
            agent=AGENT,
            workers=2,
        )
        assert outcome.bag_id == bag_id
        return self.archive.bag_path(bag_id)

    def run(self, wish: Wish | None = None, progress: Progress | None = None) -> list[Checked]:
        """Do a night's run and return what was checked; :attr:`outcome` says how it ended."""
        run = Run(self.archive, wish or Wish(), self.clock, AGENT, progress or Silence())
        checked = list(run.checks())
        self.outcome: RunOutcome = run.outcome
        return checked

    def names(self, wish: Wish | None = None) -> list[str]:
        """Do a run and return the bags it checked, in order."""
        return [one.bag for one in self.run(wish)]

    def planned(self, wish: Wish | None = None) -> list[str]:
        """Return the bags a run would check now, in order."""
        run = Run(self.archive, wish or Wish(), self.clock, AGENT, Silence())
        return [row.id for row, _ in run.plan()]

    def row(self, bag_id: str) -> CheckRow:
        """Return what the schedule says of a bag."""
        with Catalogue.open(self.archive.catalogue_url) as catalogue:
            row = catalogue.plan.one(bag_id)
        assert row is not None
        return row

    def events(self, kind: str) -> Iterator[Event]:
        """Yield the log's events of one type."""
        log = EventLog(self.archive.log, self.clock)
        return (event for event in log.read() if event.type == kind)


def policy_with(fixity: str) -> bytes:
    """Return the built-in policy with another section on fixity."""
    text = builtin("library").decode()
    before, rest = text.split("\n[fixity]\n", 1)
    after = rest.split("\n[rights]\n", 1)[1]
    return f"{before}\n{fixity}\n[rights]\n{after}".encode()


def spoil(file: Path, offset: int = 0) -> None:
    """Flip one bit of a file, keeping its time."""
    facts = file.stat()
    file.chmod(0o644)
    data = bytearray(file.read_bytes())
    data[offset] ^= 1
    file.write_bytes(data)
    os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    os.sync()
