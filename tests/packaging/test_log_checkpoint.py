"""Each new bag carries what the log was before it, and nothing else depends on that."""

from __future__ import annotations

from pathlib import Path

from archiver.archive import Archive, create_archive
from archiver.events import EventLog
from archiver.events.checkpoint import IN_BAGS, parse_checkpoint
from archiver.events.merkle import root_of
from archiver.events.notes import parse_note
from archiver.events.signing import holds, new_key
from archiver.import_bag import import_bag
from archiver.package import package
from policies.policy import builtin
from tests.packaging.scene import (
    AGENT,
    CLOCK,
    assert_valid,
    bag_of,
    content_of,
    events,
    make_source,
    new_archive,
    request_for,
    run,
)

FILES = {"a.wav": b"not really", "b/c.txt": b"notes"}
OFF = b"[packaging]\nlog-checkpoint = false\n"


def _archive(place: Path, identity: str, policy: bytes | None = None) -> Archive:
    policy = policy or builtin("library")
    return create_archive(place, policy, CLOCK, f"{identity * 8}-0000-4000-8000-000000000000")


def test_a_bag_carries_the_checkpoint_of_the_log_as_it_stood_before_the_bags_own_events(
    tmp_path: Path,
) -> None:
    archive = new_archive(tmp_path / "archive")
    for number in range(3):
        source = make_source(tmp_path / f"source {number}", {"a": bytes([number])})
        bag = bag_of(run(archive, source, bag_id=f"b{number}"))
        point = parse_checkpoint((bag / IN_BAGS).read_text())
        log = EventLog(archive.log, CLOCK)
        assert point.origin == f"audio-archiver/{archive.identity}"
        assert point.root == root_of(log.lines(point.size))
        after = events(archive)[point.size :]
        assert after == [("package", bag.name), ("seal", bag.name)]
        assert f"  {IN_BAGS}\n" in (bag / "tagmanifest-sha512.txt").read_text()
        assert_valid(bag)


def test_it_is_signed_where_there_is_a_key(tmp_path: Path) -> None:
    archive, key = new_archive(tmp_path / "archive"), new_key("ours.example")
    request = request_for(make_source(tmp_path / "source", FILES))
    outcome = package(archive, request, clock=CLOCK, agent=AGENT, workers=1, key=key)
    note = parse_note((bag_of(outcome) / IN_BAGS).read_text("utf-8"))
    (signature,) = note.signatures
    assert holds(note, signature, key.public())
    assert parse_checkpoint(note.text).size == 1


def test_bags_of_two_archives_differ_in_it_alone(tmp_path: Path) -> None:
    source = make_source(tmp_path / "source", FILES)
    one, other = (
        content_of(bag_of(run(_archive(tmp_path / name, name), source))) for name in ("1", "2")
    )
    names = {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
    assert names == {IN_BAGS, "tagmanifest-sha512.txt"}
    manifests = (bag["tagmanifest-sha512.txt"].splitlines() for bag in (one, other))
    (mine,), (theirs,) = (
        {line for line in lines if line.endswith(IN_BAGS.encode())} for lines in manifests
    )
    assert mine != theirs
    without = (
        bag["tagmanifest-sha512.txt"].replace(line, b"")
        for bag, line in ((one, mine), (other, theirs))
    )
    assert next(without) == next(without)


def test_where_the_policy_leaves_it_out_two_archives_make_the_same_bag(tmp_path: Path) -> None:
    source = make_source(tmp_path / "source", FILES)
    policy = builtin("library").replace(b"[packaging]\n", OFF)
    one, other = (
        content_of(bag_of(run(_archive(tmp_path / name, name, policy), source)))
        for name in ("1", "2")
    )
    assert one == other
    assert IN_BAGS not in one


def test_a_source_that_is_held_is_known_again_however_the_log_went_on(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    source = make_source(tmp_path / "source", FILES)
    bag = bag_of(run(archive, source))
    run(archive, make_source(tmp_path / "another", {"x": b"y"}))
    again = run(archive, source)
    assert (again.already_held, again.bag_id) == (True, bag.name)


def test_the_checkpoint_in_a_bag_from_another_archive_is_that_archives(tmp_path: Path) -> None:
    theirs = bag_of(run(_archive(tmp_path / "1", "1"), make_source(tmp_path / "source", FILES)))
    ours = _archive(tmp_path / "2", "2")
    found = import_bag(ours, request_for(theirs), clock=CLOCK, agent=AGENT, workers=1)
    assert found.outcome is not None
    bag = bag_of(found.outcome)
    assert (bag / "data" / IN_BAGS).read_bytes() == (theirs / IN_BAGS).read_bytes()
    assert parse_checkpoint((bag / IN_BAGS).read_text()).origin.endswith(ours.identity)
