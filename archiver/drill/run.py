"""One drill: every harm in its turn, the whole chain after each, and what was heard of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from archiver.archive import Archive
from archiver.catalogue import Catalogue
from archiver.clock import Clock
from archiver.drill.harms import Copy, Done, Harm, NotTriedError, done
from archiver.errors import BusyError
from archiver.events import Agent, Event, EventLog
from archiver.rebuild import catch_up, require_known_log
from archiver.state import State, worst

FIRED, MISSED, NOT_TRIED = "fired", "missed", "not-tried"


@dataclass(frozen=True, slots=True)
class Heard:
    """What a run of the chain came to: its exit code, its JSON records, its standard error."""

    exit: int
    records: tuple[Mapping[str, Any], ...]
    said: str = ""

    def of(self, kind: str) -> list[Mapping[str, Any]]:
        """Return the records of one type."""
        return [record for record in self.records if record.get("type") == kind]


Chain = Callable[[Archive, str, Sequence[str]], Heard]
"""Runs the real command on a bag of an archive, with words put before it."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was heard of one harm.

    ``outcome``: ``fired`` (all as expected), ``missed`` (``amiss`` says what was not), or
    ``not-tried`` (``amiss`` says why). ``told`` names the ways on which it was told, ``untold``
    those on which that failed.
    """

    harm: Harm
    outcome: str
    paths: tuple[str, ...] = ()
    verdict: str | None = None
    codes: tuple[str, ...] = ()
    exit: int | None = None
    told: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    amiss: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        """UNSOUND for what was missed: the chain does not do what is relied on."""
        return {FIRED: State.SOUND, MISSED: State.UNSOUND}.get(self.outcome, State.INCOMPLETE)


def try_each(
    made: Archive,
    copy: Copy,
    harms: Sequence[Harm],
    ways: Callable[[State], Sequence[str]],
    chain: Chain,
    code_of: Callable[[State], int],
) -> Iterator[Result]:
    """Do each harm to the copy in the sandbox ``made``, run the chain, and undo it.

    ``ways`` gives those by which an ending must be told, ``code_of`` its exit code.
    Raises ``OSError`` when the sandbox cannot be worked on.
    """
    for harm in harms:
        try:
            with done(harm, copy) as what:
                heard = chain(made, copy.bag.name, what.started_with)
        except NotTriedError as why:
            yield Result(harm, NOT_TRIED, amiss=(str(why),))
            continue
        yield judged(harm, what, heard, ways(harm.state), code_of(harm.state))


def judged(harm: Harm, what: Done, heard: Heard, ways: Sequence[str], code: int) -> Result:
    """Return what was heard of a harm, held against what must be."""
    findings = [one for one in heard.of("finding") if one.get("code") != "not-told"]
    named = [str(one.get("path")) for one in findings if one.get("code") == harm.code]
    told = tuple(str(way) for one in heard.of("told") for way in one["ways"])
    untold = tuple(way for way in ways if way not in told)
    amiss = [f"{path} was not found {harm.code}" for path in what.paths if path not in named]
    if harm.state is State.INCOMPLETE and len(findings) > len(what.paths):
        amiss.append(f"{len(findings):,} findings for one thing")
    if harm.code is None and findings:
        amiss.append(f"an alarm about nothing: {findings[0].get('code')}")
    reported = [one.get("state") for one in heard.of("run")]
    if reported != [harm.state.value]:
        ending = reported[0] if reported else "nothing: " + heard.said.strip()[-200:]
        amiss.append(f"the report says {ending}, not {harm.state.value}")
    if heard.exit != code:
        amiss.append(f"exit code {heard.exit}, not {code}")
    amiss += [f"not told by {way}" for way in untold]
    verdict = next((str(one.get("verdict")) for one in heard.of("checked")), None)
    return Result(
        harm,
        MISSED if amiss else FIRED,
        what.paths,
        verdict,
        tuple(dict.fromkeys(str(one.get("code")) for one in findings)),
        heard.exit,
        told,
        untold,
        tuple(amiss),
    )


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill that was held on a copy of ``bag``; ``ways`` are those by which was told.

    ``part`` says that part of it was left out on purpose: some harms, or telling.
    """

    bag: str
    results: tuple[Result, ...]
    ways: tuple[str, ...]
    part: bool
    seconds: float

    @property
    def state(self) -> State:
        """UNSOUND when anything was missed, INCOMPLETE when not tried or nobody could be told."""
        silent = not self.ways and not self.part
        results = [result.state for result in self.results]
        return worst((*results, State.INCOMPLETE if silent else State.SOUND))

    @property
    def outcome(self) -> str:
        """The word for it in the log: ``passed``, ``partial``, ``failed`` or ``incomplete``."""
        passed = "partial" if self.part else "passed"
        return {State.SOUND: passed, State.UNSOUND: "failed"}.get(self.state, "incomplete")


def record(archive: Archive, drill: Drill, clock: Clock, agent: Agent) -> Event:
    """Add the event "drill" to the real archive's log, then to its catalogue.

    Raises what appending to the log raises.
    """
    detail = {
        "bag": drill.bag,
        "harms": {one.harm.name: one.outcome for one in drill.results},
        "channels": list(drill.ways),
        "seconds": round(drill.seconds),
    }
    require_known_log(archive)
    event = EventLog(archive.log, clock).append(
        "drill", bag=None, outcome=drill.outcome, detail=detail, agent=agent
    )
    with (
        suppress(BusyError),  # whoever holds the archive takes the event in
        archive.writer_lock("drill", clock()),
        Catalogue.open(archive.catalogue_url, writing=True) as catalogue,
    ):
        catch_up(archive, catalogue)
    return event
