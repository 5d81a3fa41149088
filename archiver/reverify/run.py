"""One run: choose what is due, read it, record each bag when it is done."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice, takewhile

from archiver.archive import Archive
from archiver.archive.policy import policy_in_force
from archiver.catalogue import Catalogue
from archiver.catalogue.plan import Plan
from archiver.catalogue.rows import CheckRow
from archiver.clock import Clock, parse_utc, utc_text
from archiver.durable import Lock
from archiver.errors import UsageError
from archiver.events import Agent, EventLog
from archiver.findings import Finding, state_of
from archiver.progress import Progress
from archiver.reverify.confirm import confirmed
from archiver.reverify.drawing import drawn_from
from archiver.reverify.due_dates import history_of
from archiver.reverify.outlook import RUNS, brought_up_to_date, measured_rate
from archiver.reverify.resume import FOLDER, WORTH_BYTES, Notes
from archiver.reverify.throttle import Throttle
from archiver.state import State, worst
from archiver.verify import BagVerification, Depth, Reader
from archiver.verify_held import Seals, read_seals, record_verification, verify_held
from policies.cadence import History
from policies.choice import chosen
from policies.model import Policy
from policies.quantities import days, minutes, size_in_bytes
from policies.sampling import Sample

LOCK = ".reverify.lock"
_AT_ONCE = 1_000  # bags whose seals are looked up in one reading of the log
_WAIT = 0.5  # seconds: `watch` looks at the lock for a moment, which must not cost a night
_RETRY = timedelta(hours=12)  # a failing bag is read again by the next night's run


@dataclass(frozen=True, slots=True)
class Wish:
    """What a run was asked to do.

    ``bags`` names bags outright; ``everything`` takes all of them, due or not. ``max_seconds``
    and ``max_bytes`` end the run, ``rate`` (bytes a second) slows it; ``None`` leaves it to the
    policy. ``sample`` takes so many bags, drawn at random.
    """

    bags: tuple[str, ...] = ()
    tier: str | None = None
    everything: bool = False
    max_seconds: float | None = None
    max_bytes: int | None = None
    rate: float | None = None
    sample: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """One bag that was checked. ``resumed``: files that an interrupted run had read already."""

    bag: str
    sealed: str
    depth: Depth
    found: BagVerification
    seconds: float
    recorded: bool
    resumed: int = 0


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run came to. ``stopped`` says in a word why it ended: done, time, offline.

    ``due`` counts the bags that are still due; ``sample`` is there when one was asked for.
    """

    state: State
    bags: int
    bytes: int
    seconds: float
    findings: tuple[Finding, ...]
    stopped: str
    due: int
    sample: Sample | None = None


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
        self._wish = _completed(wish, self._policy)
        self._progress = Throttle(progress, wish.rate) if wish.rate else progress
        self._bags = self._bytes = 0
        self._states: list[State] = []
        self._findings: list[Finding] = []
        self._stopped = "done"
        self._population = 0  # bags of which a sample was drawn

    def checks(
        self, when_begun: Callable[[], object] = lambda: None
    ) -> Generator[Checked, None, None]:
        """Check what is due, and record each bag in log and catalogue before it is yielded.

        ``when_begun`` is called when no other run can come between any more.
        """
        begun = time.monotonic()
        with Lock(self._archive.root / LOCK, "reverify", self._clock(), _WAIT):
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
            rate = measured_rate(catalogue.plan.runs(RUNS))
            if wish.max_bytes is None and wish.max_seconds is not None and rate is not None:
                wish = replace(wish, max_bytes=round(rate * wish.max_seconds))
            wanted = self._chosen(catalogue.plan, wish, now)
            return [(row, self._depth(row, now)) for row in wanted]

    def _checks(self, begun: float) -> Iterator[Checked]:
        now = self._clock()
        with self._up_to_date(now) as catalogue:
            yield from self._check_all(self._chosen(catalogue.plan, self._wish, now), begun)

    def _check_all(self, wanted: Iterator[CheckRow], begun: float) -> Iterator[Checked]:
        """Check what is ``wanted``, which is drawn as it is needed: there may be a million."""
        while batch := list(islice(wanted, _AT_ONCE)):
            if not self._bags and (offline := _offline(self._archive)):
                self._findings.append(offline)
                self._stopped = "offline"
                return
            seals = read_seals(self._archive, (row.id for row in batch), self._clock)
            self._findings += seals.findings
            for row in batch:
                if self._bags and self._is_over(time.monotonic() - begun):
                    self._stopped = "time"
                    return
                yield self._check(row, seals)

    def _check(self, row: CheckRow, seals: Seals) -> Checked:
        begun, depth = time.monotonic(), self._depth(row, self._clock())
        notes = self._notes(row, seals, depth) if row.bytes >= WORTH_BYTES else None
        with notes or nullcontext():
            found = self._verified(row, seals, depth, notes.around if notes else None)
            recorded = record_verification(
                self._archive,
                row.id,
                found,
                depth=depth,
                clock=self._clock,
                agent=self._agent,
                seconds=time.monotonic() - begun,
            )
        if notes:
            notes.done()
        self._bags += 1
        self._bytes += found.checked_bytes
        self._states.append(found.state)
        seconds = time.monotonic() - begun
        return Checked(
            row.id, row.sealed_at, depth, found, seconds, recorded, notes.reused if notes else 0
        )

    def _verified(
        self,
        row: CheckRow,
        seals: Seals,
        depth: Depth,
        around: Callable[[Reader], Reader] | None,
    ) -> BagVerification:
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
        return found

    def _notes(self, row: CheckRow, seals: Seals, depth: Depth) -> Notes:
        """Return the notes on a large bag."""
        sealed = seals.sealed.get(row.id)
        manifest = sealed.tag_manifest_digest if sealed else ""
        place = self._archive.root / FOLDER / f"{row.id}.jsonl"
        bag = str(self._archive.bag_path(row.id))
        return Notes(place, bag, manifest, depth.value, self._clock())

    def _up_to_date(self, now: datetime) -> Catalogue:
        return brought_up_to_date(self._archive, self._policy.fixity, now, afresh=True)

    def _chosen(self, plan: Plan, wish: Wish, now: datetime) -> Iterator[CheckRow]:
        if wish.bags:
            return iter([_known(plan, name) for name in wish.bags])
        if wish.sample is not None:
            drawn, self._population = drawn_from(plan.all(wish.tier), wish.sample)
            return iter(drawn)
        if wish.everything:
            return iter(list(plan.all(wish.tier)))  # a bag that was checked is due later
        return _within_budget(plan, wish, now)

    def _depth(self, row: CheckRow, now: datetime) -> Depth:
        """Return how deeply to look: every manifest when the policy's time for it has come."""
        every = self._policy.fixity.deep_check
        deep = every and parse_utc(row.deep_at) + timedelta(days=days(every)) <= now
        return Depth.FULL if deep or row.failing else Depth.BLAKE3

    def _is_over(self, seconds: float) -> bool:
        return self._wish.max_seconds is not None and seconds >= self._wish.max_seconds

    def _outcome(self, seconds: float) -> RunOutcome:
        now = utc_text(self._clock())
        with brought_up_to_date(self._archive, self._policy.fixity, self._clock()) as catalogue:
            due = sum(tier.overdue_bags for tier in catalogue.plan.totals(now))
        state = worst((*self._states, state_of(self._findings), *([State.LATE] if due else [])))
        return RunOutcome(
            state,
            self._bags,
            self._bytes,
            seconds,
            tuple(self._findings),
            self._stopped,
            due,
            self._sample(),
        )

    def _sample(self) -> Sample | None:
        if self._wish.sample is None:
            return None
        bad = sum(state is not State.SOUND for state in self._states)
        return Sample(self._population, self._bags, bad)

    def _record(self) -> None:
        """Put the run itself into the log: that it ran at all is what silence is held against."""
        outcome = self.outcome
        detail = {
            "bags": outcome.bags,
            "bytes": outcome.bytes,
            "seconds": round(outcome.seconds),
            "stopped": outcome.stopped,
            "due": outcome.due,
        }
        log = EventLog(self._archive.log, self._clock)
        log.append(
            "reverify", bag=None, outcome=outcome.state.value, detail=detail, agent=self._agent
        )
        with brought_up_to_date(self._archive, self._policy.fixity, self._clock()):
            pass


def _completed(wish: Wish, policy: Policy) -> Wish:
    """Return the wish with the policy's budget where nothing was said."""
    fixity = policy.fixity
    seconds, n_bytes = wish.max_seconds, wish.max_bytes
    if seconds is None and fixity.budget_time:
        seconds = 60.0 * minutes(fixity.budget_time)
    if n_bytes is None and fixity.budget_size:
        n_bytes = size_in_bytes(fixity.budget_size)
    return replace(wish, max_seconds=seconds, max_bytes=n_bytes)


def _known(plan: Plan, bag_id: str) -> CheckRow:
    row = plan.one(bag_id)
    if row is None:
        raise UsageError(
            f"the archive holds no bag {bag_id!r}", "`archiver list` shows what it holds."
        )
    return row


def _within_budget(plan: Plan, wish: Wish, now: datetime) -> Iterator[CheckRow]:
    """Yield what the policies choose out of the schedule.

    May be drawn while bags are checked: one that was is not open any more.
    """
    rows: dict[str, CheckRow] = {}

    def histories(source: Iterator[CheckRow]) -> Iterator[History]:
        for row in source:
            rows[row.id] = row
            yield history_of(row)

    moment = utc_text(now)
    failing = plan.failing(utc_text(now - _RETRY), wish.tier)
    waiting = plan.waiting(moment, wish.tier)
    if wish.max_bytes is None and wish.max_seconds is None:  # no budget, so none is left over
        waiting = takewhile(lambda row: str(row.due_at) <= moment, waiting)
    for history in chosen(histories(failing), histories(waiting), wish.max_bytes):
        yield rows.pop(history.bag)


def _offline(archive: Archive) -> Finding | None:
    """Say when the whole store is away: that is one thing to mend, not ten thousand."""
    try:
        with os.scandir(archive.bags) as shards:
            if any(True for _ in shards):
                return None
    except OSError as error:
        return Finding("store-offline", f"{archive.bags} cannot be read: {error.strerror}", "bags")
    return Finding("store-offline", f"{archive.bags} is empty", "bags")
