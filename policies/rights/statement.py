"""Reading one statement of a rights file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, cast

from policies.bases import BASES
from policies.mistakes import Table
from policies.rights.acts import read_acts
from policies.rights.matching import glob_problem, is_isrc_prefix, isrc_of
from policies.rights.model import (
    Copyright,
    Rightsholder,
    Statement,
    Statute,
    Term,
)
from policies.rights.parts import read_day, read_flag, read_id, read_text, tables_of
from policies.rights.presets import PRESETS
from policies.rights.territories import is_territory
from policies.rights.words import (
    COPYRIGHT_STATUSES,
    FROM_HOUSE,
    LAYERS,
    ON_EXPIRY,
    OTHER_BASES,
    PREMIS_BASES,
    STATUSES,
    Layer,
)

STATEMENT_KEYS = (
    "id", "status", "since", "reference", "basis", "other_basis", "note", "determined", "layers",
    "copyright", "statement_uri", "rightsholders", "term", "statute", "acts", "embargo_until",
    "on_expiry", "privacy", "attribution", "evidence", "review_due", "applies_to", "except",
)  # fmt: skip
COPYRIGHT_KEYS = ("status", "jurisdiction", "determined", "by")
STATUTE_KEYS = ("preset", "citation", "determined", "by", "attest")
TERM_KEYS = ("start", "end")
HOLDER_KEYS = ("name", "role", "id")
PRIVACY_KEYS = ("personal_data", "culturally_sensitive")
BASIS_WORDS = tuple(dict.fromkeys((*PREMIS_BASES, *BASES)))


def read_statement(table: Table, documents: Sequence[str]) -> Statement | None:
    """Read one statement; ``documents`` are the ids of the evidence there is.

    Notes every mistake; returns ``None`` where it has no id or basis, or says of nothing.
    """
    table.only(STATEMENT_KEYS)
    name = read_id(table)
    status = table.word("status", STATUSES) if "status" in table.content else "active"
    basis, other = _read_basis(table)
    paths, isrc = _read_applies_to(table)
    excluded = tuple(_globs(table, "except")) if "except" in table.content else ()
    copyright_ = _read_copyright(table)
    if table.content.get("basis") == "public-domain" and copyright_ is None:
        copyright_ = Copyright("publicdomain")
    statute = _read_statute(table, basis)
    acts = read_acts(table, PRESETS.get(statute.preset or "") if statute else None)
    texts = {key: read_text(table, key) for key in _TEXTS}
    days = {key: read_text(table, key, day=True) for key in _DAYS}
    words = {**_read_privacy(table), **_read_lists(table, documents)}
    term = _read_term(table)
    holders = tuple(_rightsholders(table))
    if name is None or basis is None or status is None:
        return None
    return Statement(
        name,
        basis,
        paths,
        isrc,
        excluded,
        acts,
        status,
        other_basis=other,
        copyright=copyright_,
        rightsholders=holders,
        term=term,
        statute=statute,
        **texts,
        **days,
        **words,
    )


_TEXTS = ("reference", "note", "statement_uri", "attribution")
_DAYS = ("since", "determined", "embargo_until", "review_due")


def _read_basis(table: Table) -> tuple[str | None, str | None]:
    """Return basis and other basis in PREMIS 3's words; the house's words are taken too."""
    word = table.word("basis", BASIS_WORDS)
    given = table.word("other_basis", OTHER_BASES) if "other_basis" in table.content else None
    basis, other = FROM_HOUSE.get(word or "", (word, None))
    if word == "other":
        if "other_basis" not in table.content:
            hint = f"one of {', '.join(OTHER_BASES)}"
            table.wrong("other_basis", "the basis other needs it", hint)
        return basis, given
    if given is not None:
        table.wrong("other_basis", "it belongs to the basis other only", "leave it away")
    return basis, other


def _read_applies_to(table: Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return globs and ISRC beginnings of ``applies_to``."""
    items = table.content.get("applies_to")
    if not isinstance(items, list) or not items:
        hint = 'write applies_to = ["**"] for everything'
        table.wrong("applies_to", "a list of paths must be here", hint)
        return (), ()
    paths: list[str] = []
    isrcs: list[str] = []
    for item in items:
        key, value = _one_pair(item)
        if key == "path" and not _is_bad_glob(table, "applies_to", value):
            paths.append(value)
        elif key == "isrc_prefix":
            code = isrc_of(value)
            if is_isrc_prefix(code):
                isrcs.append(code)
            else:
                table.wrong("applies_to", f"no ISRC begins with {value!a}", "for example FRX01")
        elif key is None:
            hint = 'write a path like "label-x/**", or {isrc_prefix = "FRX01"}'
            table.wrong("applies_to", f"{str(item)!a} is neither a path nor an ISRC", hint)
    return tuple(paths), tuple(isrcs)


def _one_pair(item: Any) -> tuple[str | None, str]:
    if isinstance(item, str):
        return "path", item
    if isinstance(item, dict) and len(item) == 1:
        ((key, value),) = item.items()
        if key in ("path", "isrc_prefix") and isinstance(value, str):
            return key, value
    return None, ""


def _globs(table: Table, name: str) -> Iterator[str]:
    for pattern in table.value(name, list[str]) or ():
        if not _is_bad_glob(table, name, pattern):
            yield pattern


def _is_bad_glob(table: Table, name: str, pattern: str) -> bool:
    problem = glob_problem(pattern)
    if problem is not None:
        table.wrong(name, f"{pattern!a}: {problem}")
    return problem is not None


def _sub(table: Table, name: str, keys: Sequence[str]) -> Table | None:
    """Return the table ``name`` if there is one, its keys looked at."""
    if name not in table.content:
        return None
    below = table.table(name)
    if below is not None:
        below.only(keys)
    return below


def _read_copyright(table: Table) -> Copyright | None:
    below = _sub(table, "copyright", COPYRIGHT_KEYS)
    if below is None:
        return None
    status = below.word("status", COPYRIGHT_STATUSES)
    place = read_text(below, "jurisdiction")
    if place is not None and not is_territory(place):
        below.wrong("jurisdiction", f"{place!a} is no territory", "write a code like FR")
    day, by = read_text(below, "determined", day=True), read_text(below, "by")
    return Copyright(status or "unknown", place, day, by)


def _read_statute(table: Table, basis: str | None) -> Statute | None:
    below = _sub(table, "statute", STATUTE_KEYS)
    if basis == "statute" and "statute" not in table.content:
        hint = f"name a preset: {', '.join(PRESETS)}; or give a citation"
        table.wrong("statute", "the basis statute needs this table", hint)
    if below is None:
        return None
    if basis is not None and basis != "statute":
        table.wrong("statute", "it belongs to the basis statute only", "leave it away")
    name = below.word("preset", PRESETS) if "preset" in below.content else None
    preset = PRESETS.get(name or "")
    citation = read_text(below, "citation")
    if citation is None and not {"preset", "citation"} & set(below.content):
        below.wrong("citation", "this key is missing", f"or a preset: {', '.join(PRESETS)}")
    attested = _read_attest(below, tuple(preset.attest) if preset else None)
    day, by = read_text(below, "determined", day=True), read_text(below, "by")
    cited = citation or (preset.citation if preset else "")
    return Statute(name, cited, day, by, frozenset(attested))


def _read_attest(statute: Table, known: Sequence[str] | None) -> Iterator[str]:
    """Yield what is attested; a preset knows what there is to attest, a citation does not."""
    if "attest" not in statute.content:
        return iter(())
    below = statute.table("attest")
    if below is None:
        return iter(())
    if known is not None:
        below.only(known)
    return iter([key for key in below.content if read_flag(below, key)])


def _read_term(table: Table) -> Term:
    below = _sub(table, "term", TERM_KEYS)
    if below is None:
        return Term(None, "open")
    start: date | None = read_text(below, "start", day=True)
    end = below.content.get("end", "unknown")
    if end in ("open", "unknown"):
        return Term(start, end)
    day = read_day(below, "end")
    if day is None:
        return Term(start, "unknown")
    if start is not None and day < start:
        below.wrong("end", f"{day} is before the start, {start}")
    return Term(start, day)


def _rightsholders(table: Table) -> Iterator[Rightsholder]:
    if "rightsholders" not in table.content:
        return
    for below in tables_of(table, "rightsholders"):
        below.only(HOLDER_KEYS)
        if "name" not in below.content:
            below.wrong("name", "this key is missing")
        name, role, number = (read_text(below, key) for key in HOLDER_KEYS)
        if name is not None:
            yield Rightsholder(name, role, number)


def _read_privacy(table: Table) -> dict[str, Any]:
    below = _sub(table, "privacy", PRIVACY_KEYS)
    return {key: below is not None and read_flag(below, key) for key in PRIVACY_KEYS}


def _read_lists(table: Table, documents: Sequence[str]) -> dict[str, Any]:
    layers: tuple[Layer, ...] = LAYERS
    if "layers" in table.content:
        layers = cast("tuple[Layer, ...]", table.words("layers", LAYERS))
        if table.content["layers"] == []:
            table.wrong("layers", "a statement is about one layer at least", "or leave it away")
    evidence = table.words("evidence", documents) if "evidence" in table.content else ()
    action = table.word("on_expiry", ON_EXPIRY) if "on_expiry" in table.content else None
    return {"layers": layers, "evidence": evidence, "on_expiry": action}
