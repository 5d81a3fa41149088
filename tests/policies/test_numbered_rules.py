"""The 26 numbered rules: each stands in the table of codes, and has a trial on either side."""

from __future__ import annotations

import re

from policies.codes import RULES
from tests.policies.contents import CASES
from tests.policies.rights.test_rules import TRIALS

ELSEWHERE = {"R17": "lossy-re-encoding"}
"""Of neither files nor statements: tried in ``test_conversion.py``."""


def test_each_of_the_numbered_rules_has_a_code_and_a_trial() -> None:
    by_number: dict[str, set[str]] = {}
    for rule in RULES.values():
        for number in re.findall(r"\bR\d\d\b", rule.source):
            by_number.setdefault(number, set()).add(rule.code)
    assert sorted(by_number) == [f"R{number:02}" for number in range(1, 27)]
    tried = {(trial.number, trial.code) for trial in TRIALS}
    for number, codes in by_number.items():
        for code in codes:
            assert code in CASES or (number, code) in tried or ELSEWHERE[number] == code
