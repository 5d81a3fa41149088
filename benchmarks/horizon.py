"""What asking how re-verification stands costs when the catalogue knows a million bags.

The rows are synthetic; nothing lies behind them. Whole commands are measured, start-up included.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from archiver.archive import Archive, open_archive
from archiver.catalogue import Catalogue
from archiver.clock import system_clock, utc_text
from archiver.events import EventLog
from archiver.events.event import Agent, event_line, line_digest
from archiver.events.head import Head, write_head
from archiver.rebuild import catch_up
from benchmarks.contestants import archiver
from benchmarks.measure import Cost, alternate, own_peak, run
from benchmarks.tables import Aim, Row, Table, rows_of

_FEW = 10_000
_EVENTS = 100_000
_AT_ONCE = 10_000
_PERIOD_DAYS, _TAPE_DAYS = 86, 350  # of the built-in policy, less jitter: few are overdue
_SAID = (0, 6)  # 6: something is overdue, which is so here
_HELP = "archiver --help"
_FIRST = "due for the first time"
_RUNS = 30
_WHO = Agent("benchmark", "1")
_BAG = """
    INSERT INTO bag (key, id, sealed_at, payload_files, payload_bytes, payload_digest,
    tag_manifest_digest, policy_digest, basis, source_name, last_verified_at, last_verdict)
    VALUES (:key, :id, :sealed_at, :files, :bytes, :digest, :digests, 'p', 'b', 's', :checked_at,
    'valid')"""
_SCHEDULE = """
    INSERT INTO schedule (bag, checked_at, deep_at, failing, files, bytes)
    VALUES (:key, :checked_at, :checked_at, :failing, :files, :bytes)"""
_TALLY = """
    INSERT INTO tally SELECT '', '', '', count(*), sum(files), sum(bytes), sum(failing)
    FROM schedule"""


def horizon(bags: int, place: Path, rounds: int) -> Table:
    """Measure ``due`` and ``status`` over so many bags, and over few, as whole commands."""
    first: list[Row] = []
    contest: dict[str, Callable[[], Cost]] = {_HELP: lambda: run(archiver("--help"))}
    peaks = {_HELP: own_peak(archiver("--help"))}
    with ExitStack() as stack:
        for many in (_FEW, bags):
            archive = place / f"horizon-{many}"
            stack.callback(shutil.rmtree, archive, ignore_errors=True)
            run(archiver("init", archive))
            fill(open_archive(archive), many)
            cost = run(_command("due", archive), endings=_SAID)
            first.append(
                Row(f"{_FIRST}, {many:,} bags", cost.wall, cost.cpu, cost.peak, (cost.wall,))
            )
            for words in ("due", "status", "reverify --dry-run --max-bytes 1TB"):
                name, command = f"{words}, {many:,} bags", _command(words, archive)
                contest[name] = partial(run, command, endings=_SAID)
                peaks[name] = own_peak(command)
        costs = rows_of(alternate(contest, rounds))
        rows = tuple(replace(row, peak=peaks[row.name]) for row in costs)
        recording = tuple(_recording(place))
    return Table(
        "horizon",
        f"a catalogue of {bags:,} bags, and one of {_FEW:,}",
        (*first, *rows, *recording),
        _aims({row.name: row for row in rows}, bags),
    )


def _aims(of: dict[str, Row], bags: int) -> tuple[Aim, ...]:
    aims = []
    for words in ("due", "status"):
        many, few = of[f"{words}, {bags:,} bags"], of[f"{words}, {_FEW:,} bags"]
        aims += [
            Aim(f"{words}, {bags:,} bags", many.wall, 1.0, " s"),
            Aim(f"{words}: {bags:,} / {_FEW:,} bags (CPU)", many.cpu / few.cpu, 1.5),
            Aim(f"{words} / {_HELP} (CPU)", many.cpu / of[_HELP].cpu, 12),
            Aim(f"{words}: growth of memory", (many.peak - few.peak) / 1e6, 20.0, " MB"),
        ]
    return tuple(aims)


def _command(words: str, archive: Path) -> list[str]:
    return archiver(*words.split(), "--archive", archive, "--json")


def fill(archive: Archive, bags: int, now: datetime | None = None) -> None:
    """Put so many made-up bags, and some runs, into the catalogue of a new archive, all at once.

    One bag in ten is on a tier "tape", one in ten thousand is failing.
    They were checked on days spread over the last period, and some of them are overdue.
    """
    now, dice = now or datetime.now(UTC), random.Random(1)
    with open(archive.policy_path, "a", encoding="utf-8") as policy:
        policy.write('\n[fixity.tiers]\ntape = ["tape-*"]\n')
    with closing(sqlite3.connect(archive.catalogue_path)) as database, database:
        database.execute("PRAGMA synchronous=OFF")
        for key in range(1, bags + 1, _AT_ONCE):
            last = min(key + _AT_ONCE, bags + 1)
            rows = [_made(dice, number, now) for number in range(key, last)]
            database.executemany(_BAG, rows)
            database.executemany(_SCHEDULE, rows)
        database.execute(_TALLY)
        night = [(seq, utc_text(now), 100, 2 * 10**12, 8 * 3600) for seq in range(1, _RUNS + 1)]
        database.executemany("INSERT INTO run VALUES (?, ?, 'sound', ?, ?, ?)", night)


def _made(dice: random.Random, number: int, now: datetime) -> dict[str, object]:
    on_tape = number % 10 == 0
    period = _TAPE_DAYS if on_tape else _PERIOD_DAYS
    digest = number.to_bytes(32, "big")
    return {
        "key": number,
        "id": f"{'tape' if on_tape else 'bag'}-{number:09d}",
        "sealed_at": utc_text(now - timedelta(days=400 + number % 1000)),
        "checked_at": utc_text(now - timedelta(days=dice.random() * period)),
        "files": 1 + number % 30,
        "bytes": int(dice.lognormvariate(18, 1)),
        "digest": digest,
        "digests": digest * 2,
        "failing": int(number % 10_000 == 0),
    }


def _recording(place: Path) -> Iterator[Row]:
    """Measure taking one check into the catalogue, with a short log and with a long one."""
    for events in (100, _EVENTS):
        folder = place / f"horizon-log-{events}"
        try:
            run(archiver("init", folder))
            archive = open_archive(folder)
            _lengthen(archive, events)
            yield _one_check(archive, events)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _one_check(archive: Archive, events: int) -> Row:
    log = EventLog(archive.log, system_clock)
    log.append("verify", bag="bag", outcome="valid", detail={"state": "sound"}, agent=_WHO)
    with Catalogue.open(archive.catalogue_url, writing=True) as catalogue:
        wall, cpu = time.perf_counter(), time.process_time()
        assert catch_up(archive, catalogue) == ()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        last = catalogue.last_event()
    assert last is not None and last.seq == events + 1
    return Row(f"taking in one check, a log of {events:,} events", wall, cpu, 0, (wall,))


def _lengthen(archive: Archive, events: int) -> None:
    """Make the log so long, and let the catalogue know its last line."""
    head, now = EventLog(archive.log, system_clock).head(), utc_text(datetime.now(UTC))
    with open(archive.log / "000001.jsonl", "ab") as file:
        for seq in range(head.seq + 1, events + 1):
            line = event_line(
                seq=seq, prev=head.digest, time=now, type="verify", bag=f"bag-{seq}",
                outcome="valid", detail={"depth": "blake3", "state": "sound"}, agent=_WHO,
            )  # fmt: skip
            file.write(line + b"\n")
            head = Head(seq, line_digest(line))
    write_head(archive.log, head)
    known = (head.seq, now, "verify", f"bag-{head.seq}", "valid", bytes.fromhex(head.digest))
    with closing(sqlite3.connect(archive.catalogue_path)) as database, database:
        database.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)", known)
