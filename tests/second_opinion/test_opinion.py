"""bagit-python beside us: it agrees, or a listed defect of it is why not."""

from __future__ import annotations

import logging
import os
import socket
import sys
from pathlib import Path

import bagit
import pytest

from archiver.errors import UsageError
from archiver.findings import Finding
from archiver.second_opinion.defects import DEFECTS, Answer
from archiver.second_opinion.opinion import Opinion, answer_of, second_opinion, weigh
from archiver.second_opinion.witness import ForbiddenError, guard, look
from archiver.state import State
from tests.bagit.bags import bag_files, check, seal, write
from tests.cli.workbench import run
from tests.conformance.cases import CASES
from tests.packaging.scene import snapshot


@pytest.fixture(autouse=True)
def _quiet() -> None:
    logging.getLogger("bagit").setLevel(logging.CRITICAL)


def opinion_on(bag: Path) -> Opinion:
    """Ask bagit-python in this process, which is quicker than a process of its own."""
    told = look(bagit, os.fspath(bag))
    return weigh(os.fspath(bag), check(bag).findings, answer_of(told))


def _bag(place: Path, **how: object) -> Path:
    return write(place / "bag", seal(bag_files(**how)))  # type: ignore[arg-type]


def test_on_every_case_it_agrees_or_a_listed_defect_explains_why_not(tmp_path: Path) -> None:
    used = set()
    for number, (place, case) in enumerate(CASES.items()):
        if case.codes == {"special-file-in-bag"}:
            continue
        found = opinion_on(case.write(tmp_path / str(number)))
        assert found.agrees or found.explained_by, (place, found.said)
        used |= set(found.explained_by)
    never = {"names-as-sets", "links-and-pipes", "name-of-the-bag", "read-errors"}
    shown = {"tag-manifest-rules", "escapes", "blanks-stripped", "lines-split", "common-prefix"}
    assert shown <= used
    assert len({one.name for one in DEFECTS} - used - never) <= 4


def _answer(verdict: str, *details: tuple[str, str]) -> Answer:
    return Answer("1.9.0", verdict, "BagValidationError", "Bag is incomplete", details)


UNEXPLAINED = {
    "it misses a mismatch": (["mismatch"], _answer("valid")),
    "it misses a mismatch beside what it cannot see": (
        ["mismatch", "not-in-every-manifest"],
        _answer("valid"),
    ),
    "it misses a file that is no twin": (["unexpected"], _answer("valid")),
    "it misses a missing file": (["missing"], _answer("valid")),
    "it complains of a plain name": ([], _answer("invalid", ("ChecksumMismatch", "data/a"))),
    "it complains of a plain name beside others": (
        [],
        _answer("invalid", ("UnexpectedFile", "data/a%b"), ("ChecksumMismatch", "data/a")),
    ),
    "it only misses files": ([], _answer("invalid", ("FileMissing", "data/a%b"))),
    "it breaks off at a sound bag": ([], Answer("1.9.0", "crash", "KeyError", "x", ())),
}


@pytest.mark.parametrize("case", UNEXPLAINED)
def test_what_no_defect_explains_is_said_and_is_not_sound(case: str) -> None:
    codes, answer = UNEXPLAINED[case]
    findings = tuple(Finding(code, "", "data/a") for code in codes)
    found = weigh("bag", findings, answer)
    assert (found.agrees, found.explained_by, found.state) == (False, (), State.INCOMPLETE)


@pytest.mark.parametrize("code", ["recording-damaged", "recording-not-decoded"])
def test_what_a_recording_says_of_itself_is_no_disagreement(code: str) -> None:
    findings = (Finding(code, "", "data/a.flac"),)
    assert weigh("bag", findings, _answer("valid")).agrees
    assert not weigh("bag", (*findings, Finding("mismatch", "")), _answer("valid")).agrees


def test_a_mismatch_in_a_manifest_it_cannot_compute_is_explained() -> None:
    finding = Finding("mismatch", "", "data/a", detail={"algorithm": "blake3"})
    assert weigh("bag", (finding,), _answer("valid")).explained_by == ("unknown-manifests",)


def test_an_unlisted_twin_that_it_does_not_see_is_explained(tmp_path: Path) -> None:
    bag = _bag(tmp_path, payload={"data/\u00e9": b"x"}, info="A: b\n")
    (bag / "data/e\u0301").write_bytes(b"hidden")
    found = opinion_on(bag)
    assert (found.verdict, found.explained_by) == ("valid", ("names-as-sets",))


def test_it_agrees_on_damage(tmp_path: Path) -> None:
    bag = _bag(tmp_path)
    (bag / "data/a.txt").write_bytes(b"alphA")
    said = run("verify", "--cross-check", "--json", bag)
    asked = said.record("verification")["cross_check"]
    assert (said.code, asked["agrees"], asked["verdict"]) == (3, True, "invalid")


def test_the_command_explains_and_changes_nothing(tmp_path: Path) -> None:
    sound, odd = _bag(tmp_path / "1"), _bag(tmp_path / "2", payload={"data/100%": b"x"})
    before = snapshot(tmp_path)
    said = run("verify", "--cross-check", sound, odd)
    assert snapshot(tmp_path) == before
    assert said.code == 0
    assert "agrees: valid" in said.out
    assert "second-opinion-explained" in said.out
    assert "%25 is not decoded" in said.out


def test_a_bag_with_a_pipe_is_not_asked_about(tmp_path: Path) -> None:
    bag = _bag(tmp_path)
    (bag / "data/a.txt").unlink()
    os.mkfifo(bag / "data/a.txt")
    with second_opinion() as asked:
        found = asked.on(os.fspath(bag), check(bag).findings)
    assert (found.verdict, found.explained_by) == ("not-asked", ("links-and-pipes",))


def test_names_that_are_not_utf8_reach_the_witness_and_come_back(tmp_path: Path) -> None:
    place = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xfe"))
    bag = _bag(place)
    (bag / os.fsdecode(b"data/\xff")).write_bytes(b"")
    with second_opinion() as asked:
        found = asked.on(os.fspath(bag), check(bag).findings)
    assert (found.verdict, found.agrees) == ("invalid", True)


def test_a_witness_that_is_lost_is_told_and_the_next_bag_finds_another(tmp_path: Path) -> None:
    bag = _bag(tmp_path)
    with second_opinion() as asked:
        asked._deputy.process.kill()
        lost = asked.on(os.fspath(bag), ())
        assert (lost.verdict, lost.state) == ("lost", State.INCOMPLETE)
        assert asked.on(os.fspath(bag), ()).agrees


ATTEMPTS: list[tuple[str, tuple[object, ...]]] = [
    ("open", ("x", "w", 0)),
    ("open", ("x", "r+", 0)),
    ("open", ("x", None, os.O_RDONLY | os.O_CREAT)),
    ("os.rename", ("a", "b", -1, -1)),
    ("os.remove", ("a", -1)),
    ("shutil.rmtree", ("a",)),
    ("subprocess.Popen", ("a", [], None, None)),
    ("socket.connect", (socket.AF_INET, ("x", 1))),
]


@pytest.mark.parametrize(("event", "arguments"), ATTEMPTS)
def test_the_witness_can_neither_write_nor_connect(
    event: str, arguments: tuple[object, ...]
) -> None:
    with pytest.raises(ForbiddenError):
        guard(event, arguments)


def test_the_witness_can_read() -> None:
    guard("open", ("x", "rb", os.O_RDONLY | os.O_CLOEXEC))
    guard("os.listdir", ("x",))


def test_without_bagit_python_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bagit", None)
    with pytest.raises(UsageError) as refused, second_opinion():
        pass
    assert "audio-archiver[cross-check]" in refused.value.advice


@pytest.mark.parametrize("option", ["--fast", "--blake3"])
def test_it_is_asked_about_full_verifications_only(option: str, tmp_path: Path) -> None:
    assert run("verify", "--cross-check", option, _bag(tmp_path)).code == 2
