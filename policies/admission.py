"""Admission: which entries of a source come into the payload, and why not.

Every entry gets a verdict before the first byte is written. Nothing is left out silently:
an entry is kept, or recorded, or the whole source is refused with every offender listed.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Self

from policies.codes import ADMISSION, RULES, Level
from policies.facts import EntryFacts, SourceFacts
from policies.names import (
    ORDINARY,
    caseless_key,
    normal_key,
    oddities,
    path_oddities,
    shown,
)
from policies.verdicts import EntryVerdict, Reason

_SET_ID = stat.S_ISUID | stat.S_ISGID
_ODD_MODE = _SET_ID | stat.S_IWOTH
_SHORT_PATH = 240  # characters; longer ones are measured in bytes and UTF-16 units
_SMALLEST_HOLE = 4_096  # bytes; smaller ones are how file systems store tiny files
_SPECIAL = {"symlink", "fifo", "socket", "device"}

ADMITTED = EntryVerdict("in")
RECORDED = EntryVerdict("recorded")


@dataclass(frozen=True, slots=True)
class AdmissionRules:
    """The level of each admission rule in force. A rule that is not there refuses.

    Raises ``ValueError`` for a fixed rule at another level than its own, so that no policy,
    however it came about, can let a symlink or an unreadable file pass.
    """

    levels: Mapping[str, Level]

    def __post_init__(self) -> None:
        for rule in ADMISSION:
            if rule.fixed and self.levels.get(rule.code, rule.level) != rule.level:
                raise ValueError(f"the rule {rule.code} cannot be changed")

    @classmethod
    def default(cls, changes: Mapping[str, Level] | None = None) -> Self:
        """Return the rules the program comes with, with ``changes`` made to them."""
        return cls({rule.code: rule.level for rule in ADMISSION} | dict(changes or {}))

    def reason(self, code: str, detail: str = "") -> Reason:
        """Return the reason ``code`` at the level these rules give it."""
        return Reason(code, self.levels.get(code, "refuse"), detail)


def judge_entry(facts: EntryFacts, rules: AdmissionRules) -> EntryVerdict:
    """Decide about one entry by itself (twins need their neighbours: :func:`judge_twins`)."""
    path, kind, size, mode, links, stored = facts[:6]
    name = path[path.rfind("/") + 1 :]
    whole = kind == "directory" or (
        kind == "file"
        and links == 1
        and size > 0
        and (stored is None or size - stored < _SMALLEST_HOLE)
    )
    if (
        whole
        and not mode & _ODD_MODE
        and not facts.empty
        and facts.problem is None
        and len(path) <= _SHORT_PATH
        and ORDINARY.fullmatch(name)
        and (path.isascii() or len(path) * 2 <= _SHORT_PATH)
    ):
        return ADMITTED if kind == "file" else RECORDED
    base = RECORDED if kind == "directory" else ADMITTED
    return base.also(rules.reason(code, detail) for code, detail in _observations(facts, name))


def _observations(facts: EntryFacts, name: str) -> Iterator[tuple[str, str]]:
    if facts.problem == "vanished":
        yield "vanished", ""
    elif facts.problem == "unreadable":
        folder = facts.kind == "directory"
        yield "unreadable-folder" if folder else "unreadable-file", shown(facts.problem_text)
    elif facts.kind in _SPECIAL:
        yield facts.kind, shown(facts.target or "")
    elif facts.kind == "unknown":
        yield "kind-unknown", ""
    yield from oddities(name)
    yield from path_oddities(facts.path)
    if facts.kind == "file" and facts.problem is None:
        yield from _file_observations(facts)
    if facts.empty:
        yield "empty-folder", ""
    if facts.kind in ("file", "directory"):
        if facts.mode & _SET_ID:
            yield "mode-setid", ""
        if facts.mode & stat.S_IWOTH:
            yield "mode-world-writable", ""


def _file_observations(facts: EntryFacts) -> Iterator[tuple[str, str]]:
    if facts.links > 1:
        yield "hard-link", f"{facts.links:,}"
    if facts.size == 0:
        yield "zero-bytes", ""
    elif facts.stored is not None and facts.size - facts.stored >= _SMALLEST_HOLE:
        yield "sparse", f"{facts.stored:,} of {facts.size:,} bytes"


def judge_twins(names: Iterable[str], rules: AdmissionRules) -> dict[str, tuple[Reason, ...]]:
    """Decide about the names (single components) of one folder that are hard to tell apart.

    Returns the reasons by name, for the names that have a twin. Every one of a set of twins
    is named, not only the second: neither is the wrong one.
    """
    by_caseless: dict[str, dict[str, list[str]]] = {}
    for name in sorted(names):
        forms = by_caseless.setdefault(caseless_key(name), {})
        forms.setdefault(normal_key(name), []).append(name)
    return {
        name: reasons
        for forms in by_caseless.values()
        for name, reasons in _twin_reasons(forms, rules)
    }


def _twin_reasons(
    forms: dict[str, list[str]], rules: AdmissionRules
) -> Iterator[tuple[str, tuple[Reason, ...]]]:
    """Yield the names with twins; ``forms`` holds names equal but for case, by normal form.

    Linear in the names: a hostile folder can hold a million spellings of one name.
    """
    n_names = sum(map(len, forms.values()))
    for key, same in forms.items():
        first_cased = chain.from_iterable(names for other, names in forms.items() if other != key)
        cased = _listed(first_cased, n_names - len(same))
        for name in same:
            reasons = []
            if len(same) > 1:
                others = (other for other in same if other != name)
                reasons.append(rules.reason("normalisation-twin", _listed(others, len(same) - 1)))
            if cased:
                reasons.append(rules.reason("case-twin", cased))
            if reasons:
                yield name, tuple(reasons)


def _listed(names: Iterable[str], number: int) -> str:
    first = ", ".join(shown(name) for name in islice(names, 3))
    return first if number <= 3 else f"{first} and {number - 3:,} more"


def judge_source(facts: SourceFacts, *, keep_bag: bool = False) -> tuple[Reason, ...]:
    """Decide about the source as a whole; no reasons means that nothing stands against it.

    ``keep_bag`` is the user's word that a source which is itself a bag is to be kept whole,
    as payload.
    """
    return tuple(_source_reasons(facts, keep_bag))


def _source_reasons(facts: SourceFacts, keep_bag: bool) -> Iterator[Reason]:
    if facts.kind == "missing":
        yield _refusal("source-missing")
    elif facts.kind == "symlink":
        yield _refusal("source-is-link", shown(facts.target or ""))
    elif facts.kind != "directory":
        yield _refusal("source-not-a-folder")
    if facts.problem_text is not None:
        yield _refusal("unreadable-folder", shown(facts.problem_text))
    if facts.has_bag_declaration and not keep_bag:
        yield _refusal("source-is-bag")
    if facts.files == 0:
        yield _refusal("empty-source")


def _refusal(code: str, detail: str = "") -> Reason:
    return Reason(code, RULES[code].level, detail)
