"""METS as a stranger reads it: metsrw, which Archivematica reads and writes METS with."""

from __future__ import annotations

from pathlib import Path

import metsrw

from archiver.writers.xml import unescaped
from tests.writers import scene


def _entries(name: str) -> dict[str, metsrw.FSEntry]:
    """Return the files of a golden document by the path that metsrw says they have."""
    document = metsrw.METSDocument.fromfile(str(scene.GOLDEN / name))
    return {one.path: one for one in document.all_files() if one.type != "Directory"}


def test_a_strangers_reader_finds_every_file_with_its_digest() -> None:
    found = _entries("mets.xml")
    assert sorted(found) == sorted(file.path for file in scene.files())
    for file in scene.files():
        entry = found[file.path]
        assert (entry.checksumtype, entry.checksum) == file.digests[0]
        assert unescaped(entry.label) == Path(file.path).name


def test_a_strangers_reader_finds_folders_and_what_is_known_of_the_sound() -> None:
    found = _entries("mets-beside.xml")
    assert "../data/Disc 1/a & b.flac" in found
    for file in scene.files():
        entry = found[f"../{file.path}"]
        folder = entry.parent.label
        assert folder == (Path(file.path).parts[1:-1] or (scene.bag().source_name,))[-1]
        sections = [one for section in entry.amdsecs for one in section.subsections]
        kinds = [(one.subsection, one.contents.othermdtype) for one in sections]
        assert kinds == ([("techMD", "PBCORE")] if file.recording.format else [])
