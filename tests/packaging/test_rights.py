"""Rights in packaging: each file is judged before the first byte, and its answer kept with it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archiver.archive import Archive
from archiver.errors import UsageError
from archiver.preview import preview
from archiver.rights.bag import read_bag_rights
from archiver.state import State
from policies.rights import RightsStatement
from tests.packaging.scene import (
    CLOCK,
    assert_books_agree,
    assert_valid,
    bag_of,
    codes,
    events,
    make_source,
    refusals,
    request_for,
    run,
    staged,
    visible,
)

HEAD = 'format = "audio-archiver/rights-statements"\nversion = 1\n'
DEED = b"the deed"


def written(*statements: str, evidence: str = "") -> bytes:
    return "\n".join([HEAD, *map("[[statements]]\n{}".format, statements), evidence]).encode()


def kept(name: str = "R-1", paths: str = '["**"]', more: str = "") -> str:
    return (
        f'id = "{name}"\nbasis = "other"\nother_basis = "own-production"\napplies_to = {paths}\n'
        f'{more}\nacts = {{replicate = "allow"}}\n'
    )


def rights_of(bag: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((bag / "metadata/rights.json").read_bytes())
    return found


def source_of(tmp_path: Path, rights: bytes, **more: bytes) -> Path:
    files = {"a/1.wav": b"x", "a/cover.jpg": b"y", "b/2.wav": b"z", "rights.toml": rights}
    return make_source(tmp_path / "source", files | more)


def test_each_file_gets_the_answer_of_the_statements_about_it(
    archive: Archive, tmp_path: Path
) -> None:
    uri = 'statement_uri = "http://rightsstatements.org/vocab/InC/1.0/"\nnote = "ours"'
    rights = written(kept(more=uri), kept("R-2", '["b/**"]', "embargo_until = 2030-01-01"))
    source = source_of(tmp_path, rights)
    outcome = run(archive, source, rights=None)
    assert outcome.state is State.SOUND, outcome
    bag = bag_of(outcome)
    assert_valid(bag)
    assert_books_agree(archive)
    record = rights_of(bag)
    assert (record["version"], record["scope"], record["basis"]) == (2, "file", "own-production")
    assert record["as_of"] == "2026-01-02"
    assert record["rights_file_sha256"] == hashlib.sha256(rights).hexdigest()
    assert (bag / "metadata/rights.toml").read_bytes() == rights
    by_number = {answer["number"]: answer for answer in record["answers"]}
    paths = ("data/a/1.wav", "data/a/cover.jpg", "data/b/2.wav", "data/rights.toml")
    found = dict.fromkeys(paths, by_number[record["default_answer"]]["statements"])
    for one in record["files"]:
        found[one["path"]] = by_number[one["answer"]]["statements"]
    assert found == {
        "data/a/1.wav": ["R-1"], "data/a/cover.jpg": ["R-1"], "data/b/2.wav": ["R-1", "R-2"],
        "data/rights.toml": ["R-1"],
    }  # fmt: skip
    both = next(one for one in record["answers"] if one["statements"] == ["R-1", "R-2"])
    assert both["acts"]["replicate"] == {"restriction": "allow", "statement": "R-1"}
    assert both["acts"]["disseminate"] == {
        "restriction": "disallow", "statement": "R-2", "code": "rights-embargoed",
    }  # fmt: skip
    info = (bag / "bag-info.txt").read_text().splitlines()
    assert "Rights-Statement-URI: http://rightsstatements.org/vocab/InC/1.0/" in info
    assert "Rights-Statement: R-1: own-production; ours" in info
    assert read_bag_rights(bag).book.statement("R-2").embargo_until is not None


def test_a_basis_in_few_words_is_kept_as_one_statement(archive: Archive, tmp_path: Path) -> None:
    outcome = run(archive, make_source(tmp_path / "s", {"a.wav": b"x"}),
                  rights=RightsStatement("licence", "CC0\x00"))  # fmt: skip
    record = rights_of(bag_of(outcome))
    said = [record[key] for key in ("version", "scope", "basis", "note", "date")]
    assert said == [2, "bag", "licence", "CC0\x00", "2026-01-02"]
    assert record["files"] == []
    assert record["statements"][0]["id"] == "R-1"
    assert (
        b"Rights-Statement: R-1: licence; CC0\\u0000\n"
        in (bag_of(outcome) / "bag-info.txt").read_bytes()
    )


def test_a_file_without_a_statement_refuses_the_source_before_a_byte_is_copied(
    archive: Archive, tmp_path: Path
) -> None:
    source = source_of(tmp_path, written(kept(paths='["a/**", "rights.toml"]')))
    outcome = run(archive, source, rights=None)
    assert outcome.state is State.REFUSED
    assert refusals(outcome) == {"b/2.wav": {"rights-none-applies"}}
    assert (visible(archive), staged(archive), events(archive)) == (
        [], [], [("init", None), ("package", None)],
    )  # fmt: skip
    request = request_for(source, rights=None)
    policy = archive.policy_path.read_bytes()
    with preview(request, policy, archive=archive, clock=CLOCK) as seen:
        assert seen.state is State.REFUSED
        assert {entry.path: entry.codes for entry in seen.decisions() if entry.reasons} == {
            "b/2.wav": ("rights-none-applies",)
        }


@pytest.mark.parametrize(
    ("more", "code"),
    [("term = {end = 2026-01-01}", "rights-expired"), ('status = "disputed"', "rights-disputed"),
     ("term = {start = 2026-01-03}", "rights-not-begun")],
)  # fmt: skip
def test_what_may_not_be_kept_today_is_refused_with_its_rule(
    archive: Archive, tmp_path: Path, more: str, code: str
) -> None:
    rights = written(kept(paths='["a/**", "*"]'), kept("R-2", '["b/**"]', more))
    outcome = run(archive, source_of(tmp_path, rights), rights=None)
    assert refusals(outcome) == {"b/2.wav": {code}}


def _licensed(digest: bytes = DEED, more: str = "", file: str = "papers/deed.pdf") -> bytes:
    licence = 'id = "R-1"\nbasis = "licence"\napplies_to = ["**"]\nevidence = ["E-1"]\n'
    licence += 'acts = {replicate = "allow"}\n'
    sha256 = hashlib.sha256(digest).hexdigest()
    evidence = (
        '[[evidence]]\nid = "E-1"\ntype = "license_agreement"\n'
        f'file = "{file}"\nsha256 = "{sha256}"\n{more}'
    )
    return written(licence, evidence=evidence)


def _beside(tmp_path: Path, rights: bytes) -> Path:
    folder = make_source(tmp_path / "office", {"papers/deed.pdf": DEED, "ours.toml": rights})
    return folder / "ours.toml"


def test_documents_are_kept_as_tag_files_under_their_id(archive: Archive, tmp_path: Path) -> None:
    source = make_source(tmp_path / "s", {"a.wav": b"x"})
    file = _beside(tmp_path, _licensed())
    bag = bag_of(run(archive, source, rights=None, rights_file=str(file)))
    assert (bag / "metadata/evidence/E-1.pdf").read_bytes() == DEED
    assert rights_of(bag)["evidence_files"] == {"E-1": "metadata/evidence/E-1.pdf"}
    assert b"metadata/evidence/E-1.pdf" in (bag / "tagmanifest-sha512.txt").read_bytes()
    assert_valid(bag)


def test_confidential_documents_stay_outside_by_name_and_digest(
    archive: Archive, tmp_path: Path
) -> None:
    source = make_source(tmp_path / "s", {"a.wav": b"x"})
    file = _beside(tmp_path, _licensed(more="confidential = true"))
    bag = bag_of(run(archive, source, rights=None, rights_file=str(file)))
    assert not (bag / "metadata/evidence").exists()
    (evidence,) = rights_of(bag)["evidence"]
    assert evidence["confidential"] is True
    assert evidence["sha256"] == hashlib.sha256(DEED).hexdigest()


def test_a_confidential_document_among_the_files_is_refused(
    archive: Archive, tmp_path: Path
) -> None:
    files = {"a.wav": b"x", "papers/deed.pdf": DEED,
             "rights.toml": _licensed(more="confidential = true")}  # fmt: skip
    outcome = run(archive, make_source(tmp_path / "s", files), rights=None)
    assert refusals(outcome) == {None: {"rights-evidence-inside"}}
    open_ = {**files, "rights.toml": _licensed()}
    assert run(archive, make_source(tmp_path / "t", open_), rights=None).state is State.SOUND


@pytest.mark.parametrize(
    ("rights", "code"),
    [(_licensed(b"another"), "rights-evidence-changed"),
     (_licensed(file="papers/lost.pdf"), "rights-evidence-missing")],
)  # fmt: skip
def test_documents_that_are_not_as_recorded_stand_against_the_source(
    archive: Archive, tmp_path: Path, rights: bytes, code: str
) -> None:
    source = make_source(tmp_path / "s", {"a.wav": b"x"})
    outcome = run(archive, source, rights=None, rights_file=str(_beside(tmp_path, rights)))
    assert refusals(outcome) == {None: {code}}
    assert visible(archive) == []


def test_a_link_is_no_document(archive: Archive, tmp_path: Path) -> None:
    file = _beside(tmp_path, _licensed(file="papers/link.pdf"))
    (file.parent / "papers/link.pdf").symlink_to("deed.pdf")
    source = make_source(tmp_path / "s", {"a.wav": b"x"})
    outcome = run(archive, source, rights=None, rights_file=str(file))
    assert refusals(outcome) == {None: {"rights-evidence-missing"}}


def test_what_the_command_line_says_goes_first_and_the_file_set_aside_is_named(
    archive: Archive, tmp_path: Path
) -> None:
    source = source_of(tmp_path, written(kept(paths='["nothing"]')))
    outcome = run(archive, source)
    assert outcome.state is State.SOUND
    assert [remark.reason.code for remark in outcome.remarks if remark.path is None] == [
        "rights-file-set-aside"
    ]
    again = run(archive, source, rights=None, rights_file=str(source / "rights.toml"), again=True)
    assert "rights-file-set-aside" not in {remark.reason.code for remark in again.remarks}


def test_a_rights_file_that_cannot_be_used_is_a_usage_error(
    archive: Archive, tmp_path: Path
) -> None:
    source = source_of(tmp_path, b"version = 1\n")
    with pytest.raises(UsageError) as caught:
        run(archive, source, rights=None)
    assert "format: this key is missing" in caught.value.advice
    (source / "rights.toml").unlink()
    (source / "rights.toml").symlink_to("elsewhere")
    with pytest.raises(UsageError):
        run(archive, source, rights=None)
    assert staged(archive) == []


@pytest.mark.usefixtures("real_tags")
def test_isrcs_are_read_before_anything_is_decided_and_claims_are_compared(
    archive: Archive, tmp_path: Path
) -> None:
    import mutagen.id3

    frames: Any = mutagen.id3
    source = make_source(tmp_path / "s", {"a.mp3": b"", "b.mp3": b"", "c.mp3": b""})
    for name, code in (("a.mp3", "FR-X01-26-00001"), ("b.mp3", "FRX012600002"), ("c.mp3", "X")):
        tags = frames.ID3()
        url = "https://creativecommons.org/licenses/by/4.0/"
        bought = frames.OWNE(price="EUR3", date="20200101", seller="Shop")
        for frame in (frames.TSRC(text=code), frames.WCOP(url=url), bought):
            tags.add(frame)
        tags.save(source / name)
        with open(source / name, "ab") as file:
            file.write((b"\xff\xfb\x90\x00" + bytes(413)) * 8)
    rights = written(kept(paths='[{isrc_prefix = "FRX01"}, "rights.toml"]'))
    (source / "rights.toml").write_bytes(rights)
    refused = run(archive, source, rights=None)
    assert refusals(refused) == {"c.mp3": {"rights-none-applies"}}
    (source / "c.mp3").unlink()
    outcome = run(archive, source, rights=None)
    claims = rights_of(bag_of(outcome))["claims"]
    assert [(one["code"], one["files"], one["first"]) for one in claims] == [
        ("rights-claim-unmatched", 2, "data/a.mp3"), ("rights-store-download", 2, "data/a.mp3"),
    ]  # fmt: skip
    assert codes(outcome).count("rights-claim-unmatched") == 1
    assert outcome.state is State.SOUND


def test_requests_of_interrupted_jobs_remember_their_rights_file(tmp_path: Path) -> None:
    from archiver.packaging.request import request_from_record, request_record

    asked = replace(request_for(tmp_path, rights=None), rights_file="x.toml")
    assert request_from_record(json.loads(json.dumps(request_record(asked)))) == asked


def test_a_further_copy_is_refused_where_a_statement_says_how_many_there_may_be(
    archive: Archive, tmp_path: Path
) -> None:
    two = (
        'id = "R-1"\nbasis = "other"\nother_basis = "own-production"\napplies_to = ["a/*"]\n'
        'acts = {replicate = {restriction = "conditional", max_copies = 2}}\n'
    )
    source = source_of(tmp_path, written(two, kept("R-2", '["b/*", "rights.toml"]')))
    for name in ("first", "second"):
        assert run(archive, source, rights=None, again=True, bag_id=name).state is State.SOUND
    for wishes in ({"again": True}, {"again": True, "bag_id": "third"}, {"bag_id": "third"}):
        outcome = run(archive, source, rights=None, **wishes)
        assert outcome.state is State.REFUSED
        offenders = {"a/1.wav", "a/cover.jpg"}
        assert refusals(outcome) == {path: {"rights-too-many-copies"} for path in offenders}
        (detail, *_) = [one.reason.detail for one in outcome.remarks if one.path == "a/1.wav"]
        assert detail == "R-1: copy 3 of 2 allowed"
    assert (sorted(visible(archive)), staged(archive)) == (["first", "second"], [])
    assert run(archive, source, rights=None).already_held
