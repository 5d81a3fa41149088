"""Running commands in this process, and reading what they said."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from cli.main import archiver

UNSAFE = {chr(point) for point in (*range(0x20), *range(0x7F, 0xA0))} - {"\n"} | {"\u202e"}


@dataclass(frozen=True)
class Said:
    """How one command ended and what it said, per stream."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Everything a terminal would have received."""
        return self.out + self.err

    def records(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Return the JSON records on standard output, all or those of one type."""
        records = [json.loads(line) for line in self.out.splitlines()]
        return [record for record in records if kind in (None, record["type"])]

    def record(self, kind: str) -> dict[str, Any]:
        """Return the only record of one type."""
        (record,) = self.records(kind)
        return record


def run(*words: str | Path, **environment: str) -> Said:
    """Run ``archiver`` with ``words``; nothing unsafe may ever come out, whatever went in."""
    settings = {"ARCHIVER_ARCHIVE": "", **environment}
    done = CliRunner(env=settings).invoke(archiver, [str(word) for word in words])
    assert not UNSAFE & set(done.stdout + done.stderr), "raw text reached the terminal"
    return Said(done.exit_code, done.stdout, done.stderr)


def package(source: Path, archive: Path, *more: str) -> Said:
    """Run ``archiver package`` on a source with a basis."""
    return run("package", source, "-a", archive, "--basis", "own-production", *more)
