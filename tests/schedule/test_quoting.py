"""Hostile names in crontabs and units: the shell and systemd make of them what was meant."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import UsageError
from archiver.schedule import cron, systemd
from archiver.schedule.job import Job
from policies.timetable import Timetable, timetable
from tests.tools import require_tool

NIGHTLY = timetable("02:30")
NASTY = 'it\'s 100% \\% \\\\ "$HOME" `id` %h ; & # {} * ~ ü'
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0/"), min_size=1)
_NAMES = _TEXT | st.text("\\%'\"$ a", min_size=1)


def as_cron_reads(command: str) -> str:
    """Return what cron hands to the shell: cut at a bare percent sign, one backslash taken off.

    Written from entries.c and do_command.c as crontab(5) describes them.
    """
    out = ""
    escaped = False
    for letter in command:
        if escaped:
            out = out[:-1] + letter if letter in "%\\" else out + letter
            escaped = False
            continue
        if letter == "%":
            break
        escaped = letter == "\\"
        out += letter
    return out


def as_systemd_reads(line: str) -> list[str]:
    """Split a command line of a unit into words, as systemd.syntax(7) says."""
    words = []
    for quoted in re.findall(r'"((?:[^"\\]|\\.)*)"', line):
        plain = re.sub(
            r"\\(x[0-9a-f]{2}|.)",
            lambda found: chr(int(found[1][1:], 16)) if len(found[1]) == 3 else found[1],
            quoted,
        )
        assert "%" not in plain.replace("%%", ""), "a bare percent sign is a specifier"
        words.append(plain.replace("%%", "%"))
    return words


@given(_NAMES.filter(lambda name: not {"\n", "\r"} & set(name) and len(name.encode()) < 100))
def test_the_shell_under_cron_gets_the_words_that_were_meant(name: str) -> None:
    job = Job(Path("/a") / name, NIGHTLY)
    line = cron.block(job).split("\n")[1]
    command = as_cron_reads(line.split(" ", 5)[5])
    told = subprocess.run(
        ["/bin/sh", "-c", f"say() {{ printf '%s\\0' \"$@\"; }}; say {command}"],
        capture_output=True,
        check=True,
    )
    words = told.stdout.decode().split("\0")[:-1]
    assert words[-len(job.words) :] == list(job.words)


@given(_NAMES)
def test_systemd_gets_the_words_that_were_meant(name: str) -> None:
    job = Job(Path("/a") / name, NIGHTLY)
    service = systemd.units(job)[f"{job.name}.service"]
    (line,) = [one for one in service.split("\n") if one.startswith("ExecStart=:")]
    assert as_systemd_reads(line) == list(job.words)


@pytest.mark.parametrize("name", ["two\nlines", "no text \udcff", "long" * 300])
def test_what_no_crontab_can_hold_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        cron.block(Job(Path("/a") / name, NIGHTLY))


def test_systemd_itself_finds_a_program_with_a_hostile_name(tmp_path: Path) -> None:
    """It opens the program of a unit, so it has to have read its name as it was meant."""
    require_tool("systemd-analyze")
    program = tmp_path / "100% %h `id` $HOME ; & # {} * ~ ü"  # it takes no quotation mark here
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "hostile.service"
    text = f"[Service]\nType=oneshot\nExecStart=:{systemd._quoted(str(program))}\n"
    unit.write_text(text)
    assert systemd.verify([unit], system=True) == ""
    program.unlink()
    assert "not executable" in systemd.verify([unit], system=True)


def test_units_of_a_hostile_archive_pass_systemd_analyze(tmp_path: Path) -> None:
    require_tool("systemd-analyze")
    job = Job(tmp_path / NASTY, timetable("23:05", "mon,thu"))
    for system in (True, False):
        assert systemd.put(job, tmp_path / f"units {system}", system=system)
        assert not systemd.put(job, tmp_path / f"units {system}", system=system), "idempotent"


@given(st.integers(0, 23), st.integers(0, 59), st.sets(st.integers(0, 6), min_size=1))
def test_the_timetable_is_found_again_in_a_crontab(hour: int, minute: int, days: set[int]) -> None:
    job = Job(Path("/srv/a%"), Timetable(hour, minute, tuple(sorted(days))))
    assert cron.timetable_of("MAILTO=x\n" + cron.block(job), job.root) == job.timetable


@given(st.text("ab#\n", max_size=30).map(lambda text: text and text + "\n"))
def test_taking_a_block_away_leaves_the_crontab_as_it_was_to_the_byte(text: str) -> None:
    job, other = Job(Path("/srv/a"), NIGHTLY), Job(Path("/srv/b"), NIGHTLY)
    with_both = cron.with_block(cron.with_block(text, job), other)
    assert cron.with_block(with_both, job) == with_both, "idempotent"
    assert cron.without_block(cron.without_block(with_both, job.root), other.root) == text
    assert cron.without_block(with_both, other.root) == cron.with_block(text, job)
