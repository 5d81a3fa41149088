"""Rules about what a recording's tags say of it, and about the description beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.content.facts import FileFacts
from policies.content.formats import Observation
from policies.model import Policy
from policies.names import shown

_UNREADABLE = ("tags-unreadable", "tags-refused", "tags-too-large", "audio-unreadable")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}")
_ISRC_NOISE = re.compile(r"^ISRC|[\s-]")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_UUIDS_BETWEEN = re.compile(r"[/;,\s]+")
_SHOWN = 60


def by_tags(facts: FileFacts, policy: Policy) -> Iterator[Observation]:
    """Observe what is missing or malformed in the tags."""
    wanted, problem = policy.metadata, _problem(facts.record or {})
    if problem:
        yield "metadata-unreadable", shown(problem)
    for code, fields in (
        ("metadata-missing", wanted.required),
        ("metadata-recommended", wanted.recommended),
    ):
        if missing := [name for name in fields if not facts.view.get(name.replace("-", "_"))]:
            yield code, ", ".join(missing) + (" (it cannot be read)" if problem else "")
    odd = [text for text in facts.view.get("isrc", ()) if not _is_isrc(text)]
    if odd:
        yield "isrc-malformed", f"'{shown(odd[0][:_SHOWN])}'"
    names = [
        name
        for name, text in facts.view.get("musicbrainz", {}).items()
        if not _are_uuids(name, text)
    ]
    if names:
        yield "musicbrainz-malformed", shown(names[0])


def by_sidecar(facts: FileFacts, policy: Policy) -> Iterator[Observation]:
    """Observe recordings without their description, and the other way round."""
    if not facts.described:
        yield "sidecar-missing", f".{policy.metadata.sidecar} file"
    if facts.alone:
        yield "sidecar-alone", ""


def _problem(record: Mapping[str, Any]) -> str:
    problem = record.get("problem")
    return str(problem["message"]) if problem and problem["code"] in _UNREADABLE else ""


def _is_isrc(text: str) -> bool:
    return _ISRC.fullmatch(_ISRC_NOISE.sub("", text.upper())) is not None


def _are_uuids(name: str, text: str) -> bool:
    """Tell whether an identifier is one; several may stand in one value. Others are no ids."""
    if not name.endswith(("id", "musicbrainz.org")):
        return True
    return all(_UUID.fullmatch(part) for part in _UUIDS_BETWEEN.split(text.strip()))
