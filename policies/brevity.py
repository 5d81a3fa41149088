"""Which checks of a long history still say something: a view, never a deletion."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Check(NamedTuple):
    """One check of a bag: its number in the log, and whether the bag was sound."""

    seq: int
    bag: str
    sound: bool


def telling(checks: Iterable[Check]) -> set[int]:
    """Return the numbers of the checks worth showing; ``checks`` are in the order of the log.

    Of each bag those are its first check, every failure, the checks right before and after a
    failure, and its newest. What is left out are sound checks between sound checks.
    """
    shown: set[int] = set()
    newest: dict[str, Check] = {}
    for check in checks:
        before = newest.get(check.bag)
        newest[check.bag] = check
        if before is None or not before.sound or not check.sound:
            shown.add(check.seq)
        if before is not None and not check.sound:
            shown.add(before.seq)
    return shown | {check.seq for check in newest.values()}
