"""What a person or pipeline asks of packaging."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from policies.rights import RightsStatement


@dataclass(frozen=True, slots=True)
class Addition:
    """The file or folder ``place`` on disk, to become ``target`` (below ``data/``) of a bag."""

    place: str
    target: str


@dataclass(frozen=True, slots=True)
class PayloadOf:
    """The payload of a bag that becomes that of a new one, changed or not.

    ``bag`` is its folder, ``name`` what the collection is called. ``supersedes``: it is the bag
    of that identifier in this archive, and the new one is its next version, made for ``reason``;
    without it, it is a bag received from elsewhere, whose tag files are kept. ``recorded``: its
    own record of times, modes and empty folders may be relied on. What is removed (paths below
    ``data/``, folders whole) is removed before anything is added.
    """

    bag: str
    name: str
    supersedes: str | None = None
    reason: str | None = None
    recorded: bool = False
    remove: tuple[str, ...] = ()
    add: tuple[Addition, ...] = ()


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
    ``known_by``: by this place the job is found again, where ``source`` is a passing copy of it.
    ``payload_of``: ``source`` is the payload folder of that bag. ``verified`` gives BLAKE3 (hex)
    of each file of a received bag, by path in the bag and in that order, as its verification
    read them; it is asked for more than once, and not kept for another run: without it a job
    that has ``known_by`` is not taken up.
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
    payload_of: PayloadOf | None = None
    known_by: str | None = None
    verified: Callable[[], Iterable[tuple[str, str]]] | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """What the collection is called, as text whatever the bytes of its name are."""
        if self.payload_of is not None:
            return self.payload_of.name
        name = os.path.basename(os.path.abspath(self.source)) or "root"
        return os.fsencode(name).decode("utf-8", "backslashreplace")

    @property
    def places(self) -> tuple[str, ...]:
        """Every folder or file outside the archive that is read."""
        if self.payload_of is None:
            return (self.source,)
        mine = () if self.payload_of.supersedes else (self.payload_of.bag,)
        return (*mine, *(one.place for one in self.payload_of.add))


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
        "known_by": request.known_by,
        "payload_of": asdict(request.payload_of) if request.payload_of else None,
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
        known_by=record.get("known_by"),
        payload_of=_payload_of(record.get("payload_of")),
    )


def _payload_of(record: Mapping[str, Any] | None) -> PayloadOf | None:
    if record is None:
        return None
    lists = {
        "remove": tuple(record["remove"]),
        "add": tuple(Addition(**one) for one in record["add"]),
    }
    return PayloadOf(**{**record, **lists})
