"""Drawing bags at random: each as likely as any other, whatever was read before."""

from __future__ import annotations

from collections.abc import Iterable
from secrets import SystemRandom
from typing import TypeVar

_Item = TypeVar("_Item")


def drawn_from(items: Iterable[_Item], many: int) -> tuple[list[_Item], int]:
    """Return ``many`` of ``items`` in random order, and how many there are.

    Any beginning of the list is a random sample too, so a run may stop early. Memory depends on
    ``many`` alone (reservoir sampling; Vitter's algorithm R, 1985).
    """
    chance = SystemRandom()
    drawn: list[_Item] = []
    seen = 0
    for item in items:
        seen += 1
        if len(drawn) < many:
            drawn.append(item)
        elif (place := chance.randrange(seen)) < many:
            drawn[place] = item
    chance.shuffle(drawn)
    return drawn, seen
