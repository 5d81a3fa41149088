"""A service and a timer for systemd, for a user or the whole system."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from archiver.durable import replace_file
from archiver.errors import EnvironmentUnusable
from archiver.schedule.job import Job, as_text, name_for
from policies.timetable import DAYS, Timetable

_BOOTED = "/run/systemd/system"  # sd_booted(3)
_PLAIN = {"\\": "\\\\", '"': '\\"', "%": "%%"}


def units(job: Job) -> dict[str, str]:
    """Return the files of the units by name.

    The job's own ``--max-time`` begins no bag after it; the one in hand is read to its end.
    """
    as_text(job.words, "a unit of systemd")
    when, about = job.timetable, _quoted(str(job.root)[:200])
    days = "" if len(when.days) == len(DAYS) else ",".join(DAYS[d].title() for d in when.days) + " "
    service = (
        "[Unit]\n"
        f"Description=Re-verification of the archive {about}\n"
        "Documentation=man:systemd.service(5)\n"
        "\n[Service]\n"
        "Type=oneshot\n"
        f"ExecStart=:{' '.join(map(_quoted, job.words))}\n"  # : as no $NAME is meant
        "TimeoutStartSec=infinity\n"
        "Nice=19\n"
        "IOSchedulingClass=idle\n"
    )
    timer = (
        "[Unit]\n"
        f"Description=When the archive {about} is re-verified\n"
        "\n[Timer]\n"
        f"OnCalendar={days}{when.hour:02d}:{when.minute:02d}\n"
        "Persistent=true\n"
        "AccuracySec=1min\n"
        "\n[Install]\n"
        "WantedBy=timers.target\n"
    )
    return {f"{job.name}.service": service, f"{job.name}.timer": timer}


def folder_of(*, system: bool) -> Path:
    """Return where units are put by hand: those of the system, or of this user."""
    if system:
        return Path("/etc/systemd/system")
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return Path(home) / "systemd" / "user"


def put(job: Job, folder: Path, *, system: bool) -> bool:
    """Write the units that are not there as they should be; return whether any was written.

    What does not pass ``systemd-analyze verify`` is not put there. Raises
    :class:`EnvironmentUnusable` then, and ``OSError``.
    """
    wanted = units(job)
    if all(_text(folder / name) == text for name, text in wanted.items()):
        return False
    with tempfile.TemporaryDirectory() as trial:
        for name, text in wanted.items():
            (Path(trial) / name).write_text(text, "utf-8")
        if trouble := verify([Path(trial) / name for name in wanted], system=system):
            raise EnvironmentUnusable("systemd does not take the units", trouble)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in wanted.items():
        replace_file(folder / name, text.encode())
    return True


def take_away(root: Path, folder: Path) -> bool:
    """Remove the units of the archive in ``root``; return whether there were any."""
    files = [folder / f"{name_for(root)}{ending}" for ending in (".service", ".timer")]
    there = [file for file in files if os.path.lexists(file)]
    for file in there:
        file.unlink()
    return bool(there)


def timetable_of(root: Path, folder: Path) -> Timetable | None:
    """Return when the timer in ``folder`` runs; ``None`` without one, or one rewritten."""
    text = _text(folder / f"{name_for(root)}.timer") or ""
    for line in text.splitlines():
        key, _, value = line.partition("=")
        if key == "OnCalendar":
            *days, at = value.split()
            names = days[0].lower().split(",") if days else DAYS
            try:
                hour, minute = map(int, at.split(":"))
                return Timetable(hour, minute, tuple(DAYS.index(name) for name in names))
            except ValueError:
                return None
    return None


def verify(files: list[Path], *, system: bool) -> str:
    """Return what ``systemd-analyze verify`` has against the units; nothing where it is absent."""
    found = shutil.which("systemd-analyze")
    if found is None:
        return ""
    scope = [] if system else ["--user"]
    environment = {**os.environ, "XDG_RUNTIME_DIR": os.environ.get("XDG_RUNTIME_DIR", "/tmp")}
    done = subprocess.run(
        [found, "verify", "--man=no", *scope, *map(str, files)],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=environment,
        check=False,
    )
    return done.stderr.strip() or "it gives no reason" if done.returncode else ""


def switch(root: Path, *, on: bool, system: bool) -> list[str]:
    """Enable or disable the timer; return the commands that are left to a person to run.

    They are left when this machine was not started by systemd (a container, say), or when they
    failed.
    """
    timer, scope = f"{name_for(root)}.timer", [] if system else ["--user"]
    reload = ["systemctl", *scope, "daemon-reload"]
    turn = ["systemctl", *scope, "enable" if on else "disable", "--now", timer]
    commands = [reload, turn] if on else [turn]
    if not os.path.isdir(_BOOTED):
        return [" ".join(command) for command in commands] if on else []
    for command in commands:
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return [" ".join(command) for command in commands]
    return []


def _quoted(word: str) -> str:
    """Quote one word as systemd.syntax(7) and systemd.unit(5) want it."""
    letters = [
        _PLAIN.get(one) or (f"\\x{ord(one):02x}" if ord(one) < 0x20 or ord(one) == 0x7F else one)
        for one in word
    ]
    return f'"{"".join(letters)}"'


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None
