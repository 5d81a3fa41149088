"""What ``drill`` runs after each harm: the command itself, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from archiver.archive import Archive
from archiver.drill.run import Heard
from archiver.schedule.job import program
from cli.keys import KEY_VARIABLE
from cli.telling import SMTP, Wished

_READ = ".prom"  # node_exporter reads nothing else
_LONGEST = 3600.0  # seconds that one run may take: a bag of some hundred megabytes takes seconds


@dataclass(frozen=True, slots=True)
class Chain:
    """``archiver reverify`` as a schedule would start it, told to tell as ``wished``.

    ``silent`` keeps those from being told whom the policy or the environment names.
    """

    wished: Wished
    silent: bool = False

    def __call__(self, archive: Archive, bag_id: str, started_with: Sequence[str]) -> Heard:
        """Run it on one bag."""
        words = [*started_with, *program(), "reverify", "--archive", str(archive.root)]
        words += ["--bag", bag_id, "--json", "--no-progress", *_options(self.wished)]
        try:
            ended = subprocess.run(
                words, capture_output=True, timeout=_LONGEST, check=False, env=self._environment()
            )
        except subprocess.TimeoutExpired:
            return Heard(-1, (), f"it was still running after {_LONGEST:.0f} s")
        records = []
        for line in ended.stdout.splitlines():
            with suppress(ValueError):
                records.append(json.loads(line))
        return Heard(ended.returncode, tuple(records), ended.stderr.decode("utf-8", "replace"))

    def _environment(self) -> dict[str, str]:
        """Return our own, without the key that signs for the real archive's log."""
        left_out = {KEY_VARIABLE, *([SMTP] if self.silent else [])}
        return {name: value for name, value in os.environ.items() if name not in left_out}


@contextmanager
def for_a_drill(wished: Wished) -> Iterator[Wished]:
    """Give the ways of telling with a text file of the drill's own, beside the one named.

    The figures of the real archive stay what they are; the drill's are taken away in the end.
    """
    if not wished.textfile:
        yield wished
        return
    place = _beside(wished.textfile)
    try:
        yield replace(wished, textfile=place)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(place)


def _beside(textfile: str) -> str:
    """Return the drill's own text file; of a name that no collector reads, one that none reads."""
    stem = textfile.removesuffix(_READ)
    return f"{stem}.drill{_READ if stem != textfile else ''}"


def _options(wished: Wished) -> Iterator[str]:
    for address in wished.mail_to:
        yield from ("--mail-to", address)
    for name in ("smtp", "hook", "ping", "textfile"):
        if value := getattr(wished, name):
            yield from (f"--{name}", value)
