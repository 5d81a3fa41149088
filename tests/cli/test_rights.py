"""``archiver rights`` as people and pipelines meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from policies.rights import parse_book
from tests.cli.workbench import run

COPYRIGHT = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2001 Ann
License: GPL-3+

Files: music/*
Copyright: 2002 Bea
License: CC-BY-SA-3.0
 text
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    for name, text in {
        "share/music/a.ogg": "a", "share/b.txt": "b", "share/doc/x/copyright": COPYRIGHT,
    }.items():  # fmt: skip
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return folder


def _grant(source: Path) -> None:
    file = source / "rights.toml"
    file.write_text(file.read_text().replace("\n# replicate", "\nreplicate"))


def test_a_beginning_names_what_lies_there_and_grants_nothing(source: Path) -> None:
    assert run("rights", "init", source).code == 0
    book = parse_book((source / "rights.toml").read_bytes())
    first, second = book.statements
    assert (first.paths, first.excluded, first.acts) == (("**",), ("**/music/**",), {})
    assert (second.paths, second.note) == (("**/music/**",), "CC-BY-SA-3.0")
    assert second.statement_uri == "https://creativecommons.org/licenses/by-sa/3.0/"
    assert [one.file for one in book.evidence] == ["share/doc/x/copyright"]
    again = run("rights", "init", source)
    assert (again.code, "is there already" in again.err) == (5, True)


def test_from_a_beginning_to_a_bag(source: Path, tmp_path: Path) -> None:
    run("rights", "init", source)
    refused = run("package", source, "-a", tmp_path / "archive")
    assert refused.code == 5
    assert "R-1 does not speak of replicate" in refused.err
    assert run("rights", "check", source).code == 5
    _grant(source)
    checked = run("rights", "check", source)
    assert (checked.code, "no gap" in checked.out) == (0, True)
    done = run("package", source, "-a", tmp_path / "archive", "--json")
    bag = Path(done.record("package")["path"])
    assert run("rights", "check", bag).code == 0
    assert (
        run("rights", "check", tmp_path / "archive", "--json").record("rights-check")["files"] == 4
    )
    words = ("rights", "explain", bag / "data/share/music/a.ogg", "--json", "--act")
    answers = {act: run(*words, act) for act in ("package", "export", "verify")}
    assert {act: said.code for act, said in answers.items()} == {
        "package": 0, "export": 5, "verify": 0,
    }  # fmt: skip
    answer = answers["export"].record("rights-answer")
    assert (answer["verdict"], answer["statement"], answer["audience"]) == ("deny", "R-2", "public")
    assert "rights-export-not-granted" in [reason["code"] for reason in answer["reasons"]]
    assert answer["changes"]


def test_gaps_idle_statements_and_lost_documents_are_found(source: Path) -> None:
    run("rights", "init", source)
    _grant(source)
    file = source / "rights.toml"
    file.write_text(file.read_text().replace('applies_to = ["**"]', 'applies_to = ["nothing"]'))
    (source / "share/doc/x/copyright").write_text("changed")
    found = run("rights", "check", source, "--json")
    assert found.code == 5
    assert {one["code"] for one in found.records("finding")} == {
        "rights-none-applies", "rights-statement-idle", "rights-evidence-changed",
    }  # fmt: skip


def test_what_ends_is_listed_and_what_has_ended_is_late(source: Path) -> None:
    (source / "rights.toml").write_text(
        'format = "audio-archiver/rights-statements"\nversion = 1\n[[statements]]\nid = "R-1"\n'
        'basis = "own-production"\napplies_to = ["**"]\nterm = {end = 2026-03-01}\n'
        'on_expiry = "return"\nacts = {replicate = "allow"}\n'
    )
    words = ("rights", "expiring", source, "--json", "--as-of")
    assert run(*words, "2026-01-01", "--within", "10d").out == ""
    soon = run(*words, "2026-01-01", "--within", "90d")
    assert (soon.code, soon.record("rights-expiring")["code"]) == (0, "rights-term-ends")
    late = run(*words, "2026-03-02")
    assert (late.code, json.loads(late.out)["code"]) == (6, "rights-action-due")


@pytest.mark.parametrize(
    "words",
    [("explain", "nowhere"), ("check", "nowhere"), ("init", "nowhere"),
     ("explain", "share/b.txt", "--territory", "fr"), ("explain", "share/b.txt", "--as-of", "soon"),
     ("explain", "share/b.txt"), ("check", "."), ("expiring", ".", "--within", "soon")],
)  # fmt: skip
def test_what_cannot_be_answered_is_a_usage_error(
    source: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(source)
    done = run("rights", *words)
    assert done.code == 2
    assert done.err
