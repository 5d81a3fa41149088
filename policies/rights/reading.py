"""Reading a rights file (``rights.toml``): every mistake at once, each at its key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policies.mistakes import Mistakes, Table, parse_toml
from policies.names import shown
from policies.rights.model import Defaults, Evidence, RightsBook, Statement
from policies.rights.parts import read_days, read_flag, read_id, read_text, tables_of
from policies.rights.simple import RightsStatement, book_of, read_simple
from policies.rights.statement import read_statement
from policies.rights.territories import is_territory
from policies.rights.words import EVIDENCE_TYPES, ON_EXPIRY

FORMAT = "audio-archiver/rights-statements"
VERSION = 1
FILE_NAME = "rights.toml"
"""What a rights file beside a collection is called."""

EVIDENCE_KEYS = (
    "id", "type", "date", "parties", "file", "reference", "sha256", "confidential",
)  # fmt: skip
_ROOT_KEYS = ("format", "version", "defaults", "statements", "evidence")
DEFAULT_KEYS = ("territory", "notice_days", "on_expiry")
_HEX = frozenset("0123456789abcdef")


class RightsMistakes(Mistakes):
    """A rights file cannot be used; everything that is wrong with it."""

    what = "rights file"


def parse_rights_file(data: bytes) -> RightsStatement | RightsBook:
    """Read a rights file: statements, or in its shortest form the table ``[rights]`` alone.

    Raises :class:`RightsMistakes` with every mistake at once: no TOML, unknown keys, wrong
    types and words, statements that name evidence that is not there, a later version. What
    the rules have against the statements is for :mod:`policies.rights.book`.
    """
    root = parse_toml(data)
    found: RightsStatement | RightsBook | None = None
    if not root.mistakes:
        found = read_simple(root) if "rights" in root.content else read_book(root)
    if found is None or root.mistakes:
        raise RightsMistakes(root.mistakes)
    return found


def parse_book(data: bytes) -> RightsBook:
    """Read a rights file of either form as statements. Raises :class:`RightsMistakes`."""
    found = parse_rights_file(data)
    return book_of(found) if isinstance(found, RightsStatement) else found


def read_book(root: Table) -> RightsBook | None:
    """Read the statements of a document; every mistake goes into its list."""
    if not root.content:
        root.wrong("", "the rights file is empty", "'archiver rights init' writes a beginning")
        return None
    if root.is_newer_than(VERSION, "file"):
        return None
    root.only((*_ROOT_KEYS, "rights"))
    root.word("format", [FORMAT])
    version = root.value("version", int)
    if version not in (None, VERSION):
        root.wrong("version", f"there is no version {version}", "write 1")
    defaults = _read_defaults(root)
    evidence = tuple(_evidence(root))
    known = [document.id for document in evidence]
    statements = tuple(_statements(root, known))
    _require_once(root, "evidence", known)
    _require_once(root, "statements", [statement.id for statement in statements])
    if root.content.get("statements") == []:
        root.wrong("statements", "there is no statement", "add [[statements]]: no rules means no")
    if root.mistakes:
        return None
    return RightsBook(statements, evidence, defaults)


def _require_once(root: Table, name: str, ids: list[str]) -> None:
    folded = [one.casefold() for one in ids]  # documents become files, called by their ids
    for one in dict.fromkeys(folded):
        if folded.count(one) > 1:
            first = ids[folded.index(one)]
            root.wrong(name, f"the id {first!a} stands there {folded.count(one)} times")


def _read_defaults(root: Table) -> Defaults:
    if "defaults" not in root.content:
        return Defaults()
    table = root.table("defaults")
    if table is None:
        return Defaults()
    table.only(DEFAULT_KEYS)
    territory = read_text(table, "territory")
    if territory is not None and not is_territory(territory):
        table.wrong("territory", f"{territory!a} is no territory", "write a code like FR, or world")
    days = read_days(table, "notice_days")
    action = table.word("on_expiry", ON_EXPIRY) if "on_expiry" in table.content else None
    plain = Defaults()
    return Defaults(
        territory, plain.notice_days if days is None else days, action or plain.on_expiry
    )


def _statements(root: Table, known: list[str]) -> Iterator[Statement]:
    for table in tables_of(root, "statements"):
        statement = read_statement(table, known)
        if statement is not None:
            yield statement


def _evidence(root: Table) -> Iterator[Evidence]:
    if "evidence" not in root.content:
        return
    for table in tables_of(root, "evidence"):
        document = _read_evidence(table)
        if document is not None:
            yield document


def _read_evidence(table: Table) -> Evidence | None:
    table.only(EVIDENCE_KEYS)
    name = read_id(table)
    kind = table.word("type", EVIDENCE_TYPES)
    file, reference = read_text(table, "file"), read_text(table, "reference")
    if file is None and reference is None and not {"file", "reference"} & set(table.content):
        table.wrong("file", "this key is missing", "or say in reference where it is kept")
    if file is not None and (file.startswith("/") or {"", ".", ".."} & set(file.split("/"))):
        table.wrong("file", f"{file!a} does not lie below the rights file", "or use reference")
    if file is not None and reference is not None:
        table.wrong("reference", "a document has either a file or a reference")
    digest, confidential = read_text(table, "sha256"), read_flag(table, "confidential")
    needs_digest = file is not None or confidential
    if digest is not None:
        digest = digest.lower()
        if len(digest) != 64 or not _HEX.issuperset(digest):
            table.wrong("sha256", "this is no SHA-256: 64 hexadecimal digits", _hint(file))
    elif needs_digest and "sha256" not in table.content:
        table.wrong("sha256", "this key is missing", _hint(file))
    parties = _texts(table, "parties")
    day = read_text(table, "date", day=True)
    if name is None or kind is None:
        return None
    return Evidence(name, kind, file, reference, digest, confidential, day, parties)


def _hint(file: str | None) -> str:
    return f"sha256sum {shown(file)}" if file else "sha256sum DOCUMENT"


def _texts(table: Table, name: str) -> tuple[str, ...]:
    texts: Any = table.value(name, list[str]) if name in table.content else None
    return tuple(texts or ())
