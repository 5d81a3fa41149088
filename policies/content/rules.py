"""Which rules about contents are in force under a policy, and how deep they make us look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from policies.consistency import is_set
from policies.content_codes import CONTENT, PARAMETERS, PROTECTION
from policies.model import Policy
from policies.rule import Level
from policies.verdicts import Reason

_OF_THE_BAG = frozenset(("bag-too-large", "bag-info-missing", "bag-info-recommended"))
_BY_MARKS = frozenset(("protected", "named-as-protected", "folder-not-foreseen"))
_BY_THE_HEAD = _BY_MARKS | frozenset((
    "format-refused",
    "format-not-accepted", "format-not-preferred", "format-unidentified", "format-misnamed",
    "format-closed", "riff-4gb", "sidecar-missing", "sidecar-alone",
))  # fmt: skip


class Depth(IntEnum):
    """How deep somebody must look into a file before it can be judged.

    ``MARKS``: for marks of protection. ``HEAD``: which format it is, too. ``RECORD``: what its
    headers and tags say.
    """

    MARKS = 0
    HEAD = 1
    RECORD = 2


@dataclass(frozen=True)
class ContentRules:
    """The rules in force and their levels. A rule that is not among them is not asked."""

    policy: Policy
    levels: Mapping[str, Level]

    @classmethod
    def of(cls, policy: Policy) -> ContentRules:
        """Return the rules that ``policy`` asks."""
        named = {**policy.packaging.rules, **policy.formats.rules, **policy.metadata.rules}
        levels: dict[str, Level] = {}
        for rule in CONTENT:
            key = PARAMETERS.get(rule.code)
            always = rule in PROTECTION or (key is not None and is_set(policy, key))
            if rule.code in named or always:
                levels[rule.code] = named.get(rule.code, rule.level)
        return cls(policy, levels)

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes of the rules in force."""
        return frozenset(self.levels)

    @cached_property
    def depth(self) -> Depth:
        """How deep the rules in force make us look."""
        deeper = self.codes - _OF_THE_BAG
        if deeper <= _BY_MARKS:
            return Depth.MARKS
        return Depth.HEAD if deeper <= _BY_THE_HEAD else Depth.RECORD

    def reason(self, code: str, detail: str = "") -> Reason:
        """Return the reason ``code`` at the level these rules give it."""
        return Reason(code, self.levels[code], detail)
