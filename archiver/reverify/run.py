"""One run: choose what is due, read it, record each bag when it is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from archiver.archive import Archive
from archiver.archive.policy import policy_in_force
from archiver.catalogue import Catalogue
from archiver.catalogue.rows import VERIFY, CheckRow
from archiver.clock import Clock, parse_utc, utc_text
from archiver.durable import Lock
from archiver.errors import ArchiverError, BusyError, EnvironmentUnusable
from archiver.events import Agent, Event, EventLog
from archiver.findings import Finding, state_of
from archiver.hashing import ReadJob, ReadResult
from archiver.progress import Progress
from archiver.rebuild import known_to
from archiver.reverify.choosing import (
    Choice,
    Hours,
    Wish,
    choose,
    completed,
    nothing_is_open,
    rate_of,
)
from archiver.reverify.confirm import confirmed
from archiver.reverify.outcome import NOT_BEGUN, Checked, RunOutcome
from archiver.reverify.outlook import brought_up_to_date
from archiver.reverify.pausing import late_and_paused
from archiver.reverify.resume import FOLDER, WORTH_BYTES, Notes
from archiver.reverify.store import device_of, offline_store
from archiver.reverify.throttle import Throttle
from archiver.reverify.tiers import check_tier
from archiver.state import State, worst
from archiver.verify import BagVerification, Depth, Reader
from archiver.verify_held import (
    Seals,
    not_looked_at,
    read_seals,
    record_verification,
    verify_held,
)
from policies.cadence import CLOCKS_DIFFER
from policies.model import Policy
from policies.quantities import days
from policies.sampling import Sample

__all__ = ["LOCK", "NOT_BEGUN", "Checked", "Run", "RunOutcome", "Wish"]

LOCK = ".reverify.lock"
_AT_ONCE = 1_000  # bags whose seals are looked up in one reading of the log
_FIRST_FAILURES = 3  # in a row, of bags that were well: it is the machine, and no bag's fault
_WAIT = 0.5  # seconds: `watch` looks at the lock for a moment, which must not cost a night


class _WindowBegun(Exception):  # noqa: N818 - no error: what was read is noted
    """A blackout window began while a large bag was being read."""


class Run:
    """One run of re-verification over an archive.

    :meth:`checks` yields each bag when it is recorded; ``outcome`` is there afterwards. While it
    goes on, another run is refused with :class:`archiver.errors.BusyError`.
    """

    outcome: RunOutcome

    def __init__(
        self, archive: Archive, wish: Wish, clock: Clock, agent: Agent, progress: Progress
    ) -> None:
        self._archive, self._clock, self._agent = archive, clock, agent
        self._policy: Policy = policy_in_force(archive)[0]
        check_tier(wish.tier, self._policy.fixity)
        self._wish = completed(wish, self._policy.fixity)
        self._hours = Hours(self._policy.fixity)
        self._watcher = progress
        self._progress = Throttle(progress, wish.rate) if wish.rate else progress
        self._bags = self._bytes = 0
        self._states: list[State] = []
        self._findings: list[Finding] = []
        self._stopped = "done"
        self._choice: Choice | None = None
        self._failures = 0

    def checks(
        self, when_begun: Callable[[], object] = lambda: None
    ) -> Generator[Checked, None, None]:
        """Check what is due, and record each bag in log and catalogue before it is yielded.

        ``when_begun`` is called when no other run can come between any more.
        """
        begun = time.monotonic()
        with Lock(self._archive.root / LOCK, "reverify", self._clock(), _WAIT):
            rules, now = self._policy.fixity, self._clock()
            if nothing_is_open(self._archive, rules, self._wish, now):
                self._stopped = NOT_BEGUN
                self.outcome = self._outcome(time.monotonic() - begun)
                return
            when_begun()
            yield from self._checks(begun)
            self.outcome = self._outcome(time.monotonic() - begun)
            self._record()

    def plan(self) -> list[tuple[CheckRow, Depth]]:
        """Return what a run would check now, in order, and how deeply; nothing is read.

        A budget of time is taken for the bytes that the newest runs read in so long.
        """
        now, wish = self._clock(), self._wish
        with self._up_to_date(now) as catalogue:
            rate = rate_of(catalogue.plan, wish)
            if wish.max_bytes is None and wish.max_seconds is not None and rate is not None:
                wish = replace(wish, max_bytes=round(rate * wish.max_seconds))
            wanted = self._choose(catalogue, wish, now).rows
            return [(row, self._depth(row, now)) for row in wanted]

    @property
    def choice(self) -> Choice:
        """What was chosen, and what is left alone; there after :meth:`plan` or :meth:`checks`."""
        assert self._choice is not None
        return self._choice

    def _choose(self, catalogue: Catalogue, wish: Wish, now: datetime) -> Choice:
        self._choice = choose(catalogue, self._policy.fixity, wish, now)
        return self._choice

    def _up_to_date(self, now: datetime) -> Catalogue:
        return brought_up_to_date(
            self._archive, self._policy.fixity, now, afresh=True, progress=self._watcher
        )

    def _checks(self, begun: float) -> Iterator[Checked]:
        now = self._clock()
        with self._up_to_date(now) as catalogue:
            choice = self._choose(catalogue, self._wish, now)
            if choice.closed:
                self._stopped = "blackout"
            yield from self._check_all(choice.rows, begun)

    def _check_all(self, wanted: Iterator[CheckRow], begun: float) -> Iterator[Checked]:
        """Check what is ``wanted``, which is drawn as it is needed: there may be a million."""
        while batch := list(islice(wanted, _AT_ONCE)):
            if not self._bags and self._is_offline():
                return
            seals = read_seals(self._archive, (row.id for row in batch), self._clock)
            self._findings += seals.findings
            for row in batch:
                if self._bags and self._is_over(time.monotonic() - begun):
                    self._stopped = "time"
                    return
                if not self._is_closed(row):
                    with suppress(_WindowBegun):
                        if (checked := self._check(row, seals)) is None:
                            return
                        yield checked

    def _is_offline(self) -> bool:
        """Whether the whole store is away; it is a finding then, and the end of the run."""
        if (offline := offline_store(self._archive)) is None:
            return False
        self._findings.append(offline)
        self._stopped = "offline"
        return True

    def _is_closed(self, row: CheckRow) -> bool:
        """Whether a window has begun in which the bag must not be read; a named one may."""
        if self._wish.bags or self._hours.holding(str(row.tier), self._clock()) is None:
            return False
        self._stopped = "blackout"
        return True

    def _check(self, row: CheckRow, seals: Seals) -> Checked | None:
        """Check one bag and record it; ``None`` where the store went away meanwhile."""
        begun, depth = time.monotonic(), self._depth(row, self._clock())
        since = self._clock()
        notes = self._notes(row, seals, depth) if row.bytes >= WORTH_BYTES else None
        with notes or nullcontext():
            around = self._until_closed(row, notes) if notes else None
            found = self._verified(row, seals, depth, around)
            if found.state is not State.SOUND and self._is_offline():
                return None
            recorded = record_verification(
                self._archive,
                row.id,
                found,
                depth=depth,
                clock=self._clock,
                agent=self._agent,
                begun=notes.begun if notes else since,
                seconds=time.monotonic() - begun,
            )
        if notes:
            notes.done()
        self._bags += 1
        self._bytes += found.checked_bytes
        self._states.append(found.state)
        seconds = time.monotonic() - begun
        reused, device = notes.reused if notes else 0, device_of(self._archive.bag_path(row.id))
        return Checked(row.id, row.sealed_at, depth, found, seconds, recorded, reused, device)

    def _until_closed(self, row: CheckRow, notes: Notes) -> Callable[[Reader], Reader]:
        """Return a way of reading a large bag that leaves off when a window begins.

        It does so after a file, and what was read until then is noted.
        """

        def around(read: Reader) -> Reader:
            noting = notes.around(read)

            def reading(jobs: Iterator[ReadJob]) -> Iterator[ReadResult]:
                for result in noting(jobs):
                    yield result
                    if self._is_closed(row):
                        raise _WindowBegun

            return reading

        return around

    def _verified(
        self,
        row: CheckRow,
        seals: Seals,
        depth: Depth,
        around: Callable[[Reader], Reader] | None,
    ) -> BagVerification:
        """Verify one bag; that it fails is a finding, for the other bags must have their turn."""
        try:
            found = verify_held(
                self._archive,
                row.id,
                seals,
                depth=depth,
                from_medium=True,
                workers=None,
                progress=self._progress,
                around=around,
            )
            if self._policy.fixity.confirm_by_re_reading:
                found = confirmed(found, depth)
        except (_WindowBegun, EnvironmentUnusable):
            raise
        except Exception as error:
            self._failures += not row.failing
            if self._failures >= _FIRST_FAILURES:
                raise
            why = str(error) if isinstance(error, ArchiverError) else repr(error)
            return not_looked_at(str(self._archive.bag_path(row.id)), Finding("check-failed", why))
        self._failures = 0
        return found

    def _notes(self, row: CheckRow, seals: Seals, depth: Depth) -> Notes:
        """Return the notes on a large bag."""
        sealed = seals.sealed.get(row.id)
        manifest = sealed.tag_manifest_digest if sealed else ""
        place = self._archive.root / FOLDER / f"{row.id}.jsonl"
        bag = str(self._archive.bag_path(row.id))
        asked = self.choice.asked_since(row)
        return Notes(place, bag, manifest, depth.value, self._clock(), asked)

    def _depth(self, row: CheckRow, now: datetime) -> Depth:
        """Return how deeply to look: every manifest when the policy's time for it has come."""
        every = self._policy.fixity.deep_check
        last = parse_utc(row.deep_at)
        deep = every and (last + timedelta(days=days(every)) <= now or last > now + CLOCKS_DIFFER)
        return Depth.FULL if deep or row.failing else Depth.BLAKE3

    def _is_over(self, seconds: float) -> bool:
        return self._wish.max_seconds is not None and seconds >= self._wish.max_seconds

    def _outcome(self, seconds: float) -> RunOutcome:
        now = self._clock()
        with self._as_far_as_can_be(now) as catalogue:
            plan, pauses = catalogue.plan, catalogue.pauses.at(now)
            tiers = plan.totals(utc_text(now))
            due = sum(tier.overdue_bags for tier in tiers) - self._not_taken_in(catalogue, now)
            paused, _ = late_and_paused(plan, tiers, pauses, now)
            incidents = catalogue.cases.how_many_open()
        late = [State.LATE] if due > paused else []
        state = worst((*self._states, state_of(self._findings), *late))
        return RunOutcome(
            state,
            self._bags,
            self._bytes,
            seconds,
            tuple(self._findings),
            self._stopped,
            due,
            self._sample(),
            paused,
            pauses.all,
            self._hours.closed((tier.tier for tier in tiers), now),
            incidents,
        )

    def _as_far_as_can_be(self, now: datetime) -> Catalogue:
        """Return the catalogue, as it is where another run is writing it.

        That one may take hours, and what was found must be told now.
        """
        try:
            return brought_up_to_date(self._archive, self._policy.fixity, now)
        except BusyError:
            return Catalogue.open(self._archive.catalogue_url)

    def _not_taken_in(self, catalogue: Catalogue, now: datetime) -> int:
        """Return how many bags are due by the catalogue alone, for the log has their checks."""
        log = EventLog(self._archive.log, self._clock)
        beyond = log.since(known_to(catalogue))
        checked = {one.bag for one in beyond if isinstance(one, Event) and one.type == VERIFY}
        rows = (catalogue.plan.one(bag) for bag in checked if bag)
        return sum(row is not None and str(row.due_at or "~") <= utc_text(now) for row in rows)

    def _sample(self) -> Sample | None:
        if self._wish.sample is None:
            return None
        bad = sum(state is not State.SOUND for state in self._states)
        return Sample(self.choice.population, self._bags, bad)

    def _record(self) -> None:
        """Put the run itself into the log: that it ran at all is what silence is held against."""
        outcome = self.outcome
        detail = {
            "bags": outcome.bags,
            "bytes": outcome.bytes,
            "seconds": round(outcome.seconds),
            "stopped": outcome.stopped,
            "due": outcome.due,
            "paused": outcome.paused,
        }
        log = EventLog(self._archive.log, self._clock)
        log.append(
            "reverify", bag=None, outcome=outcome.state.value, detail=detail, agent=self._agent
        )
        self._as_far_as_can_be(self._clock()).close()
