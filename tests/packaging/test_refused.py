"""What is refused, and that a refusal leaves nothing behind and touches nothing."""

from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from archiver.archive import Archive
from archiver.errors import EnvironmentUnusable, UsageError
from archiver.events import EventLog
from archiver.preview import preview
from archiver.state import State
from policies.rights import RightsStatement
from tests.packaging.scene import (
    CLOCK,
    assert_books_agree,
    events,
    make_source,
    new_archive,
    refusals,
    request_for,
    run,
    run_recover,
    snapshot,
    staged,
    visible,
)


def _assert_nothing_is_left(archive: Archive) -> None:
    assert visible(archive) == []
    assert staged(archive) == []
    assert {kind for kind, _ in events(archive)} <= {"init", "package"}
    assert all(bag is None for _, bag in events(archive))


def test_every_offender_of_a_refused_source_is_named(archive: Archive, tmp_path: Path) -> None:
    source = make_source(tmp_path / "source", {"fine.wav": b"x", "sub/fine.wav": b"y"})
    (source / "link").symlink_to("fine.wav")
    (source / "sub/dangling").symlink_to("/nowhere")
    os.mkfifo(source / "sub/pipe")
    os.mknod(source / "sub/loose", 0o600 | 0o140000)
    Path(os.fsdecode(os.path.join(os.fsencode(source), b"caf\xe9.wav"))).write_bytes(b"z")
    (source / "\u00e9").write_bytes(b"")
    (source / "e\u0301").write_bytes(b"")
    before = snapshot(source)
    outcome = run(archive, source)
    assert outcome.state is State.REFUSED
    assert refusals(outcome) == {
        "link": {"symlink"},
        "sub/dangling": {"symlink"},
        "sub/pipe": {"fifo"},
        "sub/loose": {"socket"},
        "caf\udce9.wav": {"name-not-utf8"},
        "\u00e9": {"normalisation-twin"},
        "e\u0301": {"normalisation-twin"},
    }
    assert snapshot(source) == before
    _assert_nothing_is_left(archive)


@pytest.mark.parametrize(
    ("kind", "code"),
    [("missing", "source-missing"), ("file", "source-not-a-folder"), ("link", "source-is-link"),
     ("link/", "source-is-link"), ("empty", "empty-source"), ("bag", "source-is-bag"),
     ("fifo", "source-not-a-folder")],
)  # fmt: skip
def test_a_source_that_is_no_collection_is_refused(
    kind: str, code: str, archive: Archive, tmp_path: Path
) -> None:
    place = tmp_path / kind.rstrip("/")
    if kind == "file":
        place.write_bytes(b"x")
    elif kind.startswith("link"):
        place.symlink_to(make_source(tmp_path / "target", {"x": b"x"}))
    elif kind == "empty":
        (place / "folder").mkdir(parents=True)
    elif kind == "bag":
        make_source(place, {"bagit.txt": b"", "data/x": b"x"})
    elif kind == "fifo":
        os.mkfifo(place)
    outcome = run(archive, str(place) + ("/" if kind.endswith("/") else ""))
    assert outcome.state is State.REFUSED
    assert refusals(outcome) == {None: {code}}
    _assert_nothing_is_left(archive)


def test_a_bag_kept_whole_as_payload_is_packaged(archive: Archive, tmp_path: Path) -> None:
    source = make_source(tmp_path / "bag", {"bagit.txt": b"", "data/x": b"x"})
    outcome = run(archive, source, keep_bag=True)
    assert outcome.state is State.SOUND
    assert outcome.files == 2


@pytest.mark.parametrize(
    ("rights", "code"),
    [(None, "rights-missing"), (RightsStatement("because"), "rights-basis-unknown"),
     (RightsStatement("licence"), "rights-note-missing")],
)  # fmt: skip
def test_without_rights_nothing_is_read_at_all(
    rights: RightsStatement | None, code: str, archive: Archive, tmp_path: Path
) -> None:
    outcome = run(archive, tmp_path / "not even there", rights=rights)
    assert outcome.state is State.REFUSED
    assert refusals(outcome) == {None: {code}}
    _assert_nothing_is_left(archive)


@pytest.mark.parametrize(
    "wishes",
    [{"bag_id": "../escape"}, {"bag_id": ""}, {"bag_id": "a/b"}, {"bag_id": "caf\udce9"},
     {"info": (("Payload-Oxum", "1.1"),)}, {"info": (("bag-size", "1"),)},
     {"info": (("a:b", "c"),)}, {"info": (("Title", "\udce9"),)}],
)  # fmt: skip
def test_what_makes_no_sense_is_a_usage_error_and_leaves_nothing(
    wishes: dict[str, Any], archive: Archive, tmp_path: Path
) -> None:
    source = make_source(tmp_path / "source", {"x": b"x"})
    with pytest.raises(UsageError):
        run(archive, source, **wishes)
    _assert_nothing_is_left(archive)


@pytest.mark.parametrize("which", ["itself", "bags", "bag", "above", "root", "linked", "empty"])
def test_an_archive_and_a_source_within_each_other_are_refused(
    which: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outer = tmp_path / "music"
    make_source(outer, {"song.wav": b"x"})
    archive = new_archive(outer / "archive")
    monkeypatch.chdir(outer)  # an empty name would mean this folder
    (tmp_path / "detour").symlink_to(outer)
    place = {
        "itself": str(archive.root), "bags": f"{archive.root}/bags/", "above": str(outer),
        "bag": f"{archive.root}/bags/not/there", "root": "/",
        "linked": f"{tmp_path}/detour/archive/log", "empty": "",
    }[which]  # fmt: skip
    before = snapshot(outer / "archive/bags")
    with pytest.raises(UsageError, match=r"within the|empty name"):
        run(archive, place)
    with (
        pytest.raises(UsageError),
        preview(request_for(place), archive.policy_path.read_bytes(), archive=archive),
    ):
        pass
    assert snapshot(outer / "archive/bags") == before
    _assert_nothing_is_left(archive)


def test_a_source_beside_the_archive_with_a_name_that_begins_alike_is_welcome(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = new_archive(tmp_path / "music")
    make_source(tmp_path / "music-2", {"x": b"x"})
    monkeypatch.chdir(tmp_path / "music-2")
    outcome = run(archive, ".")
    assert outcome.state is State.SOUND
    assert str(outcome.bag_id).startswith("music-2-")
    assert run(archive, f"{tmp_path}/music-2///").already_held


def test_a_file_nobody_may_read_refuses_the_source(archive: Archive, tmp_path: Path) -> None:
    source = make_source(tmp_path / "source", {"a": b"a", "shut/b": b"b"})
    (source / "a").chmod(0)
    for place in (tmp_path, archive.root, archive.staging, archive.bags, archive.log):
        place.chmod(0o777)
    for place in archive.root.rglob("*"):
        place.chmod(0o777)
    outcome = _as_nobody(archive, source)
    assert outcome == "refused: a unreadable-file; left: []"


def _as_nobody(archive: Archive, source: Path) -> str:
    """Package as a user without rights, in a child process, and return what came of it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresuid(65534, 65534, 65534)
            outcome = run(archive, source)
            said = ", ".join(f"{path} {' '.join(code)}" for path, code in refusals(outcome).items())
            os.write(writing, f"{outcome.state.value}: {said}; left: {staged(archive)}".encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        return pipe.read()


@pytest.mark.parametrize("policy", [None, b"", b"version = 99", b"\xff"])
def test_without_a_sound_policy_nothing_is_packaged(
    policy: bytes | None, archive: Archive, tmp_path: Path
) -> None:
    source = make_source(tmp_path / "source", {"x": b"x"})
    archive.policy_path.unlink()
    if policy is not None:
        archive.policy_path.write_bytes(policy)
    with pytest.raises((UsageError, EnvironmentUnusable), match="policy"):
        run(archive, source)
    _assert_nothing_is_left(archive)
    assert run_recover(archive).items == ()


def test_sockets_that_listen_are_left_alone(archive: Archive, tmp_path: Path) -> None:
    source = make_source(tmp_path / "s", {"x": b"x"})
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(source / "live"))
        assert refusals(run(archive, source)) == {"live": {"socket"}}


def test_the_log_says_why_a_source_stayed_out_in_few_words_however_many_offend(
    archive: Archive, tmp_path: Path
) -> None:
    source = make_source(tmp_path / "tape \u00e9", {"empty.wav": b""})
    for number in range(50):
        (source / f"link {number:02}").symlink_to("nowhere")
    Path(os.fsdecode(os.path.join(os.fsencode(source), b"caf\xe9.wav"))).write_bytes(b"z")
    outcome = run(archive, source)
    assert len(refusals(outcome)) == 51
    event = list(EventLog(archive.log, CLOCK).read())[-1]
    assert (event.type, event.bag, event.outcome) == ("package", None, "refused")
    assert event.detail == {
        "source_name": "tape \u00e9",
        "policy_digest": hashlib.sha256(archive.policy_path.read_bytes()).hexdigest(),
        "refused": {"symlink": 50, "name-not-utf8": 1},
        "first": {
            "symlink": ["link 00", "link 01", "link 02"], "name-not-utf8": ["caf\\xe9.wav"],
        },
        "warnings": {"zero-bytes": 1},
    }  # fmt: skip
    assert_books_agree(archive)


def test_what_is_refused_before_the_survey_is_in_the_log_too(
    archive: Archive, tmp_path: Path
) -> None:
    source = make_source(tmp_path / "s", {"a.wav": b"x"})
    assert run(archive, source, rights=None).refused
    event = list(EventLog(archive.log, CLOCK).read())[-1]
    assert (event.outcome, event.detail["refused"]) == ("refused", {"rights-missing": 1})
    assert event.detail["first"] == {}
