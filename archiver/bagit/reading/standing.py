"""What the lists, taken together, say of a file; worked out once for each pattern of answers."""

from __future__ import annotations

from dataclasses import dataclass

from archiver.bagit.reading.align import Values
from archiver.bagit.reading.listing import Listing, Role


@dataclass(frozen=True, slots=True)
class Standing:
    """How a file stands that some lists name and others don't.

    ``algorithms`` are the digests to take; ``compare`` says which list's answer (by its
    index) to compare with which of them. ``lacking`` names the lists that should name the
    file too; ``fetch`` is the index of fetch.txt when that names it.
    """

    listed: bool
    algorithms: tuple[str, ...]
    compare: tuple[tuple[int, int], ...]
    lacking: tuple[str, ...]
    fetch: int | None


class Standings:
    """Gives the standing of any file, and remembers it: a bag knows but a few."""

    def __init__(self, lists: list[Listing]) -> None:
        self._lists = lists
        self._known: dict[tuple[int, ...], Standing] = {}

    def of(self, values: Values) -> Standing:
        """Return the standing of a file of which each list says ``values`` ("": no digest)."""
        pattern = tuple([0 if value is None else 2 if value else 1 for value in values])
        standing = self._known.get(pattern)
        if standing is None:
            standing = self._known[pattern] = self._work_out(pattern)
        return standing

    def _work_out(self, pattern: tuple[int, ...]) -> Standing:
        listed, fetch = False, None
        algorithms: dict[str, int] = {}
        compare, lacking = [], []
        for index, (listing, answer) in enumerate(zip(self._lists, pattern, strict=True)):
            if listing.role is Role.FETCH:
                fetch = index if answer else None
                continue
            listed |= answer > 0
            if answer == 0 and not listing.blind:
                lacking.append(listing.name)
            if answer == 2 and listing.algorithm is not None:
                place = algorithms.setdefault(listing.algorithm, len(algorithms))
                compare.append((index, place))
        return Standing(listed, tuple(algorithms), tuple(compare), tuple(lacking), fetch)
