"""What another policy would have said of what the archive holds, from the bags' own records.

Nothing of the payload is read: ``metadata/audio.jsonl`` and ``metadata/source.jsonl`` hold what
was known of each file when its bag was made. Descriptions beside recordings are not compared.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from archiver.archive import Archive
from archiver.audio.formats import misnamed
from archiver.catalogue import BagRow
from archiver.holdings import list_bags
from policies.codes import ADMISSION
from policies.content import ContentRules, FileFacts, judge_bag, judge_file
from policies.model import Policy
from policies.verdicts import Reason

Fate = Literal["accepted", "warned of", "refused"]

_MOST_DETAILS = 20
_ENTRY_CODES = frozenset(rule.code for rule in ADMISSION)


@dataclass(slots=True)
class Shift:
    """Files (or bags) that one policy treats in one way and the other in another, by reason.

    ``details`` counts what was found, for up to twenty different things.
    """

    code: str
    what: Literal["file", "bag"]
    before: Fate
    after: Fate
    number: int = 0
    details: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Change:
    """What changes for the collections held; ``unread`` bags could not be looked at."""

    bags: int = 0
    files: int = 0
    shifts: list[Shift] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


class _UnreadError(Exception):
    """A bag's records are missing or make no sense."""


_WORSE: Mapping[Fate, int] = {"accepted": 0, "warned of": 1, "refused": 2}
_FATES: Mapping[str, Fate] = {"in": "accepted", "warn": "warned of", "refuse": "refused"}


def change_for(archive: Archive, old: Policy, new: Policy) -> Change:
    """Judge all that is held by both policies and return what they disagree on.

    Raises what :func:`archiver.holdings.list_bags` raises.
    """
    counting = _Counting(_Judge.by(old), _Judge.by(new))
    for row in list_bags(archive):
        counting.take(row, archive.bag_path(row.id))
    shifts = counting.shifts.values()
    counting.change.shifts = sorted(shifts, key=lambda one: (-_WORSE[one.after], -one.number))
    return counting.change


@dataclass(frozen=True, slots=True)
class _Judge:
    """One policy, and what it says of files and bags as the records have them."""

    policy: Policy
    rules: ContentRules

    @classmethod
    def by(cls, policy: Policy) -> _Judge:
        return cls(policy, ContentRules.of(policy))

    def file(self, facts: FileFacts, admission: list[str]) -> dict[str, Reason]:
        """Return the reasons about one file by code; ``admission`` are those of its entry."""
        levels = self.policy.packaging.admission
        reasons = [levels.reason(code) for code in admission]
        reasons += judge_file(facts, self.rules)
        return {reason.code: reason for reason in reasons}

    def bag(self, row: BagRow) -> dict[str, Reason]:
        """Return the reasons about one bag by code."""
        reasons = list(judge_bag(row.payload_bytes, self.rules))
        if row.basis not in self.policy.rights.bases:
            reasons.append(Reason("rights-basis-not-accepted", "refuse", row.basis))
        return {reason.code: reason for reason in reasons}


@dataclass(slots=True)
class _Counting:
    """The tally over all bags."""

    old: _Judge
    new: _Judge
    change: Change = field(default_factory=Change)
    shifts: dict[tuple[str, str, Fate, Fate], Shift] = field(default_factory=dict)

    def take(self, row: BagRow, place: Path) -> None:
        """Judge one bag and its files."""
        self.change.bags += 1
        self._compare("bag", self.old.bag(row), self.new.bag(row))
        try:
            for facts, admission in _files_of(place):
                self.change.files += 1
                old, new = self.old.file(facts, admission), self.new.file(facts, admission)
                self._compare("file", old, new)
        except _UnreadError:
            self.change.unread.append(row.id)

    def _compare(
        self, what: Literal["file", "bag"], old: dict[str, Reason], new: dict[str, Reason]
    ) -> None:
        before, after = _fate(old), _fate(new)
        if before == after:
            return
        side, fate = (new, after) if _WORSE[after] > _WORSE[before] else (old, before)
        deciding = next(one for one in side.values() if _FATES[one.level] == fate)
        key = (what, deciding.code, before, after)
        shift = self.shifts.setdefault(key, Shift(deciding.code, what, before, after))
        shift.number += 1
        if deciding.detail in shift.details or len(shift.details) < _MOST_DETAILS:
            shift.details[deciding.detail] += 1


def _fate(reasons: Mapping[str, Reason]) -> Fate:
    fates = [_FATES[reason.level] for reason in reasons.values()]
    return max(fates, key=_WORSE.__getitem__, default="accepted")


def _files_of(bag: Path) -> Iterator[tuple[FileFacts, list[str]]]:
    """Yield each payload file's facts, and the admission codes it had. Raises _UnreadError."""
    sources = _lines(bag / "metadata/source.jsonl")
    entries = (line for line in sources if line.get("kind") == "file")
    try:
        for record, entry in zip(_lines(bag / "metadata/audio.jsonl"), entries, strict=True):
            path = record["path"].removeprefix("data/")
            if path != entry["path"]:
                raise _UnreadError
            words = misnamed(path.rpartition("/")[2], record["format"])
            facts = FileFacts(path, entry["size"], record["format"], words, record=record)
            yield facts, [code for code in entry.get("reasons", ()) if code in _ENTRY_CODES]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise _UnreadError from error


def _lines(place: Path) -> Iterator[dict[str, Any]]:
    try:
        with open(place, "rb") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, ValueError) as error:
        raise _UnreadError from error
