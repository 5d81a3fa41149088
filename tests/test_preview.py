"""The dry run: it says what packaging would do, and writes nothing anywhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from archiver.archive import Archive
from archiver.errors import UsageError
from archiver.package import PackageRequest, SourceOutcome, package
from archiver.preview import Preview, preview
from archiver.state import State
from policies.policy import builtin
from tests.packaging.conftest import _no_tags, tmp_path
from tests.packaging.scene import (
    AGENT,
    CLOCK,
    HOSTILE_NAMES,
    bag_of,
    content_of,
    make_source,
    new_archive,
    noise,
    request_for,
    run,
    snapshot,
)

__all__ = ["_no_tags", "tmp_path"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    files = {f"a/{name}": name.encode() for name in HOSTILE_NAMES}
    source = make_source(tmp_path / "Album", {**files, "empty": b"", "big": noise(1_200_000)})
    (source / "nothing").mkdir()
    return source


@pytest.mark.parametrize("with_archive", [True, False])
def test_a_preview_is_what_packaging_then_does_and_writes_nothing(
    with_archive: bool, source: Path, tmp_path: Path
) -> None:
    archive = new_archive(tmp_path / "archive")
    before = snapshot(tmp_path)
    shown: Archive | None = archive if with_archive else None
    with preview(request_for(source), archive.policy_path.read_bytes(), archive=shown) as seen:
        decisions = {one.path: (one.standing, one.codes) for one in seen.decisions()}
    assert snapshot(tmp_path) == before
    assert (seen.bytes_free is not None) == with_archive
    outcome = run(archive, source)
    assert (seen.state, seen.files, seen.bytes) == (outcome.state, outcome.files, outcome.bytes)
    assert (seen.remarks, seen.reasons) == (outcome.remarks, outcome.reasons)
    payload = content_of(bag_of(outcome) / "data")
    assert {path for path, (standing, _) in decisions.items() if standing == "in"} == set(payload)
    assert decisions["nothing"] == ("recorded", ("empty-folder",))
    assert seen.bytes_needed > seen.bytes
    assert seen.seconds > 0


def test_a_preview_names_the_bags_that_may_hold_the_same(source: Path, tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    policy = archive.policy_path.read_bytes()
    with preview(request_for(source), policy, archive=archive) as seen:
        assert seen.alike == ()
    outcome = run(archive, source)
    with preview(request_for(source), policy, archive=archive) as seen:
        assert seen.alike == (outcome.bag_id,)
    with preview(request_for(source, again=True), policy, archive=archive) as seen:
        assert seen.alike == ()


def test_a_preview_of_a_refused_source_names_every_offender(source: Path, tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    (source / "link").symlink_to("big")
    os.mkfifo(source / "pipe")
    with preview(request_for(source), builtin("library"), archive=None) as seen:
        pass
    outcome = run(archive, source)
    assert seen.state is outcome.state is State.REFUSED
    assert seen.remarks == outcome.remarks


def test_a_preview_without_rights_says_so_and_shows_the_rest(source: Path) -> None:
    with preview(request_for(source, rights=None), builtin("library"), archive=None) as seen:
        assert seen.state is State.REFUSED
        assert seen.remarks[0].reason.code == "rights-missing"
        assert seen.files == len(HOSTILE_NAMES) + 2


def test_a_preview_of_a_source_that_is_not_there_is_a_refusal(tmp_path: Path) -> None:
    with preview(request_for(tmp_path / "not"), builtin("library"), archive=None) as seen:
        assert [one.reason.code for one in seen.remarks] == ["source-missing"]


@pytest.mark.parametrize(
    "wishes", [{"bag_id": "a/b"}, {"info": (("Bag-Size", "1"),)}, {"source": ""}]
)
def test_a_preview_of_nonsense_is_a_usage_error(wishes: dict[str, Any], source: Path) -> None:
    asked = request_for(**{"source": source, **wishes})
    with pytest.raises(UsageError), preview(asked, builtin("library"), archive=None):
        pass


def test_packaging_goes_on_from_a_survey_and_still_sees_what_moved_since(
    source: Path, tmp_path: Path
) -> None:
    archive, request = new_archive(tmp_path / "archive"), request_for(source)
    policy = archive.policy_path.read_bytes()
    with preview(request, policy, archive=None) as seen:
        (source / "a" / "late").write_bytes(b"came after the survey")
        late = _package(archive, request, seen)
        assert [one.code for one in late.findings] == ["source-changed"]
    with preview(request, policy, archive=None) as seen:
        assert _package(archive, request, seen).files == seen.files == len(HOSTILE_NAMES) + 3


def test_a_survey_made_under_another_policy_is_not_gone_on_from(
    source: Path, tmp_path: Path
) -> None:
    archive, request = new_archive(tmp_path / "archive"), request_for(source)
    with preview(request, builtin("radio"), archive=None) as seen:
        (source / "late").write_bytes(b"came after that survey")
        assert _package(archive, request, seen).files == seen.files + 1


def _package(archive: Archive, request: PackageRequest, seen: Preview) -> SourceOutcome:
    return package(archive, request, clock=CLOCK, agent=AGENT, workers=2, surveyed=seen.surveyed)
