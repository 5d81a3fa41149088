"""What stands at the top of a bag: manifests, tag manifests, data/ (RFC 8493 2)."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass

from archiver.bagit.reading.manifest_lines import TAG_MANIFEST
from archiver.bagit.reading.report import Report
from archiver.bagit.reading.rules import Rules
from archiver.hashing import is_known
from archiver.tree import Tree

PAYLOAD_MANIFEST = re.compile(r"manifest-([^/]+)\.txt", re.DOTALL)
_WELL_NAMED = re.compile("[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class ManifestName:
    """A manifest by its name; ``algorithm`` is None when we cannot compute it."""

    name: str
    algorithm: str | None


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a bag that stand at its top. Links and special files do not count."""

    payload_manifests: tuple[ManifestName, ...]
    tag_manifests: tuple[ManifestName, ...]
    files: frozenset[str]
    has_data: bool


def survey_top(tree: Tree, rules: Rules, report: Report) -> Layout:
    """List the bag's top folder and report what must be there and is not. Raises ``OSError``."""
    files: set[str] = set()
    payload, tags, has_data = [], [], False
    with os.scandir(tree.folder("")) as entries:
        names = sorted(entry.name for entry in entries)
    for name in names:
        mode = os.stat(name, dir_fd=tree.folder(""), follow_symlinks=False).st_mode
        has_data |= name == "data" and stat.S_ISDIR(mode)
        if not stat.S_ISREG(mode):
            continue
        if found := PAYLOAD_MANIFEST.fullmatch(name):
            payload.append(ManifestName(name, _algorithm(name, found[1], rules, report)))
        elif found := TAG_MANIFEST.fullmatch(name):
            tags.append(ManifestName(name, _algorithm(name, found[1], rules, report)))
        else:
            files.add(name)
    if not has_data:
        report.add("no-payload-folder", "The bag has no folder data/.", "data", f"{rules.clause} 2")
    if not payload:
        message = "The bag has no payload manifest, so no file of it can be checked."
        report.add("no-payload-manifest", message, None, f"{rules.clause} 2.1.3")
    if not tags:
        message = "The bag has no tag manifest: damage to its own text files cannot be recognised."
        report.add("no-tag-manifest", message, None, f"{rules.clause} 2.2.1")
    return Layout(tuple(payload), tuple(tags), frozenset(files), has_data)


def _algorithm(name: str, spelt: str, rules: Rules, report: Report) -> str | None:
    plain = spelt.lower().replace("-", "").replace("_", "")
    if not _WELL_NAMED.fullmatch(spelt):
        message = "A manifest's name must spell its algorithm in lower case letters and digits."
        report.add("algorithm-name", message, name, f"{rules.clause} 2.4")
    return plain if is_known(plain) else None
