"""The JSON Schema of a rights file, for editors: made from the words that the reader knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from policies.bases import BASES
from policies.rights.presets import PRESETS
from policies.rights.reading import FORMAT, VERSION
from policies.rights.statement import BASIS_WORDS
from policies.rights.words import (
    ACTS,
    AUDIENCES,
    COPYRIGHT_STATUSES,
    EVIDENCE_TYPES,
    LAYERS,
    ON_EXPIRY,
    OTHER_BASES,
    RESTRICTIONS,
    STATUSES,
)

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string", "minLength": 1}
_DAY: Schema = {"type": "string", "format": "date"}
_FLAG: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_PLACE: Schema = {"type": "string", "pattern": "^([A-Z]{2}|world)$"}
_ID: Schema = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"}


def rights_schema() -> Schema:
    """Return the schema of a rights file of this version (JSON Schema 2020-12).

    It holds for the file read as TOML, days as text. What no schema can say is said by
    :func:`policies.rights.reading.parse_rights_file`.
    """
    full = _table(
        {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "defaults": _table(
                {
                    "territory": _PLACE,
                    "notice_days": _COUNT,
                    "on_expiry": _one_of(ON_EXPIRY),
                }
            ),
            "statements": _list(_statement()),
            "evidence": _list(_evidence()),
        },
        required=("format", "version", "statements"),
    )
    brief = _table({"basis": _one_of(tuple(BASES)), "note": _TEXT, "date": _DAY}, ("basis",))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "audio-archiver rights file",
        "oneOf": [full, _table({"rights": brief}, ("rights",))],
    }


def _statement() -> Schema:
    return _table(
        {
            "id": _ID,
            "status": _one_of(STATUSES),
            "since": _DAY,
            "reference": _TEXT,
            "basis": _one_of(BASIS_WORDS),
            "other_basis": _one_of(OTHER_BASES),
            "note": _TEXT,
            "determined": _DAY,
            "layers": _list(_one_of(LAYERS)),
            "copyright": _table(
                {
                    "status": _one_of(COPYRIGHT_STATUSES),
                    "jurisdiction": _PLACE,
                    "determined": _DAY,
                    "by": _TEXT,
                },
                ("status",),
            ),
            "statement_uri": _TEXT,
            "rightsholders": _list(_table({"name": _TEXT, "role": _TEXT, "id": _TEXT}, ("name",))),
            "term": _table({"start": _DAY, "end": {"anyOf": [_DAY, _one_of(("open", "unknown"))]}}),
            "statute": _table(
                {
                    "preset": _one_of(tuple(PRESETS)),
                    "citation": _TEXT,
                    "determined": _DAY,
                    "by": _TEXT,
                    "attest": {"type": "object", "additionalProperties": _FLAG},
                }
            ),
            "acts": _table({act: _grant(means) for act, means in ACTS.items()}),
            "embargo_until": _DAY,
            "on_expiry": _one_of(ON_EXPIRY),
            "privacy": _table({"personal_data": _FLAG, "culturally_sensitive": _FLAG}),
            "attribution": _TEXT,
            "evidence": _list(_ID),
            "review_due": _DAY,
            "applies_to": _list(
                {
                    "anyOf": [
                        _TEXT,
                        _table({"path": _TEXT}, ("path",)),
                        _table({"isrc_prefix": _TEXT}, ("isrc_prefix",)),
                    ]
                }
            ),
            "except": _list(_TEXT),
        },
        required=("id", "basis", "applies_to", "acts"),
    )


def _grant(means: str) -> Schema:
    case = _table(
        {
            "restriction": _one_of(RESTRICTIONS),
            "audience": _one_of(AUDIENCES),
            "territory": _list(_PLACE),
            "note": _TEXT,
            "max_copies": _COUNT,
        },
        ("restriction",),
    )
    words = _one_of(("allow", "disallow"))
    return {"description": means, "anyOf": [words, case, _list(case)]}


def _evidence() -> Schema:
    return _table(
        {
            "id": _ID,
            "type": _one_of(EVIDENCE_TYPES),
            "date": _DAY,
            "parties": {"type": "array", "items": _TEXT},
            "file": _TEXT,
            "reference": _TEXT,
            "sha256": {"type": "string", "pattern": "^[0-9A-Fa-f]{64}$"},
            "confidential": _FLAG,
        },
        ("id", "type"),
    )


def _table(properties: Schema, required: Sequence[str] = ()) -> Schema:
    table: Schema = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    return {**table, "required": list(required)} if required else table


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items, "minItems": 1}


def _one_of(words: Sequence[str]) -> Schema:
    return {"enum": list(words)}
