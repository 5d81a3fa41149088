"""Finding a listed file under another spelling of its name, where only one can be meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archiver.bagit.reading.paths import decode_escapes


@dataclass(frozen=True, slots=True)
class Pair:
    """A listed path that is missing and the file on disk that must be meant."""

    listed: str
    on_disk: str
    by_escape: bool


def pair_by_name(
    missing: Iterable[str], spare: Iterable[str], escapes: frozenset[str]
) -> Iterator[Pair]:
    """Yield pairs of a ``missing`` and a ``spare`` path that are one name, spelt differently.

    First names that hold an escape as it stands (tools that do not decode, RFC 8493 2.1.3),
    then names in another Unicode normal form (RFC 8493 6.1.1). Whatever could mean two files,
    or be meant by two, is left alone.
    """
    missing, spare = set(missing), set(spare)
    for on_disk in sorted(path for path in spare if "%" in path):
        listed, _ = decode_escapes(on_disk, escapes)
        if listed in missing:
            missing.discard(listed)
            spare.discard(on_disk)
            yield Pair(listed, on_disk, by_escape=True)
    wanted, offered = _by_normal_form(missing), _by_normal_form(spare)
    for form, listed_paths in wanted.items():
        if len(listed_paths) == 1 and len(offered.get(form, ())) == 1:
            yield Pair(listed_paths[0], offered[form][0], by_escape=False)


def _by_normal_form(paths: Iterable[str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for path in sorted(path for path in paths if not path.isascii()):
        groups.setdefault(unicodedata.normalize("NFC", path), []).append(path)
    return groups
