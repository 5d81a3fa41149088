"""``python -m tests.conformance [FOLDER]``: write all cases, and what is to be found in each.

Without FOLDER they go to ``tests/conformance/cases``. ``cases.jsonl`` there has a line a case:
``path``, ``clause``, ``section``, ``codes`` (all that verifying finds), ``linted`` (what linting
finds besides).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from archiver.bagit.clauses import CLAUSES
from tests.conformance.cases import CASES


def write_tree(folder: Path) -> None:
    """Write the tree into ``folder``, which must not hold one yet."""
    sections = {clause.name: clause.section for clause in CLAUSES}
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "cases.jsonl").open("x", encoding="utf-8") as index:
        for path, case in CASES.items():
            case.write(folder / path)
            record = {
                "path": path,
                "clause": case.clause,
                "section": sections[case.clause],
                "codes": sorted(case.codes),
                "linted": sorted(case.linted),
            }
            index.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    write_tree(Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parent / "cases")
