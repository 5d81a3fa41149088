"""The rights model: statements, what they grant, what they rest on.

A *statement* says of some files, on some basis, for some time, which acts are granted. What no
statement grants is not granted. :mod:`policies.rights.reading` makes these from a rights file,
:mod:`policies.rights.decide` answers questions with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from policies.rights.words import LAYERS, Act, Audience, Layer, Restriction, house_word


@dataclass(frozen=True, slots=True)
class Case:
    """Whom and where a grant or denial is about, and what goes with it.

    ``territory`` holds ISO 3166-1 alpha-2 codes and ``EU``; none means the whole world.
    """

    audience: Audience = "public"
    territory: tuple[str, ...] = ()
    note: str | None = None
    max_copies: int | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What a statement says of one act. Of several ``cases`` one is enough.

    A permission reaches its audience and all narrower ones, a denial its audience and all wider.
    """

    restriction: Restriction
    cases: tuple[Case, ...]


ALLOW = Grant("allow", (Case("public"),))
DISALLOW = Grant("disallow", (Case("staff"),))
"""To everybody, everywhere."""


@dataclass(frozen=True, slots=True)
class Term:
    """Whole days, both included. An end may be ``open`` (none) or ``unknown``."""

    start: date | None = None
    end: date | Literal["open", "unknown"] = "unknown"

    def has_begun(self, day: date) -> bool:
        """Tell whether ``day`` is not before the term."""
        return self.start is None or self.start <= day

    def is_over(self, day: date) -> bool:
        """Tell whether ``day`` is behind the term."""
        return isinstance(self.end, date) and self.end < day

    def holds(self, day: date) -> bool:
        """Tell whether ``day`` lies within the term."""
        return self.has_begun(day) and not self.is_over(day)


@dataclass(frozen=True, slots=True)
class Copyright:
    """The copyright status somebody determined, for a jurisdiction, on a day."""

    status: str
    jurisdiction: str | None = None
    determined: date | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Statute:
    """The provision of law relied on; ``attested`` names the conditions somebody attests."""

    preset: str | None
    citation: str
    determined: date | None = None
    by: str | None = None
    attested: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rightsholder:
    """Who holds the rights, in which role, under which identifier (ISNI, IPI ...)."""

    name: str
    role: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A document a statement rests on.

    ``file`` is a path beside the rights file, ``reference`` says where else it is kept.
    ``sha256`` is the digest of the document (lower-case hex).
    """

    id: str
    type: str
    file: str | None = None
    reference: str | None = None
    sha256: str | None = None
    confidential: bool = False
    date: date | None = None
    parties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One rights statement; see ``docs/formats/rights.md`` for each field."""

    id: str
    basis: str
    paths: tuple[str, ...] = ()
    isrc_prefixes: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    acts: Mapping[Act, Grant] = field(default_factory=dict)
    status: str = "active"
    since: date | None = None
    reference: str | None = None
    other_basis: str | None = None
    layers: tuple[Layer, ...] = LAYERS
    copyright: Copyright | None = None
    statement_uri: str | None = None
    rightsholders: tuple[Rightsholder, ...] = ()
    term: Term = Term(None, "open")
    statute: Statute | None = None
    embargo_until: date | None = None
    on_expiry: str | None = None
    attribution: str | None = None
    personal_data: bool = False
    culturally_sensitive: bool = False
    evidence: tuple[str, ...] = ()
    review_due: date | None = None
    note: str | None = None
    determined: date | None = None

    @property
    def house_basis(self) -> str:
        """The basis in the word that policies and the catalogue use."""
        status = self.copyright.status if self.copyright else None
        return house_word(self.basis, self.other_basis, status)


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where a statement or a question says nothing."""

    territory: str | None = None
    notice_days: int = 90
    on_expiry: str = "keep_dark"


@dataclass(frozen=True, slots=True)
class RightsBook:
    """All statements about one collection, with their evidence.

    ``brief``: made of a basis and a note alone, as ``--basis`` gives them. Such a statement may
    rest on its note instead of a document.
    """

    statements: tuple[Statement, ...]
    evidence: tuple[Evidence, ...] = ()
    defaults: Defaults = Defaults()
    brief: bool = False

    def statement(self, name: str) -> Statement:
        """Return the statement called ``name``. Raises ``KeyError``."""
        for statement in self.statements:
            if statement.id == name:
                return statement
        raise KeyError(name)
