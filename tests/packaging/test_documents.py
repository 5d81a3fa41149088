"""Documents for other programs go into a bag where its policy asks for them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from archiver.archive import Archive, create_archive
from archiver.errors import EnvironmentUnusable
from archiver.metadata import bag_metadata
from archiver.packaging.documents import write_documents
from archiver.packaging.tagfiles import TagFiles
from policies.policy import builtin
from tests.audio.sounds import wav
from tests.packaging import scene
from tests.writers.official import METS, PREMIS, XLINK, read, valid


def _archive(place: Path, documents: str) -> Archive:
    policy = builtin("library").replace(
        b"\n[packaging]\n", f"\n[packaging]\n{documents}\n".encode()
    )
    return create_archive(place, policy, scene.CLOCK)


def _bag(tmp_path: Path, documents: str) -> Path:
    source = tmp_path / "source"
    source.mkdir()
    for name in scene.HOSTILE_NAMES[scene.BEYOND_BAGIT_PY :]:
        (source / name).write_bytes(name.encode())
    (source / "tone.wav").write_bytes(wav(50))
    outcome = scene.run(_archive(tmp_path / "archive", documents), source)
    return scene.bag_of(outcome)


def test_without_being_asked_for_there_are_none(tmp_path: Path) -> None:
    assert list(_bag(tmp_path, "").glob("metadata/*.xml")) == []


@pytest.mark.usefixtures("real_tags")
def test_all_of_them_are_valid_tag_files_of_a_valid_bag(tmp_path: Path) -> None:
    bag = _bag(tmp_path, 'documents = ["dc", "pbcore", "mets", "premis"]')
    scene.assert_valid(bag)
    listed = (bag / "tagmanifest-sha512.txt").read_text("utf-8")
    for name in ("premis", "mets", "pbcore", "dc"):
        digest = hashlib.sha512((bag / f"metadata/{name}.xml").read_bytes()).hexdigest()
        assert f"{digest}  metadata/{name}.xml\n" in listed
    premis = (bag / "metadata/premis.xml").read_bytes()
    valid(read([premis]), "premis.xsd")
    valid(read([(bag / "metadata/pbcore.xml").read_bytes()]), "pbcore.xsd")
    valid(read([(bag / "metadata/dc.xml").read_bytes()]), "simpledc.xsd")
    mets = valid(read([(bag / "metadata/mets.xml").read_bytes()]), "mets.xsd")
    (reference,) = mets.iter(f"{METS}mdRef")
    assert reference.get(f"{XLINK}href") == "premis.xml"
    assert reference.get("SIZE") == str(len(premis))
    assert reference.get("CHECKSUM") == hashlib.sha512(premis).hexdigest()
    hrefs = [one.get(f"{XLINK}href") for one in mets.iter(f"{METS}FLocat")]
    assert len(hrefs) == 1 + len(scene.HOSTILE_NAMES) - scene.BEYOND_BAGIT_PY
    assert all(href.startswith("../data/") for href in hrefs)


def test_they_are_what_the_sealed_bag_would_be_told_as(tmp_path: Path) -> None:
    bag = _bag(tmp_path, 'documents = ["premis", "dc"]')
    assert (bag / "metadata/premis.xml").read_bytes() == b"".join(bag_metadata(bag, "premis"))
    assert (bag / "metadata/dc.xml").read_bytes() == b"".join(bag_metadata(bag, "dc"))
    assert not (bag / "metadata/mets.xml").exists()


def test_mets_alone_has_premis_in_it(tmp_path: Path) -> None:
    bag = _bag(tmp_path, 'documents = ["mets"]')
    mets = valid(read([(bag / "metadata/mets.xml").read_bytes()]), "mets.xsd")
    assert list(mets.iter(f"{PREMIS}premis"))
    assert not (bag / "metadata/premis.xml").exists()


def test_records_that_do_not_read_back_are_the_machines_fault(tmp_path: Path) -> None:
    with (
        TagFiles(str(tmp_path), ["sha512"]) as tag_files,
        pytest.raises(EnvironmentUnusable, match="what was just written"),
    ):
        write_documents(str(tmp_path), ["dc"], tag_files)


def test_a_word_that_is_no_document_is_a_mistake_in_the_policy() -> None:
    from policies.policy import PolicyMistakes, read_policy

    text = builtin("library").replace(b"\n[packaging]\n", b'\n[packaging]\ndocuments = ["mods"]\n')
    with pytest.raises(PolicyMistakes) as wrong:
        read_policy(text)
    assert "packaging.documents: 'mods' is not known" in wrong.value.listed
