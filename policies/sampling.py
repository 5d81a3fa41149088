"""What a sample says of the whole, said honestly."""

from __future__ import annotations

import math
from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Sample:
    """What came of a random sample: so many of ``population`` items read, so many of them bad."""

    population: int
    read: int
    bad: int

    @property
    def largest_bad_share(self) -> float | None:
        """Return what it does not rule out at :data:`CONFIDENCE`; ``None`` when one was bad."""
        if self.bad:
            return None
        return largest_bad_share(self.read, self.population, CONFIDENCE)


def largest_bad_share(sampled: int, population: int, confidence: float = 0.95) -> float:
    """Return the share of bad items that a sample without any bad one does not rule out.

    With ``sampled`` of ``population`` items drawn at random without replacement and all of them
    sound, more than this share could be bad in at most ``1 - confidence`` of such draws (the
    exact hypergeometric bound). 0 when everything was looked at, 1 when nothing was.
    """
    if sampled >= population:
        return 0.0
    if sampled <= 0:
        return 1.0
    low, high = 0, population - sampled  # so many bad ones are surely possible
    while low < high:
        middle = (low + high + 1) // 2
        if _chance_of_none(sampled, population, middle) > 1 - confidence:
            low = middle
        else:
            high = middle - 1
    return low / population


def _chance_of_none(sampled: int, population: int, bad: int) -> float:
    """Return the chance that a sample holds none of the ``bad`` items.

    There must be room for the sample beside them.
    """
    logarithm = (
        math.lgamma(population - bad + 1)
        - math.lgamma(population - bad - sampled + 1)
        - math.lgamma(population + 1)
        + math.lgamma(population - sampled + 1)
    )
    return math.exp(logarithm)
