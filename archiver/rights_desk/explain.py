"""One file, one act: the answer, who decided, why, and what would change it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date

from archiver.audio.tags import TagReader
from archiver.rights.embedded import claims_in, isrcs_in, pictures_in
from archiver.rights_desk.subject import Subject, subject_of
from policies.rights.claims import Claim, compare_claims, personal_fields
from policies.rights.commands import (
    COMMANDS,
    NOTHING_SPECIAL,
    TO_EVERYBODY,
    Circumstances,
    judge_command,
)
from policies.rights.decide import Answer, Question
from policies.rights.layers import layers_of
from policies.rights.matching import Matcher
from policies.rights.model import Statement
from policies.rights.territories import WORLD
from policies.rights.words import GIVING, Audience, Layer
from policies.verdicts import Reason


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked: a command or act, for whom, where, on which day, under which circumstances.

    Without an audience, what leaves the house is asked for the public, all else for the staff.
    Without a territory, the rights file's own, else the world.
    """

    act: str
    as_of: date
    audience: Audience | None = None
    territory: str | None = None
    circumstances: Circumstances = NOTHING_SPECIAL


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer, and all it rests on."""

    path: str
    subject: Subject
    question: Question
    answer: Answer
    statements: tuple[Statement, ...]
    layers: tuple[Layer, ...]
    claims: tuple[Claim, ...]
    compared: tuple[Reason, ...]


def explain(file: str, wish: Wish, rights_file: str | None = None) -> Explanation:
    """Answer whether ``wish.act`` may be done with ``file``. The file is only read.

    Raises :class:`~archiver.errors.UsageError` where nobody said anything of its rights.
    """
    subject, path = subject_of(file, rights_file)
    with TagReader() as reader:
        record = reader.read(os.path.abspath(file))
    claims = claims_in(record)
    layers = layers_of(path, pictures_in(record))
    book = subject.book
    found = tuple(
        book.statements[number]
        for number in Matcher(book.statements).matching(path, isrcs_in(record))
    )
    question = _question(wish, layers, book.defaults.territory)
    known = replace(wish.circumstances, personal_fields=personal_fields(claims))
    answer = judge_command(wish.act, found, question, known)
    compared = tuple(compare_claims(claims, found, book))
    return Explanation(path, subject, question, answer, found, layers, claims, compared)


def _question(wish: Wish, layers: tuple[Layer, ...], territory: str | None) -> Question:
    acts = COMMANDS[wish.act]
    gives = bool(GIVING.intersection(acts))
    audience: Audience = wish.audience or ("public" if gives else "staff")
    place = wish.territory or (territory or WORLD if gives else None)
    if wish.act in TO_EVERYBODY:  # the answer is asked so, and shall say so
        audience, place = "public", WORLD
    act = acts[0] if acts else "use"
    return Question(act, wish.as_of, audience, place, layers)
