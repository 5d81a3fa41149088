"""Where in a TOML document a key stands."""

from __future__ import annotations

import tomllib

from policies.lines import key_lines
from policies.policy import BUILTIN, builtin


def test_keys_and_tables_are_found_whatever_their_values_look_like() -> None:
    text = '''
a = 1
"b c" = """
d = 2
[e]
"""
f = [
    "g = 3", # ]
    { h = 4 },
]
i.j = '[k]'
[ l . m ] # comment = 5
n = {
'''
    assert key_lines(text) == {
        "a": 2, "b c": 3, "f": 7, "i.j": 11, "l.m": 12, "l.m.n": 13,
    }  # fmt: skip


def test_every_key_of_the_built_in_policies_is_found() -> None:
    for name in BUILTIN:
        text = builtin(name).decode()
        assert _keys(tomllib.loads(text), "") <= set(key_lines(text)) | {"packaging", "formats"}


def _keys(table: dict[str, object], prefix: str) -> set[str]:
    found = {prefix + name for name in table}
    for name, value in table.items():
        if isinstance(value, dict):
            found |= _keys(value, f"{prefix}{name}.")
    return found
