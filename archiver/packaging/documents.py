"""PREMIS, METS, PBCore and Dublin Core as tag files, where the policy asks for them."""

from __future__ import annotations

import os
from collections.abc import Collection

from archiver.catalogue.records import BagRecordsError
from archiver.described import DescribedFiles, described_bag, manifests_in, overview_of
from archiver.errors import EnvironmentUnusable
from archiver.packaging.foreseen import DOCUMENTS
from archiver.packaging.tagfiles import TagFiles
from archiver.writers import (
    PremisBeside,
    dc_document,
    mets_document,
    pbcore_document,
    premis_document,
    premis_element,
)

_PREMIS, _METS, _PBCORE, _DC = DOCUMENTS.values()


def write_documents(bag: str, wanted: Collection[str], tag_files: TagFiles) -> None:
    """Write the documents ``wanted``, from the tag files that are in the folder ``bag`` already.

    METS refers to PREMIS where both are wanted, and holds it otherwise. Raises
    :class:`EnvironmentUnusable` when what was just written cannot be read.
    """
    try:
        _write(bag, wanted, tag_files)
    except BagRecordsError as error:
        raise EnvironmentUnusable(
            f"what was just written into the bag cannot be used: {error.message}",
            "Check the archive's disk; nothing half-made is visible.",
        ) from error


def _write(bag: str, wanted: Collection[str], tag_files: TagFiles) -> None:
    told, overview = described_bag(bag), overview_of(bag)
    files = DescribedFiles(bag, manifests_in(bag))
    if "premis" in wanted:
        tag_files.write(_PREMIS, premis_document(told, overview, files))
    if "mets" in wanted:
        beside = _beside(bag, tag_files) if "premis" in wanted else None
        premis = beside or premis_element(told, overview, files)
        tag_files.write(_METS, mets_document(told, overview, files, premis, up="../"))
    if "pbcore" in wanted:
        tag_files.write(_PBCORE, pbcore_document(told, overview, files))
    if "dc" in wanted:
        tag_files.write(_DC, dc_document(told, overview))


def _beside(bag: str, tag_files: TagFiles) -> PremisBeside:
    digests = dict(zip(tag_files.algorithms, tag_files.digests[_PREMIS], strict=True))
    size = os.path.getsize(f"{bag}/{_PREMIS}")
    return PremisBeside(os.path.basename(_PREMIS), size, digests["sha512"].hex())
