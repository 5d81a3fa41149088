"""``update``: a new version of a sealed bag. The old one stays, and is never written to.

The new bag is packaged by the seven steps every bag goes through. What has not changed is copied
out of the old bag, and the digests of that one read are compared with those it was sealed with;
so a bag that is damaged gets no new version before it is whole again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from archiver.archive import Archive
from archiver.bagit.writing import prose
from archiver.catalogue import BagRow, Catalogue
from archiver.clock import Clock
from archiver.errors import IncompleteError, UnknownBagError, UsageError
from archiver.events import Agent
from archiver.events.signing import SigningKey
from archiver.package import package
from archiver.packaging.carried_info import PROFILE, Pairs, carried, said_in
from archiver.packaging.foreseen import ALWAYS
from archiver.packaging.lineage import versions_before
from archiver.packaging.outcome import SourceOutcome
from archiver.packaging.request import Addition, PackageRequest, PayloadOf
from archiver.preview import Preview, preview
from archiver.progress import Progress
from archiver.tree import Tree
from policies.profiles import SHIPPED, read_profile, shipped
from policies.rights import RightsStatement

__all__ = ["Changes", "foresee_update", "update"]

_PAYLOAD = "data/"


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be different in the new version, and why.

    ``add``: files and folders on disk, to lie in the folder ``at`` of the bag. ``replace`` and
    ``remove`` are about paths in the bag, like ``data/disc 1/03.flac``; what replaces is a path
    on disk. ``info``: a label given here replaces all that the old bag said under it. Without
    ``rights`` and ``rights_file`` those of the old bag hold on. ``known_damage``, ``profiles`` and
    ``tag_files`` as in :class:`~archiver.packaging.request.PackageRequest`; tag files of that
    kind that the old bag has are kept, and so are the shipped profiles it names.
    """

    reason: str
    add: tuple[str, ...] = ()
    at: str = "data"
    replace: tuple[tuple[str, str], ...] = ()
    remove: tuple[str, ...] = ()
    info: tuple[tuple[str, str], ...] = ()
    rights: RightsStatement | None = None
    rights_file: str | None = None
    known_damage: str | None = None
    bag_id: str | None = None
    profiles: tuple[str, ...] = ()
    tag_files: tuple[str, ...] = ()

    @property
    def are_none(self) -> bool:
        """Whether there is nothing to change."""
        rights = self.rights or self.rights_file
        more = self.profiles or self.tag_files
        return not (self.add or self.replace or self.remove or self.info or rights or more)


def update(
    archive: Archive,
    bag_id: str,
    changes: Changes,
    *,
    clock: Clock,
    agent: Agent,
    workers: int,
    progress: Progress | None = None,
    lock_wait: float = 0.0,
    key: SigningKey | None = None,
) -> SourceOutcome:
    """Make a new version of the bag ``bag_id`` and say how it went; the old bag is only read.

    ``key`` signs the checkpoint of the log that goes into the bag.
    Findings about the old bag, if there are grave ones, mean that no version was made. Raises
    what :func:`archiver.package.package` raises, and :class:`UsageError` for changes that cannot
    be made and for a bag that is superseded already.
    """
    return package(
        archive,
        _request(archive, bag_id, changes),
        clock=clock,
        agent=agent,
        workers=workers,
        progress=progress,
        lock_wait=lock_wait,
        key=key,
    )


@contextmanager
def foresee_update(
    archive: Archive,
    bag_id: str,
    changes: Changes,
    policy: bytes,
    *,
    clock: Clock,
    progress: Progress | None = None,
) -> Iterator[tuple[Preview, str]]:
    """Hand out what the new version would be, and its identifier; nothing is written.

    No digest is taken. Raises as :func:`update` does.
    """
    request = _request(archive, bag_id, changes)
    with preview(request, policy, archive=archive, progress=progress, clock=clock) as seen:
        yield seen, request.bag_id or ""


def _request(archive: Archive, bag_id: str, changes: Changes) -> PackageRequest:
    """Return what packaging is asked for. Raises :class:`UsageError`."""
    if changes.are_none:
        raise UsageError(
            "there is nothing to change", "Say --add, --replace, --remove, --info or --rights."
        )
    old = _row(archive, bag_id)
    bag = str(archive.bag_path(bag_id))
    first, number = bag_id, 2
    if earlier := versions_before(bag):
        first, number = earlier[0].bag, len(earlier) + 2
    payload = PayloadOf(
        bag=bag,
        name=old.source_name,
        supersedes=bag_id,
        reason=changes.reason,
        recorded=True,
        remove=(*map(_inside, changes.remove), *(_inside(path) for path, _ in changes.replace)),
        add=tuple(_additions(changes)),
    )
    _require_apart(payload)
    said = _said_in(bag)
    own = ("External-Identifier", bag_id)
    kept = (pair for pair in carried(said, changes.info) if pair != own)
    lineage = (
        ("Bag-Version", str(number)),
        ("Version-Of", first),
        ("Supersedes", bag_id),
        ("Supersedes-Tag-Manifest-SHA512", old.tag_manifest_digest),
        ("Update-Reason", prose("Update-Reason", changes.reason)),
    )
    return PackageRequest(
        source=os.path.join(bag, "data"),
        bag_id=changes.bag_id or f"{first}-v{number}",
        rights=changes.rights,
        rights_file=changes.rights_file,
        info=(*kept, *changes.info, *lineage),
        profiles=tuple(dict.fromkeys((*_kept_profiles(said), *changes.profiles))),
        tag_files=(*_kept_tag_files(bag, changes.tag_files), *changes.tag_files),
        again=True,
        known_damage=changes.known_damage,
        payload_of=payload,
    )


def _row(archive: Archive, bag_id: str) -> BagRow:
    archive.bag_path(bag_id)
    with Catalogue.open(archive.catalogue_url) as catalogue:
        row = catalogue.bag(bag_id)
    if row is None:
        raise UnknownBagError(bag_id)
    return row


def _additions(changes: Changes) -> Iterator[Addition]:
    at = "" if changes.at.strip("/") == "data" else f"{_inside(changes.at)}/"
    for place in changes.add:
        whole = os.path.abspath(place)
        yield Addition(whole, at + os.path.basename(whole))
    for path, place in changes.replace:
        yield Addition(os.path.abspath(place), _inside(path))


def _inside(path: str) -> str:
    """Return a path in the bag as one below ``data/``. Raises :class:`UsageError`."""
    plain = path.rstrip("/")
    inside = plain.removeprefix(_PAYLOAD)
    if inside == plain or {"", ".", ".."} & set(inside.split("/")):
        raise UsageError(
            f"{path!a} is no place in the payload", "Write it like data/disc 1/03.flac"
        )
    return inside


def _require_apart(payload: PayloadOf) -> None:
    """Raise :class:`UsageError` where two changes are about the same place."""
    places = sorted((*payload.remove, *(one.target for one in payload.add)))
    replaced = set(payload.remove) & {one.target for one in payload.add}
    for one in replaced:
        places.remove(one)
    for path in places:
        others = [one for one in places if one is not path and f"{one}/".startswith(f"{path}/")]
        if others:
            raise UsageError(
                f"two changes are about data/{others[0]}", "Make them one after the other."
            )


def _said_in(bag: str) -> Pairs:
    try:
        with Tree(bag) as tree:
            return said_in(tree)
    except OSError as error:
        raise IncompleteError(
            f"bag-info.txt of {bag} cannot be read: {error.strerror}", "archiver verify says more."
        ) from error


def _kept_profiles(said: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the shipped profiles that the old bag names: the new one is to meet them too."""
    named = {value for label, value in said if label.lower() == PROFILE.lower()}
    if named:
        for name in SHIPPED:
            if read_profile(shipped(name)).identifier in named:
                yield name


def _kept_tag_files(bag: str, given: Iterable[str]) -> Iterator[str]:
    """Yield the tag files at the top of the bag that somebody had put there."""
    taken = {os.path.basename(path) for path in given}
    for name in sorted(os.listdir(bag)):
        is_ours = name in ALWAYS or name.startswith(("manifest-", "tagmanifest-"))
        if not is_ours and name not in taken and os.path.isfile(os.path.join(bag, name)):
            yield os.path.join(bag, name)
