"""What another policy would have said of what is held, from the bags' own records."""

from __future__ import annotations

import os
from pathlib import Path

from archiver.archive import Archive, create_archive
from archiver.package import PackageRequest, package
from archiver.policy_change import Shift, change_for
from policies.policy import builtin, read_policy
from policies.rights import RightsStatement
from tests.audio.sounds import mp3, wav
from tests.packaging.scene import AGENT, CLOCK, make_source
from tests.policies.contents import policy_of

LIBRARY = read_policy(builtin("library"))


def filled(place: Path) -> Archive:
    """Return an archive of two bags: five recordings, a text, an empty file."""
    archive = create_archive(place / "archive", builtin("library"), CLOCK)
    files = {f"{n}.wav": wav(20 + n, bits=16) for n in range(3)}
    one = make_source(place / "one", {**files, "four.wav": wav(20, bits=24), "x.txt": b"x"})
    two = make_source(place / "two", {"a.mp3": mp3(20), "empty.txt": b""})
    for source, basis in ((one, "own-production"), (two, "public-domain")):
        request = PackageRequest(str(source), rights=RightsStatement(basis))
        package(archive, request, clock=CLOCK, agent=AGENT, workers=1)
    return archive


def test_files_and_bags_that_would_fare_otherwise_are_counted_by_reason(tmp_path: Path) -> None:
    archive = filled(tmp_path)
    asked = policy_of(
        'accepted = ["wav"]\n[formats.master]\nbit-depths = [24]\n'
        '[formats.rules]\nmaster-bit-depth = "refuse"',
        packaging='largest-bag = "1 kB"\nadmission.zero-bytes = "refuse"',
    ).replace(b"admission = {}\n", b"")
    change = change_for(archive, LIBRARY, read_policy(asked))
    assert (change.bags, change.files, change.unread) == (2, 7, [])
    assert change.shifts[0].number == 3
    assert {_said(shift) for shift in change.shifts} == {
        ("master-bit-depth", "file", "accepted", "refused", 3, "16 bit"),
        ("format-not-accepted", "file", "accepted", "refused", 1, "mp3"),
        ("zero-bytes", "file", "warned of", "refused", 1, ""),
        ("bag-too-large", "bag", "accepted", "refused", 1, "8,340 bytes, 1 kB are allowed"),
    }
    (shift,) = change_for(archive, LIBRARY, read_policy(policy_of())).shifts
    assert _said(shift) == (
        "rights-basis-not-accepted", "bag", "accepted", "refused", 1, "public-domain",
    )  # fmt: skip


def _said(shift: Shift) -> tuple[str, str, str, str, int, str]:
    (detail,) = shift.details
    return (shift.code, shift.what, shift.before, shift.after, shift.number, detail)


def test_what_would_be_let_in_is_told_too_and_nothing_where_nothing_changes(tmp_path: Path) -> None:
    archive = filled(tmp_path)
    strict = read_policy(policy_of('accepted = ["wav"]'))
    assert change_for(archive, LIBRARY, LIBRARY).shifts == []
    back = change_for(archive, strict, LIBRARY).shifts
    assert ("format-not-accepted", "refused", "accepted", 1) in [
        (shift.code, shift.before, shift.after, shift.number) for shift in back
    ]


def test_a_bag_whose_records_are_gone_or_odd_is_named(tmp_path: Path) -> None:
    archive = filled(tmp_path)
    bags = sorted(path.parent for path in archive.bags.rglob("bagit.txt"))
    os.remove(bags[0] / "metadata/audio.jsonl")
    lines = (bags[1] / "metadata/audio.jsonl").read_bytes().splitlines(keepends=True)
    (bags[1] / "metadata/audio.jsonl").chmod(0o644)
    for odd in (b"{", b"[]\n", b"{}\n", b"".join(lines[1:]), b"".join(reversed(lines))):
        (bags[1] / "metadata/audio.jsonl").write_bytes(odd)
        assert len(change_for(archive, LIBRARY, LIBRARY).unread) == 2, odd
