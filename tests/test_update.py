"""A new version of a bag is a new bag; the old one is never touched, and each names the other."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archiver.archive import Archive
from archiver.catalogue import BagRow, Catalogue
from archiver.errors import UsageError
from archiver.history import History
from archiver.holdings import list_bags
from archiver.metadata import bag_metadata
from archiver.packaging.outcome import SourceOutcome
from archiver.rebuild import rebuild
from archiver.restore import restore
from archiver.rights.bag import read_bag_rights
from archiver.state import State
from archiver.update import Changes, foresee_update, update
from policies.rights import RightsStatement
from tests.packaging import scene
from tests.packaging.scene import (
    AGENT,
    CLOCK,
    MTIME_NS,
    assert_books_agree,
    assert_valid,
    bag_of,
    codes,
    content_of,
    make_source,
    noise,
    refusals,
    snapshot,
    staged,
    visible,
)
from tests.writers.official import read, valid

FILES = {"disc/01.wav": noise(1_300_000), "disc/02.wav": b"two", "notes.txt": b"nots", "x/y": b"y"}


def _packaged(archive: Archive, tmp_path: Path, **wishes: Any) -> str:
    source = make_source(tmp_path / "source", FILES)
    (source / "empty").mkdir(mode=0o750)
    os.chmod(source / "notes.txt", 0o640)
    for folder in ("empty", "disc", "."):
        os.utime(source / folder, ns=(MTIME_NS, MTIME_NS + len(folder)))
    outcome = scene.run(archive, source, bag_id="tape", **wishes)
    assert outcome.state is State.SOUND, outcome
    return "tape"


def _update(archive: Archive, bag: str, changes: Changes) -> SourceOutcome:
    return update(archive, bag, changes, clock=CLOCK, agent=AGENT, workers=2)


def _row(archive: Archive, bag: str) -> BagRow:
    with Catalogue.open(archive.catalogue_url) as catalogue:
        row = catalogue.bag(bag)
    assert row is not None
    return row


def _lines(place: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in place.read_bytes().splitlines()]


def _restored(bag: Path, place: Path) -> dict[str, tuple[object, ...]]:
    """Mode, time and bytes of everything in a bag, as it is given back."""
    assert restore(str(bag), str(place)).state is State.SOUND
    return {path: (facts[0], facts[5], facts[7]) for path, facts in snapshot(place).items()}


def test_files_are_added_replaced_and_removed_in_a_new_bag_and_the_old_is_as_it_was(
    archive: Archive, tmp_path: Path
) -> None:
    old = archive.bag_path(_packaged(archive, tmp_path))
    before, was = snapshot(old), _restored(old, tmp_path / "was")
    scans = make_source(tmp_path / "scans", {"front.tif": noise(9), "back/b.tif": noise(8)})
    better = make_source(tmp_path / "better", {"n.txt": b"notes"}) / "n.txt"
    changes = Changes(
        "scanned; typing error",
        add=(str(scans),),
        at="data/paper/all",
        replace=(("data/notes.txt", str(better)),),
        remove=("data/x",),
    )
    outcome = _update(archive, "tape", changes)
    assert (outcome.state, outcome.bag_id) == (State.SOUND, "tape-v2"), outcome.findings
    new = bag_of(outcome)
    assert_valid(new)
    assert snapshot(old) == before
    assert content_of(new / "data") == {
        "disc/01.wav": FILES["disc/01.wav"],
        "disc/02.wav": b"two",
        "notes.txt": b"notes",
        "paper/all/scans/front.tif": noise(9),
        "paper/all/scans/back/b.tif": noise(8),
    }
    now = _restored(new, tmp_path / "now")
    for path in (".", "disc", "disc/01.wav", "disc/02.wav", "empty"):
        assert now[path] == was[path], path
    changed = {line["path"]: line["change"] for line in _lines(new / "metadata/changes.jsonl")}
    assert changed == {
        "data/notes.txt": "replaced",
        "data/paper/all/scans/back/b.tif": "added",
        "data/paper/all/scans/front.tif": "added",
        "data/x/y": "removed",
    }
    assert_books_agree(archive)
    assert staged(archive) == []


def test_each_version_names_the_one_before_and_is_named_by_the_next(
    archive: Archive, tmp_path: Path
) -> None:
    first = _packaged(archive, tmp_path)
    for number in (2, 3):
        changes = Changes(f"reason {number}", info=(("Contact-Name", f"A. Bee {number}"),))
        bag = first if number == 2 else "tape-v2"
        assert _update(archive, bag, changes).bag_id == f"tape-v{number}"
    premis = valid(read(bag_metadata(archive.bag_path("tape-v3"), "premis")), "premis.xsd")
    related = premis.iter("{*}relatedObjectIdentifierValue")
    assert "tape-v2/data" in [element.text for element in related]
    versions = _lines(archive.bag_path("tape-v3") / "metadata/versions.jsonl")
    assert [(line["bag"], line["reason"]) for line in versions] == [
        ("tape", "reason 2"),
        ("tape-v2", "reason 3"),
    ]
    assert versions[1]["tag_manifest_sha512"] == _row(archive, "tape-v2").tag_manifest_digest
    links = [(row.id, row.supersedes, row.superseded_by) for row in list_bags(archive)]
    assert sorted(links) == [
        ("tape", None, "tape-v2"),
        ("tape-v2", "tape", "tape-v3"),
        ("tape-v3", "tape-v2", None),
    ]
    assert [row.id for row in list_bags(archive, current=True)] == ["tape-v3"]
    archive.catalogue_path.unlink()
    assert rebuild(archive, CLOCK, agent=AGENT).state is State.SOUND
    assert [(row.id, row.supersedes, row.superseded_by) for row in list_bags(archive)] == links
    history = History(archive, "tape")
    assert [(event.type, event.bag) for event in history.events()][-1] == ("seal", "tape-v2")
    assert history.known is not None and history.known.superseded_by == "tape-v2"
    assert history.known.sealed_at == _row(archive, "tape").sealed_at
    # What is superseded goes on being checked.
    with Catalogue.open(archive.catalogue_url) as catalogue:
        assert all(catalogue.plan.of_log(bag) for bag in ("tape", "tape-v2", "tape-v3"))


def test_new_metadata_alone_leaves_the_payload_and_what_else_was_said(
    archive: Archive, tmp_path: Path
) -> None:
    said = (("Contact-Name", "X"), ("Contact-Name", "Y"), ("External-Identifier", "shelf 9"))
    _packaged(archive, tmp_path, info=said)
    assert _update(archive, "tape", Changes("typo", info=(("Contact-Name", "A. Bee"),))).bag_id
    info = (archive.bag_path("tape-v2") / "bag-info.txt").read_text().splitlines()
    assert [line for line in info if line.startswith(("Contact", "External-I"))] == [
        "External-Identifier: shelf 9",
        "Contact-Name: A. Bee",
        "External-Identifier: tape-v2",
    ]
    assert {"Bag-Version: 2", "Version-Of: tape", "Update-Reason: typo"} <= set(info)
    assert sum(line.startswith("Rights-Statement:") for line in info) == 1
    assert _row(archive, "tape-v2").payload_digest == _row(archive, "tape").payload_digest
    assert (archive.bag_path("tape-v2") / "metadata/changes.jsonl").read_bytes() == b""


def test_of_a_damaged_bag_no_version_is_made_unless_what_is_damaged_is_replaced(
    archive: Archive, tmp_path: Path
) -> None:
    bag = archive.bag_path(_packaged(archive, tmp_path))
    place = bag / "data/disc/01.wav"
    content = bytearray(FILES["disc/01.wav"])
    content[700_000] ^= 4
    place.chmod(0o644)
    place.write_bytes(content)
    extra = make_source(tmp_path / "extra", {"e.txt": b"e"}) / "e.txt"
    outcome = _update(archive, "tape", Changes("more", add=(str(extra),)))
    assert (outcome.state, codes(outcome)) == (State.UNSOUND, ["mismatch"])
    assert outcome.findings[0].path == "data/disc/01.wav"
    assert (visible(archive), staged(archive)) == (["tape"], [])
    good = make_source(tmp_path / "good", {"01.wav": FILES["disc/01.wav"]}) / "01.wav"
    mended = Changes("damaged", replace=(("data/disc/01.wav", str(good)),))
    assert _update(archive, "tape", mended).state is State.SOUND
    assert_valid(archive.bag_path("tape-v2"))


@pytest.mark.parametrize(
    ("deed", "code", "path"),
    [
        ("lose", "missing", "data/disc/02.wav"),
        ("add", "unexpected", "data/disc/zero.wav"),
        ("list", "mismatch", "fixity/blake3.txt"),
        ("record", "mismatch", "metadata/source.jsonl"),
    ],
)
def test_whatever_is_wrong_with_the_old_bag_is_named_and_nothing_is_made(
    archive: Archive, tmp_path: Path, deed: str, code: str, path: str
) -> None:
    bag = archive.bag_path(_packaged(archive, tmp_path))
    if deed == "lose":
        (bag / path).unlink()
    elif deed == "add":
        (bag / path).write_bytes(b"")
    else:
        (bag / path).chmod(0o644)
        (bag / path).write_bytes((bag / path).read_bytes().replace(b"0", b"1", 1))
    outcome = _update(archive, "tape", Changes("why", info=(("A", "b"),)))
    assert outcome.state is State.UNSOUND
    assert (code, path) in [(finding.code, finding.path) for finding in outcome.findings]
    assert (visible(archive), staged(archive)) == (["tape"], [])


def test_a_tag_manifest_that_was_not_sealed_is_not_built_upon(
    archive: Archive, tmp_path: Path
) -> None:
    bag = archive.bag_path(_packaged(archive, tmp_path))
    place = bag / "tagmanifest-sha512.txt"
    place.chmod(0o644)
    lines = place.read_bytes().splitlines(keepends=True)
    place.write_bytes(b"".join(lines[1:]))
    outcome = _update(archive, "tape", Changes("why", info=(("A", "b"),)))
    assert "not-the-sealed-bag" in codes(outcome)
    assert visible(archive) == ["tape"]


def test_what_is_added_is_judged_by_the_policy_in_force_twins_and_all(
    archive: Archive, tmp_path: Path
) -> None:
    _packaged(archive, tmp_path)
    more = make_source(tmp_path / "NOTES.TXT", {"f": b""})
    (more / "link").symlink_to("f")
    outcome = _update(archive, "tape", Changes("why", add=(str(more), str(tmp_path / "none"))))
    assert outcome.state is State.REFUSED
    assert "symlink" in refusals(outcome)["NOTES.TXT/link"]
    assert "vanished" in refusals(outcome)["none"]
    said = {remark.reason.code for remark in outcome.remarks}
    assert {"case-twin", "zero-bytes"} <= said
    assert (visible(archive), staged(archive)) == (["tape"], [])


NOTHING = Changes("why")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        (NOTHING, "nothing to change"),
        (replace(NOTHING, remove=("data/none",)), "holds nothing at"),
        (replace(NOTHING, remove=("data/disc", "data/notes.txt", "data/x")), "nothing would be"),
        (replace(NOTHING, remove=("bag-info.txt",)), "no place in the payload"),
        (replace(NOTHING, remove=("data/../bagit.txt",)), "no place in the payload"),
        (replace(NOTHING, remove=("data/disc", "data/disc/01.wav")), "two changes"),
        (replace(NOTHING, add=("notes.txt",)), "already"),
        (replace(NOTHING, add=("new.txt",), at="data/notes.txt"), "is a file"),
        (replace(NOTHING, add=("new.txt",), bag_id="no good"), "identifier"),
        (replace(NOTHING, info=(("Payload-Oxum", "1.1"),)), "worked out"),
    ],
)
def test_changes_that_cannot_be_are_said_before_anything_is_made(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: Changes, word: str
) -> None:
    _packaged(archive, tmp_path)
    monkeypatch.chdir(make_source(tmp_path / "here", {"notes.txt": b"n", "new.txt": b"n"}))
    with pytest.raises(UsageError, match=word):
        _update(archive, "tape", changes)
    assert visible(archive) == ["tape"]


def test_only_the_newest_version_gets_a_next_one(archive: Archive, tmp_path: Path) -> None:
    _packaged(archive, tmp_path)
    change = Changes("why", info=(("A", "b"),))
    _update(archive, "tape", change)
    with pytest.raises(UsageError, match="superseded by tape-v2"):
        _update(archive, "tape", change)
    with pytest.raises(UsageError, match="no bag"):
        _update(archive, "other", change)
    assert visible(archive) == ["tape", "tape-v2"]


def test_rights_hold_on_with_their_documents_until_others_are_said(
    archive: Archive, tmp_path: Path
) -> None:
    rights = tmp_path / "paper/rights.toml"
    rights.parent.mkdir()
    (rights.parent / "deed.PDF").write_bytes(b"the deed")
    sha256 = hashlib.sha256(b"the deed").hexdigest()
    rights.write_text(
        'format = "audio-archiver/rights-statements"\nversion = 1\n[[statements]]\nid = "R-1"\n'
        'basis = "licence"\napplies_to = ["**"]\nevidence = ["deed"]\n'
        'acts = {replicate = "allow"}\n[[evidence]]\nid = "deed"\ntype = "license_agreement"\n'
        f'file = "deed.PDF"\nsha256 = "{sha256}"\n'
    )
    _packaged(archive, tmp_path, rights=None, rights_file=str(rights))
    (rights.parent / "deed.PDF").unlink()
    assert _update(archive, "tape", Changes("why", info=(("A", "b"),))).state is State.SOUND
    old, new = archive.bag_path("tape"), archive.bag_path("tape-v2")
    for name in ("metadata/rights.toml", "metadata/evidence/deed.pdf"):
        assert (new / name).read_bytes() == (old / name).read_bytes()
    law = Changes("a law", rights=RightsStatement("statute", "Act 9"))
    assert _update(archive, "tape-v2", law).state is State.SOUND
    assert read_bag_rights(str(archive.bag_path("tape-v3"))) != read_bag_rights(str(new))
    assert not (archive.bag_path("tape-v3") / "metadata/rights.toml").exists()


def test_a_dry_run_decides_everything_and_writes_nothing(archive: Archive, tmp_path: Path) -> None:
    _packaged(archive, tmp_path)
    more = make_source(tmp_path / "more", {"f": b"ff"})
    before, policy = snapshot(archive.root), archive.policy_path.read_bytes()
    changes = Changes("why", add=(str(more),), remove=("data/x",))
    with foresee_update(archive, "tape", changes, policy, clock=CLOCK) as (seen, new):
        paths = {entry.path for entry in seen.decisions() if entry.kind == "file"}
        assert (seen.state, new) == (State.SOUND, "tape-v2")
    assert paths == {"disc/01.wav", "disc/02.wav", "notes.txt", "more/f"}
    assert snapshot(archive.root) == before
