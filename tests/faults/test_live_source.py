"""A source that changes under our hands is never sealed with bytes of two states."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from shlex import quote

import pytest

from tests.crash.program import Program
from tests.crash.scenario import packaging
from tests.crash.scene import (
    BAG_ID,
    assert_nothing_half_done,
    bags_in,
    make_album,
    write_wav,
)
from tests.crash.steps import READS, Rule

BIG = "disc 1/01 first.wav"

#: What happens to the file ``$F`` behind our back, as shell text; ``$S`` is its stunt double.
DEEDS = {
    "a byte at its start is rewritten": "printf x | dd of=$F bs=1 seek=100 conv=notrunc",
    "a byte at its end is rewritten": "printf x | dd of=$F bs=1 seek=1400000 conv=notrunc",
    "it is rewritten with its old time": (
        "touch -r $F $S.time && printf x | dd of=$F bs=1 seek=700000 conv=notrunc"
        " && touch -r $S.time $F"
    ),
    "it grows": "printf more >> $F",
    "it shrinks": "truncate -s 1000000 $F",
    "another file takes its name": "cp $S $S.new && mv $S.new $F",
}


def meddling(deed: str, victim: Path, double: Path) -> str:
    """The deed as a shell command that says nothing."""
    return f"F={quote(str(victim))}; S={quote(str(double))}; {{ {DEEDS[deed]}; }} 2>/dev/null"


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("deed", DEEDS)
def test_a_file_changed_once_while_it_is_read_is_read_again_or_refused(
    deed: str, nth: int, program: Program, tmp_path: Path
) -> None:
    album, archive = make_album(tmp_path / "album"), tmp_path / "archive"
    write_wav(tmp_path / "double.wav", 1_500_000, seed=99)
    command = meddling(deed, album / BIG, tmp_path / "double.wav")
    rule = Rule(str(album / BIG), READS, nth, "meddle", command)
    run = program.run(*packaging(album, archive), rule=rule)
    assert "Traceback" not in run.err
    assert_nothing_half_done(archive)
    if run.exit == 0:
        (bag,) = bags_in(archive)
        sealed, now = bag / "data" / BIG, album / BIG
        assert _digest(sealed) == _digest(now), "sealed with bytes of two states"
        assert sealed.stat().st_mtime_ns == now.stat().st_mtime_ns
    else:
        assert run.exit == 4, run.err
        assert "01 first.wav" in run.err
        assert "chang" in run.err
        assert bags_in(archive) == []


def test_a_file_that_never_stands_still_is_refused(program: Program, tmp_path: Path) -> None:
    album, archive = make_album(tmp_path / "album"), tmp_path / "archive"
    command = meddling("it grows", album / BIG, tmp_path / "double.wav")
    rule = Rule(str(album / BIG), READS, 1, "meddle", command, onwards=True)
    run = program.run(*packaging(album, archive), rule=rule)
    assert run.exit == 4, run.err
    assert (
        "changed-while-reading" in program.run(*packaging(album, archive), "--json", rule=rule).out
    )
    assert bags_in(archive) == []


@pytest.mark.parametrize(
    "swap", ["mkfifo $F", "ln -s /etc/passwd $F", "mkdir $F", "true"],
    ids=["a FIFO", "a link", "a folder", "nothing"],
)  # fmt: skip
def test_a_file_that_became_something_else_after_the_survey_neither_hangs_nor_leaks(
    swap: str, program: Program, tmp_path: Path
) -> None:
    album, archive = make_album(tmp_path / "album"), tmp_path / "archive"
    victim = album / "notes.txt"
    command = f"F={quote(str(victim))}; test -f $F && rm $F && {swap} || :"
    # large files are copied before small ones, and only large ones are preallocated
    rule = Rule(str(archive), frozenset({"posix_fallocate"}), 1, "meddle", command)
    run = program.run(*packaging(album, archive), rule=rule, timeout=30)
    assert victim.is_symlink() or not victim.is_file()
    assert not run.hung
    assert "Traceback" not in run.err
    assert_nothing_half_done(archive)
    assert run.exit == 4, run.err
    assert "notes.txt" in run.err
    assert bags_in(archive) == []


def test_a_fifo_in_the_source_is_refused_and_never_waited_for(
    program: Program, tmp_path: Path
) -> None:
    album, archive = make_album(tmp_path / "album"), tmp_path / "archive"
    os.mkfifo(album / "pipe.wav")
    run = program.run(*packaging(album, archive), timeout=30)
    assert not run.hung
    assert run.exit == 5, run.err
    assert "pipe.wav" in run.err
    assert bags_in(archive) == []


def test_a_fifo_in_a_bag_is_found_and_never_waited_for(program: Program, tmp_path: Path) -> None:
    album, archive = make_album(tmp_path / "album"), tmp_path / "archive"
    assert program.run(*packaging(album, archive)).exit == 0
    (bag,) = bags_in(archive)
    victim = bag / "data" / "notes.txt"
    victim.unlink()
    os.mkfifo(victim)
    run = program.run("verify", bag, timeout=30)
    assert not run.hung
    assert run.exit == 3, run.err
    assert bag.name == BAG_ID


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
