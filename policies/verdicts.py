"""A decision and why: the words every policy answers in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from policies.codes import RULES, Level, Rule

Standing = Literal["in", "recorded", "refused"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a code of :data:`policies.codes.RULES`, its level under the rules in force, a detail.

    ``detail`` is printable text for the code's sentence (escaped, see
    :func:`policies.names.shown`); the rest is looked up, so a million reasons stay small.
    """

    code: str
    level: Level
    detail: str = ""

    @property
    def rule(self) -> Rule:
        """The row of the table of codes."""
        return RULES[self.code]

    @property
    def sentence(self) -> str:
        """What was found, as part of a sentence: lower case, no full stop."""
        return self.rule.sentence.replace("{detail}", self.detail)

    @property
    def clause(self) -> str:
        """What the rule rests on."""
        return self.rule.source

    @property
    def advice(self) -> str:
        """What to do next."""
        return self.rule.advice


@dataclass(frozen=True, slots=True)
class EntryVerdict:
    """What becomes of an entry: ``in`` the payload, ``recorded`` (folders), or ``refused``."""

    standing: Standing
    reasons: tuple[Reason, ...] = ()

    @property
    def code(self) -> str:
        """The code of the gravest reason; ``ordinary`` when there is nothing to say."""
        if not self.reasons:
            return "ordinary"
        return max(self.reasons, key=lambda reason: _GRAVITY[reason.level]).code

    def also(self, reasons: Iterable[Reason]) -> EntryVerdict:
        """Return this verdict with more reasons, each code once; a refusal refuses it."""
        known = {reason.code for reason in self.reasons}
        more = tuple(reason for reason in reasons if reason.code not in known)
        refused = any(reason.level == "refuse" for reason in more)
        return EntryVerdict("refused" if refused else self.standing, self.reasons + more)


_GRAVITY = {"in": 0, "warn": 1, "refuse": 2}
