"""The JSON Schema of a policy file, for editors: made from the classes that read the file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, get_args, get_origin

import msgspec

from policies.admission import AdmissionRules
from policies.codes import ADMISSION
from policies.model import SECTIONS, VERSION, Policy
from policies.rule import LEVELS, Rule

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def policy_schema() -> dict[str, Any]:
    """Return the schema of a policy file of this version (JSON Schema 2020-12).

    It holds for the file read as TOML. What no schema can say (sections that contradict each
    other, words that stand there twice) is said by :func:`policies.policy.read_policy`.
    """
    schema = _of_struct(Policy)
    schema["properties"]["version"]["const"] = VERSION
    schema["required"] = sorted({*schema["required"], *SECTIONS})
    return {"$schema": DIALECT, "title": "audio-archiver policy", **schema}


def _of_struct(model: type[msgspec.Struct]) -> dict[str, Any]:
    fields = msgspec.structs.fields(model)
    return {
        "description": str(model.__doc__).replace("``", ""),
        "type": "object",
        "properties": {field.encode_name: _of_field(field.type) for field in fields},
        "required": sorted(field.encode_name for field in fields if field.required),
        "additionalProperties": False,
    }


def _of_field(kind: Any) -> dict[str, Any]:
    plain, notes = kind, []
    if get_origin(kind) is Annotated:
        plain, *notes = get_args(kind)
    extra = {key: value for note in notes for key, value in (note.extra or {}).items()}
    words = "".join(note.description or "" for note in notes)
    described = {"description": words} if words else {}
    if isinstance(plain, type) and issubclass(plain, msgspec.Struct):
        return {**_of_struct(plain), **described}
    if plain is AdmissionRules or "rules" in extra:
        return {**_of_rules(extra.get("rules", ADMISSION)), **described}
    if get_origin(plain) is tuple:
        items = _of_field(get_args(plain)[0])
        return {"type": "array", "items": items, "uniqueItems": True, **described}
    schema = msgspec.json.schema(kind)
    return {**schema, "enum": list(extra["words"])} if "words" in extra else schema


def _of_rules(rules: Iterable[Rule]) -> dict[str, Any]:
    """Return the schema of a table of rules: which there are, what each means, its levels."""
    return {
        "type": "object",
        "properties": {
            rule.code: {
                "description": f"{rule.sentence} ({rule.source})",
                "enum": [rule.level] if rule.fixed else list(LEVELS),
            }
            for rule in rules
        },
        "additionalProperties": False,
    }
