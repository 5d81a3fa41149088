"""What a row of the table of reason codes is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["in", "warn", "refuse"]
LEVELS: tuple[Level, ...] = ("in", "warn", "refuse")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: ``sentence`` may hold ``{detail}``; ``source`` is the clause it rests on."""

    code: str
    level: Level
    fixed: bool
    sentence: str
    source: str
    advice: str
