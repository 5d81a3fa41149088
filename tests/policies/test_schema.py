"""The schema for editors says the same as the reader."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import jsonschema
import pytest

from policies.codes import ADMISSION
from policies.content_codes import CONTENT
from policies.policy import BUILTIN, PolicyMistakes, builtin, read_policy
from policies.schema import policy_schema

VALIDATOR = jsonschema.Draft202012Validator(policy_schema())


def test_it_is_a_schema_and_json() -> None:
    jsonschema.Draft202012Validator.check_schema(policy_schema())
    assert json.loads(json.dumps(policy_schema())) == policy_schema()


@pytest.mark.parametrize("name", BUILTIN)
def test_the_built_in_policies_are_valid(name: str) -> None:
    VALIDATOR.validate(tomllib.loads(builtin(name).decode()))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version = 2", "version = 1"),
        ("[fixity]", "[fixty]"),
        ('["sha512"]', '["sha-512"]'),
        ('["any"]', '["mp4a"]'),
        ('"8 hours"', '"8"'),
        ("copies = 3", "copies = 0"),
        ('hidden = "in"', 'hidden = "out"'),
        ('symlink = "refuse"', 'symlink = "warn"'),
        ("\n[formats.rules]", '\n[formats.rules]\nbext-dat = "warn"'),
        ("\n[rights]", "\n[wrongs]"),
        ('mail = []', 'mail = ["ann"]'),
        ("\n[packaging]\n", '\n[packaging]\nprofile = "aptrst"\n'),
        ("\n[packaging]\n", '\n[packaging]\nprofile = "../ours.json"\n'),
    ],
)  # fmt: skip
def test_what_the_reader_refuses_the_schema_marks(old: str, new: str) -> None:
    text = builtin("library").decode()
    assert old in text
    changed = text.replace(old, new, 1)
    assert not VALIDATOR.is_valid(tomllib.loads(changed))
    with pytest.raises(PolicyMistakes):
        read_policy(changed.encode())


def test_every_rule_is_offered_with_its_meaning_in_one_table() -> None:
    properties = policy_schema()["properties"]
    tables: list[dict[str, Any]] = [
        properties["packaging"]["properties"]["admission"]["properties"],
        *(properties[name]["properties"]["rules"]["properties"]
          for name in ("packaging", "formats", "metadata")),
    ]  # fmt: skip
    offered = [code for table in tables for code in table]
    assert sorted(offered) == sorted(rule.code for rule in (*ADMISSION, *CONTENT))
    assert all(row["description"] for table in tables for row in table.values())


def test_every_key_has_a_description_and_an_end() -> None:
    _walk(policy_schema(), "policy")


def _walk(schema: dict[str, Any], place: str) -> None:
    assert schema.get("description"), place
    for name, below in schema.get("properties", {}).items():
        _walk(below, f"{place}.{name}")
    if "properties" in schema:
        assert schema["additionalProperties"] is False, place
