"""What the tests work on: a small hostile album, and what must hold of an archive at any time."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import logging
import os
import random
import shutil
import sqlite3
import stat
import tomllib
import wave
from dataclasses import dataclass
from pathlib import Path

import bagit

from archiver.clock import system_clock
from archiver.events import EventLog
from archiver.findings import Severity
from archiver.verify import Depth, verify_bag

BAG_ID = "album-1"
SAW = "fixity/log-checkpoint.txt"
_MTIME_NS = 1_600_000_000_123_456_789
Facts = dict[str, tuple[int, int, str]]  # path -> mode, mtime in ns (0: of no interest), digest


def make_album(folder: Path, seed: int = 1) -> Path:
    """Lay out six files and an empty folder: two big, one empty, one nested, one oddly named."""
    folder.mkdir(parents=True)
    (folder / "disc 1" / "side b").mkdir(parents=True)
    (folder / "nothing here").mkdir()
    write_wav(folder / "disc 1" / "01 first.wav", 1_500_000, seed)
    write_wav(folder / "disc 1" / "side b" / "02 second.wav", 2_300_001, seed + 1)
    write_wav(folder / '-- "Ünï" $(rm) ; é\n.wav', 20_000, seed + 2)
    (folder / "empty.txt").write_bytes(b"")
    (folder / ".hidden").write_bytes(b"kept as well\n")
    (folder / "notes.txt").write_text("recorded in one take\n" * 50)
    for path in sorted(folder.rglob("*")):
        os.utime(path, ns=(_MTIME_NS, _MTIME_NS))
    os.utime(folder, ns=(_MTIME_NS, _MTIME_NS))
    return folder


def write_wav(path: Path, size: int, seed: int) -> None:
    """Write a mono WAV file of about ``size`` bytes, the same for the same seed."""
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(44_100)
        sound.writeframes(random.Random(seed).randbytes(size - 44))


def facts_of(folder: Path) -> Facts:
    """Everything about a tree that packaging must not change."""
    facts: Facts = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        state = path.lstat()
        digest = (
            hashlib.sha256(path.read_bytes()).hexdigest() if stat.S_ISREG(state.st_mode) else ""
        )
        facts[str(path.relative_to(folder))] = (state.st_mode, state.st_mtime_ns, digest)
    return facts


def picture_of(archive: Path) -> Facts:
    """Every file and folder below ``bags/``; times only where a bag keeps them (its payload).

    What a bag saw of the log differs from archive to archive, and after a crash by an event: it is
    left out here, in its file and in the tag manifests, and held against the log by
    :func:`assert_log_continues`.
    """
    root = archive / "bags"
    facts: Facts = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        state = path.lstat()
        is_file = stat.S_ISREG(state.st_mode)
        payload = is_file and "data" in name.parts
        facts[str(name)] = (
            state.st_mode,
            state.st_mtime_ns if payload else 0,
            hashlib.sha256(_without_what_it_saw(path)).hexdigest() if is_file else "",
        )
    return facts


def _without_what_it_saw(path: Path) -> bytes:
    if path.name == Path(SAW).name:
        return b""
    data = path.read_bytes()
    if not path.name.startswith("tagmanifest-"):
        return data
    lines = data.splitlines(keepends=True)
    kept = [line for line in lines if not line.endswith(f"  {SAW}\n".encode())]
    assert len(kept) == len(lines) - 1
    return b"".join(kept)


def differences(one: Facts, other: Facts) -> Facts:
    """What is not the same in two pictures, for a message that can be read."""
    return {
        f"{side} {name}": fact
        for side, mine, theirs in (("-", one, other), ("+", other, one))
        for name, fact in mine.items()
        if theirs.get(name) != fact
    }


def bags_in(archive: Path) -> list[Path]:
    """The bags that a reader of the archive can see."""
    return sorted((archive / "bags").glob("*/*"))


def staged_in(archive: Path) -> list[str]:
    """What lies in the archive's staging folder."""
    staging = archive / ".staging"
    return sorted(os.listdir(staging)) if staging.is_dir() else []


@dataclass(frozen=True, slots=True)
class LogLines:
    """The event log read without the program: whole lines, and whether the last one is torn."""

    events: tuple[dict[str, object], ...]
    torn: bool
    raw: tuple[bytes, ...] = ()


def read_log(archive: Path) -> LogLines:
    """Read the event log as anybody could. Raises ``ValueError`` for a broken line inside it."""
    text = b"".join(path.read_bytes() for path in sorted((archive / "log").glob("*.jsonl")))
    *lines, rest = text.split(b"\n")
    return LogLines(tuple(json.loads(line) for line in lines), bool(rest), tuple(lines))


def assert_nothing_half_done(archive: Path) -> None:
    """What must hold whenever anybody looks, whatever has happened."""
    for bag in bags_in(archive):
        assert_valid(bag)
    if not (archive / "archive.toml").exists():
        assert bags_in(archive) == [], "a bag in something that is no archive yet"
        return
    log = read_log(archive)
    sealed = {event["bag"] for event in log.events if event["type"] == "seal"}
    visible = {bag.name for bag in bags_in(archive)}
    assert sealed <= visible, "an event claims a bag that is not there"
    assert bags_in_catalogue(archive) <= visible, "the catalogue claims a bag that is not there"
    assert_chain_intact(archive)
    for bag in bags_in(archive):
        assert_log_continues(archive, bag, log)


def assert_log_continues(archive: Path, bag: Path, log: LogLines) -> None:
    """What the bag saw is the beginning of this log, up to a line before its own seal."""
    origin, size, root = (bag / SAW).read_text().splitlines()
    identity = tomllib.loads((archive / "archive.toml").read_text())["id"]
    assert origin == f"audio-archiver/{identity}"
    assert base64.b64decode(root) == _tree_hash(log.raw[: int(size)])
    types = [(event["type"], event["bag"]) for event in log.events[: int(size)]]
    assert ("init", None) in types
    assert ("seal", bag.name) not in types


def _tree_hash(lines: tuple[bytes, ...]) -> bytes:
    """RFC 6962 2.1, word for word."""
    if len(lines) == 1:
        return hashlib.sha256(b"\x00" + lines[0]).digest()
    half = 1 << (len(lines) - 1).bit_length() - 1
    left, right = _tree_hash(lines[:half]), _tree_hash(lines[half:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def assert_valid(bag: Path) -> None:
    """Two judges that share no code must both say so."""
    logging.getLogger("bagit").setLevel(logging.CRITICAL)
    bagit.Bag(str(bag)).validate()
    verification = verify_bag(bag, depth=Depth.FULL)
    assert verification.verdict == "valid", verification.findings
    verification = verify_bag(bag, depth=Depth.BLAKE3)
    assert verification.verdict == "sound-by-blake3", verification.findings


def assert_chain_intact(archive: Path) -> None:
    """The log's own check finds no damage; a torn last line is a warning."""
    findings = EventLog(archive / "log", system_clock).check()
    grave = [one for one in findings if one.severity in (Severity.DAMAGE, Severity.BLIND)]
    assert grave == []


def bags_in_catalogue(archive: Path) -> set[str]:
    """The ids in the catalogue, read from a copy (with its journal), so that nothing is healed."""
    if not (archive / "catalogue.sqlite").exists():
        return set()
    copy = archive.with_name(archive.name + ".catalogue-copy")
    copy.mkdir()
    try:
        for path in archive.glob("catalogue.sqlite*"):
            shutil.copy(path, copy)
        with contextlib.closing(sqlite3.connect(copy / "catalogue.sqlite")) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            tables = database.execute("SELECT name FROM sqlite_master WHERE name = 'bag'")
            if tables.fetchone() is None:
                return set()
            return {row[0] for row in database.execute("SELECT id FROM bag")}
    finally:
        shutil.rmtree(copy)
