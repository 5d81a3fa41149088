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
from cli.telling import SMTP, Wished

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
        left_out = SMTP if self.silent else ""
        return {name: value for name, value in os.environ.items() if name != left_out}


@contextmanager
def for_a_drill(wished: Wished) -> Iterator[Wished]:
    """Give the ways of telling with a text file of the drill's own, beside the one named.

    The figures of the real archive stay what they are; the drill's are taken away in the end.
    """
    if not wished.textfile:
        yield wished
        return
    place = f"{wished.textfile.removesuffix('.prom')}.drill.prom"
    try:
        yield replace(wished, textfile=place)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(place)


def _options(wished: Wished) -> Iterator[str]:
    for address in wished.mail_to:
        yield from ("--mail-to", address)
    for name in ("smtp", "hook", "ping", "textfile"):
        if value := getattr(wished, name):
            yield from (f"--{name}", value)
