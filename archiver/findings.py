"""Findings: what the engine observed, each with a code, a place and the clause it rests on.

The codes form one table, :data:`CODES`, from which ``docs/codes.md`` is generated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from archiver.state import State, worst


class Severity(Enum):
    """What a finding does to the verdict."""

    DAMAGE = "damage"  # the thing is not what it was recorded to be: unsound
    BLIND = "blind"  # we could not look: incomplete
    ALTERED = "altered"  # not the bytes recorded, but all sound is intact: altered
    REFUSAL = "refusal"  # policy or rights forbid it: refused
    WARNING = "warning"  # worth knowing; the verdict stands
    NOTE = "note"


_STATES = {
    Severity.DAMAGE: State.UNSOUND,
    Severity.BLIND: State.INCOMPLETE,
    Severity.ALTERED: State.ALTERED,
    Severity.REFUSAL: State.REFUSED,
    Severity.WARNING: State.SOUND,
    Severity.NOTE: State.SOUND,
}


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the table of codes: what it means, and what to do next."""

    name: str
    severity: Severity
    meaning: str
    advice: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation.

    ``path`` is the place as text with ``/`` separators, relative to what was looked at; it may
    hold any character and must be escaped before a person sees it. ``clause`` names what the
    finding rests on ("RFC 8493 2.1.3"). ``detail`` holds JSON-ready facts (digests, ranges).
    """

    code: str
    message: str
    path: str | None = None
    clause: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """The severity its code carries."""
        return CODES[self.code].severity

    @property
    def state(self) -> State:
        """The state this finding alone would lead to."""
        return _STATES[self.severity]


def state_of(findings: Iterable[Finding]) -> State:
    """Return the state that several findings add up to."""
    return worst(finding.state for finding in findings)


CODES: dict[str, Code] = {}


def register(*codes: Code) -> None:
    """Add rows to the table; a room registers the codes it can raise when it is imported."""
    for code in codes:
        if code.name in CODES:
            raise ValueError(f"finding code registered twice: {code.name}")
        CODES[code.name] = code
