"""Whether a bag may be handed over: its own statements of rights, asked for every file."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import msgspec

from archiver.catalogue.records import AUDIO, DIGESTS, Ordered, digests, in_order, open_bag
from archiver.described.files import lines
from archiver.findings import Code, Severity, register
from archiver.packaging.outcome import Remark
from archiver.rights.bag import RIGHTS, read_bag_rights
from archiver.rights.embedded import claims_in, isrcs_in, pictures_in
from policies.rights.claims import personal_fields
from policies.rights.commands import Circumstances, judge_command
from policies.rights.decide import Answer, Question
from policies.rights.layers import layers_of
from policies.rights.matching import Matcher
from policies.rights.model import RightsBook
from policies.rights.territories import WORLD
from policies.rights.words import GIVING, Audience, Layer

register(
    Code(
        "rights-not-recorded",
        Severity.WARNING,
        "The bag holds no statement of rights that this program knows, so nobody was asked.",
        "See for yourself that it may be handed over; bags made here say it.",
    )
)

_PAYLOAD = "data/"
_MOST_NAMED = 1000  # of one code; a collection with more is refused all the same, and counted


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a copy is for. ``audience`` is ``None`` for one that stays in the house.

    ``territory`` is where it goes, else where the bag's rights file says, else the world;
    ``recipient`` says in words who gets it, and decides nothing.
    """

    as_of: date
    audience: Audience | None = "public"
    territory: str | None = None
    recipient: str | None = None

    @property
    def command(self) -> str:
        """The command whose acts are asked for."""
        return "copy" if self.audience is None else "export"


@dataclass(frozen=True, slots=True)
class Permission:
    """The answer for all files of a bag.

    ``remarks`` name the files that stay (of each code the first thousand), ``totals`` count them
    by code. ``granted`` counts the files that each statement decided about, ``conditions`` are
    what it asks of whoever gets them. ``known`` is false for a bag without statements.
    """

    question: Question
    known: bool = True
    files: int = 0
    refused: int = 0
    remarks: tuple[Remark, ...] = ()
    totals: Mapping[str, int] = field(default_factory=dict)
    granted: Mapping[str, int] = field(default_factory=dict)
    bases: Mapping[str, str] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()


class _Line(msgspec.Struct):
    """A line of ``metadata/audio.jsonl``, as far as rights want it."""

    path: str
    view: dict[str, Any] = {}
    tags: list[dict[str, Any]] = []
    embedded: dict[str, Any] = {}
    pictures: list[Any] = []

    @property
    def record(self) -> dict[str, Any]:
        """The line as the readers of claims want it."""
        return {
            "view": self.view,
            "tags": self.tags,
            "embedded": self.embedded,
            "pictures": self.pictures,
        }


def permission(bag: str, purpose: Purpose) -> Permission:
    """Ask the statements in ``bag`` about each of its files; memory stays flat.

    Only the bag's own records are read, as they lie there. Raises
    :class:`archiver.errors.IncompleteError` and
    :class:`archiver.catalogue.records.BagRecordsError` for records that cannot be read.
    """
    if not os.path.lexists(os.path.join(bag, RIGHTS)):
        return Permission(_question(purpose, None), known=False)
    book = read_bag_rights(bag).book
    question = _question(purpose, book)
    asking = _Asking(book, question, purpose)
    for path, line in _files(bag):
        asking.ask(path, line)
    return asking.answer()


def _question(purpose: Purpose, book: RightsBook | None) -> Question:
    """Return the question; it is asked as ``archiver rights explain`` asks it."""
    if purpose.audience is None:
        return Question("replicate", purpose.as_of, "staff", purpose.territory)
    default = book.defaults.territory if book else None
    place = purpose.territory or default or WORLD
    return Question("disseminate", purpose.as_of, purpose.audience, place)


def _files(bag: str) -> Iterator[tuple[str, _Line | None]]:
    with open_bag(bag) as tree:
        of_sound = Ordered(((one.path, one) for one in lines(tree, AUDIO, _Line)), AUDIO)
        for path, _ in in_order(digests(tree), DIGESTS):
            yield path.removeprefix(_PAYLOAD), of_sound.at(path)


class _Asking:
    """Files about which the same statements speak get their answer once."""

    def __init__(self, book: RightsBook, question: Question, purpose: Purpose) -> None:
        self._book, self._question, self._purpose = book, question, purpose
        self._matcher = Matcher(book.statements)
        self._gives = question.act in GIVING
        self._answers: dict[tuple[object, ...], Answer] = {}
        self._files = self._refused = 0
        self._remarks: list[Remark] = []
        self._totals: Counter[str] = Counter()
        self._granted: Counter[str] = Counter()
        self._conditions: dict[str, None] = {}

    def ask(self, path: str, line: _Line | None) -> None:
        """Take in the answer about one file."""
        record = line.record if line else {}
        fields = personal_fields(claims_in(record)) if line and self._gives else ()
        answer = self._answer(path, record, fields)
        self._files += 1
        if answer.allowed:
            self._granted[answer.statement or ""] += 1
            self._conditions.update(dict.fromkeys(answer.conditions))
            return
        self._refused += 1
        for reason in answer.reasons:
            self._totals[reason.code] += 1
            if self._totals[reason.code] <= _MOST_NAMED:
                self._remarks.append(Remark(_PAYLOAD + path, reason))

    def answer(self) -> Permission:
        """Return what all answers come to."""
        granted = dict(sorted(self._granted.items()))
        return Permission(
            question=self._question,
            files=self._files,
            refused=self._refused,
            remarks=tuple(self._remarks),
            totals=dict(self._totals),
            granted=granted,
            bases={name: self._book.statement(name).house_basis for name in granted},
            conditions=tuple(self._conditions),
        )

    def _answer(self, path: str, record: dict[str, Any], fields: tuple[str, ...]) -> Answer:
        layers: tuple[Layer, ...] = layers_of(path, pictures_in(record))
        numbers = self._matcher.matching(path, isrcs_in(record))
        key = numbers, layers, fields
        answer = self._answers.get(key)
        if answer is None:
            found = [self._book.statements[number] for number in numbers]
            answer = self._answers[key] = judge_command(
                self._purpose.command,
                found,
                replace(self._question, layers=layers),
                Circumstances(personal_fields=fields),
            )
        return answer
