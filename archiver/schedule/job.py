"""What is to be run by itself: an archive, a timetable, the words of the command."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from archiver.errors import UsageError
from policies.timetable import Timetable


@dataclass(frozen=True, slots=True)
class Job:
    """Re-verification of the archive in ``root`` (absolute); ``options`` go to ``reverify``."""

    root: Path
    timetable: Timetable
    options: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The command, every path in full: neither cron nor systemd has a PATH to rely on."""
        return (*program(), "reverify", "--archive", str(self.root), "--quiet", *self.options)

    @property
    def waiting_words(self) -> tuple[str, ...]:
        """The command that is content while no run was missed."""
        hours = round(self.timetable.longest_gap.total_seconds()) // 3600
        watch = ("watch", "--archive", str(self.root), "--within", f"{hours}h", "--quiet")
        return (*program(), *watch)

    @property
    def name(self) -> str:
        """A name for units and the like, the same for the same place for ever."""
        return name_for(self.root)


def name_for(root: Path) -> str:
    """Return what a schedule for the archive in ``root`` is called."""
    return f"audio-archiver-reverify-{hashlib.sha256(os.fsencode(root)).hexdigest()[:10]}"


def program() -> tuple[str, ...]:
    """Return the words that start this very installation, wherever one stands."""
    script = os.path.join(os.path.dirname(os.path.abspath(sys.executable)), "archiver")
    if os.access(script, os.X_OK):
        return (script,)
    return (os.path.abspath(sys.executable), "-P", "-m", "cli")  # -P: nothing from where one stands


def gentle() -> tuple[str, ...]:
    """Return the words that make a command give way to everybody else, as far as installed."""
    words: list[str] = []
    for name, options in (("nice", ("-n", "19")), ("ionice", ("-c", "3"))):
        if found := shutil.which(name):
            words += [found, *options]
    return tuple(words)


def as_text(words: tuple[str, ...], what: str) -> None:
    """Refuse words that ``what`` cannot hold whatever the quoting."""
    for word in words:
        if any(0xDC80 <= ord(letter) <= 0xDCFF for letter in word) or "\0" in word:
            raise UsageError(
                f"{what} cannot name {os.fsencode(word)!r}: it is not UTF-8",
                "Give the archive a path in UTF-8, by a symbolic link for example.",
            )
