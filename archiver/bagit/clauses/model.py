"""What is known of one clause."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How strongly a clause binds (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"
    OURS = "ours"  # the RFC leaves it open; this is how this program reads it


class Keeping(Enum):
    """What this program does about a clause."""

    CHECKED = "checked"  # what breaks it is a finding
    LINTED = "linted"  # the same, where `archiver lint` is asked
    KEPT = "kept"  # it binds tools, and this one keeps to it
    FREE = "free"  # it forbids nothing: bags of either kind are taken
    UNKNOWABLE = "cannot be checked"
    OUTSIDE = "does not apply"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause, in our own words.

    ``name`` is short, stable and unique; it names the cases of the clause, too. ``section`` is
    that of RFC 8493, or of the version named in ``older``. ``codes`` are the findings that say
    it is broken; ``note`` says why nothing can, where the promise is kept, or what is let pass.
    """

    name: str
    section: str
    level: Level
    text: str
    keeping: Keeping
    codes: tuple[str, ...] = ()
    note: str = ""


def must(name: str, section: str, text: str, *codes: str, note: str = "") -> Clause:
    """Return a MUST (or MUST NOT) of which a breach is found by ``codes``."""
    return Clause(name, section, Level.MUST, text, Keeping.CHECKED, codes, note)


def should(name: str, section: str, text: str, *codes: str, note: str = "") -> Clause:
    """Return a SHOULD (or SHOULD NOT) of which a breach is found by ``codes``."""
    return Clause(name, section, Level.SHOULD, text, Keeping.CHECKED, codes, note)


def ours(name: str, section: str, text: str, *codes: str, note: str = "") -> Clause:
    """Return what we read into the RFC where it is silent, found by ``codes``."""
    return Clause(name, section, Level.OURS, text, Keeping.CHECKED, codes, note)


def linted(name: str, section: str, text: str, *codes: str, level: Level = Level.SHOULD) -> Clause:
    """Return a recommendation that only ``archiver lint`` looks at."""
    return Clause(name, section, level, text, Keeping.LINTED, codes)


def kept(level: Level, name: str, section: str, text: str, where: str) -> Clause:
    """Return a clause that binds tools, and ``where`` this one keeps to it."""
    return Clause(name, section, level, text, Keeping.KEPT, (), where)


def free(name: str, section: str, text: str, note: str = "") -> Clause:
    """Return a MAY: nothing to find."""
    return Clause(name, section, Level.MAY, text, Keeping.FREE, (), note)
