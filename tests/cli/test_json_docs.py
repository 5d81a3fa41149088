"""What ``docs/json.md`` says of each record is what the commands write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.workbench import Said, run
from tests.conftest import write_tone

HOUSE = Path(__file__).resolve().parents[2]
_PAGE = (HOUSE / "docs" / "json.md").read_text("utf-8")
_ROW = re.compile(r"^\| (`[^|]*`) \| ([^|]*) \| (.*) \|$", re.MULTILINE)
_COMMON = {"type", *re.findall(r"`([a-z_]+)`", _PAGE.partition("The kinds of records")[0])}
_GROUPS = ("policy", "profile", "rights", "schedule", "incident", "log")
_AS_IT_IS = ("log-proof", "schema", "completion")  # one document, said elsewhere


def _rows() -> Iterator[tuple[str, str, set[str]]]:
    """Yield each type of record, the commands it is said to come from, and all words in code."""
    for types, commands, text in _ROW.findall(_PAGE.partition("The kinds of records")[2]):
        for name in re.findall(r"`([^`]+)`", types):
            yield name, commands, set(re.findall(r"`([a-z_0-9]+)`", text))


DESCRIBED = {name: (commands, words) for name, commands, words in _rows()}


class _Seen:
    """Runs commands and keeps which keys the records of each had."""

    def __init__(self, archive: Path) -> None:
        self.archive = archive
        self.keys: dict[tuple[str, str], set[str]] = {}

    def __call__(self, words: str, *paths: str | Path, held: bool = True) -> Said:
        given = [*words.split(), *paths, *(("-a", self.archive) if held else ()), "--json"]
        said = run(*given)
        for record in said.records():
            self.keys.setdefault((record["type"], words), set()).update(record)
        return said


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], set[str]]:
    """The keys of all records that a life of an archive brings forth, by type and command."""
    top = tmp_path_factory.mktemp("json")
    source = top / "tones"
    write_tone(source / "a.wav", 440)
    write_tone(source / "b.wav", 550)
    see = _Seen(top / "archive")
    see("init", see.archive, held=False)
    basis = ("--basis", "own-production")
    see("package --dry-run", source, *basis)
    see("package --id tape", source, *basis)
    bag = Path(see("show tape --files").record("bag")["path"])
    see("package --each", source, *basis)
    see("update tape --dry-run --info A=b --reason c")
    see("update tape --info A=b --reason c")
    for words in ("verify tape --audio", "lint tape", "list", "history tape", "search a", "status"):
        see(words)
    see("restore tape", top / "back")
    see("export tape", top / "no.tar")
    see("export tape --in-house", top / "yes.tar")
    see("import", top / "yes.tar", *basis)
    see("show tape/data/a.wav")
    see("duplicates")
    see("inventory --csv -o", top / "a.csv")
    see("metadata tape --as dc -o", top / "dc.xml")
    see("probe", source, held=False)
    see("compare tape tape-v2")
    see("compare", source / "a.wav", source / "b.wav", held=False)
    for words in ("policy show", "policy check", "policy diff radio"):
        see(words)
    see("policy check", source)
    for words in ("policy list", "policy schema", "profile list", "profile show audio"):
        see(words, held=False)
    see("profile check audio", held=False)
    see("verify tape --profile audio")
    see("rights init --output", top / "rights.toml", source, held=False)
    for words in ("rights check tape", "rights explain tape/data/a.wav", "rights expiring tape"):
        see(words)
    for words in ("reverify --dry-run", "reverify --sample 1", "reverify --after moved", "due"):
        see(words)
    for words in ("due --bags --as-of 2099-01-01", "plan --what-if cadence=90d", "watch"):
        see(words)
    for words in ("schedule print", "schedule status"):
        see(words)
    see("drill --dry-run --bag tape-v2")
    victim = bag / "data" / "a.wav"
    victim.chmod(0o644)
    victim.write_bytes(victim.read_bytes()[:-1] + b"?")
    see("verify tape")
    case = str(see("incident list").records("incident")[0]["id"])
    see("incident show", case)
    see("incident note", case, "seen")
    see("incident close", case, "--reason", "known")
    for words in ("rebuild --check", "rebuild", "recover", "log verify --against-bags"):
        see(words)
    for words in ("log checkpoint", "log prove tape", "show nothing"):
        see(words)
    see("completion bash", held=False)
    return see.keys


def test_every_record_comes_from_a_command_and_has_keys_that_the_page_names(
    seen: dict[tuple[str, str], set[str]],
) -> None:
    assert len({kind for kind, _ in seen}) > 45
    strangers, silent = set(), set()
    for (kind, words), keys in seen.items():
        commands, described = DESCRIBED.get(kind, ("", set()))
        named = words.split()[:2] if words.split()[0] in _GROUPS else words.split()[:1]
        if commands != "all" and not all(re.search(rf"\b{word}\b", commands) for word in named):
            strangers.add((kind, words))
        if kind not in _AS_IT_IS:
            silent |= {(kind, key) for key in keys - _COMMON - described}
    assert sorted(strangers) == []
    assert sorted(silent) == []
