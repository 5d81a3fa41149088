"""BagIt clause by clause: what keeps to it is valid, what breaks it is named by its code."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.bagit.clauses import CLAUSES, Keeping
from archiver.bagit.codes import NAMES
from archiver.findings import state_of
from archiver.state import State
from archiver.verify import Depth
from tests.bagit.bags import bag_files, check, codes, seal, write
from tests.conformance.case import Case
from tests.conformance.cases import CASES

# What these say cannot be written into a tree of files: reading fails, files change.
_NOT_IN_A_TREE = {"looked-at", "checkable", "by-a-damaged-list", "sealed", "quick-list"}
_LINTED = {clause.name for clause in CLAUSES if clause.keeping is Keeping.LINTED}


def _is_for_lint(case: Case) -> bool:
    return bool(case.linted) or (case.clause in _LINTED and not case.codes)


@pytest.mark.parametrize("place", CASES)
def test_a_case_has_the_findings_it_should_and_no_others(place: str, tmp_path: Path) -> None:
    case = CASES[place]
    bag = case.write(tmp_path / "bag")
    found = check(bag)
    assert codes(found) == case.codes
    sound = state_of(found.findings) is State.SOUND
    assert found.verdict == ("valid" if sound else "invalid")
    if sound:
        assert (found.checked_files, found.version) == (found.listed_files, case.version)
    assert all(finding.clause for finding in found.findings)


@pytest.mark.parametrize("place", [place for place, case in CASES.items() if _is_for_lint(case)])
def test_linting_finds_what_is_recommended_and_nothing_besides(place: str, tmp_path: Path) -> None:
    case = CASES[place]
    assert codes(check(case.write(tmp_path / "bag"), Depth.LINT)) == case.linted


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha3256", "blake2b512", "blake3"])
def test_every_algorithm_is_computed(algorithm: str, tmp_path: Path) -> None:
    found = check(write(tmp_path, seal(bag_files(algorithms=[algorithm]), [algorithm])))
    assert (found.verdict, found.findings) == ("valid", ())
    assert found.algorithms_checked == (algorithm,)


def test_every_code_of_bags_rests_on_a_clause() -> None:
    assert {code for clause in CLAUSES for code in clause.codes} == NAMES


def test_every_clause_that_is_checked_has_a_valid_case_and_one_for_each_code() -> None:
    lacking = []
    for clause in CLAUSES:
        own = [case for case in CASES.values() if case.clause == clause.name]
        if clause.keeping in (Keeping.CHECKED, Keeping.LINTED):
            shown = {code for case in own for code in case.codes | case.linted}
            wanted = set() if clause.name in _NOT_IN_A_TREE else set(clause.codes)
            lacking += [(clause.name, code) for code in sorted(wanted - shown)]
            if wanted and not any(not case.codes for case in own):
                lacking.append((clause.name, "valid"))
        elif clause.keeping is Keeping.FREE and clause.section and not own:
            lacking.append((clause.name, "valid"))
    assert lacking == []


def test_every_case_is_of_a_clause_that_there_is() -> None:
    assert {case.clause for case in CASES.values()} <= {clause.name for clause in CLAUSES}
