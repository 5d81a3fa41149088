"""One passage over the payload or the tag files: every file seen once, against every list."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from archiver.bagit.reading.align import Values, align
from archiver.bagit.reading.listing import Listing, Role
from archiver.bagit.reading.report import Report, finding
from archiver.bagit.reading.rules import Rules
from archiver.bagit.reading.standing import Standing, Standings
from archiver.bagit.reading.twins import Pair, pair_by_name
from archiver.bagit.reading.walk import BLIND_FILE, BLIND_FOLDER, LINK
from archiver.errors import ArchiverError
from archiver.findings import Finding
from archiver.hashing import ReadJob, ReadResult, Trouble
from archiver.tree import Tree

_TROUBLES = {
    "missing": "missing",
    "unreadable": "unreadable",
    "not-a-file": "special-file-in-bag",
    "changed-while-reading": "changed-during-verification",
}


@dataclass(slots=True)
class Tally:
    """What was seen, in files; ``listed`` is the sum of the seven counts that follow it."""

    files: int = 0
    bytes: int = 0
    listed: int = 0
    sound: int = 0
    mismatched: int = 0
    unreadable: int = 0
    missing: int = 0
    no_file: int = 0
    unchecked: int = 0
    present: int = 0
    read_bytes: int = 0
    blind_places: int = 0

    def add_up(self) -> None:
        """Raise :class:`ArchiverError` when a listed file was neither judged nor accounted for."""
        judged = self.sound + self.mismatched + self.unreadable + self.missing
        judged += self.no_file + self.unchecked + self.present
        if judged != self.listed:
            raise ArchiverError(
                f"Internal error: {self.listed:,} files are listed, {judged:,} were accounted for.",
                "Please report this with the command you gave; do not rely on this verdict.",
            )


@dataclass(slots=True)
class Passage:
    """Joins a walk with lists, hands out what to read, and judges what was read.

    ``unlisted`` is told of every file that no manifest lists, ``partly`` of every file that
    some manifests list and others do not. ``doubted`` names lists that are known to be
    damaged. With ``read`` false nothing is read: files are checked for presence only.
    """

    tree: Tree
    lists: list[Listing]
    rules: Rules
    report: Report
    section: str
    unlisted: Callable[[str], None]
    partly: Callable[[str, list[str]], None]
    doubted: frozenset[str] = frozenset()
    read: bool = True
    tally: Tally = field(default_factory=Tally)
    mismatches: list[Finding] = field(default_factory=list)
    verified: set[str] = field(default_factory=set)
    watched: frozenset[str] = frozenset()
    _blind: str | None = None
    _missing: dict[str, Values] = field(default_factory=dict)
    _spare: dict[str, int] = field(default_factory=dict)
    _standings: Standings = field(init=False)

    def jobs(self, found: Iterable[tuple[str, int]]) -> Iterator[ReadJob]:
        """Yield what is to be read; the walk's path order, then files under another spelling."""
        self._standings = Standings(self.lists)
        tally = self.tally
        for path, size, values in align(found, self.lists, self._duplicate):
            standing = self._standings.of(values)
            tally.listed += standing.listed
            if size is None:
                self._absent(path, values, standing)
                continue
            if size < 0:
                self._no_file(path, size, standing)
                continue
            tally.files += 1
            tally.bytes += size
            if not standing.listed:
                self._spare[path] = size
                continue
            if standing.lacking:
                self._partly_listed(path, standing)
            if standing.fetch is not None:
                self._compare_fetched(path, size, values[standing.fetch])
            job = self._job(path, size, values, standing)
            if job is not None:
                yield job
        yield from self._settle()

    def judge(self, result: ReadResult) -> None:
        """Compare one file's digests with what the lists say of it."""
        if result.trouble is not None:
            self._trouble(result.job.path, result.trouble)
            return
        self.tally.read_bytes += result.size
        values, standing = _token(result.job)
        for index, place in standing.compare:
            if result.digests[place].hex() != str(values[index]).lower():
                self.tally.mismatched += 1
                self._mismatch(result, values, standing)
                return
        self.tally.sound += 1
        if result.job.path in self.watched:
            self.verified.add(result.job.path)

    def _job(self, path: str, size: int, values: Values, standing: Standing) -> ReadJob | None:
        if not self.read:
            self.tally.present += 1
            return None
        if not standing.algorithms:
            self.tally.unchecked += 1
            return None
        return ReadJob(path, size, standing.algorithms, (values, standing))

    def _trouble(self, path: str, trouble: Trouble) -> None:
        code = _TROUBLES.get(trouble.code, "unreadable")
        facts = {"offset": trouble.offset, "errno": trouble.errno}
        detail = {key: value for key, value in facts.items() if value is not None}
        self.report.add(code, f"The file {trouble.message}.", path, None, **detail)
        self.tally.missing += code == "missing"
        self.tally.unreadable += code != "missing"

    def _duplicate(self, index: int, path: str, alike: bool) -> None:
        listing = self.lists[index]
        clause = f"{self.rules.clause} {self.section}"
        if listing.role is Role.FETCH:
            self.report.add("fetch-tolerated", "fetch.txt names the file twice.", path, clause)
        elif not alike:
            message = f"{listing.name} gives two digests for the file."
            self.report.add("conflicting-digests", message, path, clause)
        else:
            code = "duplicate-entry" if self.rules.modern else "duplicate-entry-tolerated"
            self.report.add(code, f"{listing.name} lists the file twice.", path, clause)

    def _absent(self, path: str, values: Values, standing: Standing) -> None:
        if not standing.listed:
            self._fetched_but_unlisted(path)
        elif self._blind is not None and path.startswith(self._blind):
            self.tally.unreadable += 1
        else:
            if standing.lacking:
                self._partly_listed(path, standing)
            self._missing[path] = values

    def _no_file(self, path: str, kind: int, standing: Standing) -> None:
        if kind in (BLIND_FOLDER, BLIND_FILE):
            self.tally.unreadable += standing.listed
            self.tally.blind_places += 1
            self._blind = path if kind == BLIND_FOLDER else self._blind
            return
        self.tally.no_file += standing.listed
        clause = f"{self.rules.clause} 2"
        if kind == LINK:
            place = " stands where a file belongs" if standing.listed else ""
            message = f"A symbolic link{place}; it was not followed."
            self.report.add("link-in-bag", message, path, clause)
        else:
            message = "A pipe, socket or device; it was not opened."
            self.report.add("special-file-in-bag", message, path, clause)

    def _partly_listed(self, path: str, standing: Standing) -> None:
        self.partly(path, list(standing.lacking))
        if standing.fetch is not None:
            self._fetched_but_unlisted(path)

    def _fetched_but_unlisted(self, path: str) -> None:
        message = "fetch.txt names the file, but not every payload manifest does."
        self.report.add("fetch-breach", message, path, f"{self.rules.clause} 2.2.3")

    def _compare_fetched(self, path: str, size: int, announced: str | None) -> None:
        length, _, _ = str(announced).partition(" ")
        if length.isdecimal() and length.lstrip("0") != str(size).lstrip("0"):
            message = f"fetch.txt announces {length[:30]} bytes; the file has {size:,}."
            clause = f"{self.rules.clause} 5.3"
            self.report.add("fetch-size-differs", message, path, clause)

    def _settle(self) -> Iterator[ReadJob]:
        """Match what is missing with what is left over; report what remains on either side."""
        for pair in pair_by_name(self._missing, self._spare, self.rules.escapes):
            self._report_pair(pair)
            values, size = self._missing.pop(pair.listed), self._spare.pop(pair.on_disk)
            job = self._job(pair.on_disk, size, values, self._standings.of(values))
            if job is not None:
                yield job
        for listing in self.lists:
            for path, line in listing.lines.undefined.items():
                self._undefined_escape(listing.name, path, line)
        for path, values in self._missing.items():
            self.tally.missing += 1
            self._report_missing(path, values)
        if not any(listing.blind for listing in self.lists):
            for path in self._spare:
                self.unlisted(path)

    def _report_pair(self, pair: Pair) -> None:
        if pair.by_escape:
            message = "The listed name holds a percent sign that was taken as it stands."
            clause = f"{self.rules.clause} 2.1.3"
            self.report.add("escape-taken-literally", message, pair.on_disk, clause)
        else:
            message = "The name is listed in another Unicode normal form than it has on disk."
            clause = f"{self.rules.clause} 6.1.1"
            self.report.add("name-form-differs", message, pair.on_disk, clause, listed=pair.listed)

    def _undefined_escape(self, name: str, path: str, line: int) -> None:
        clause = f"{self.rules.clause} 2.1.3"
        if path in self._missing:
            message = f"Line {line} holds a percent sign that stands for nothing."
            self.report.add("undefined-escape", message, name, clause, line=line)
        else:
            message = "The listed name holds a percent sign that was taken as it stands."
            self.report.add("escape-taken-literally", message, path, clause, line=line)

    def _report_missing(self, path: str, values: Values) -> None:
        clause = f"{self.rules.clause} 3"
        if self._is_folder(path):
            message = "A manifest lists a folder; only files may be listed."
            self.report.add("lists-a-folder", message, path, f"{self.rules.clause} {self.section}")
            return
        fetch = self._standings.of(values).fetch
        if fetch is None:
            self.report.add("missing", "The file is listed but not in the bag.", path, clause)
        else:
            message = "The file is yet to be fetched from elsewhere; fetch.txt says where."
            _, _, url = str(values[fetch]).partition(" ")
            self.report.add("missing", message, path, clause, url=url)

    def _is_folder(self, path: str) -> bool:
        above, _, name = path.rpartition("/")
        try:
            facts = os.stat(name, dir_fd=self.tree.folder(above), follow_symlinks=False)
        except OSError:
            return False
        return stat.S_ISDIR(facts.st_mode)

    def _mismatch(self, result: ReadResult, values: Values, standing: Standing) -> None:
        """Say which lists the file contradicts, and whether that speaks against it or them."""
        path = result.job.path
        agree: list[str] = []
        differ: list[tuple[Listing, int, int]] = []
        for index, place in standing.compare:
            listing = self.lists[index]
            if result.digests[place].hex() == str(values[index]).lower():
                agree.append(listing.name)
            else:
                differ.append((listing, index, place))
        listing, index, place = differ[0]
        detail: dict[str, object] = {
            "expected": str(values[index]).lower(),
            "found": result.digests[place].hex(),
            "algorithm": standing.algorithms[place],
            "list": listing.name,
        }
        names = ", ".join(listing.name for listing, _, _ in differ)
        clause = f"{self.rules.clause} 3"
        if agree:
            message = f"{agree[0]} confirms the file, {names} contradicts it."
            self.report.add("manifests-disagree", message, path, clause, **detail)
        elif all(listing.name in self.doubted for listing, _, _ in differ):
            message = f"The file is not what {names} says, which is itself damaged."
            self.report.add("mismatch-by-damaged-manifest", message, path, clause, **detail)
        else:
            message = f"The bytes are not those recorded in {names}."
            self.mismatches.append(finding("mismatch", message, path, clause, detail))


def _token(job: ReadJob) -> tuple[Values, Standing]:
    assert isinstance(job.token, tuple)  # put there by Passage._job
    values, standing = job.token
    return values, standing
