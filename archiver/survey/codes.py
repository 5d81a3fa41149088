"""The finding codes of the survey: the policies' own table, entered into the engine's.

A refusal is a warning here: it says nothing about damage. That a refused source leads to
``State.REFUSED`` is the packaging verb's to say. Of a bag that is there a profile's refusal is one.
"""

from __future__ import annotations

from archiver.findings import Code, Severity, register
from policies.codes import PROFILES, RULES, Rule


def _severity(rule: Rule) -> Severity:
    if rule.level == "refuse" and rule in PROFILES:
        return Severity.REFUSAL
    return Severity.NOTE if rule.level == "in" else Severity.WARNING


register(*(Code(rule.code, _severity(rule), rule.sentence, rule.advice) for rule in RULES.values()))
