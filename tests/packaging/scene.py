"""What the packaging tests share: an archive, sources of every kind, and looking from outside."""

from __future__ import annotations

import json
import logging
import os
import random
import stat
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bagit

from archiver.archive import Archive, create_archive
from archiver.clock import Clock, fixed_clock
from archiver.events import Agent, EventLog
from archiver.findings import Severity
from archiver.package import PackageRequest, SourceOutcome, package
from archiver.progress import Progress
from archiver.rebuild import check_catalogue
from archiver.recover import RecoverOutcome, recover
from archiver.verify import Depth, verify_bag
from policies.policy import builtin
from policies.rights import RightsStatement

CLOCK = fixed_clock(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
AGENT = Agent("audio-archiver", "1", "ann")
OWN = RightsStatement("own-production")
MTIME_NS = 1_600_000_000_123_456_789

HOSTILE_NAMES = (
    "line\nfeed.wav",
    "return\rhere.wav",
    "100%0A.wav",
    "line\u2028separator.wav",
    "next\u0085line\x0b\x0c.wav",
    "trailing blanks  ",
    "trailing tab\t",
    "back\\slash\\n.wav",
    "\"double\" and 'single'.wav",
    "  leading blanks",
    "dot.",
    "*",
    "~",
    "-rf",
    "$(reboot); `id` && <script>",
    "data",
    "manifest-sha512.txt",
    "\u202egnp.wav",
    "e\u0301 decomposed",
    "\U0001f3b5 " + "x" * 200,
)


BEYOND_BAGIT_PY = 7
"""The first so many names bagit.py reads wrongly: it splits lines and strips blanks in names."""


def new_archive(place: Path, *algorithms: str, clock: Clock = CLOCK) -> Archive:
    """Make an archive whose policy asks for manifests in ``algorithms`` (by default its own)."""
    policy = builtin("library")
    if algorithms:
        asked = f"manifest-algorithms = {json.dumps(algorithms)}".encode()
        policy = policy.replace(b'manifest-algorithms = ["sha512"]', asked)
        assert asked in policy
    return create_archive(place, policy, clock, "00000000-0000-4000-8000-000000000000")


def request_for(source: str | Path, **wishes: Any) -> PackageRequest:
    """Return a request to package ``source`` on our own rights."""
    return PackageRequest(**{"source": str(source), "rights": OWN, **wishes})


def run(
    archive: Archive,
    source: str | Path,
    *,
    workers: int = 2,
    clock: Clock = CLOCK,
    progress: Progress | None = None,
    **wishes: Any,
) -> SourceOutcome:
    """Package ``source``."""
    request = request_for(source, **wishes)
    return package(archive, request, clock=clock, agent=AGENT, workers=workers, progress=progress)


def run_recover(archive: Archive, *, sweep: bool = False) -> RecoverOutcome:
    """Recover the archive."""
    return recover(archive, sweep=sweep, clock=CLOCK, agent=AGENT, workers=2)


def make_source(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Lay out a source, its times far enough in the past to tell every change."""
    folder.mkdir(parents=True)
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        os.utime(place, ns=(MTIME_NS, MTIME_NS))
    return folder


def noise(size: int, seed: int = 1) -> bytes:
    """Return ``size`` bytes without a pattern, the same for the same seed."""
    return random.Random(seed).randbytes(size)


def bag_of(outcome: SourceOutcome) -> Path:
    """Return the folder of the bag that was made."""
    assert outcome.bag_path is not None, outcome
    return Path(outcome.bag_path)


def content_of(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below ``folder``, by path."""
    return {
        os.path.relpath(os.path.join(where, name), folder): Path(where, name).read_bytes()
        for where, _, names in os.walk(folder)
        for name in names
    }


def snapshot(folder: Path) -> dict[str, tuple[object, ...]]:
    """Return everything about a tree that must not change; access times are not looked at."""
    facts: dict[str, tuple[object, ...]] = {}
    for where, folders, names in os.walk(folder):
        for name in [*folders, *names, "."]:
            place = Path(where, name)
            now = place.lstat()
            content = place.read_bytes() if stat.S_ISREG(now.st_mode) else b""
            facts[os.path.relpath(place, folder)] = (
                now.st_mode, now.st_ino, now.st_nlink, now.st_uid, now.st_size,
                now.st_mtime_ns, now.st_ctime_ns, content,
            )  # fmt: skip
    return facts


def visible(archive: Archive) -> list[str]:
    """The bags a reader can see."""
    return sorted(bag.name for bag in archive.bags.glob("*/*"))


def staged(archive: Archive) -> list[str]:
    """What lies in the staging area."""
    return sorted(os.listdir(archive.staging))


def codes(outcome: SourceOutcome) -> list[str]:
    """The codes of what the engine met."""
    return [finding.code for finding in outcome.findings]


def refusals(outcome: SourceOutcome) -> dict[str | None, set[str]]:
    """The codes of the policy's refusals, by path."""
    found: dict[str | None, set[str]] = {}
    for remark in outcome.remarks:
        if remark.reason.level == "refuse":
            found.setdefault(remark.path, set()).add(remark.reason.code)
    return found


def events(archive: Archive) -> list[tuple[str, str | None]]:
    """The log's events: type and bag."""
    return [(event.type, event.bag) for event in EventLog(archive.log, CLOCK).read()]


def assert_valid(bag: Path) -> None:
    """Two judges that share no code call the bag valid, and so does its list of BLAKE3."""
    logging.getLogger("bagit").setLevel(logging.CRITICAL)
    bagit.Bag(str(bag)).validate()
    assert_valid_to_us(bag)


def assert_valid_to_us(bag: Path) -> None:
    """Our own judge calls the bag valid, by its manifests and by its list of BLAKE3."""
    for depth, verdict in ((Depth.FULL, "valid"), (Depth.BLAKE3, "sound-by-blake3")):
        found = verify_bag(bag, depth=depth)
        assert found.verdict == verdict, found.findings


def assert_books_agree(archive: Archive) -> None:
    """The log's chain is whole, and catalogue, log and bags tell the same."""
    grave = {Severity.DAMAGE, Severity.BLIND}
    assert [one for one in EventLog(archive.log, CLOCK).check() if one.severity in grave] == []
    checked = check_catalogue(archive)
    assert checked.findings == ()
    assert checked.bags == len(visible(archive))
