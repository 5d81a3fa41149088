"""The policy file: the institution's promise, in TOML, read whole or refused whole."""

from __future__ import annotations

import functools
import pkgutil

from policies.consistency import check_packaging, check_policy
from policies.mistakes import Mistakes, Table, parse_toml
from policies.model import FORMAT, SECTIONS, VERSION, Policy
from policies.reading import fields_of, read_struct
from policies.vocabulary import MANIFEST_ALGORITHMS

__all__ = [
    "BUILTIN",
    "FORMAT",
    "MANIFEST_ALGORITHMS",
    "VERSION",
    "Policy",
    "PolicyMistakes",
    "builtin",
    "read_policy",
]

BUILTIN = ("home", "library", "radio", "fadgi", "iasa-tc04", "nypl-ami", "aptrust")

_FIRST = {"packaging": ("manifest-algorithms", "admission"), "rights": ("bases",)}
"""What a file of version 1 could hold beside its format, version and name."""


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
    """Read a policy file of this version or an earlier one.

    Raises :class:`PolicyMistakes` with every mistake at once: no TOML, unknown keys, wrong
    types, unknown words, changed fixed rules, sections that contradict each other. An empty
    policy is a mistake: no rules means no. So is one written for a later version of this program.

    A file of version 1 has no sections beside ``packaging`` and ``rights``; the others ask for
    nothing, as they did when it was written.
    """
    return _read_once(data)


@functools.lru_cache(maxsize=8)  # one run asks for the policy in force again and again
def _read_once(data: bytes) -> Policy:
    root = parse_toml(data)
    policy = None
    if not root.mistakes and _is_of_our_version(root):
        policy = _read(root)
    if policy is None or root.mistakes:
        raise PolicyMistakes(root.mistakes)
    return policy


def _is_of_our_version(root: Table) -> bool:
    if not root.content:
        root.wrong("", "the policy is empty, and no rules means no", "start from a built-in one")
        return False
    return not root.is_newer_than(VERSION, "policy")


def _read(root: Table) -> Policy | None:
    version = root.content.get("version")
    if type(version) is int and version not in (1, VERSION):
        root.wrong("version", f"there is no version {version}", f"write {VERSION}")
    if version == 1:
        _only_what_was(root)
    policy = read_struct(root, Policy)
    if version == VERSION:
        for section in SECTIONS:
            if section not in root.content and section not in ("packaging", "rights"):
                root.table(section)
    if isinstance(packaging := root.content.get("packaging"), dict):
        check_packaging(Table(packaging, "packaging.", root.mistakes, root.lines))
    if policy is not None:
        check_policy(root, policy)
    return policy


def _only_what_was(root: Table) -> None:
    """Note what a file of version 1 cannot hold."""
    hint = f"write version = {VERSION} and all its sections, see archiver policy show library"
    for field in fields_of(Policy):
        name = field.encode_name
        if name not in root.content or name in ("format", "version", "name"):
            continue
        if name not in _FIRST:
            root.wrong(name, "version 1 has no such key", hint)
        elif isinstance(content := root.content[name], dict):
            own = {below.encode_name for below in fields_of(field.type)}
            for key in sorted(content.keys() & own - set(_FIRST[name])):
                root.wrong(f"{name}.{key}", "version 1 has no such key", hint)
