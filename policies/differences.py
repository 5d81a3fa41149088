"""What changes when one policy takes the place of another, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policies.codes import RULES
from policies.content.rules import ContentRules
from policies.model import Policy
from policies.record import policy_record
from policies.rule import Level

_NO_DIFFERENCE = ("format", "version", "name", "description", "rests-on")
_PROMISES = ("fixity", "replicas", "retention", "notification", "packaging.bag-unit")
_LEVELS = {"in": "notes", "warn": "warns", "refuse": "refuses"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changes. ``before`` and ``after`` are plain values, ``None`` for not asked.

    ``acts`` is false for what is promised of what is held, and decides nothing of what comes in.
    """

    key: str
    before: Any
    after: Any
    sentence: str
    acts: bool


def differences(old: Policy, new: Policy) -> tuple[Difference, ...]:
    """Return all that changes from ``old`` to ``new``: values first, then rules by code."""
    values = _values(_flat(policy_record(old)), _flat(policy_record(new)))
    rules = _rules(ContentRules.of(old).levels, ContentRules.of(new).levels)
    entries = _rules(old.packaging.admission.levels, new.packaging.admission.levels)
    return (*values, *rules, *entries)


def _flat(record: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the values of the tables by dotted keys, but for levels of rules."""
    found: dict[str, Any] = {}
    for name, value in record.items():
        key = prefix + name
        if isinstance(value, Mapping):
            if name not in ("rules", "admission"):
                found |= _flat(value, f"{key}.")
        elif key not in _NO_DIFFERENCE:
            found[key] = value
    return found


def _values(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for key in (*old, *(key for key in new if key not in old)):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        lists = isinstance(before, list | tuple) and isinstance(after, list | tuple)
        words = _of_lists(before, after) if lists else f"{_word(after)} instead of {_word(before)}"
        yield Difference(key, before, after, f"{key}: {words}", not key.startswith(_PROMISES))


def _of_lists(before: Any, after: Any) -> str:
    gone = [_word(one) for one in before if one not in after]
    come = [_word(one) for one in after if one not in before]
    parts = [f"with {', '.join(come)}"] if come else []
    parts += [f"without {', '.join(gone)}"] if gone else []
    return " and ".join(parts) or f"in the order {', '.join(map(_word, after))}"


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value in (None, "") else str(value)


def _rules(old: Mapping[str, Level], new: Mapping[str, Level]) -> Iterator[Difference]:
    for code in sorted(old.keys() | new.keys()):
        before, after = old.get(code), new.get(code)
        if before == after:
            continue
        if before is None:
            change = f"asked from now on, and {_LEVELS[after or 'in']}"
        elif after is None:
            change = f"no longer asked (it {_LEVELS[before]} now)"
        else:
            change = f"{_LEVELS[after]} instead of {_LEVELS[before]}"
        meaning = RULES[code].sentence.replace(": {detail}", "").replace("{detail}", "...")
        yield Difference(code, before, after, f"{code} ({meaning}): {change}", True)
