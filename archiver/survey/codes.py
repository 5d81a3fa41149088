"""The finding codes of the survey: the policies' own table, entered into the engine's.

A refusal is a warning here: it says nothing about damage. That a refused source leads to
``State.REFUSED`` is the packaging verb's to say.
"""

from __future__ import annotations

from archiver.findings import Code, Severity, register
from policies.codes import RULES

register(
    *(
        Code(
            rule.code,
            Severity.NOTE if rule.level == "in" else Severity.WARNING,
            rule.sentence,
            rule.advice,
        )
        for rule in RULES.values()
    )
)
