"""The policy file: the institution's promise, in TOML, read whole or refused whole."""

from __future__ import annotations

import pkgutil
from typing import cast

import msgspec

from policies.admission import AdmissionRules
from policies.bases import BASES
from policies.codes import ADMISSION, LEVELS, Level
from policies.mistakes import Mistakes, Table, parse_toml

FORMAT = "audio-archiver/policy"
VERSION = 1
BUILTIN = ("library",)

MANIFEST_ALGORITHMS = (
    "sha512", "sha384", "sha256", "sha224", "sha1", "md5",
    "sha3512", "sha3384", "sha3256", "sha3224",
)  # fmt: skip
"""Names as RFC 8493 2.4 writes them. Others make a bag that common tools refuse to open."""

STRONG_ALGORITHMS = ("sha512", "sha256")
"""One of these must be there: what RFC 8493 2.4 asks every tool to know."""


class Packaging(msgspec.Struct, frozen=True, rename="kebab"):
    """``[packaging]``: the payload manifests of each bag, and what comes into a payload."""

    manifest_algorithms: tuple[str, ...]
    admission: AdmissionRules


class Rights(msgspec.Struct, frozen=True):
    """``[rights]``: the bases the institution accepts."""

    bases: tuple[str, ...]


class Policy(msgspec.Struct, frozen=True):
    """A whole policy. Only :func:`read_policy` makes one, so none is half right."""

    format: str
    version: int
    name: str
    packaging: Packaging
    rights: Rights


class PolicyMistakes(Mistakes):
    """A policy file cannot be used; everything that is wrong with it."""

    what = "policy"


def builtin(name: str) -> bytes:
    """Return the text of a policy the program comes with. Raises ``KeyError`` for no such."""
    if name not in BUILTIN:
        raise KeyError(name)
    data = pkgutil.get_data("policies", f"builtin/{name}.toml")
    assert data is not None  # only other loaders than the file system's return None
    return data


def read_policy(data: bytes) -> Policy:
    """Read a policy file.

    Raises :class:`PolicyMistakes` with every mistake at once: no TOML, unknown keys, wrong
    types, unknown algorithms, changed fixed rules. An empty policy is a mistake: no rules
    means no. So is one written for a later version of this program.
    """
    root = parse_toml(data)
    if not root.mistakes and _is_of_our_version(root):
        policy = _read(root)
        if policy is not None:
            return policy
    raise PolicyMistakes(root.mistakes)


def _is_of_our_version(root: Table) -> bool:
    if not root.content:
        root.wrong("", "the policy is empty, and no rules means no", "start from a built-in one")
        return False
    version = root.content.get("version")
    if isinstance(version, int) and version > VERSION:
        hint = "update the program, or write the policy for this version"
        root.wrong("version", f"{version} is newer than {VERSION}, which we understand", hint)
        return False
    return True


def _read(root: Table) -> Policy | None:
    root.only(_keys(Policy))
    root.word("format", [FORMAT])
    if root.value("version", int) not in (None, VERSION):
        root.wrong("version", f"there is no version {root.content['version']}", "write 1")
    name: str | None = root.value("name", str)
    if name == "":
        root.wrong("name", "the policy needs a name")
    packaging, rights = _read_packaging(root), _read_rights(root)
    if root.mistakes or name is None or packaging is None or rights is None:
        return None
    return Policy(FORMAT, VERSION, name, packaging, rights)


def _read_packaging(root: Table) -> Packaging | None:
    table = root.table("packaging")
    if table is None:
        return None
    table.only(_keys(Packaging))
    algorithms = table.words("manifest-algorithms", MANIFEST_ALGORITHMS)
    if "manifest-algorithms" in table.content and not set(algorithms) & set(STRONG_ALGORITHMS):
        hint = "add one: any tool can check them, and nobody can forge them"
        table.wrong("manifest-algorithms", "neither sha512 nor sha256 is among them", hint)
    levels = _read_admission(table)
    return None if root.mistakes else Packaging(algorithms, AdmissionRules.default(levels))


def _read_admission(packaging: Table) -> dict[str, Level]:
    """Return the levels the policy sets; a rule it does not name keeps its default."""
    table = packaging.table("admission")
    if table is None:
        return {}
    rules = {rule.code: rule for rule in ADMISSION}
    table.only(rules)
    levels: dict[str, Level] = {}
    for code in (code for code in table.content if code in rules):
        word = table.word(code, LEVELS)
        if word is None:
            continue
        levels[code] = cast("Level", word)
        if rules[code].fixed and word != rules[code].level:
            hint = "anything else would lose data or make a bag that other tools cannot hold"
            table.wrong(code, f"this rule cannot be changed: only {rules[code].level!a}", hint)
    return levels


def _read_rights(root: Table) -> Rights | None:
    table = root.table("rights")
    if table is None:
        return None
    table.only(_keys(Rights))
    return Rights(table.words("bases", BASES))


def _keys(table: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(field.encode_name for field in msgspec.structs.fields(table))
