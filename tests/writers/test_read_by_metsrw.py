"""Archivematica's own reader of METS finds in ours every file, its digest, and the folders."""

from __future__ import annotations

from typing import Any

import metsrw
import pytest

from tests.writers import scene
from tests.writers.official import read


@pytest.fixture(scope="module")
def entries() -> list[Any]:
    """What metsrw makes of the made-up collection."""
    root = read(scene.documents()["mets.xml"])
    return list(metsrw.METSDocument.fromtree(root.getroottree()).all_files())


def test_every_file_is_found_with_its_digest(entries: list[Any]) -> None:
    found = {one.path: (one.checksumtype, one.checksum) for one in entries if one.type == "file"}
    assert found == {
        file.path: (name, digest) for file in scene.files() for name, digest in file.digests[:1]
    }
    assert {one.use for one in entries if one.type == "file"} == {"preservation"}


def test_every_file_lies_in_the_folder_it_lay_in(entries: list[Any]) -> None:
    folders = {
        one.label: sorted(child.label for child in one.children if child.type == "file")
        for one in entries
        if one.type == "Directory"
    }
    expected: dict[str, list[str]] = {}
    for file in scene.files():
        folder, _, name = file.path.rpartition("/")
        expected.setdefault(folder.rpartition("/")[2], []).append(name)
    expected[scene.bag().source_name] = expected.pop("data")
    assert {name: held for name, held in folders.items() if held} == {
        name: sorted(held) for name, held in expected.items()
    }


def test_every_recording_leads_to_what_is_known_of_its_sound(entries: list[Any]) -> None:
    told = {
        one.path: [
            (part.subsection, part.contents.othermdtype)
            for section in one.amdsecs
            for part in section.subsections
        ]
        for one in entries
        if one.type == "file"
    }
    assert told == {
        file.path: [("techMD", "PBCORE")] if file.recording.format else [] for file in scene.files()
    }
