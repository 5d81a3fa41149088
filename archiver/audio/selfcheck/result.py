"""What a self-check found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_MOST_LISTED = 100


@dataclass(slots=True)
class SelfCheck:
    """Which checksums were there, how many of them hold, and where they do not.

    ``checks`` maps a kind of checksum to ``{"checked", "bad"}``. ``complete`` says whether the
    checksums cover every byte of the sound. ``damage`` lists places, the first hundred of them,
    as ``{"offset", "size"}`` with ``"from_s"`` and ``"to_s"`` where the time is known.
    """

    checks: dict[str, dict[str, int]] = field(default_factory=dict)
    complete: bool = False
    damage: list[dict[str, Any]] = field(default_factory=list)
    places: int = 0
    notes: list[str] = field(default_factory=list)

    def count(self, kind: str, good: bool) -> bool:
        """Count one verified checksum and return whether it held."""
        row = self.checks.get(kind)
        if row is None:
            row = self.checks[kind] = {"checked": 0, "bad": 0}
        row["checked"] += 1
        if not good:
            row["bad"] += 1
        return good

    def count_good(self, kind: str, times: int) -> None:
        """Count so many verified checksums that all held."""
        if times:
            self.count(kind, True)
            self.checks[kind]["checked"] += times - 1

    def damaged(
        self,
        what: str,
        offset: int,
        size: int,
        times: tuple[float, float] | None = None,
    ) -> None:
        """Record a damaged place."""
        self.places += 1
        if len(self.damage) < _MOST_LISTED:
            place: dict[str, Any] = {"what": what, "offset": offset, "size": size}
            if times is not None:
                place["from_s"], place["to_s"] = times
            self.damage.append(place)

    def to_json(self) -> dict[str, Any]:
        """Return the ``"self_check"`` part of a record, without the verdict."""
        out: dict[str, Any] = {"checks": self.checks}
        if self.places:
            out["damaged_places"] = self.places
            out["damage"] = self.damage
        if self.notes:
            out["notes"] = self.notes
        return out
