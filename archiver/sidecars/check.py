"""Finding and checking the fixity information that a collection brings along."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, TypeVar

from archiver.canonical import canonical
from archiver.closing import Closing
from archiver.findings import Finding
from archiver.hashing import KNOWN, ReadJob, ReadResult, read_all
from archiver.hashing.jobs import trouble_opening, trouble_reading
from archiver.hashing.tracks import TRACK_DIGESTS
from archiver.progress import Progress
from archiver.sidecars.decoded import Decoder, facts_of_decoding
from archiver.sidecars.judging import judge
from archiver.sidecars.ledger import Fact, Known, Ledger, Needed
from archiver.sidecars.model import WHOLE_FILE, Assertion, Parsed, Result
from archiver.sidecars.names import places, with_suffixes
from archiver.sidecars.parsing import parse_sidecar
from archiver.sidecars.recognise import LOSSLESS_SUFFIXES, Kind, is_audio, recognise
from archiver.sidecars.report import findings_of, findings_of_parsing
from archiver.sidecars.sound import NEEDS_DECODER
from archiver.sidecars.text import MAX_BYTES
from archiver.sidecars.witness import hear_all
from archiver.tree import Tree

_T = TypeVar("_T")

_BATCH = 1_000
_PIECE = 1 << 20
# What is said of a ripped track may be found again in what the track was converted to.
_OUTLIVES_CONVERSION = frozenset(("exists", "st5", *TRACK_DIGESTS))
# A digest says more of a file than where it once was. (A playlist says nothing but that.)
_FOLLOWED = WHOLE_FILE | {"ffp", "st5"}
_IN_BAG = ("sidecar", "path", "renamed_to")


@dataclass(frozen=True, slots=True)
class PriorFixity(Closing):
    """What came of it. Holds its records outside memory until it is closed.

    ``findings`` have paths relative to the payload; one of severity REFUSAL is a mismatch.
    ``counts`` says how many records have each result; ``files_read`` and ``bytes_read`` what
    had to be read once more (of FLAC headers alone nothing to speak of, but counted in full).
    """

    findings: tuple[Finding, ...]
    counts: Mapping[str, int]
    sidecars: int
    files_read: int
    bytes_read: int
    _ledger: Ledger

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield one JSON-ready record an assertion, sidecar by sidecar; then the uncovered."""
        yield from self._ledger.settled(unremarkable=True)

    def lines(self, accepted: str | None = None) -> Iterator[bytes]:
        """Yield the lines of ``metadata/prior-fixity.jsonl``; paths as they are in the bag.

        ``accepted`` is the reason for which the mismatches were accepted, and stands with each.
        """
        for record in self.records():
            in_bag = {key: f"data/{record[key]}" for key in _IN_BAG if key in record}
            if accepted is not None and record["result"] == Result.MISMATCH:
                in_bag["accepted"] = accepted
            yield canonical(record | in_bag) + b"\n"

    def close(self) -> None:
        """Let the records go."""
        self._ledger.close()


def check_prior_fixity(
    payload: Tree,
    entries: Iterable[Known],
    progress: Progress,
    workers: int,
    decoder: Decoder | None = None,
) -> PriorFixity:
    """Find the sidecars among ``entries``, check what they assert, and say what came of it.

    ``payload`` is the folder the paths are relative to; ``entries`` are all its files, each with
    its size in bytes and the digests (raw bytes, by BagIt algorithm name) known of it. Digests
    that are known are not computed again; a file of which another is needed is read once more,
    for all that is needed, ``workers`` files at a time. Nothing outside ``entries`` is opened.
    ``decoder`` decodes what has to be for its samples to be known; without one, what a FLAC header
    states has to do, or the assertion is unverifiable.

    Memory: besides the largest sidecar (32 MiB, some 200,000 lines) everything is held in a
    temporary database on disk, about 400 bytes an assertion. Trouble with a file is a finding.
    """
    ledger = Ledger()
    try:
        return _Check(payload, ledger, progress, workers, decoder).run(entries)
    except BaseException:
        ledger.close()
        raise


class _Check:
    def __init__(
        self,
        payload: Tree,
        ledger: Ledger,
        progress: Progress,
        workers: int,
        decoder: Decoder | None,
    ) -> None:
        self._decoder = decoder
        self._payload = payload
        self._ledger = ledger
        self._progress = progress
        self._workers = workers
        self._findings: list[Finding] = []

    def run(self, entries: Iterable[Known]) -> PriorFixity:
        sidecars: list[tuple[str, int, Kind]] = []
        self._ledger.add_files(_noting_sidecars(entries, sidecars))
        files = n_bytes = 0
        if sidecars:
            self._ledger.prepare_lookups()
            for path, size, kind in sidecars:
                self._parse(path, size, kind)
            self._ledger.work_out_needs()
            files, n_bytes = self._ledger.needed()
            self._progress.begin("checking the collection's own digests", n_bytes, files)
            self._read()
            self._progress.end()
            self._decode()
            self._judge()
        findings = (*self._findings, *findings_of(self._ledger.settled(unremarkable=False)))
        counts = self._ledger.counts()
        return PriorFixity(findings, counts, len(sidecars), files, n_bytes, self._ledger)

    def _parse(self, path: str, size: int, kind: Kind) -> None:
        parsed = self._parsed(path, size, kind)
        self._findings += findings_of_parsing(path, parsed)
        self._ledger.add_claims(self._with_targets(parsed.assertions))

    def _parsed(self, path: str, size: int, kind: Kind) -> Parsed:
        if size > MAX_BYTES:
            if kind is Kind.RIP_LOG:
                return Parsed()  # some other program's log
            return Parsed(problem=f"longer than {MAX_BYTES:,} bytes")
        try:
            return parse_sidecar(path, kind, self._content(path))
        except _UnreadError as error:
            self._findings.append(Finding("prior-unread", str(error), path))
            return Parsed()

    def _content(self, path: str) -> bytes:
        try:
            fd = self._payload.open_file(path)
        except (OSError, ValueError) as error:
            raise _UnreadError(trouble_opening(error).message) from error
        data = bytearray()
        try:
            while len(data) <= MAX_BYTES and (piece := os.read(fd, _PIECE)):
                data += piece
        except OSError as error:
            raise _UnreadError(trouble_reading(error, len(data)).message) from error
        finally:
            os.close(fd)
        return bytes(data)

    def _with_targets(
        self, assertions: Iterable[Assertion]
    ) -> Iterator[tuple[Assertion, int | None, str | None]]:
        """Yield each assertion with the file it is about and what that is called now."""
        before: tuple[str, bool] | None = None
        target: tuple[int | None, str | None, str | None] = (None, None, None)
        for one in assertions:
            lenient = one.algorithm in _OUTLIVES_CONVERSION
            if (one.name, lenient) != before:  # lists often say several things of a file
                before, target = (one.name, lenient), self._target(one, lenient)
            file, other, reason = target
            yield (_with_reason(one, reason), file, other)

    def _target(self, one: Assertion, lenient: bool) -> tuple[int | None, str | None, str | None]:
        follow = one.algorithm in _FOLLOWED
        candidates, reason = places(one.sidecar, one.name, follow=follow)
        for place in candidates:
            if found := self._ledger.find(place):
                return found[0], None, None
        for place in candidates if lenient else ():
            for other in with_suffixes(place, LOSSLESS_SUFFIXES) if is_audio(place) else ():
                if found := self._ledger.find(other):
                    return found[0], found[1], None
        return None, None, reason

    def _read(self) -> None:
        """Read what must be: by the engine where it has all algorithms, else by our own ears."""
        algorithms = tuple(KNOWN)
        needs = self._ledger.needs(engine_only=True, algorithms=algorithms)
        jobs = (ReadJob(one.path, one.size, one.algorithms, one) for one in needs)
        results = read_all(
            self._payload, jobs, workers=self._workers, from_medium=False, progress=self._progress
        )
        for lot in _lots(results):
            self._ledger.add_facts([fact for done in lot for fact in _facts_of(done)])
            for done in lot:
                if done.trouble is not None:
                    self._unread(done.job.path, done.trouble.message)
        needs = self._ledger.needs(engine_only=False, algorithms=algorithms)
        heard = hear_all(self._payload, needs, self._workers, self._progress)
        for group in _lots(heard):
            self._ledger.add_facts([fact for one in group for fact in one.facts])
            for one in group:
                if one.trouble is not None:
                    self._unread(one.needed.path, one.trouble)

    def _decode(self) -> None:
        """Have decoded what only decoding can tell; what did not come of it stays as it was."""
        if self._decoder is None:
            return
        self._progress.begin("decoding what lists and logs assert", None, None)
        needs = list(self._ledger.undecoded(NEEDS_DECODER))
        for needed, heard in self._decoder.hear(iter(needs)):
            self._ledger.add_facts(facts_of_decoding(needed, heard))
            self._progress.advance(0, 1)
        self._progress.end()

    def _unread(self, path: str, message: str) -> None:
        self._findings.append(Finding("prior-unread", message, path))

    def _judge(self) -> None:
        settled = ((judge(one, self._ledger.with_digest), one.id) for one in self._ledger.claims())
        for lot in _lots(settled):
            self._ledger.settle((*judgement, number) for judgement, number in lot)
        self._ledger.add_not_covered()


class _UnreadError(Exception):
    """A sidecar could not be read; the message says why."""


def _noting_sidecars(
    entries: Iterable[Known], sidecars: list[tuple[str, int, Kind]]
) -> Iterator[Known]:
    for entry in entries:
        kind = recognise(entry[0])
        if kind is not None:
            sidecars.append((entry[0], entry[1], kind))
        yield entry


def _with_reason(one: Assertion, reason: str | None) -> Assertion:
    return one if reason is None or one.reason is not None else replace(one, reason=reason)


def _facts_of(done: ReadResult) -> Iterator[Fact]:
    needed = done.job.token
    assert isinstance(needed, Needed)
    if done.trouble is not None:
        for name in done.job.algorithms:
            yield Fact(needed.file, name, None, reason=done.trouble.message)
    for name, digest in zip(done.job.algorithms, done.digests, strict=False):
        yield Fact(needed.file, name, digest.hex())


def _lots(things: Iterable[_T]) -> Iterator[list[_T]]:
    """Cut into lots worth a transaction."""
    waiting = iter(things)
    while lot := list(islice(waiting, _BATCH)):
        yield lot
