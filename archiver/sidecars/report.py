"""Results -> findings: each mismatch by itself, the rest in groups a person can take in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from archiver.findings import Finding
from archiver.sidecars import codes as _codes  # noqa: F401  (registers the codes used here)
from archiver.sidecars.model import Parsed
from archiver.sidecars.names import folder_of

_MOST = 1_000  # findings of a kind; the records have all
_EXAMPLES = 3
_CODES = {
    "dangling": "prior-dangling",
    "renamed": "prior-renamed",
    "not-covered": "prior-not-covered",
    "unverifiable": "prior-unverifiable",
    "malformed": "prior-malformed",
}
_WORDS = {
    "dangling": "names that lead nowhere",
    "renamed": "files that are called otherwise now",
    "not-covered": "audio files that no list mentions",
    "unverifiable": "assertions that could not be checked",
    "malformed": "contradictions",
}


@dataclass(slots=True)
class _Group:
    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, example: str) -> None:
        self.count += 1
        if len(self.examples) < _EXAMPLES:
            self.examples.append(example)


def findings_of(records: Iterable[dict[str, Any]]) -> Iterator[Finding]:
    """Yield the findings that the records of :meth:`Ledger.settled` add up to.

    Beyond a thousand findings of mismatches, or groups of others, the rest is counted in one.
    """
    groups: dict[tuple[str, str | None, str | None], _Group] = {}
    mismatches = 0
    for record in records:
        if record["result"] == "mismatch":
            mismatches += 1
            if mismatches <= _MOST:
                yield _mismatch(record)
        elif record["result"] in _CODES:
            key = _group_of(record)
            if key not in groups and len(groups) >= _MOST:
                key = (record["result"], None, "in more places than are listed here")
            groups.setdefault(key, _Group()).add(record.get("name") or record["path"])
    if mismatches > _MOST:
        yield Finding("prior-mismatch", f"{mismatches - _MOST:,} more mismatches")
    for (result, place, reason), group in groups.items():
        yield _grouped(result, place, reason, group)


def _mismatch(record: dict[str, Any]) -> Finding:
    sidecar, line, algorithm = record["sidecar"], record["line"], record["algorithm"]
    expected, found = record["expected"], record["found"]
    return Finding(
        "prior-mismatch",
        f"{sidecar}, line {line}, says {algorithm} {expected}; it is {found}",
        record["path"],
        detail={
            "sidecar": sidecar,
            "line": line,
            "algorithm": algorithm,
            "expected": expected,
            "found": found,
        },
    )


def _group_of(record: dict[str, Any]) -> tuple[str, str | None, str | None]:
    if record["result"] == "not-covered":
        return "not-covered", folder_of(record["path"]) or None, None
    return record["result"], record["sidecar"], record.get("reason")


def _grouped(result: str, place: str | None, reason: str | None, group: _Group) -> Finding:
    because = f"; {reason}" if reason else ""
    and_more = ", ..." if group.count > len(group.examples) else ""
    examples = ", ".join(group.examples) + and_more
    return Finding(
        _CODES[result],
        f"{_WORDS[result]}: {group.count:,}{because} ({examples})",
        place,
        detail={"count": group.count, "examples": group.examples},
    )


def findings_of_parsing(sidecar: str, parsed: Parsed) -> Iterator[Finding]:
    """Yield what is to be said of a sidecar as a whole."""
    if parsed.problem is not None:
        yield Finding("prior-malformed", f"not read to its end: {parsed.problem}", sidecar)
    if parsed.not_understood:
        message = f"lines that are not understood: {parsed.not_understood:,}"
        detail = {"count": parsed.not_understood, "first_line": parsed.first}
        yield Finding("prior-malformed", message, sidecar, detail=detail)
