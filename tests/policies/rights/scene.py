"""What the tests about rights share: short ways to make statements and to ask about them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from policies.rights import RightsBook, RightsMistakes, Statement, parse_book
from policies.rights.decide import Answer, Question, decide
from policies.rights.model import ALLOW, Case, Grant
from policies.rights.words import Act

TODAY = date(2026, 6, 15)
HEAD = 'format = "audio-archiver/rights-statements"\nversion = 1\n'


def statement(name: str = "R-1", **more: Any) -> Statement:
    """Return a licence about everything, granting what is said in ``more``."""
    given: dict[str, Any] = {"basis": "license", "paths": ("**",), "acts": {}, **more}
    return Statement(name, **given)


def granting(*acts: Act, name: str = "R-1", **more: Any) -> Statement:
    """Return a statement that allows ``acts`` without conditions."""
    return statement(name, acts=dict.fromkeys(acts, ALLOW), **more)


def on_condition(**case: Any) -> Grant:
    """Return a conditional grant."""
    return Grant("conditional", (Case(**case),))


def ask(act: Act, *found: Statement, as_of: date = TODAY, **more: Any) -> Answer:
    """Answer a question about a file that ``found`` are about."""
    return decide(found, Question(act, as_of, **more))


def codes(answer: Answer) -> list[str]:
    """Return the codes of an answer's reasons."""
    return [reason.code for reason in answer.reasons]


def book(text: str) -> RightsBook:
    """Read a rights file whose head need not be written."""
    return parse_book((HEAD + text).encode())


def mistakes(text: str, head: str = HEAD) -> list[str]:
    """Return every mistake in a rights file."""
    with pytest.raises(RightsMistakes) as caught:
        parse_book((head + text).encode())
    return [str(mistake) for mistake in caught.value.mistakes]
