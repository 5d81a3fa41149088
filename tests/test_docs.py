"""The documents say what the program does."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli.group import CONTEXT, LazyGroup, every_command
from cli.main import archiver as program
from cli.verb import Verb
from docs.generate import pages

HOUSE = Path(__file__).resolve().parent.parent
PAGES = sorted([*HOUSE.glob("*.md"), *HOUSE.glob("docs/**/*.md")])
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize(
    "name", ["cli.md", "exit-codes.md", "codes.md", "bagit-status.md", "second-opinion.md"]
)
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


def test_decisions_are_numbered_in_a_row_and_listed_in_that_order() -> None:
    folder = HOUSE / "docs" / "adr"
    listed = re.findall(r"^\| \[(\d+)\]\((.*?)\)", (folder / "README.md").read_text("utf-8"), re.M)
    assert [name for _, name in listed] == sorted(page.name for page in folder.glob("0*.md"))
    assert [f"{number:0>4}" for number, _ in listed] == [name[:4] for _, name in listed]
    assert [int(number) for number, _ in listed] == list(range(1, len(listed) + 1))
    for number, name in listed:
        assert (folder / name).read_text("utf-8").startswith(f"# {number}. "), name


def test_every_page_is_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    ahead = [HOUSE / "README.md"]
    while ahead:
        page = ahead.pop().resolve()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        links = _LINK.findall(page.read_text("utf-8"))
        ahead += [page.parent / link for link in links if ":" not in link]
    assert [page for page in PAGES if page not in reached] == []


def test_every_type_of_json_record_is_described() -> None:
    described = (HOUSE / "docs" / "json.md").read_text("utf-8")
    sources = [page.read_text("utf-8") for page in HOUSE.glob("cli/**/*.py")]
    types = {name for text in sources for name in re.findall(r'"type": "([a-z-]+)"', text)}
    assert {"package", "finding", "error"} <= types
    assert [name for name in sorted(types) if f"`{name}`" not in described] == []


def test_every_table_and_column_of_the_catalogue_is_described() -> None:
    from archiver.catalogue import schema

    described = (HOUSE / "docs" / "formats" / "catalogue.md").read_text("utf-8")
    tables = (
        *(schema.meta, schema.bag, schema.file, schema.event, schema.schedule, schema.run),
        *(schema.incident, schema.unfiled),
    )
    names = {name for table in tables for name in (table.name, *table.columns.keys())}
    assert [name for name in sorted(names) if f"`{name}`" not in described] == []


def test_the_policy_shown_as_an_example_is_one() -> None:
    from policies.policy import read_policy

    page = (HOUSE / "docs" / "formats" / "policy.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert read_policy(example.encode()).name == "ours"


def test_the_rights_file_shown_as_an_example_is_one() -> None:
    from policies.rights import parse_book

    page = (HOUSE / "docs" / "packaging.md").read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert parse_book(example.encode()).statements[0].house_basis == "licence"


def test_the_rights_files_of_the_format_page_can_be_read() -> None:
    from policies.rights import parse_book

    page = (HOUSE / "docs" / "formats" / "rights.md").read_text("utf-8")
    brief, full = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert parse_book(brief.encode()).brief
    assert parse_book(full.encode()).statement("R-0042").evidence == ("E-7",)


def test_every_preset_and_its_attestations_are_described() -> None:
    from policies.rights.presets import PRESETS

    page = (HOUSE / "docs" / "formats" / "rights.md").read_text("utf-8")
    for name, preset in PRESETS.items():
        (row,) = (line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
        assert preset.citation in row
        assert all(f"`{key}`: {words}" in row for key, words in preset.attest.items())


_FENCE = re.compile(r"^```(?:sh|console|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`(archiver [^`]+)`")
_ENDS = re.compile(r"[|;<>]|&&|\|\||^#")


def _command_lines(page: Path) -> Iterator[str]:
    """Yield every command line of ours in the fenced blocks and the code words of a page."""
    text = page.read_text("utf-8")
    for block in _FENCE.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            yield from re.findall(r"(?:^|\$ |&& )(archiver .*)", line)
    yield from _CODE.findall(_FENCE.sub("", text))


def _mistake(line: str) -> str | None:
    """Return what is wrong with the options of a command line, ``None`` when nothing is."""
    words = []
    for word in shlex.split(line, comments=True)[1:]:
        if _ENDS.search(word):
            break
        words.append(word)
    command: click.Command = program
    context = click.Context(program, **CONTEXT)
    while isinstance(command, LazyGroup):
        name = words.pop(0) if words else "--help"
        if name.startswith("-") or name.isupper() or name == "...":
            return None
        found = command.get_command(context, name.rstrip(".,"))
        if found is None:
            return f"no command {name!r}"
        command, context = found, click.Context(found, context, name, **CONTEXT)
    try:
        given, _, _ = command.make_parser(context).parse_args(words)
    except click.BadOptionUsage:
        return None  # a sentence names an option without its value
    except click.UsageError as error:
        return error.format_message()
    for param in command.params:
        value = given.get(str(param.name))
        if isinstance(param.type, click.Choice) and isinstance(value, str):
            known = param.type.choices
            if not (value in known or value.isupper() or "|" in value):
                return f"{value!r} is none of {', '.join(known)}"
    return None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HOUSE)))
def test_every_command_line_in_a_page_is_one_that_exists(page: Path) -> None:
    wrong = {line: _mistake(line) for line in _command_lines(page)}
    assert {line: mistake for line, mistake in wrong.items() if mistake} == {}


def test_every_example_in_a_help_is_one_that_exists() -> None:
    root = click.Context(program, info_name="archiver", **program.context_settings)
    wrong = {}
    for _, command, _ in every_command(program, root):
        for example in command.examples if isinstance(command, Verb) else ():
            if example.startswith("archiver "):
                wrong[example] = _mistake(example)
    assert len(wrong) > 100
    assert {line: mistake for line, mistake in wrong.items() if mistake} == {}


def test_a_command_line_that_does_not_exist_is_found() -> None:
    assert _mistake("archiver list --curent")
    assert _mistake("archiver lst")
    assert _mistake("archiver package x --basis nothing | cat")
    assert _mistake("archiver package x --basis BASIS --dry-run  # what would happen") is None
