"""A marked block in the user's crontab: written, found again, and taken away to the byte."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

from archiver.errors import EnvironmentUnusable, UsageError
from archiver.schedule.job import Job, as_text, gentle
from policies.timetable import DAYS, Timetable

_BEGIN, _END = "# audio-archiver begins: ", "# audio-archiver ends: "
_LONGEST = 990  # Debian's cron reads 1,000 bytes of a command and drops the rest
_CRON_DAYS = (1, 2, 3, 4, 5, 6, 0)  # cron's Sunday is 0


def block(job: Job) -> str:
    """Return the lines for a crontab: the run, and one that makes good what was missed.

    cron forgets what it could not do while the machine was off; on the next start the second
    line looks whether a run is wanting. Raises :class:`UsageError` for what no crontab can hold.
    """
    when = job.timetable
    days = "*" if len(when.days) == len(DAYS) else ",".join(str(_CRON_DAYS[d]) for d in when.days)
    run, look = _command((*gentle(), *job.words)), _command(job.waiting_words)
    lines = (
        f"{_BEGIN}{_mark(job.root)}",
        f"{when.minute} {when.hour} * * {days} {run}",
        f"@reboot {look} >/dev/null 2>&1 || {run}",
        f"{_END}{_mark(job.root)}",
    )
    if max(len(os.fsencode(line)) for line in lines) > _LONGEST:
        raise UsageError(
            "a line of a crontab would be longer than cron reads",
            "Use a timer of systemd (--with systemd), or shorter paths.",
        )
    return "".join(f"{line}\n" for line in lines)


def timetable_of(text: str, root: Path) -> Timetable | None:
    """Return when the archive's block in a crontab runs; ``None`` without one, or one rewritten."""
    inside = _split(text, root)[1].splitlines()
    try:
        minute, hour, _, _, days = inside[1].split(" ", 5)[:5]
        numbers = range(7) if days == "*" else [_CRON_DAYS.index(int(d)) for d in days.split(",")]
        return Timetable(int(hour), int(minute), tuple(sorted(numbers)))
    except (IndexError, ValueError):
        return None


def with_block(text: str, job: Job) -> str:
    """Return the crontab with the archive's block, in the place of the one it had."""
    before, _, after = _split(text, job.root)
    if before and not before.endswith("\n"):
        before += "\n"
    return before + block(job) + after


def without_block(text: str, root: Path) -> str:
    """Return the crontab without the archive's block."""
    before, _, after = _split(text, root)
    return before + after


def read() -> str:
    """Return the user's crontab; empty when there is none.

    Raises :class:`EnvironmentUnusable` where there is no cron or it does not let us in.
    """
    done = _crontab("-l")
    if done.returncode == 0:
        return done.stdout
    if "no crontab for" in done.stderr:
        return ""
    raise _refused(done.stderr)


def write(text: str) -> None:
    """Make ``text`` the user's crontab, and see that it is. Raises :class:`EnvironmentUnusable`."""
    if read() == text:
        return
    done = _crontab("-", text) if text else _crontab("-r")
    if done.returncode != 0:
        raise _refused(done.stderr)
    if read() != text:
        raise EnvironmentUnusable("the crontab is not what was written", "See `crontab -l`.")


def _crontab(word: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    found = shutil.which("crontab")
    if found is None:
        raise EnvironmentUnusable(
            "there is no cron on this machine", "Install it, or use --with systemd."
        )
    return subprocess.run(
        [found, word],
        input=text,
        stdin=subprocess.DEVNULL if text is None else None,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        env={**os.environ, "LC_ALL": "C"},
        check=False,
    )


def _refused(said: str) -> EnvironmentUnusable:
    return EnvironmentUnusable(f"crontab will not: {said.strip()}", "See crontab(1).")


def _command(words: tuple[str, ...]) -> str:
    """Quote for /bin/sh and then for cron, which ends a command at a bare percent sign.

    A backslash takes the meaning from a percent sign or a backslash behind it, in quotation marks
    too, so the marks are closed and opened again behind each. Raises :class:`UsageError` for a
    line break, which no quoting brings into a crontab.
    """
    as_text(words, "a crontab")
    if any("\n" in word or "\r" in word for word in words):
        raise UsageError("a crontab cannot hold a line break", "Use --with systemd.")
    return shlex.join(words).replace("\\", "\\''").replace("%", "\\%")


def _mark(root: Path) -> str:
    return quote(os.fsencode(root))


def _split(text: str, root: Path) -> tuple[str, str, str]:
    """Return what stands before the archive's block, the block, and what stands behind it."""
    begin, end = f"{_BEGIN}{_mark(root)}\n", f"{_END}{_mark(root)}\n"
    lines = text.splitlines(keepends=True)
    if begin not in lines or end not in lines[lines.index(begin) :]:
        return text, "", ""
    first = lines.index(begin)
    beyond = lines.index(end, first) + 1
    return "".join(lines[:first]), "".join(lines[first:beyond]), "".join(lines[beyond:])
