"""What packaging one source came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archiver.findings import Finding
from archiver.state import State
from archiver.survey import ReasonCount
from policies.verdicts import Reason


@dataclass(frozen=True, slots=True)
class Remark:
    """A reason the policy gave, and the entry (path relative to the source) it is about.

    ``path`` is ``None`` for the source as a whole.
    """

    path: str | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class SourceOutcome:
    """How packaging one source ended.

    ``bag_id`` and ``bag_path`` name the bag that holds the content now, made by this run or
    (``already_held``) by an earlier one. ``remarks`` are the policy's refusals, all of them, and
    its first warnings of each code; ``reasons`` counts them all. ``findings`` is what the
    engine met. ``read_back`` counts the files whose copy was compared
    after reading it from the ``medium`` or, where that is not possible, from the ``cache``.
    ``recordings`` counts the recordings with each verdict on their own evidence
    (:func:`archiver.audio.essence.verdict`), as far as they were examined.
    """

    source: str
    state: State
    bag_id: str | None = None
    bag_path: str | None = None
    already_held: bool = False
    files: int = 0
    bytes: int = 0
    remarks: tuple[Remark, ...] = ()
    reasons: tuple[ReasonCount, ...] = ()
    findings: tuple[Finding, ...] = ()
    read_back: Mapping[str, int] = field(default_factory=dict)
    recordings: Mapping[str, int] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Whether policy or rights said no."""
        return self.state is State.REFUSED
