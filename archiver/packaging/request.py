"""What a person or pipeline asks of packaging."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from policies.rights import RightsStatement


@dataclass(frozen=True, slots=True)
class PackageRequest:
    """One source to make one bag of.

    ``bag_id``: the identifier wished for, else one is made of the folder's name and content.
    ``info``: pairs for ``bag-info.txt``, kept in order. ``again``: make a bag even of content
    that is held. ``keep_bag``: a source that is itself a bag is taken whole, as payload.
    ``known_damage``: the reason for taking files that are not what their own lists or the
    checksums inside them say. ``rights``: a basis in few words; ``rights_file``: a file of
    statements; without either, a ``rights.toml`` in the source.
    ``decode``: all sound is decoded, to check and describe it. ``profiles``: BagIt profiles that
    the bag must meet, by name or file, besides that of the policy. ``tag_files``: files to be put
    at the bag's top as they are.
    """

    source: str
    bag_id: str | None = None
    rights: RightsStatement | None = None
    info: tuple[tuple[str, str], ...] = ()
    again: bool = False
    keep_bag: bool = False
    known_damage: str | None = None
    decode: bool = False
    rights_file: str | None = None
    profiles: tuple[str, ...] = ()
    tag_files: tuple[str, ...] = ()


def request_record(request: PackageRequest) -> dict[str, Any]:
    """Return the request as JSON-ready values."""
    return {
        "source": request.source,
        "bag_id": request.bag_id,
        "rights": asdict(request.rights) if request.rights else None,
        "info": [list(pair) for pair in request.info],
        "again": request.again,
        "keep_bag": request.keep_bag,
        "known_damage": request.known_damage,
        "decode": request.decode,
        "rights_file": request.rights_file,
        "profiles": list(request.profiles),
        "tag_files": list(request.tag_files),
    }


def request_from_record(record: Mapping[str, Any]) -> PackageRequest:
    """Do the inverse of :func:`request_record`. Raises ``KeyError``, ``TypeError``."""
    rights = record["rights"]
    return PackageRequest(
        source=record["source"],
        bag_id=record["bag_id"],
        rights=RightsStatement(**rights) if rights else None,
        info=tuple((label, value) for label, value in record["info"]),
        again=record["again"],
        keep_bag=record["keep_bag"],
        known_damage=record["known_damage"],
        decode=record.get("decode", False),  # requests of older versions do not have it
        rights_file=record.get("rights_file"),
        profiles=tuple(record.get("profiles", ())),
        tag_files=tuple(record.get("tag_files", ())),
    )
