"""The JSON Schema for editors knows the keys that the reader knows, and no others."""

from __future__ import annotations

import json
from pathlib import Path

from policies.rights.acts import CASE_KEYS
from policies.rights.reading import DEFAULT_KEYS, EVIDENCE_KEYS
from policies.rights.schema import rights_schema
from policies.rights.statement import (
    COPYRIGHT_KEYS,
    HOLDER_KEYS,
    PRIVACY_KEYS,
    STATEMENT_KEYS,
    STATUTE_KEYS,
    TERM_KEYS,
)

HOUSE = Path(__file__).resolve().parents[3]


def test_the_schema_has_the_keys_of_the_reader() -> None:
    full = rights_schema()["oneOf"][0]["properties"]
    statement = full["statements"]["items"]["properties"]
    assert set(statement) == set(STATEMENT_KEYS)
    assert set(full["evidence"]["items"]["properties"]) == set(EVIDENCE_KEYS)
    assert set(full["defaults"]["properties"]) == set(DEFAULT_KEYS)
    for name, keys in (
        ("copyright", COPYRIGHT_KEYS), ("statute", STATUTE_KEYS), ("term", TERM_KEYS),
        ("privacy", PRIVACY_KEYS),
    ):  # fmt: skip
        assert set(statement[name]["properties"]) == set(keys)
    assert set(statement["rightsholders"]["items"]["properties"]) == set(HOLDER_KEYS)
    for act in statement["acts"]["properties"].values():
        assert set(act["anyOf"][1]["properties"]) == set(CASE_KEYS)


def test_the_schema_in_the_documents_is_this_one() -> None:
    written = HOUSE / "docs" / "schemas" / "rights-1.schema.json"
    assert json.loads(written.read_text("utf-8")) == rights_schema()
