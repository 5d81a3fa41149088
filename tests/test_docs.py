"""The documents say what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.generate import pages

HOUSE = Path(__file__).resolve().parent.parent
PAGES = sorted([*HOUSE.glob("*.md"), *HOUSE.glob("docs/**/*.md")])
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("name", ["cli.md", "exit-codes.md", "codes.md"])
def test_generated_pages_are_up_to_date(name: str) -> None:
    stale = (HOUSE / "docs" / name).read_text("utf-8") != pages()[name]
    assert not stale, "run: python -m docs.generate"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HOUSE)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = [target for target in _LINK.findall(page.read_text("utf-8")) if ":" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_ci_runs_the_readmes_second_line() -> None:
    readme = (HOUSE / "README.md").read_text("utf-8")
    first, second = re.findall(r"^python3 -m venv .*$", readme, re.MULTILINE)
    assert "archiver package" in first
    assert (HOUSE / ".ci" / "run").read_text("utf-8").splitlines()[-1] == second


def test_every_decision_is_on_the_list_of_decisions() -> None:
    folder = HOUSE / "docs" / "adr"
    listed = (folder / "README.md").read_text("utf-8")
    assert [page.name for page in folder.glob("0*.md") if f"({page.name})" not in listed] == []
