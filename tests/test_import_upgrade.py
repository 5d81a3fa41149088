"""A received bag upgraded: its payload in a bag of BagIt 1.0, its tag files kept as they came."""

from __future__ import annotations

import itertools
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.archive import Archive
from archiver.errors import UsageError
from archiver.export import Form, export
from archiver.import_bag import Imported, import_bag
from archiver.package import package
from archiver.packaging.job import jobs
from archiver.restore import restore
from archiver.state import State
from archiver.update import Changes, update
from tests.bagit.bags import PAYLOAD, Files, bag_files, digest, seal, write
from tests.packaging import scene
from tests.packaging.scene import (
    AGENT,
    CLOCK,
    HOSTILE_NAMES,
    MTIME_NS,
    assert_books_agree,
    assert_valid,
    assert_valid_to_us,
    bag_of,
    content_of,
    make_source,
    new_archive,
    request_for,
    snapshot,
    staged,
    visible,
)


def _upgrade(archive: Archive, source: Path, form: str | None = "upgrade", **more: Any) -> Imported:
    request = request_for(source, **more)
    return import_bag(archive, request, clock=CLOCK, agent=AGENT, workers=2, form=form)


def _bag(found: Imported) -> Path:
    assert found.outcome is not None, found
    return bag_of(found.outcome)


@pytest.mark.parametrize("version", ["0.93", "0.97", "1.0"])
def test_the_payload_is_the_bags_own_and_its_tag_files_are_kept_as_received(
    archive: Archive, tmp_path: Path, version: str
) -> None:
    info = (
        "Contact-Name : A. Bee\nContact-Name: B. Cee\nPayload-Oxum: 9.3\nBagging-Date: 2011-01-01\n"
        "External-Description: two\n  lines\n"
    )
    if version == "1.0":
        info = info.replace(" :", ":")
    files = seal(bag_files(algorithms=("md5",), version=version, info=info), ("md5",))
    files["extra/notes.xml"] = b"<a/>"
    theirs = write(tmp_path / "theirs", files)
    before = snapshot(theirs)
    found = _upgrade(archive, theirs)
    assert (found.state, found.verdict, found.form) == (State.SOUND, "valid", "upgrade")
    bag = _bag(found)
    assert_valid(bag)
    payload = {f"data/{path}": data for path, data in content_of(bag / "data").items()}
    assert payload | content_of(bag / "received") == files
    assert (bag / "bagit.txt").read_text().startswith("BagIt-Version: 1.0\n")
    said = (bag / "bag-info.txt").read_text()
    assert said.startswith(
        "Contact-Name: A. Bee\nContact-Name: B. Cee\nExternal-Description: two\n"
    )
    assert f"Received-Bag-Version: {version}\nReceived-Bag-Verification: valid, by md5\n" in said
    assert said.count("Payload-Oxum") == said.count("Bagging-Date") == 1
    assert snapshot(theirs) == before
    assert_books_agree(archive)
    # A later version keeps what was received, too.
    update(
        archive, bag.name, Changes("why", info=(("A", "b"),)), clock=CLOCK, agent=AGENT, workers=1
    )
    assert content_of(archive.bag_path(f"{bag.name}-v2") / "received") == content_of(
        bag / "received"
    )


def test_the_policy_says_in_which_form_bags_come_in(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    place = archive.policy_path
    text = place.read_text().replace("[packaging]\n", '[packaging]\nreceived-bags = "upgrade"\n')
    place.write_text(text)
    theirs = write(tmp_path / "theirs", seal(bag_files()))
    found = _upgrade(archive, theirs, form=None)
    assert found.form == "upgrade" and (_bag(found) / "received/bagit.txt").is_file()
    assert _upgrade(archive, theirs, form="wrap").form == "wrap"


@pytest.mark.parametrize("reason", [None, "the only copy"])
def test_damage_is_refused_or_taken_for_a_reason(
    archive: Archive, tmp_path: Path, reason: str | None
) -> None:
    theirs = write(tmp_path / "theirs", seal(bag_files(algorithms=("md5",))))
    (theirs / "data/a.txt").write_bytes(b"alphA")
    (theirs / "data/sub/b.txt").unlink()
    (theirs / "data/more").write_bytes(b"more")
    found = _upgrade(archive, theirs, known_damage=reason)
    assert found.verdict == "invalid"
    if reason is None:
        assert (found.outcome, visible(archive)) == (None, [])
        return
    bag = _bag(found)
    assert_valid(bag)
    assert content_of(bag / "data") == {"a.txt": b"alphA", "empty": b"", "more": b"more"}
    assert f"Received-Bag-Accepted-Because: {reason}\n" in (bag / "bag-info.txt").read_text()


@pytest.mark.parametrize("form", ["wrap", "upgrade"])
def test_a_bag_with_a_hole_that_fetch_txt_should_fill_stays_out(
    archive: Archive, tmp_path: Path, form: str
) -> None:
    files = bag_files()
    files["fetch.txt"] = b"https://example.org/a.txt 5 data/a.txt\n"
    theirs = write(tmp_path / "theirs", seal(files))
    (theirs / "data/a.txt").unlink()
    found = _upgrade(archive, theirs, form)
    assert (found.state, found.outcome) == (State.UNSOUND, None)
    assert "missing" in {one.code for one in found.findings}


@pytest.mark.parametrize("change", ["data/a.txt", "bag-info.txt"])
def test_what_changes_after_it_was_verified_is_never_sealed(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    theirs = write(tmp_path / "theirs", seal(bag_files()))

    def meanwhile(*words: Any, **more: Any) -> Any:
        (theirs / change).write_bytes(b"Other: x\n")
        return package(*words, **more)

    monkeypatch.setattr("archiver.import_bag.package", meanwhile)
    found = _upgrade(archive, theirs)
    assert found.state is State.UNSOUND and found.outcome is not None
    assert [(one.code, one.path) for one in found.outcome.findings] == [("import-differs", change)]
    assert (visible(archive), staged(archive)) == ([], [])


def test_an_import_that_was_cut_off_is_to_be_done_again_not_guessed_at(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = write(tmp_path / "theirs", seal(bag_files()))

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("archiver.packaging.production.describe_bag", cut)
        _upgrade(archive, theirs)
    assert len(list(jobs(archive))) == 1 and visible(archive) == []
    (item,) = scene.run_recover(archive).items
    assert item.action == "failed" and isinstance(item.error, UsageError)
    assert _upgrade(archive, theirs).state is State.SOUND
    assert staged(archive) == []


def _album(folder: Path, names: list[str]) -> Path:
    """A source with these names, an odd mode, an empty folder, and times of its own."""
    source = make_source(
        folder, {f"{'cd/' * (at % 2)}{name}": name.encode() for at, name in enumerate(names)}
    )
    (source / "empty").mkdir(mode=0o700)
    (source / "cd").mkdir(exist_ok=True)
    os.chmod(source / "cd", 0o750)
    for number, path in enumerate(("empty", "cd", "")):
        os.utime(source / path, ns=(MTIME_NS, MTIME_NS - number))
    return source


def _facts(folder: Path) -> dict[str, tuple[object, ...]]:
    """Modes, times and bytes of everything."""
    return {path: (facts[0], facts[5], facts[7]) for path, facts in snapshot(folder).items()}


_ODD = st.sampled_from("a.Z0 %\\\"'*?~-_\n\r\t\v\f\u0085\u2028\u202e\u0301éＡ🎵")
_NAMES = st.lists(
    st.text(_ODD, min_size=1, max_size=12).filter(lambda name: name not in (".", "..")),
    min_size=1,
    max_size=6,
    unique_by=lambda name: name.casefold().replace("e\u0301", "é"),
)
_FORMS = itertools.cycle(Form)


@settings(max_examples=6, deadline=None, derandomize=True)
@given(names=_NAMES)
def test_any_collection_packaged_exported_imported_updated_and_restored_is_what_it_was(
    names: list[str],
) -> None:
    form = next(_FORMS)
    with tempfile.TemporaryDirectory() as folder:
        _there_and_back(Path(folder), names, form)


@pytest.mark.parametrize("form", Form)
def test_the_worst_names_come_back_from_every_form_of_export(tmp_path: Path, form: Form) -> None:
    _there_and_back(tmp_path, list(HOSTILE_NAMES), form)


def _there_and_back(place: Path, names: list[str], form: Form) -> None:
    source = _album(place / "x", names)
    first = scene.run(new_archive(place / "first"), source)
    if first.state is State.REFUSED:  # names that a policy keeps out, twins above all
        return
    assert first.state is State.SOUND, first.findings
    export(str(bag_of(first)), str(place / "file"), form)
    second = new_archive(place / "second")
    found = _upgrade(second, place / "file")
    assert (found.state, found.verdict) == (State.SOUND, "valid"), found
    bag = _bag(found)
    assert bag.name == first.bag_id  # the same name, the same content
    assert_valid_to_us(bag)
    note = make_source(place / "more", {"note\n%.txt": b"later"}) / "note\n%.txt"
    changes = Changes("a note", add=(str(note),), at="data/cd")
    made = update(second, bag.name, changes, clock=CLOCK, agent=AGENT, workers=1)
    assert made.state is State.SOUND, made.findings
    assert _restored(bag, place / "back") == _facts(source)
    added = _restored(bag_of(made), place / "again")
    assert added.pop("cd/note\n%.txt")[1:] == (MTIME_NS, b"later")
    assert added == _facts(source)
    record = (bag / "metadata/source.jsonl").read_bytes().splitlines()
    assert json.loads(record[0])["name"] == "x"


def _restored(bag: Path, place: Path) -> dict[str, tuple[object, ...]]:
    assert restore(str(bag), str(place)).state is State.SOUND
    return _facts(place)


def test_a_record_that_nothing_vouches_for_is_not_relied_on(
    archive: Archive, tmp_path: Path
) -> None:
    files = bag_files()
    files["metadata/source.jsonl"] = b'{"kind":"source","mtime":"never"}\n'
    theirs = write(tmp_path / "theirs", seal(files))
    bag = _bag(_upgrade(archive, theirs))
    assert content_of(bag / "data") == {
        path.removeprefix("data/"): data for path, data in PAYLOAD.items()
    }
    assert_valid(bag)


def _spaced(files: Files, blanks: str, algorithms: tuple[str, ...]) -> Files:
    """Write manifests as another tool does: other blanks, the per cent sign as it stands."""
    for kind, is_payload in (("manifest", True), ("tagmanifest", False)):
        listed = [path for path in sorted(files) if path.startswith("data/") == is_payload]
        made = {
            f"{kind}-{name}.txt": "".join(
                f"{digest(name, files[path])}{blanks}{path}\n" for path in listed
            ).encode()
            for name in algorithms
        }
        files |= made
    return files


def _bdbag() -> Files:
    """As bdbag 1.8.0 (on bagit-python 1.9.0) was seen to write it."""
    files = bag_files(ODD, algorithms=("md5", "sha256"), version="0.97", info=(
        "Bag-Software-Agent: BDBag version: 1.8.0 (Bagit version: 1.9.0) <https://example.org>\n"
        "BagIt-Profile-Identifier: https://example.org/bdbag-profile.json\n"
        "Bagging-Date: 2026-11-25\nBagging-Time: 23:06:44 UTC\nPayload-Oxum: 4.2\n"
    ))  # fmt: skip
    return _spaced(files, "  ", ("md5", "sha256"))


def _bagit_utils() -> Files:
    """As bagit-utils 1.2.5 was seen to write it: one blank, no Payload-Oxum, repeated labels."""
    info = "Source-Organization: X\nSource-Organization: Y\n"
    files = bag_files(ODD, algorithms=("sha512", "md5"), info=info)
    return _spaced(files, " ", ("sha512", "md5"))


ODD = {"data/a.txt": b"hi\n", "data/sub/b %25 \u00fc.txt": b"x"}


@pytest.mark.parametrize("form", ["wrap", "upgrade"])
@pytest.mark.parametrize("maker", [_bdbag, _bagit_utils])
def test_bags_in_the_dialects_of_other_tools_come_in_and_go_out_again(
    archive: Archive, tmp_path: Path, maker: Callable[[], Files], form: str
) -> None:
    files = maker()
    found = _upgrade(archive, write(tmp_path / "theirs", files), form)
    assert (found.state, found.verdict) == (State.SOUND, "valid"), found.findings
    bag = _bag(found)
    assert_valid_to_us(bag)
    assert restore(str(bag), str(tmp_path / "back")).state is State.SOUND
    payload = {path.removeprefix("data/"): data for path, data in ODD.items()}
    assert content_of(tmp_path / "back") == (files if form == "wrap" else payload)
    said = (bag / "bag-info.txt").read_text()
    assert "BagIt-Profile-Identifier" not in said  # it is true of their bag, not of this one
    assert ("Source-Organization: X\nSource-Organization: Y\n" in said) == (
        form == "upgrade" and maker is _bagit_utils
    )
