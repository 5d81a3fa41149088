"""Failures that have something in common are told together: one cause, one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

_EXAMPLES = 5
_LEAST = 3  # fewer have nothing in common but chance
_SHARE = 0.5  # of all failures of a kind must share it
_MOST_VALUES = 10_000  # counted for each kind and dimension, so that memory stays flat


class Failure(NamedTuple):
    """One finding in one bag: its code, where, when the bag was sealed, which bytes are wrong.

    ``device`` is the file system the bag lies on.
    """

    bag: str
    code: str
    path: str
    sealed: str
    pattern: str
    device: str = ""


class Shared(NamedTuple):
    """What many failures of a kind share.

    ``what`` is "folder", "bag", "sealed", "bytes" or "device".
    """

    what: str
    value: str
    number: int


class Kind(NamedTuple):
    """All failures with one code: how many, in how many bags, the first, what they share."""

    code: str
    number: int
    bags: int
    first: tuple[Failure, ...]
    shared: tuple[Shared, ...]


class Gathering:
    """Takes in failures one by one, and tells them by their kinds. Memory stays flat."""

    def __init__(self) -> None:
        self._numbers: Counter[str] = Counter()
        self._bags: dict[str, int] = {}
        self._last: dict[str, str] = {}
        self._first: dict[str, list[Failure]] = {}
        self._values: dict[tuple[str, str], Counter[str]] = {}
        self._devices: set[str] = set()

    def saw(self, device: str) -> None:
        """Take note of a device on which a bag was read: being on the only one tells nothing."""
        self._devices.add(device)

    def add(self, failure: Failure) -> None:
        """Take in one failure; those of one bag come one after the other."""
        code = failure.code
        self._numbers[code] += 1
        if self._last.get(code) != failure.bag:
            self._bags[code] = self._bags.get(code, 0) + 1
            self._last[code] = failure.bag
        if len(first := self._first.setdefault(code, [])) < _EXAMPLES:
            first.append(failure)
        for what, value in _dimensions(failure):
            counted = self._values.setdefault((code, what), Counter())
            if value and (value in counted or len(counted) < _MOST_VALUES):
                counted[value] += 1

    def kinds(self) -> list[Kind]:
        """Return the kinds of failures, the most frequent first."""
        return [
            Kind(code, number, self._bags[code], tuple(self._first[code]), tuple(self._of(code)))
            for code, number in self._numbers.most_common()
        ]

    def _of(self, code: str) -> Iterator[Shared]:
        for (kind, what), counted in self._values.items():
            if kind != code or not counted or (what == "device" and len(self._devices) < 2):
                continue
            value, number = counted.most_common(1)[0]
            if number >= _LEAST and number >= _SHARE * self._numbers[code]:
                yield Shared(what, value, number)


def _dimensions(failure: Failure) -> Iterator[tuple[str, str]]:
    folder = failure.path.rpartition("/")[0]
    yield "bag", failure.bag
    yield "folder", folder and f"{failure.bag}/{folder}"
    yield "sealed", failure.sealed
    yield "bytes", failure.pattern
    yield "device", failure.device
